/**
 * Reads the QR codes of pictures as the page does, with the same modules. Prints one line of JSON
 * for each, in order: {"file", "texts", "ms", "with": "quickly" | "patiently" | "glimpsed"}, or
 * {"file", "texts": [], "ms", "code": "document.no_code"}.
 *
 *     node read-pictures.mjs [--quick] [--list NAMES] FILE …
 *
 * --quick  as one frame of a camera is read: one look, without patience
 * --list   a file with one name a line, after the others
 *
 * A picture is PGM or PPM (P5, P6; 8 bits), so that nothing but the page's own reading is measured.
 */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { greyOf } from "./app/scan/grey.js";
import { openSymbols } from "./app/scan/symbols.js";

const WASM = fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
const HEADER = /^P([56])\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+255\s/;

/**
 * @param {string} name
 * @returns {import("./app/scan/grey.js").Grey}
 */
function pictureOf(name) {
  const file = readFileSync(name);
  const header = HEADER.exec(file.toString("latin1", 0, 512));
  if (header === null) throw new Error(`${name} is no PGM or PPM of 8 bits`);
  const [width, height] = [Number(header[2]), Number(header[3])];
  const samples = new Uint8Array(file.subarray(header[0].length));
  const isGrey = header[1] === "5";
  if (samples.length !== width * height * (isGrey ? 1 : 3)) throw new Error(`${name} is cut off`);
  if (isGrey) return { width, height, pixels: samples };
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let at = 0; at < width * height; at++)
    rgba.set(samples.subarray(3 * at, 3 * at + 3), 4 * at);
  return greyOf(width, height, rgba);
}

const { values, positionals } = parseArgs({
  options: { quick: { type: "boolean", default: false }, list: { type: "string" } },
  allowPositionals: true,
});
const listed = values.list === undefined ? "" : readFileSync(values.list, "utf8");
const names = [...positionals, ...listed.split("\n").filter((name) => name !== "")];
const symbols = await openSymbols(new Uint8Array(readFileSync(WASM)).buffer);
const now = () => performance.now();

/** @typedef {(grey: import("./app/scan/grey.js").Grey) => string[]} Look */
/** @type {Record<string, Look>} */
const WAYS = values.quick
  ? { glimpsed: symbols.glimpsed }
  : { quickly: symbols.quickly, patiently: (grey) => symbols.patiently(grey, now) };

/** @param {string} file */
function read(file) {
  const grey = pictureOf(file);
  const began = now();
  for (const [way, look] of Object.entries(WAYS)) {
    const texts = look(grey);
    if (texts.length > 0) return { file, texts, ms: now() - began, with: way };
  }
  return { file, texts: [], ms: now() - began, code: "document.no_code" };
}

for (const name of names) process.stdout.write(`${JSON.stringify(read(name))}\n`);
