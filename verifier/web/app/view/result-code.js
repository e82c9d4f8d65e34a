/** The code on a printed or saved result: whoever scans it is told that this is no document. */

import encodeQR from "qr";

/**
 * The modules of the code's symbol, row by row, in their quiet zone.
 * @param {string} text
 * @returns {boolean[][]}
 */
export function symbolOf(text) {
  return encodeQR(text, "raw", { ecc: "medium", border: 4 });
}

/**
 * The dark modules as one path of squares of size 1.
 * @param {boolean[][]} symbol
 */
export function pathOf(symbol) {
  return symbol
    .flatMap((cells, y) => cells.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
}
