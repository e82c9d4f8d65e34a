/** The two workers, by their addresses beside this module; pages have no other. */

const READER = new URL("./reader-worker.js", import.meta.url).href;
const PDF = new URL("./pdf-worker.js", import.meta.url).href;

/** @typedef {{ createScriptURL: (url: string) => string }} ScriptPolicy */
/** @typedef {{ createPolicy: (name: string, rules: ScriptPolicy) => ScriptPolicy }} TrustedTypes */

/** @type {ScriptPolicy | null} */
let policy = null;

/** Starting a worker is a door for foreign scripts: only these two addresses pass. */
function allowed(/** @type {string} */ url) {
  const { trustedTypes } = /** @type {{ trustedTypes?: TrustedTypes }} */ (globalThis);
  policy ??= (trustedTypes ?? { createPolicy: (_, rules) => rules }).createPolicy(
    "sealroot-worker",
    { createScriptURL },
  );
  return policy.createScriptURL(url);
}

/** @param {string} url */
function createScriptURL(url) {
  if (url !== READER && url !== PDF) throw new TypeError("no worker of ours");
  return url;
}

/** Reads frames and pictures. */
export const startReader = () => new Worker(allowed(READER), { type: "module", name: "reader" });

/** Reads one PDF; everything it needs is loaded only when it is started. */
export const startPdfReader = () => new Worker(allowed(PDF), { type: "module", name: "pdf" });
