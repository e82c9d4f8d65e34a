/**
 * How long one verdict takes after the symbol was read, and how long a lite bundle takes to open.
 *
 * On the bundle and credentials of tests/vectors/verdict; prints a table in milliseconds.
 */

import { readFileSync } from "node:fs";
import { fromHex } from "./lib/bytes.js";
import { decodeQrText, decodeTrustAnchor, encodeQrText, openBundle, verify } from "./lib/index.js";

const VECTORS = new URL("../../tests/vectors/verdict/", import.meta.url);
const ROUNDS = 2000;
const OPENINGS = 200;

const read = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`${name}.json`, VECTORS), "utf8"));

/**
 * @param {string} name
 * @param {number} rounds
 * @param {(round: number) => Promise<unknown>} act
 */
async function measure(name, rounds, act) {
  const times = [];
  for (let round = -20; round < rounds; round++) {
    const before = performance.now();
    await act(round);
    if (round >= 0) times.push(performance.now() - before);
  }
  times.sort((one, other) => one - other);
  const at = (/** @type {number} */ share) => times[Math.floor(share * times.length)].toFixed(3);
  console.log(`${name.padEnd(44)} median ${at(0.5)}  p95 ${at(0.95)}`);
}

/**
 * One credential over and over, from the digits of its symbol on.
 * @param {string} name
 * @param {string} vector
 */
async function measureVerdict(name, vector) {
  const { sealed, bundle, at } = read(vector);
  const held = read(bundle.replace(".json", ""));
  const anchor = decodeTrustAnchor(fromHex(held.trust_anchor));
  const trust = await openBundle(fromHex(held.bundle), { anchor });
  const text = encodeQrText(fromHex(sealed), "https://verify.example/");
  await measure(name, ROUNDS, () => verify(decodeQrText(text).sealed, trust, at));
}

await measureVerdict("verify, anchored: hashes alone", "case_anchored");
await measureVerdict("verify, by its ES256 signature", "case_fresh");
await measureVerdict("verify, lite bundle, by its ES256 signature", "case_not_in_lite");
const { bundle, trust_anchor } = read("bundle_lite");
const file = fromHex(bundle);
await measure("first verify with a bundle just opened", OPENINGS, async () => {
  const { sealed, at } = read("case_not_in_lite");
  const trust = await openBundle(file, { anchor: decodeTrustAnchor(fromHex(trust_anchor)) });
  await verify(fromHex(sealed), trust, at);
});
await measure(`open a lite bundle of ${file.length} bytes`, OPENINGS, () =>
  openBundle(file, { anchor: decodeTrustAnchor(fromHex(trust_anchor)) }),
);
