/** The documents of one sitting: in the order they came, each known again. Held in memory alone. */

import { oneLine } from "./display.js";
import { decidingOf, entryOf, numberOf, verdictOf } from "./finding.js";
import { agencyText, kindText } from "./origin.js";

/** @typedef {import("../../lib/verdict.js").Outcome} Outcome */
/** @typedef {import("../scan/examine.js").Finding} Finding */
/** @typedef {import("./report.js").Setting} Setting */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {Omit<Setting, "words">} Circumstances what a finding was made with */
/**
 * One document; `sameAs` is the number of the first one with the same `entry`, or null.
 * @typedef {{ no: number, finding: Finding, made: Circumstances, sameAs: number | null, entry: string | null }} Item
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
  const entry = entryOf(finding);
  const first = entry === null ? undefined : items.find((item) => item.entry === entry);
  const no = (items.at(-1)?.no ?? 0) + 1;
  const sameAs = first === undefined ? null : (first.sameAs ?? first.no);
  return [...items, { no, finding, made, sameAs, entry }].slice(-MOST_ITEMS);
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
  const checks = [finding.document, ...(verdict?.checks ?? [])];
  const [deciding] = decidingOf(finding.outcome, checks, words);
  return {
    number: numberOf(finding) || oneLine(finding.name, 60),
    kind: entry === null || verdict === null ? "" : kindText(entry, verdict.kind, words),
    agency: entry === null || verdict === null ? "" : agencyText(entry, verdict, made.trust),
    reason: words.reason(deciding?.code ?? finding.document.code).says,
  };
}
