/** From a camera's frame to the part of it that is looked at, in grey. */

import { shrunk } from "./grey.js";
import { lookAt } from "./looks.js";
import { greyOfPart } from "./sheet.js";

/** @typedef {import("./grey.js").Grey} Grey */
/** @typedef {import("./looks.js").Look} Look */

/** Formats whose first plane is the light of each pixel, with colours for squares of four. */
const LIGHT_FIRST = ["I420", "I420A", "NV12"];

let room = new Uint8Array(0);

/**
 * What is looked at in this turn. Most cameras give light and colours apart: then the light is taken
 * as it is, into the same memory each time; a canvas for every frame fills hundreds of megabytes
 * before a browser collects them.
 * @param {ImageBitmap | VideoFrame} image closed afterwards
 * @param {number} turn
 * @returns {Promise<{ grey: Grey, radius: number }>}
 */
export async function greyOfFrame(image, turn) {
  try {
    if (!("format" in image)) return drawn(image, image.width, image.height, turn);
    const light = LIGHT_FIRST.includes(image.format ?? "") ? await copied(image, turn) : null;
    return light ?? drawn(image, image.displayWidth, image.displayHeight, turn);
  } finally {
    image.close();
  }
}

/**
 * @param {ImageBitmap | VideoFrame} image
 * @param {number} width
 * @param {number} height
 * @param {number} turn
 */
function drawn(image, width, height, turn) {
  const look = lookAt(width, height, turn);
  return { grey: greyOfPart(image, look), radius: look.radius };
}

/**
 * Null where a device does not give its memory away.
 * @param {VideoFrame} frame
 * @param {number} turn
 */
async function copied(frame, turn) {
  const visible = /** @type {DOMRectReadOnly} */ (frame.visibleRect);
  const look = lookAt(visible.width, visible.height, turn);
  const rect = {
    x: even(visible.x + look.x),
    y: even(visible.y + look.y),
    width: Math.max(2, even(look.width)),
    height: Math.max(2, even(look.height)),
  };
  const size = frame.allocationSize({ rect });
  if (room.length < size) room = new Uint8Array(size);
  const planes = await frame.copyTo(room, { rect }).catch(() => null);
  if (planes === null) return null;
  const [{ offset, stride }] = planes;
  const pixels = new Uint8Array(rect.width * rect.height);
  for (let row = 0, from = offset; row < rect.height; row++, from += stride)
    pixels.set(room.subarray(from, from + rect.width), row * rect.width);
  const light = { width: rect.width, height: rect.height, pixels };
  return { grey: shrunk(light, Math.max(look.wide, look.high)), radius: look.radius };
}

const even = (/** @type {number} */ value) => value - (value % 2);
