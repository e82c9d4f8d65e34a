/**
 * Writes the static site into dist/: the page's own modules as they are, copies of the libraries they
 * reach, and a service worker that knows the digest of each file. `make page` calls it.
 *
 * There is no bundle: names of libraries become relative paths, comments and indents are left out, and
 * nothing else is changed. The site has no config and no trust anchor yet: `sealroot verifier page` adds them.
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { printed, printedStyle } from "./site/print.js";
import { reach } from "./site/reach.js";
import { sealed } from "./site/seal.js";

const OUT = fileURLToPath(new URL("dist", import.meta.url));
const ENTRIES = ["app/index.html", "app/sw.js"];
/** Opens PDFs: two megabytes that no document on paper waits for. Beside it what only an installed page shows. */
const LATER = ["app/scan/pdf-worker.js", "app/manifest.webmanifest", "app/icons/icon-180.png"];
/** The command alone speaks of folders, receipts and pages drawn again. */
const SHARED_WORDS = ["outcome", "check", "result", "reason", "label", "suspicion"];
/** A page has to be usable after so many bytes, uncompressed. */
const MOST_FIRST_BYTES = 1_500_000;

const first = reach(ENTRIES, LATER);
const all = reach(ENTRIES);
const later = new Set([...all.keys()].filter((place) => !first.has(place)));
const files = new Map([...all].map(([place, { bytes }]) => [place, bytes]));
const isPrinted = (/** @type {string} */ place) =>
  place.endsWith(".js") && place !== "sw.js" && !place.endsWith(".min.js");
const modules = [...files].filter(([place]) => isPrinted(place));
for (const [place, bytes] of files) {
  if (place.endsWith(".css")) files.set(place, printedStyle(bytes));
  if (place.endsWith(".json")) files.set(place, Buffer.from(JSON.stringify(wordsIn(place, bytes))));
}
const made = sealed(new Map([...files, ...printed(new Map(modules))]), later);

const firstBytes = sum(made.first);
if (firstBytes > MOST_FIRST_BYTES)
  throw new Error(`the first load has ${firstBytes} bytes, more than ${MOST_FIRST_BYTES}`);

const half = `${OUT}.half`; // a reader of dist/ sees the old site or the new one
rmSync(half, { recursive: true, force: true });
for (const [path, bytes] of made.site) {
  mkdirSync(dirname(join(half, path)), { recursive: true });
  writeFileSync(join(half, path), bytes);
}
const listing = { format: 1, first: made.first, later: made.later };
writeFileSync(join(half, "site.json"), `${JSON.stringify(listing, null, 1)}\n`);
rmSync(OUT, { recursive: true, force: true });
renameSync(half, OUT);
console.log(
  `verifier/web/dist: version ${made.version}, ${made.first.length} files with ${firstBytes} bytes at first, ` +
    `${made.later.length} with ${sum(made.later)} later`,
);

/**
 * What a JSON file says; of the words that the page shares with the command, those it has a use for.
 * @param {string} place
 * @param {Buffer} bytes
 */
function wordsIn(place, bytes) {
  const said = JSON.parse(bytes.toString("utf8"));
  if (!place.startsWith("texts/")) return said;
  return Object.fromEntries(Object.entries(said).filter(([group]) => SHARED_WORDS.includes(group)));
}

/** @param {import("./site/seal.js").Listed[]} listed */
function sum(listed) {
  return listed.reduce((total, { bytes }) => total + bytes, 0);
}
