/** QR symbols drawn for tests by the writer of zxing-wasm, as pictures in grey. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { openSymbols } from "../../verifier/web/app/scan/symbols.js";

const fromWeb = createRequire(new URL("../../verifier/web/package.json", import.meta.url));
const { prepareZXingModule, writeBarcode } = fromWeb("zxing-wasm/writer");
const bytesOf = (path) => new Uint8Array(readFileSync(fromWeb.resolve(path)));

prepareZXingModule({
  overrides: { wasmBinary: bytesOf("zxing-wasm/writer/zxing_writer.wasm").buffer },
});

/** The bytes of the reader, as a worker fetches them. */
export const readerWasm = () => bytesOf("zxing-wasm/reader/zxing_reader.wasm").buffer;

/** One reader for a file of tests. */
export const opened = () => openSymbols(readerWasm());

/** A symbol of this text, each module `scale` pixels wide, on a white sheet with a margin. */
export async function drawn(text, { scale = 4, margin = 40, format = "QRCode" } = {}) {
  const { symbol, error } = await writeBarcode(text, {
    format,
    ecLevel: format === "QRCode" ? "M" : "",
  });
  if (error) throw new Error(error);
  const { width, height, data } = symbol;
  const sheet = blank(width * scale + 2 * margin, height * scale + 2 * margin);
  for (let y = 0; y < height * scale; y++)
    for (let x = 0; x < width * scale; x++)
      sheet.pixels[(y + margin) * sheet.width + x + margin] =
        data[Math.floor(y / scale) * width + Math.floor(x / scale)] === 0 ? 0 : 255;
  return sheet;
}

/** A white sheet. */
export function blank(width, height) {
  return { width, height, pixels: new Uint8Array(width * height).fill(255) };
}

/** Two sheets, one below the other. */
export function stacked(upper, lower) {
  const sheet = blank(Math.max(upper.width, lower.width), upper.height + lower.height);
  for (const [part, top] of [
    [upper, 0],
    [lower, upper.height],
  ])
    for (let y = 0; y < part.height; y++)
      sheet.pixels.set(
        part.pixels.subarray(y * part.width, (y + 1) * part.width),
        (top + y) * sheet.width,
      );
  return sheet;
}

/** With every light value changed. */
export function relit({ width, height, pixels }, change) {
  return { width, height, pixels: pixels.map(change) };
}
