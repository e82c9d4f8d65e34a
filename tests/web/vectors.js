/** The files under tests/vectors/, as other programs meet them. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VECTORS = `${ROOT}tests/vectors/`;

/** One vector file, read. */
export function read(path) {
  return JSON.parse(readFileSync(VECTORS + path, "utf8"));
}

/** The [name, vector] pairs of a folder: good ones, or (`bad`) those that must be refused. */
export function vectors(folder, bad, start = "") {
  const names = readdirSync(VECTORS + folder)
    .filter((name) => name.endsWith(".json") && name.startsWith(start))
    .map((name) => name.slice(0, -".json".length))
    .filter((name) => bad === null || name.endsWith("_fail") === bad)
    .sort();
  if (names.length === 0) throw new Error(`no vectors in ${folder}`);
  return names.map((name) => [name, read(`${folder}/${name}.json`)]);
}

/** The code that a refused call is refused with; null where nothing was refused. */
export function codeOf(call) {
  try {
    call();
    return null;
  } catch (error) {
    return error.code ?? `${error}`;
  }
}

/** Likewise, of a promise. */
export async function codeOfLater(promise) {
  try {
    await promise;
    return null;
  } catch (error) {
    return error.code ?? `${error}`;
  }
}
