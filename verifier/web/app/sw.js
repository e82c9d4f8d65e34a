/**
 * The service worker: after the first load the page needs no network.
 *
 * It serves one version of the site, whole. A file that does not hash to what this worker was built
 * with is never kept and never served. A new version is fetched beside the old one, and takes over when
 * no page of the old one is open any more or when the page asks. Trust bundles are none of its
 * business: the page keeps them itself (app/trust/).
 */

/** @typedef {{ path: string, digest: string, bytes: number }} Listed */
/** @typedef {{ version: string, first: Listed[], later: Listed[] }} Site */

/** @type {Site} */
const SITE = { version: "", first: [], later: [] };

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const SCOPE = new URL(worker.registration.scope);
/** Other pages of this origin have caches too: the scope is in the name. */
const PREFIX = `sealroot-page ${SCOPE.pathname} `;
const CACHE = PREFIX + SITE.version;
const PARALLEL = 6;

/** @type {Promise<Cache> | null} opened once, not for each of a hundred modules */
let opened = null;

const LISTED = new Map([...SITE.first, ...SITE.later].map((listed) => [listed.path, listed]));

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer !== null) event.respondWith(answer);
});
worker.addEventListener("message", (event) => {
  const port = event.ports[0];
  if (event.data === "take over") event.waitUntil(worker.skipWaiting());
  if (event.data === "version") port?.postMessage(SITE.version);
  if (event.data === "fetch the rest")
    event.waitUntil(
      keepAll([...SITE.first, ...SITE.later]).then(
        () => port?.postMessage("whole"),
        () => port?.postMessage("unfinished"),
      ),
    );
});

/** All of the first load or nothing: a failed install leaves the old version in charge. */
async function install() {
  try {
    await keepAll(SITE.first);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** The old versions go; the page that brought this worker here is served by it at once. */
async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/**
 * Keeps the files that are not here yet.
 * @param {Listed[]} files
 */
async function keepAll(files) {
  const cache = await caches.open(CACHE);
  const waiting = [...files];
  const keepSome = async () => {
    for (let listed = waiting.pop(); listed !== undefined; listed = waiting.pop())
      if ((await cache.match(addressOf(listed))) === undefined)
        await cache.put(
          addressOf(listed),
          (await heldElsewhere(listed)) ?? (await fetched(listed)),
        );
  };
  await Promise.all(Array.from({ length: PARALLEL }, keepSome));
}

/** @param {Listed} listed */
function addressOf({ path }) {
  return new URL(path, SCOPE).href;
}

/**
 * The file from an older version, where it has not changed since.
 * @param {Listed} listed
 */
async function heldElsewhere(listed) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue;
    const held = await (await caches.open(name)).match(addressOf(listed));
    const bytes = await held?.clone().arrayBuffer();
    if (bytes !== undefined && (await digestOf(bytes)) === listed.digest) return held;
  }
  return undefined;
}

/**
 * The file from the server. Throws where it is not the one of this version.
 * @param {Listed} listed
 * @returns {Promise<Response>}
 */
async function fetched(listed) {
  const response = await fetch(addressOf(listed), {
    cache: "no-cache",
    credentials: "same-origin",
  });
  if (!response.ok) throw new Error(`${listed.path}: the server answered ${response.status}`);
  const bytes = await response.arrayBuffer();
  if ((await digestOf(bytes)) !== listed.digest)
    throw new Error(`${listed.path} on the server is of another version of the page`);
  // A new response: one that was redirected must not answer a navigation.
  return new Response(bytes, { headers: response.headers });
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {Promise<string>} in hex
 */
async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The answer to a request of the page, or null for what is not ours to answer.
 * @param {Request} request
 * @returns {Promise<Response> | null}
 */
function answerTo(request) {
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== SCOPE.origin) return null;
  if (!address.pathname.startsWith(SCOPE.pathname)) return null;
  const path = address.pathname.slice(SCOPE.pathname.length);
  const listed = LISTED.get(path === "" ? "index.html" : path); // no path of ours needs escaping
  if (listed !== undefined && (request.mode === "navigate" || address.search === ""))
    return served(listed);
  return request.mode === "navigate" ? elsewhere(request) : null;
}

/**
 * A file of this version: the kept one, else fetched and compared.
 * @param {Listed} listed
 */
async function served(listed) {
  opened ??= caches.open(CACHE);
  const cache = await opened;
  const kept = await cache.match(addressOf(listed));
  if (kept !== undefined) return kept;
  try {
    const response = await fetched(listed);
    await cache.put(addressOf(listed), response.clone()).catch(() => undefined); // storage is full
    return response;
  } catch {
    return Response.error(); // rather nothing than half of another version
  }
}

/**
 * A page of the site that is none of ours; without a network the scan page stands in for it. The
 * browser keeps the fragment, and with it the document, through the redirect.
 * @param {Request} request
 */
async function elsewhere(request) {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(SCOPE.href);
  }
}
