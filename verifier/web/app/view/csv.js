/** Tables for spreadsheets: what a cell says is shown, never computed (RFC 4180, UTF-8 with a mark). */

const MARK = "\ufeff";
/** What makes Excel, LibreOffice or Numbers take a cell for a formula, in its other widths too. */
const BEGINS_FORMULA = /^[\s\u2066-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]/;
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * The table as a file that Excel opens with its Chinese as it is.
 * @param {string[]} heading
 * @param {(string | number)[][]} rows
 */
export function csvOf(heading, rows) {
  return MARK + [heading, ...rows].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

/** @param {string | number} value */
function cell(value) {
  const text = String(value).replace(CONTROLS, " ");
  const told = typeof value === "string" && BEGINS_FORMULA.test(text) ? `'${text}` : text;
  return `"${told.replaceAll('"', '""')}"`;
}
