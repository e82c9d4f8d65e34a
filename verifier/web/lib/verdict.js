/** What a verification ends in: an outcome, made of eight checks (docs/formats/verdict.md). */

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {"form" | "proof" | "issuer" | "key" | "anchor" | "dates" | "status" | "trust"} CheckName */
/** @typedef {"PASS" | "FAIL" | "UNKNOWN" | "SKIPPED"} Result */
/** @typedef {"VALID" | "INVALID" | "INDETERMINATE"} Outcome */
/** @typedef {{ name: CheckName, result: Result, code: string, asOf: Int | null }} Check */
/**
 * Whatever the outcome is, the fields in `entry` are only what the document says of itself; where
 * the proof check is not PASS nobody signed them. `entry` is null when the form check failed;
 * `guest` is the recognised registry the verdict speaks about, null for home.
 * @typedef {object} Verdict
 * @property {Outcome} outcome
 * @property {Check[]} checks
 * @property {number} at
 * @property {import("./entry.js").Entry | null} entry
 * @property {import("./type-document.js").CredentialType | null} kind
 * @property {import("./trust-state.js").Anchor | null} anchor
 * @property {import("./trust-data.js").Guest | null} guest
 */

/** @type {readonly CheckName[]} the eight questions, in their order */
export const CHECK_NAMES = Object.freeze([
  "form",
  "proof",
  "issuer",
  "key",
  "anchor",
  "dates",
  "status",
  "trust",
]);

/** The codes a policy may put up with although they are UNKNOWN. No other, ever. */
const TOLERATED = ["anchor.fresh", "anchor.not_in_lite"];

/**
 * @param {CheckName} name
 * @param {Result} result
 * @param {string} code
 * @param {Int | null} [asOf]
 * @returns {Check}
 */
export function check(name, result, code, asOf = null) {
  return { name, result, code, asOf };
}

/** @param {CheckName} name */
export function skipped(name) {
  return check(name, "SKIPPED", "skipped.after_failure");
}

/**
 * What the checks amount to: one FAIL refuses, one open question leaves it open.
 * @param {Check[]} checks
 * @param {{ requireAnchor: boolean }} policy
 * @returns {Outcome}
 */
export function outcomeOf(checks, { requireAnchor }) {
  if (checks.some(({ result }) => result === "FAIL")) return "INVALID";
  const isOpen = checks.some(
    ({ result, code }) =>
      result === "SKIPPED" ||
      (result === "UNKNOWN" && (requireAnchor || !TOLERATED.includes(code))),
  );
  return isOpen ? "INDETERMINATE" : "VALID";
}
