/** From a picture that a browser has decoded to pixels in grey. */

import { greyOf } from "./grey.js";

/** @typedef {Omit<import("./looks.js").Look, "radius">} Part */

/**
 * A part of a picture as it looks on white paper.
 * @param {ImageBitmap | VideoFrame} image closed afterwards
 * @param {Part} part
 */
export function greyOfPart(image, { x, y, width, height, wide, high }) {
  const canvas = new OffscreenCanvas(wide, high);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (context === null) throw new RangeError("no memory for the picture");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, wide, high);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, x, y, width, height, 0, 0, wide, high);
  image.close();
  const { data } = context.getImageData(0, 0, wide, high);
  canvas.width = 0; // a camera makes the next before anybody has collected this one
  return greyOf(wide, high, data);
}
