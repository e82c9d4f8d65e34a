/** Credentials of other registries: who judges a key, and what home adds (docs/formats/verdict.md, "Registries"). */

import { isClockBehind } from "./checks.js";
import { isInForce } from "./recognition.js";
import { check } from "./verdict.js";

/** @typedef {import("./trust-data.js").Guest} Guest */
/** @typedef {import("./trust-data.js").TrustData} TrustData */
/** @typedef {import("./verdict.js").Verdict} Verdict */

/**
 * The guest that judges what this key signed, or null for home.
 * @param {string} kid
 * @param {TrustData} trust
 * @param {number} now
 * @returns {Guest | null}
 */
export function guestFor(kid, trust, now) {
  if (trust.state.keys.has(kid)) return null;
  const knowing = trust.guests.filter((guest) => guest.trust.state.keys.has(kid));
  return knowing.find((guest) => isInForce(guest.recognition, now)) ?? knowing[0] ?? null;
}

/**
 * Says whether nobody here knows the key while home has recognised others, whose bundles may be
 * missing: then home's types and lists say nothing against the credential.
 * @param {string} kid
 * @param {TrustData} trust
 */
export function mayBeForeign(kid, { state }) {
  return state.recognitions.length > 0 && !state.keys.has(kid);
}

/**
 * The checks of a guest's verdict, with what only home can say put in their places.
 * @param {Verdict} told
 * @param {Guest} guest
 * @param {TrustData} home
 */
export function foreignChecks(told, guest, home) {
  const [form, proof, issuer, key, anchor, dates, status, trust] = told.checks;
  const { at, entry } = told;
  const isAsked = issuer.result !== "SKIPPED" && entry !== null;
  const isRecognised =
    entry !== null && guest.typeNos.includes(entry.typeNo) && isInForce(guest.recognition, at);
  const ownIssuer =
    isAsked && !isRecognised
      ? check("issuer", "FAIL", "issuer.not_recognised", home.evidence.asOf)
      : issuer;
  const isSettled = trust.code === "trust.too_old" || trust.result === "SKIPPED";
  const ownTrust =
    isClockBehind(guest.latest, at) && !isSettled
      ? check("trust", "UNKNOWN", "trust.clock_behind", guest.latest)
      : trust;
  return [form, proof, ownIssuer, key, anchor, dates, status, ownTrust];
}
