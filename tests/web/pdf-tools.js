/** What pdf-pages.js needs of the world, on Node: the same pdf.js, with canvases of @napi-rs/canvas. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { opened } from "./drawn-codes.js";

const fromWeb = createRequire(new URL("../../verifier/web/package.json", import.meta.url));
const { createCanvas } = fromWeb("@napi-rs/canvas");

/** As pdf-worker.js does it; `asked` gets the name of every file that pdf.js asks for. */
export async function pdfTools(asked = []) {
  const { getDocument } = await import(fromWeb.resolve("pdfjs-dist/legacy/build/pdf.min.mjs"));
  await import(fromWeb.resolve("pdfjs-dist/legacy/build/pdf.worker.min.mjs"));
  return {
    getDocument,
    symbols: await opened(),
    sheet: createCanvas,
    part: async (name) => {
      asked.push(name);
      return new Uint8Array(readFileSync(fromWeb.resolve(`pdfjs-dist/wasm/${name}`)));
    },
    now: () => performance.now(),
  };
}
