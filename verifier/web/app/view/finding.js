/** What is asked of one finding: which verdict counts, whether its fields are signed, what it says. */

import { certificateNumber } from "../../lib/agency-code.js";
import { hex } from "../../lib/bytes.js";
import { decodeSealed } from "../../lib/sealed.js";

/** @typedef {import("../../lib/verdict.js").Verdict} Verdict */
/** @typedef {import("../scan/examine.js").Finding} Finding */
/** @typedef {import("../scan/documents.js").Held} Held */
/** @typedef {import("./words.js").Words} Words */

const CONFIRMING = ["proof", "issuer", "key"];
const PUT_TOGETHER = ["document.pages_disagree", "document.attachment_disagrees"];

/**
 * The verdict that counts where the document is one: the worst.
 * @param {Finding} finding
 * @returns {Verdict | null}
 */
export function verdictOf({ verdicts }) {
  return verdicts.length === 0 ? null : verdicts[0].verdict;
}

/**
 * Whether the named agency is known to have signed what is shown.
 * @param {Finding} finding
 */
export function isConfirmed(finding) {
  const verdict = verdictOf(finding);
  if (verdict === null || finding.document.result === "FAIL") return false;
  return CONFIRMING.every((name) =>
    verdict.checks.some((check) => check.name === name && check.result === "PASS"),
  );
}

/**
 * Whether the parts of the document speak of different credentials.
 * @param {Finding} finding
 */
export function isPutTogether({ document }) {
  return PUT_TOGETHER.includes(document.code);
}

/**
 * The certificate number, or an empty text where nothing could be read.
 * @param {Finding} finding
 */
export function numberOf(finding) {
  const entry = verdictOf(finding)?.entry ?? null;
  return entry === null ? "" : certificateNumber(entry);
}

/**
 * The codes of everything that did not pass and was not merely skipped.
 * @param {Finding} finding
 */
export function reasonCodes(finding) {
  const checks = verdictOf(finding)?.checks ?? [];
  return [finding.document, ...checks]
    .filter(({ result }) => result === "FAIL" || result === "UNKNOWN")
    .map(({ code }) => code);
}

/**
 * Where in the document a credential stood.
 * @param {Held} held
 * @param {Words} words
 */
export function placeText(held, words) {
  return words.phrase("label", `path_${held.kind}`, held.page ?? "");
}

/**
 * The verdict on what stood in one place: that on the same bytes, or the same fault.
 * @param {Held} held
 * @param {Finding} finding
 * @returns {Verdict}
 */
export function verdictAt(held, { verdicts }) {
  const found = verdicts.find(
    (one) => one.held.fault === held.fault && sameBytes(one.held.sealed, held.sealed),
  );
  if (found === undefined) throw new Error("a place without a verdict");
  return found.verdict;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/**
 * What makes two documents the same: their entries, byte by byte, never a signature. Null where no
 * entry could be read.
 * @param {Finding} finding
 */
export function entryOf({ verdicts }) {
  if (verdicts.length === 0 || verdicts[0].verdict.entry === null) return null;
  return hex(decodeSealed(verdicts[0].held.sealed).entry);
}

/**
 * The checks that decided: those that failed, or else those that stayed open and are not merely put
 * up with, for which there is advice.
 * @template {{ result: import("../../lib/verdict.js").Result, code: string }} T
 * @param {Finding["outcome"]} outcome
 * @param {T[]} checks
 * @param {Words} words
 */
export function decidingOf(outcome, checks, words) {
  if (outcome === "VALID") return [];
  const told = outcome === "INVALID" ? "FAIL" : "UNKNOWN";
  const deciding = checks.filter(({ result }) => result === told);
  const advised = deciding.filter(({ code }) => words.reason(code).advice !== "");
  return advised.length > 0 ? advised : deciding;
}
