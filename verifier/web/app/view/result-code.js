/** The code on a printed or saved result: whoever scans it is told that this is no document. */

import encodeQR from "qr";
import { numberOf } from "./finding.js";
import { jsonReport } from "./json-report.js";
import { rfc3339 } from "./moments.js";

/** @typedef {import("../scan/examine.js").Finding} Finding */

/** What the text of such a code begins with (docs/formats/verdict.md, `document.is_result`). */
export const RESULT_MARK = "SEALROOT-RESULT:";

/**
 * @param {Finding} finding
 * @param {number} at
 */
export function resultText(finding, at) {
  return `${RESULT_MARK}${finding.outcome} ${numberOf(finding) || "-"} ${rfc3339(at)}`;
}

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

/**
 * The result as a file to keep. It begins by saying what it is not.
 * @param {Finding} finding
 * @param {import("./report.js").Setting} setting
 */
export function resultFile(finding, setting) {
  const note = setting.words.say("result_note");
  const result = { result: resultText(finding, setting.at), note, ...jsonReport(finding, setting) };
  return `${JSON.stringify(result, null, 2)}\n`;
}

/**
 * A name for that file that any system takes.
 * @param {Finding} finding
 * @param {number} at
 */
export function resultName(finding, at) {
  const time = rfc3339(at).replace(/[-:]/g, "");
  return `sealroot-result-${numberOf(finding) || "unread"}-${time}.json`;
}
