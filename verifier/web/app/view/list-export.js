/** The list as a table for a spreadsheet, and as JSON for a program; loaded when somebody wants it. */

import { csvOf } from "./csv.js";
import { oneLine } from "./display.js";
import { numberOf, reasonCodes } from "./finding.js";
import { jsonReport } from "./json-report.js";
import { rfc3339 } from "./moments.js";
import { reportOf } from "./report.js";
import { itemLine } from "./running-list.js";

/** @typedef {import("./running-list.js").Item} Item */
/** @typedef {import("./words.js").Words} Words */

/**
 * @param {readonly Item[]} items
 * @param {Words} words
 */
export function listCsv(items, words) {
  const columns = ["no", "at", "name", "outcome", "number", "kind", "agency", "confirmed"];
  const heading = [...columns, "fields", "codes", "warnings", "same_as"];
  const rows = items.map((item) => csvRow(item, words));
  return csvOf(
    heading.map((name) => words.phrase("column", name)),
    rows,
  );
}

/**
 * @param {Item} item
 * @param {Words} words
 */
function csvRow(item, words) {
  const { finding, made, no, sameAs } = item;
  const report = reportOf(finding, { ...made, words });
  const line = itemLine(item, words);
  const fields = report.claims.flatMap(({ rows }) => rows ?? []);
  return [
    no,
    rfc3339(made.at),
    oneLine(finding.name),
    finding.outcome,
    numberOf(finding),
    line.kind,
    line.agency,
    words.phrase("label", report.isConfirmed ? "yes" : "no"),
    fields.map(({ title, value }) => (value === "" ? title : `${title}: ${value}`)).join("; "),
    reasonCodes(finding).join(" "),
    report.warnings.map(({ title }) => title).join("; "),
    sameAs === null ? "" : String(sameAs),
  ];
}

/**
 * @param {readonly Item[]} items
 * @param {Words} words
 */
export function listJson(items, words) {
  const told = items.map(({ finding, made, no, sameAs }) => ({
    no,
    same_as: sameAs,
    ...jsonReport(finding, { ...made, words }),
  }));
  return `${JSON.stringify(told, null, 2)}\n`;
}

/**
 * @param {number} at
 * @param {"csv" | "json"} suffix
 */
export function listName(at, suffix) {
  return `sealroot-list-${rfc3339(at).replace(/[-:]/g, "")}.${suffix}`;
}
