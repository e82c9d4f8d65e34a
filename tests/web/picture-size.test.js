import assert from "node:assert/strict";
import { test } from "node:test";
import { pictureKind, pictureSize } from "../../verifier/web/app/scan/picture-size.js";

const bytesOf = (...parts) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part, "latin1")] : part)),
  );
const sizeOf = (bytes) => pictureSize(bytes, pictureKind(bytes));
const PNG = "\x89PNG\r\n\x1a\n";
const png = (...size) => bytesOf(PNG, [0, 0, 0, 13], "IHDR", size, [8, 0, 0, 0, 0]);
const segment = (marker, ...content) => [
  0xff,
  marker,
  (content.length + 2) >> 8,
  (content.length + 2) & 0xff,
  ...content,
];
const FRAME = [8, 0x0b, 0xb8, 0x0f, 0xa0, 3]; // 8 bits, 3000 high, 4000 wide, 3 colours
const jpeg = (...segments) => bytesOf([0xff, 0xd8], ...segments);
const webp = (kind, ...content) =>
  bytesOf("RIFF", [0, 0, 0, 0], "WEBP", kind, [0, 0, 0, 0], content);

test("a PNG says its size first", () => {
  assert.deepEqual(sizeOf(png(0, 0, 7, 208, 0, 1, 0, 0)), { width: 2000, height: 65536 });
});

test("a JPEG says its size in its frame, behind whatever comes before", () => {
  const exif = segment(0xe1, ...Array(300).fill(0xff));
  const tables = segment(0xc4, 1, 2, 3);
  for (const marker of [0xc0, 0xc2, 0xcf])
    assert.deepEqual(sizeOf(jpeg(exif, [0xff, 0x01], tables, [0xff], segment(marker, ...FRAME))), {
      width: 4000,
      height: 3000,
    });
});

test("a WebP of each of the three kinds says its size", () => {
  const lossy = [0, 0, 0, 0x9d, 0x01, 0x2a, 0xa0, 0x0f, 0xb8, 0x0b];
  assert.deepEqual(sizeOf(webp("VP8 ", ...lossy)), { width: 4000, height: 3000 });
  const bits = 3999 | (2999 << 14);
  const lossless = [0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, bits >>> 24];
  assert.deepEqual(sizeOf(webp("VP8L", ...lossless)), { width: 4000, height: 3000 });
  const extended = [0, 0, 0, 0, 0x9f, 0x0f, 0, 0xb7, 0x0b, 0];
  assert.deepEqual(sizeOf(webp("VP8X", ...extended)), { width: 4000, height: 3000 });
});

test("a picture that says no size, or none at all, has none", () => {
  const none = [
    png(0, 0, 0, 0, 0, 0, 0, 1),
    bytesOf(PNG, [0, 0, 0, 13], "IDAT", [0, 0, 0, 1, 0, 0, 0, 1]),
    png(0, 0, 0, 1).subarray(0, 18),
    jpeg(segment(0xda, 1, 2, 3), segment(0xc0, ...FRAME)),
    jpeg([0xff, 0xd9]),
    jpeg([0xff, 0xe0, 0, 1], segment(0xc0, ...FRAME)),
    jpeg([0xff, 0xff]),
    webp("JUNK", ...Array(20).fill(1)),
    bytesOf("RIFF", [0, 0, 0, 0], "WAVE"),
  ];
  for (const bytes of none) assert.equal(sizeOf(bytes), null);
});

test("no bytes behind a beginning make it fail otherwise", () => {
  let chance = 1;
  const next = () => {
    chance = (chance * 48271) % 2147483647;
    return chance & 255;
  };
  for (let round = 0; round < 3000; round++) {
    const start = [[...Buffer.from(PNG, "latin1")], [0xff, 0xd8, 0xff], [...Buffer.from("RIFF")]];
    const bytes = bytesOf(start[round % 3], Array.from({ length: next() }, next));
    const size = sizeOf(bytes);
    assert.ok(size === null || (size.width > 0 && size.height > 0));
  }
});
