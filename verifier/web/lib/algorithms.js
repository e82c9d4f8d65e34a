/** The calendar of algorithms (docs/formats/journal.md, rule 11 and "algorithm allowed at T"). */

import { malformed } from "./errors.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {{ startAt: Int, warnAt: Int | null, stopAt: Int | null }} AlgorithmTimes */
/** @typedef {"NOT_STARTED" | "START" | "WARN" | "STOP"} Phase */
/** @typedef {{ alg: Int, phase: number, effectiveAt: Int, at: Int }} AlgorithmStep */

const START = 1;
const WARN = 2;
export const STOP = 3;

/**
 * The times after one more step.
 * @param {AlgorithmTimes | undefined} times
 * @param {number} phase
 * @param {Int} effectiveAt
 * @returns {AlgorithmTimes}
 * @throws {import("./errors.js").TrustError}
 */
export function advancedTimes(times, phase, effectiveAt) {
  if (phase === START) {
    if (times !== undefined) throw malformed("an algorithm starts once");
    return { startAt: effectiveAt, warnAt: null, stopAt: null };
  }
  if (times === undefined) throw malformed("warn or stop before the start");
  if (times.stopAt !== null) throw malformed("an algorithm is set after its stop");
  if (phase === STOP) return { ...times, stopAt: effectiveAt };
  const sooner = times.warnAt === null || effectiveAt < times.warnAt;
  return phase === WARN && sooner ? { ...times, warnAt: effectiveAt } : times;
}

/**
 * @param {AlgorithmTimes | undefined} times
 * @param {Int} at
 * @returns {Phase}
 */
export function phaseAt(times, at) {
  if (times === undefined) return "NOT_STARTED";
  if (times.stopAt !== null && times.stopAt <= at) return "STOP";
  if (times.startAt > at) return "NOT_STARTED";
  return times.warnAt !== null && times.warnAt <= at ? "WARN" : "START";
}
