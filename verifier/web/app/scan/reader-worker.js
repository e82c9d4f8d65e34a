/** A worker that reads QR codes: of a camera's frames, quickly; of pictures, with patience. */

import { noCode, tooMuch, unreadable } from "./errors.js";
import { greyOfFrame } from "./frame.js";
import { sharpened } from "./grey.js";
import { MOST_DECODED_PIXELS, MOST_PIXELS } from "./limits.js";
import { pictureKind, pictureSize } from "./picture-size.js";
import { fetched, port, serve } from "./serve.js";
import { greyOfPart } from "./sheet.js";
import { openSymbols } from "./symbols.js";

/** @typedef {{ op: "frame", image: ImageBitmap | VideoFrame, turn: number }} FrameQuestion */
/** @typedef {{ op: "picture", file: Blob }} PictureQuestion */
/** @typedef {import("./symbols.js").Symbols} Symbols */

serve(port, async () => {
  const symbols = await openSymbols(
    await fetched(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm")),
  );
  return (/** @type {FrameQuestion | PictureQuestion} */ question) =>
    question.op === "frame" ? frame(symbols, question) : picture(symbols, question.file);
});

/**
 * @param {Symbols} symbols
 * @param {FrameQuestion} question
 */
async function frame(symbols, { image, turn }) {
  const { grey, radius } = await greyOfFrame(image, turn);
  return symbols.glimpsed(radius > 0 ? sharpened(grey, radius) : grey);
}

/**
 * @param {Symbols} symbols
 * @param {Blob} file
 */
async function picture(symbols, file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = pictureKind(bytes);
  const size = kind === null ? null : pictureSize(bytes, kind);
  if (kind === null || size === null) throw damaged();
  checkPixels(size, kind);
  const grey = await decoded(file, kind, size);
  const found = symbols.quickly(grey);
  const texts = found.length > 0 ? found : symbols.patiently(grey, () => performance.now());
  if (texts.length === 0) throw noCode("there is no readable QR code in the picture");
  return texts;
}

/**
 * @param {import("./picture-size.js").Size} size
 * @param {import("./picture-size.js").PictureKind} kind
 */
function checkPixels({ width, height }, kind) {
  if (width * height > MOST_PIXELS[kind]) throw tooMuch("the picture has too many pixels");
}

/**
 * A picture finer than a code needs is made smaller by whatever decodes it, which may spare memory.
 * @param {Blob} file
 * @param {import("./picture-size.js").PictureKind} kind
 * @param {import("./picture-size.js").Size} size
 */
async function decoded(file, kind, { width, height }) {
  const scale = Math.sqrt(MOST_DECODED_PIXELS / (width * height));
  const smaller = {
    resizeWidth: Math.ceil(width * scale),
    resizeQuality: /** @type {const} */ ("high"),
  };
  try {
    const bitmap = await (scale < 1 ? createImageBitmap(file, smaller) : createImageBitmap(file));
    checkPixels(bitmap, kind); // the file may have said less
    return greyOfPart(bitmap, wholeOf(bitmap));
  } catch (error) {
    if (error instanceof DOMException) throw damaged();
    throw error;
  }
}

/**
 * All of a picture, with as many pixels as there may be.
 * @param {ImageBitmap} bitmap
 */
function wholeOf({ width, height }) {
  const scale = Math.min(1, Math.sqrt(MOST_DECODED_PIXELS / (width * height)));
  return {
    x: 0,
    y: 0,
    width,
    height,
    wide: Math.ceil(width * scale),
    high: Math.ceil(height * scale),
  };
}

const damaged = () => unreadable("the picture is damaged or not PNG, JPEG or WebP");
