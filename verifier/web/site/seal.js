/**
 * Names the site's version, and tells it to page and service worker.
 *
 * `sealroot verifier page` does the same for a site with a config (verifier/site.py): the version
 * is SHA-256 over the lines "<digest> <path>\n" sorted by path, where index.html counts without it and
 * sw.js without its lists.
 */

import { createHash } from "node:crypto";

export const LIST_LINE = /^const SITE = .*;$/mu;
export const VERSION_TAG = /(<meta name="sealroot-version" content=")[^"]*(">)/u;
const VERSION_LETTERS = 32;

/** @typedef {{ path: string, digest: string, bytes: number }} Listed */

/** @param {Uint8Array | string} bytes */
export function digestOf(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * The site with its version written into index.html, and the lists into sw.js.
 * @param {Map<string, Buffer>} files by path
 * @param {Set<string>} later the paths that need not be here before the page can work
 */
export function sealed(files, later) {
  const site = new Map(files);
  const index = tagged(textOf(site, "index.html"), "");
  site.set("index.html", Buffer.from(index));
  const worker = textOf(site, "sw.js");
  if (!LIST_LINE.test(worker)) throw new Error("sw.js has no line for its lists");
  site.set("sw.js", Buffer.from(worker.replace(LIST_LINE, "const SITE = {};")));
  const lines = [...site.keys()]
    .sort()
    .map((path) => `${digestOf(site.get(path) ?? "")} ${path}\n`);
  const version = digestOf(lines.join("")).slice(0, VERSION_LETTERS);
  const paths = [...site.keys()].filter((path) => path !== "sw.js").sort();
  site.set("index.html", Buffer.from(tagged(index, version)));
  const unsafe = paths.find((path) => !/^[\w@./-]+$/u.test(path));
  if (unsafe !== undefined) throw new Error(`${unsafe} would be written otherwise in an address`);
  const listed = paths.map((path) => listedAs(path, site.get(path) ?? Buffer.alloc(0)));
  const first = listed.filter(({ path }) => !later.has(path));
  const rest = listed.filter(({ path }) => later.has(path));
  const line = `const SITE = ${JSON.stringify({ version, first, later: rest })};`;
  site.set("sw.js", Buffer.from(worker.replace(LIST_LINE, () => line)));
  return { site, version, first, later: rest };
}

/**
 * @param {string} path
 * @param {Buffer} bytes
 * @returns {Listed}
 */
function listedAs(path, bytes) {
  return { path, digest: digestOf(bytes), bytes: bytes.length };
}

/**
 * @param {string} index
 * @param {string} version
 */
function tagged(index, version) {
  if (!VERSION_TAG.test(index)) throw new Error("index.html has no tag for its version");
  return index.replace(VERSION_TAG, (_, before, after) => before + version + after);
}

/**
 * @param {Map<string, Buffer>} site
 * @param {string} path
 */
function textOf(site, path) {
  const bytes = site.get(path);
  if (bytes === undefined) throw new Error(`the page has no ${path}`);
  return bytes.toString("utf8");
}
