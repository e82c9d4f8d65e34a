/**
 * Which of two states of trust serves a verifier better, both having opened under the floors.
 *
 * Newer goes before more complete: what is newer may hold a revocation, what is left out only leaves a
 * document undecided. But nobody signs for the documents in a bundle, so whoever hands one out may have
 * left some out; of the same journal the fuller bundle is the better one, and for a newer one with less
 * in it the other sources are asked too.
 */

import { isOneOf } from "../../lib/lineage.js";
import { isInForce } from "../../lib/recognition.js";

/** @typedef {import("../../lib/trust-data.js").TrustData} TrustData */
/** @typedef {import("../../lib/policy.js").Policy} Policy */
/** @typedef {"better" | "incomplete" | "same" | "worse"} Comparison */

/** Below this anybody could have written the bundle (docs/formats/bundle.md, "strength"). */
export const PROVEN = 2;

/**
 * What the candidate is beside what is held.
 * @param {TrustData} candidate
 * @param {TrustData | null} held
 * @param {{ policy: Readonly<Policy>, now: number }} asked
 * @returns {Comparison} `incomplete`: newer, but less of it
 */
export function compare(candidate, held, { policy, now }) {
  if (held === null) return "better";
  const [mine, yours] = [candidate.evidence.strength, held.evidence.strength];
  const isUsable = (/** @type {number} */ strength) => strength >= policy.minEvidence;
  if (isUsable(yours) && !isUsable(mine)) return "worse";
  if (yours >= PROVEN && mine < PROVEN) return "worse";
  const lacksMore = lack(candidate, now) - lack(held, now);
  if (isNewer(candidate, held)) return lacksMore > 0 || mine < yours ? "incomplete" : "better";
  if (isNewer(held, candidate)) return mine >= PROVEN && yours < PROVEN ? "better" : "worse";
  if (mine !== yours) return mine > yours ? "better" : "worse";
  return lacksMore === 0 ? "same" : lacksMore < 0 ? "better" : "worse";
}

/**
 * @param {TrustData} one
 * @param {TrustData} other
 */
export function isNewer(one, other) {
  if (one.state.size !== other.state.size) return one.state.size > other.state.size;
  if (one.evidence.asOf !== other.evidence.asOf) return one.evidence.asOf > other.evidence.asOf;
  const [own, others] = [guestTimes(one), guestTimes(other)];
  return [...own].some(([number, asOf]) => asOf > (others.get(number) ?? asOf));
}

/** @param {TrustData} trust */
function guestTimes({ guests }) {
  return new Map(guests.map(({ recognition, trust }) => [recognition.number, trust.evidence.asOf]));
}

/**
 * A lite bundle lacks the anchors, too.
 * @param {TrustData} trust
 * @param {number} now
 */
function lack(trust, now) {
  return missing(trust, now) + (trust.isLite ? 1 : 0);
}

/**
 * How many documents, and guests, the journal names that are not here.
 * @param {TrustData} trust
 * @param {number} now
 */
export function missing({ state, statusLists, types, guests }, now) {
  const versions = [...state.types.values()].reduce((sum, named) => sum + named.length, 0);
  const open = state.recognitions.filter(
    (recognition) =>
      isInForce(recognition, now) &&
      !guests.some(({ trust }) => isOneOf(recognition, trust.state.homes)),
  );
  return state.status.size - statusLists.size + versions - types.size + open.length;
}
