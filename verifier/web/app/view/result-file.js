/** The result of a check as a file and as a text, both of which say at once that they are no document. */

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
 * The result as a file to keep. It begins by saying what it is not.
 * @param {Finding} finding
 * @param {import("./report.js").Setting} setting
 */
export function resultFile(finding, setting) {
  const note = setting.words.say("result_note_both");
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
