/**
 * What this page was told by whoever offers it: config.json and the trust anchor beside it.
 *
 * `sealroot verifier page` writes both and has the same rules (verifier/page_config.py). Anything
 * unclear is refused: a page that guesses could trust another registry than its visitors think.
 */

import { Refusal } from "../lib/errors.js";
import { parseStrictJson } from "../lib/json.js";
import { isName } from "../lib/names.js";
import { policyOf } from "../lib/policy.js";
import { decodeTrustAnchor, shortDigest } from "../lib/trust-anchor.js";
import { download, Undelivered } from "./trust/download.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ "zh-Hant": string, en: string }} Names */
/**
 * @typedef {object} PageConfig
 * @property {Bytes} anchorFile
 * @property {import("../lib/trust-anchor.js").TrustAnchor} anchor
 * @property {string} anchorDigest the short one, to be compared aloud
 * @property {string[]} sources absolute addresses of bundles, the best one first
 * @property {string[]} officialUrls
 * @property {Readonly<import("../lib/policy.js").Policy>} policy
 * @property {boolean} isKiosk
 * @property {Names} names of the registry
 */

const CONFIG_NAME = "config.json";
const LIMITS = { bytes: 64 << 10, depth: 3 };
const MOST_ANCHOR_BYTES = 64 << 10;
const TIME_LIMIT = 20_000;
const MOST_ADDRESSES = 16;
const MOST_URL_LETTERS = 2048;
const PLAIN = /^[!-~]+$/u;
const NOT_IN_A_POLICY = /[;,'"\\<>`{}|^*#]/u;
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/u;
const ADDRESS =
  /^https?:\/\/((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?(?:[/?].*)?$/u;
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const REQUIRED = ["trust_anchor", "sources"];
const MEMBERS = [...REQUIRED, "official_urls", "policy", "kiosk", "registry_name"];
/** A verifier with a trust anchor asks a bundle for at least a checkpoint (verdict.md, "Policy"). */
const MIN_EVIDENCE = 2;
const STRICT = {
  maxTrustAge: 86_400,
  maxStatusAge: 86_400,
  maxUnanchoredAge: 0,
  requireAnchor: true,
  minEvidence: /** @type {const} */ (2),
};
/** @type {Record<string, keyof import("../lib/policy.js").Policy>} */
const POLICY_MEMBERS = {
  max_trust_age: "maxTrustAge",
  max_status_age: "maxStatusAge",
  max_unanchored_age: "maxUnanchoredAge",
  require_anchor: "requireAnchor",
  min_evidence: "minEvidence",
};

/** The page cannot be used: a file beside it is missing, or says something unclear. */
export class ConfigError extends Error {
  /**
   * @param {string} file
   * @param {string} message
   */
  constructor(file, message) {
    super(`${file}: ${message}`);
    this.name = "ConfigError";
    this.file = file;
  }
}

/**
 * Both files, read and understood.
 * @param {typeof globalThis.fetch} fetch
 * @param {string} base the address of the page
 * @returns {Promise<PageConfig>}
 * @throws {ConfigError}
 */
export async function loadConfig(fetch, base) {
  const config = readConfig(await fileBeside(CONFIG_NAME, LIMITS.bytes, fetch, base), base);
  const anchorFile = await fileBeside(config.anchorName, MOST_ANCHOR_BYTES, fetch, base);
  return withAnchor(config, anchorFile);
}

/**
 * @param {string} name
 * @param {number} most
 * @param {typeof globalThis.fetch} fetch
 * @param {string} base
 */
async function fileBeside(name, most, fetch, base) {
  try {
    return await download(new URL(name, base).href, { fetch, most, timeLimit: TIME_LIMIT });
  } catch (error) {
    if (error instanceof Undelivered) throw new ConfigError(name, error.message);
    throw error;
  }
}

/** @typedef {Omit<PageConfig, "anchor" | "anchorFile" | "anchorDigest" | "names"> & { anchorName: string, names: Names | null }} ConfigFile */

/**
 * What config.json says.
 * @param {Bytes} file
 * @param {string} base
 * @returns {ConfigFile}
 * @throws {ConfigError}
 */
export function readConfig(file, base) {
  /** @type {unknown} */
  let config;
  try {
    config = parseStrictJson(file, LIMITS);
  } catch (error) {
    if (error instanceof Refusal) throw unclear(error.message);
    throw error;
  }
  const given = objectOf(config, "the whole", REQUIRED, MEMBERS);
  const { trust_anchor: anchorName, kiosk = false } = given;
  if (typeof anchorName !== "string" || !FILE_NAME.test(anchorName))
    throw unclear("trust_anchor is no name of a file beside the page");
  if (typeof kiosk !== "boolean") throw unclear("kiosk is true or false");
  return {
    anchorName,
    sources: addresses(given.sources, "sources", 1).map((source) => sourceAddress(source, base)),
    officialUrls: addresses(given.official_urls ?? [], "official_urls", 0).map(officialAddress),
    policy: policyTold(given.policy ?? "default"),
    isKiosk: kiosk,
    names: given.registry_name === undefined ? null : namesTold(given.registry_name),
  };
}

/**
 * @param {ConfigFile} config
 * @param {Bytes} anchorFile
 * @returns {PageConfig}
 */
export function withAnchor({ anchorName, names, ...config }, anchorFile) {
  try {
    const anchor = decodeTrustAnchor(anchorFile);
    const [zhHant, en] = anchor.names;
    const shown = names ?? { "zh-Hant": zhHant, en };
    return { ...config, anchorFile, anchor, anchorDigest: shortDigest(anchorFile), names: shown };
  } catch (error) {
    if (error instanceof Refusal) throw new ConfigError(anchorName, error.message);
    throw error;
  }
}

/** @param {string} message */
function unclear(message) {
  return new ConfigError(CONFIG_NAME, message);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {string[]} required
 * @param {string[]} allowed
 * @returns {Record<string, unknown>}
 */
function objectOf(value, name, required, allowed) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unclear(`${name} is no object`);
  const given = /** @type {Record<string, unknown>} */ (value);
  const missing = required.find((member) => !Object.hasOwn(given, member));
  if (missing !== undefined) throw unclear(`${name} has no ${missing}`);
  const strange = Object.keys(given).find((member) => !allowed.includes(member));
  if (strange !== undefined) throw unclear(`${name} has ${strange}, which says nothing here`);
  return given;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {number} least
 * @returns {string[]}
 */
function addresses(value, name, least) {
  const isList = Array.isArray(value) && value.length >= least && value.length <= MOST_ADDRESSES;
  if (!isList) throw unclear(`${name} is a list of ${least} to ${MOST_ADDRESSES} addresses`);
  return value.map((url) => {
    const isPlain = typeof url === "string" && url.length <= MOST_URL_LETTERS && PLAIN.test(url);
    if (!isPlain || /[#\\]/u.test(url)) throw unclear(`${name} has what is no address`);
    return url;
  });
}

/**
 * @param {string} source a path beside the page, or a whole address
 * @param {string} base
 */
function sourceAddress(source, base) {
  if (NOT_IN_A_POLICY.test(source)) throw unclear("a source has a sign to be written as %XX");
  if (/^https?:\/\//u.test(source)) return webAddress(source, "a source").href;
  if (source.startsWith("//") || source.split("/")[0].includes(":"))
    throw unclear("a source is neither a path beside the page nor an https address");
  return new URL(source, base).href;
}

/** @param {string} url */
function officialAddress(url) {
  webAddress(url, "an official address");
  if (!url.endsWith("/") || url.includes("?"))
    throw unclear("an official address must end in a slash, without a query");
  return url;
}

/**
 * A scheme, a host in its one spelling, perhaps a port: nothing that two programs read two ways.
 * @param {string} url
 * @param {string} name
 */
function webAddress(url, name) {
  const host = ADDRESS.exec(url)?.[1];
  const address = URL.canParse(url) ? new URL(url) : null;
  if (host === undefined || address?.hostname !== host)
    throw unclear(`${name} is no address of the web with a host in small letters`);
  if (address.protocol === "http:" && !LOOPBACK.includes(host))
    throw unclear(`${name} must begin with https://`);
  return address;
}

/** @param {unknown} told */
function policyTold(told) {
  if (told === "default") return policyOf({ minEvidence: MIN_EVIDENCE });
  if (told === "strict") return policyOf(STRICT);
  const given = objectOf(told, "policy", [], Object.keys(POLICY_MEMBERS));
  const settings = Object.entries(given).map(([name, value]) => [POLICY_MEMBERS[name], value]);
  try {
    return policyOf({ minEvidence: MIN_EVIDENCE, ...Object.fromEntries(settings) });
  } catch (error) {
    if (error instanceof RangeError) throw unclear(`policy: ${error.message}`);
    throw error;
  }
}

/**
 * @param {unknown} told
 * @returns {Names}
 */
function namesTold(told) {
  const languages = ["zh-Hant", "en"];
  const given = objectOf(told, "registry_name", languages, languages);
  for (const name of Object.values(given))
    if (typeof name !== "string" || !isName(name)) throw unclear("a name is of another form");
  return /** @type {Names} */ (given);
}
