/** The documents of one sitting: in the order they came, each known again. Held in memory alone. */

import { hex } from "../../lib/bytes.js";
import { csvOf } from "./csv.js";
import { oneLine } from "./display.js";
import { numberOf, reasonCodes, verdictOf } from "./finding.js";
import { jsonReport } from "./json-report.js";
import { rfc3339 } from "./moments.js";
import { agencyText, kindText } from "./origin.js";
import { reportOf } from "./report.js";

/** @typedef {import("../../lib/verdict.js").Outcome} Outcome */
/** @typedef {import("../scan/examine.js").Finding} Finding */
/** @typedef {import("./report.js").Setting} Setting */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {Omit<Setting, "words">} Circumstances what a finding was made with */
/**
 * One document; `sameAs` is the number of the first one with the same credential, or null.
 * @typedef {{ no: number, finding: Finding, made: Circumstances, sameAs: number | null }} Item
 */

const MOST_ITEMS = 10_000;

/**
 * The list with one document more. Where it is full, the oldest goes.
 * @param {readonly Item[]} items
 * @param {Finding} finding
 * @param {Circumstances} made
 * @returns {Item[]}
 */
export function withFinding(items, finding, made) {
  const credential = credentialOf(finding);
  const first =
    credential === null
      ? undefined
      : items.find((item) => credentialOf(item.finding) === credential);
  const no = (items.at(-1)?.no ?? 0) + 1;
  const sameAs = first === undefined ? null : (first.sameAs ?? first.no);
  return [...items, { no, finding, made, sameAs }].slice(-MOST_ITEMS);
}

/**
 * What makes two documents the same: number and cti of the entry, never the signature's bytes.
 * @param {Finding} finding
 */
function credentialOf(finding) {
  const entry = verdictOf(finding)?.entry ?? null;
  return entry === null ? null : `${numberOf(finding)} ${hex(entry.cti)}`;
}

/**
 * How many of each outcome, and how many were there before.
 * @param {readonly Item[]} items
 */
export function countsOf(items) {
  const of = (/** @type {Outcome} */ outcome) =>
    items.filter((item) => item.finding.outcome === outcome).length;
  return {
    all: items.length,
    VALID: of("VALID"),
    INVALID: of("INVALID"),
    INDETERMINATE: of("INDETERMINATE"),
    repeated: items.filter(({ sameAs }) => sameAs !== null).length,
  };
}

/**
 * One line for one document: what it is, or why nothing is known of it.
 * @param {Item} item
 * @param {Words} words
 */
export function itemLine({ finding, made }, words) {
  const verdict = verdictOf(finding);
  const entry = verdict?.entry ?? null;
  return {
    number: numberOf(finding) || oneLine(finding.name, 60),
    kind: entry === null || verdict === null ? "" : kindText(entry, verdict.kind, words),
    agency: entry === null || verdict === null ? "" : agencyText(entry, verdict, made.trust),
    reasons: reasonCodes(finding).map((code) => words.reason(code).says),
  };
}

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
