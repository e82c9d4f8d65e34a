/** From a picture that a browser has decoded to pixels in grey. */

import { greyOf } from "./grey.js";

/**
 * The whole picture as it looks on white paper.
 * @param {ImageBitmap} bitmap closed afterwards
 * @param {number} wide
 * @param {number} high
 */
export function greyOfBitmap(bitmap, wide, high) {
  const context = new OffscreenCanvas(wide, high).getContext("2d", {
    alpha: false,
    willReadFrequently: true,
  });
  if (context === null) throw new RangeError("no memory for the picture");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, wide, high);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, wide, high);
  bitmap.close();
  return greyOf(wide, high, context.getImageData(0, 0, wide, high).data);
}
