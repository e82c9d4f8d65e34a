/** A worker that reads one PDF with pdf.js, which runs in here too: nothing of it is in the page. */

import "./pdf-window.js"; // before all of pdf.js
import { getDocument } from "pdfjs-dist/legacy/build/pdf.min.mjs";
import "pdfjs-dist/legacy/build/pdf.worker.min.mjs"; // found by pdf.js, which then starts no worker of its own
import { readPdf } from "./pdf-pages.js";
import { fetched, port, serve } from "./serve.js";
import { openSymbols } from "./symbols.js";

/** Parts of pdf.js that scanned pages need (JBIG2, JPEG 2000); it gets no other file of any name. */
const PARTS = new Map([
  ["jbig2.wasm", import.meta.resolve("pdfjs-dist/wasm/jbig2.wasm")],
  ["openjpeg.wasm", import.meta.resolve("pdfjs-dist/wasm/openjpeg.wasm")],
]);

serve(port, async () => {
  const symbols = await openSymbols(
    await fetched(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm")),
  );
  const tools = {
    getDocument,
    symbols,
    sheet: (/** @type {number} */ wide, /** @type {number} */ high) =>
      new OffscreenCanvas(wide, high),
    part: async (/** @type {string} */ name) => {
      const url = PARTS.get(name);
      if (url === undefined) throw new Error(`no part of ours: ${name}`);
      return new Uint8Array(await fetched(url));
    },
    now: () => performance.now(),
  };
  return (/** @type {{ bytes: Uint8Array }} */ { bytes }) => readPdf(bytes, tools);
});
