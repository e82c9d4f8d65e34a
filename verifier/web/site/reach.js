/** Walks from the page's entries to every file they reach, and says where each stands in the site. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withReferences } from "./references.js";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const LIBRARIES = join(WEB, "node_modules");
/** These stand beside index.html, whatever refers to them: a worker's place bounds what it may serve. */
const AT_THE_ROOT = /^app\/(index\.html|sw\.js|manifest\.webmanifest|icons\/.*)$/u;
const TEXTS = "../texts/";

/** @typedef {{ source: string, place: string, bytes: Buffer }} SiteFile `place` is the path in the site */

/**
 * Every file reached from these sources, written for its place.
 * @param {string[]} entries paths from verifier/web
 * @param {string[] | null} [later] leave out what is reached only by way of these, or only by `import()`
 * @returns {Map<string, SiteFile>} by place
 */
export function reach(entries, later = null) {
  const shut = new Set(later?.map((path) => resolve(WEB, path)));
  const waiting = entries.map((path) => resolve(WEB, path));
  /** @type {Map<string, SiteFile>} */
  const files = new Map();
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    const place = placeOf(source);
    if (files.has(place)) continue;
    const { bytes, reached } = written(source, place);
    files.set(place, { source, place, bytes });
    for (const { target, isLater } of reached)
      if (later === null || !(isLater || shut.has(target))) waiting.push(target);
  }
  return files;
}

/** @param {string} source */
function placeOf(source) {
  const path = relative(WEB, source);
  const atRoot = AT_THE_ROOT.exec(path);
  if (atRoot !== null) return atRoot[1];
  if (path.startsWith(TEXTS)) return join("texts", path.slice(TEXTS.length));
  if (path.startsWith("node_modules/")) return vendored(path.slice("node_modules/".length));
  if (path.startsWith("..")) throw new Error(`${path} is no part of the page`);
  return path;
}

/**
 * Many a web server does not know .mjs, and a browser runs no module of a type it does not know.
 * @param {string} path
 */
function vendored(path) {
  return join("vendor", path.replace(/\.mjs$/u, ".js"));
}

/**
 * The file as it stands in the site, and what it refers to.
 * @param {string} source
 * @param {string} place
 */
function written(source, place) {
  const bytes = readFileSync(source);
  /** @type {{ target: string, isLater: boolean }[]} */
  const reached = [];
  const kind = kindOf(source);
  if (kind === null) return { bytes, reached };
  const text = withReferences(bytes.toString("utf8"), kind, (reference, isLater) => {
    const target = targetOf(reference, source, kind);
    reached.push({ target, isLater });
    const path = relative(dirname(place), placeOf(target));
    return kind !== "page" && !path.startsWith(".") ? `./${path}` : path;
  });
  if (source.endsWith(".webmanifest"))
    for (const { src } of JSON.parse(text).icons)
      reached.push({ target: resolve(dirname(source), src), isLater: false });
  return { bytes: Buffer.from(text, "utf8"), reached };
}

/**
 * @param {string} source
 * @returns {import("./references.js").Kind | null} null for what refers to nothing
 */
function kindOf(source) {
  const isLibrary = source.startsWith(LIBRARIES);
  switch (extname(source)) {
    case ".js":
      return isLibrary ? "vendored" : "module";
    case ".mjs": // pdf.js ships as bundles that refer to nothing
      return source.endsWith(".min.mjs") ? null : "vendored";
    case ".html":
    case ".webmanifest":
      return "page";
    case ".css":
      return "style";
    default:
      return null;
  }
}

/**
 * @param {string} reference
 * @param {string} source
 * @param {import("./references.js").Kind} kind
 */
function targetOf(reference, source, kind) {
  const isName = !/^\.{0,2}\//u.test(reference) && (kind === "module" || kind === "vendored");
  const target = isName
    ? fileURLToPath(import.meta.resolve(reference))
    : resolve(dirname(source), reference);
  if (isName && existsSync(join(LIBRARIES, packageOf(target), "node_modules")))
    throw new Error(`${packageOf(target)} brings libraries of its own: two versions of one`);
  if (!existsSync(target)) throw new Error(`${relative(WEB, source)} refers to ${reference}`);
  return target;
}

/** @param {string} path */
function packageOf(path) {
  const [first, second] = relative(LIBRARIES, path).split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}
