import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { doubled, greyOf, sharpened, shrunk, turned } from "../../verifier/web/app/scan/grey.js";
import { blank, drawn, opened, relit, stacked } from "./drawn-codes.js";

const DIGITS = `000${"0123456789".repeat(70)}`;
const LINK = `https://verify.example.gov/#${DIGITS}`;
const now = () => 0; // patience does not end on a slow machine
let symbols;

before(async () => {
  symbols = await opened();
});

test("digits are read as they stand, with the zeros in front", async () => {
  assert.deepEqual(symbols.quickly(await drawn(DIGITS)), [DIGITS]);
});

test("a link with digits behind it is read as it stands", async () => {
  assert.deepEqual(symbols.quickly(await drawn(LINK)), [LINK]);
});

test("the densest symbol of the budget, version 25, is read at two pixels a module", async () => {
  const most = "7".repeat(2395); // version 25-M holds 2,395 digits
  assert.deepEqual(symbols.turned(await drawn(most, { scale: 2 })), [most]);
});

test("a symbol turned by 37 degrees is read", async () => {
  assert.deepEqual(symbols.turned(turned(await drawn(LINK), 37)), [LINK]);
});

test("a symbol of white on black is read", async () => {
  const inverted = relit(await drawn(LINK), (light) => 255 - light);
  assert.deepEqual(symbols.turned(inverted), [LINK]);
});

test("two codes on one sheet are both read", async () => {
  const sheet = stacked(await drawn(LINK), await drawn("menu"));
  assert.deepEqual(new Set(symbols.quickly(sheet)), new Set([LINK, "menu"]));
});

test("the same code twice is one text", async () => {
  const one = await drawn(LINK);
  assert.deepEqual(symbols.quickly(stacked(one, one)), [LINK]);
});

test("a code of another kind than QR is not read", async () => {
  assert.deepEqual(symbols.turned(await drawn("123", { format: "DataMatrix" })), []);
});

test("an empty sheet has no code, also to a patient reader", () => {
  assert.deepEqual(symbols.patiently(blank(400, 300), now), []);
});

test("patience ends when its time is over", () => {
  let asked = 0;
  const later = () => 4000 * asked++;
  symbols.patiently(blank(400, 300), later);
  assert.equal(asked, 3); // at the beginning, then after 4 and after 8 seconds
});

test("a weak print in a narrow range of grey is read with patience", async () => {
  const weak = relit(await drawn(DIGITS, { scale: 3 }), (light) => 200 + light / 16);
  assert.deepEqual(symbols.patiently(weak, now), [DIGITS]);
});

/** Out of focus: the mean over a square around each pixel, twice. */
function unfocused(sheet, radius) {
  const blur = ({ width, height, pixels }) => ({
    width,
    height,
    pixels: pixels.map((_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      let [sum, count] = [0, 0];
      for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row++)
        for (let col = Math.max(0, x - radius); col <= Math.min(width - 1, x + radius); col++) {
          sum += pixels[row * width + col];
          count++;
        }
      return sum / count;
    }),
  });
  return blur(blur(sheet));
}

test("a camera that cannot focus is read through a sharpened look", async () => {
  const sheet = unfocused(await drawn("0123456789".repeat(90), { scale: 4 }), 2);
  assert.deepEqual(symbols.glimpsed(sheet), []);
  assert.deepEqual(symbols.glimpsed(sharpened(sheet, 2)), ["0123456789".repeat(90)]);
});

test("an even sheet stays as it is, sharpened, doubled or turned", () => {
  const even = { width: 9, height: 7, pixels: new Uint8Array(63).fill(100) };
  assert.deepEqual(new Set(sharpened(even, 3).pixels), new Set([100]));
  assert.deepEqual([doubled(even).width, doubled(even).height], [18, 14]);
  assert.deepEqual(new Set(doubled(even).pixels), new Set([100, 255])); // white paper around it
  const onItsSide = turned(even, 90);
  assert.equal(onItsSide.pixels[4 * onItsSide.width + 4], 100);
});

test("specks as wide as the sensor's pixels are read through with patience", async () => {
  const clean = await drawn("0123456789".repeat(12), { scale: 5 });
  let chance = 1;
  const speckled = relit(clean, (light) => {
    chance = (chance * 48271) % 2147483647;
    return chance % 12 === 0 ? 255 - light : light;
  });
  assert.deepEqual(symbols.patiently(speckled, now), ["0123456789".repeat(12)]);
});

test("a code drawn on nothing is read as on white paper", async () => {
  const { width, height, pixels } = await drawn(LINK);
  const rgba = new Uint8ClampedArray(4 * pixels.length);
  pixels.forEach((light, at) => {
    rgba[4 * at + 3] = 255 - light; // black all over, and clear where the paper is
  });
  assert.deepEqual(symbols.quickly(greyOf(width, height, rgba)), [LINK]);
});

test("colours weigh as light does", () => {
  const rgba = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 9, 9, 255];
  assert.deepEqual([...greyOf(4, 1, Uint8Array.from(rgba)).pixels], [76, 150, 29, 9]);
});

test("a picture is made smaller by the mean of its pixels, and never larger", () => {
  const grey = { width: 4, height: 2, pixels: Uint8Array.of(0, 100, 8, 8, 0, 100, 8, 8) };
  assert.deepEqual([...shrunk(grey, 2).pixels], [50, 8]);
  assert.equal(shrunk(grey, 9).width, 4);
});

test("the command reads pictures as the page does", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pictures-"));
  try {
    const { width, height, pixels } = await drawn(LINK);
    const file = join(folder, "a.pgm");
    writeFileSync(file, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels]));
    const command = fileURLToPath(new URL("../../verifier/web/read-pictures.mjs", import.meta.url));
    writeFileSync(join(folder, "b.pgm"), "P5\n9 9\n255\n".padEnd(11 + 81, "x"));
    writeFileSync(join(folder, "list"), join(folder, "b.pgm"));
    const { stdout } = spawnSync(
      process.execPath,
      [command, "--list", join(folder, "list"), file],
      { encoding: "utf8" },
    );
    const [first, second] = stdout.trim().split("\n").map(JSON.parse);
    assert.deepEqual([first.texts, first.with], [[LINK], "quickly"]);
    assert.deepEqual([second.texts, second.code], [[], "document.no_code"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
