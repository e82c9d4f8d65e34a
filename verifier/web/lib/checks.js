/** The checks of docs/formats/verdict.md: each answers one question. */

import { NotVerified } from "./errors.js";
import { verifySignature } from "./keys.js";
import { registryAad } from "./sealed.js";
import { sigStructure } from "./sign1.js";
import { REVOKED, slotState, VALID } from "./status-list.js";
import { slotName } from "./trust-state.js";
import { check, skipped } from "./verdict.js";

/** @typedef {import("./entry.js").Entry} Entry */
/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./policy.js").Policy} Policy */
/** @typedef {import("./sealed.js").Receipt} Receipt */
/** @typedef {import("./trust-data.js").TrustData} TrustData */
/** @typedef {import("./trust-state.js").Anchor} Anchor */
/** @typedef {import("./trust-state.js").KeyRecord} KeyRecord */
/** @typedef {import("./trust-state.js").TrustState} TrustState */
/** @typedef {import("./verdict.js").Check} Check */

export const CLOCK_TOLERANCE = 300;

/**
 * Did this agency make this root? Where it is anchored the signature is not looked at.
 * @param {Receipt} receipt
 * @param {Uint8Array<ArrayBuffer>} root
 * @param {Anchor | null} anchor
 * @param {KeyRecord | null} key
 * @param {TrustState} state
 * @returns {Promise<Check>}
 */
export async function proofCheck(receipt, root, anchor, key, state) {
  if (key === null) return check("proof", "UNKNOWN", "proof.key_unknown");
  if (anchor !== null && anchor.size !== receipt.treeSize)
    return check("proof", "FAIL", "proof.tree_size");
  if (key.alg !== receipt.alg) return check("proof", "FAIL", "proof.algorithm");
  if (anchor !== null) return check("proof", "PASS", "proof.anchored");
  if (receipt.signature.length === 0) return check("proof", "UNKNOWN", "proof.root_unknown");
  const holds = await isSignedInSomeHome(receipt, root, key, state);
  return holds
    ? check("proof", "PASS", "proof.signature")
    : check("proof", "FAIL", "proof.signature_invalid");
}

/**
 * Does the key's signature cover the root under a home of the journal? The newest is tried first.
 * @param {Receipt} receipt
 * @param {Uint8Array<ArrayBuffer>} root
 * @param {KeyRecord} key
 * @param {TrustState} state
 */
async function isSignedInSomeHome({ protectedHeader, signature }, root, key, state) {
  for (const home of state.homes.reverse()) {
    try {
      const signed = sigStructure(protectedHeader, registryAad(home), root);
      await verifySignature(key.publicKey, signature, signed);
      return true;
    } catch (error) {
      if (!(error instanceof NotVerified)) throw error;
    }
  }
  return false;
}

/**
 * Does the agency in the claims hold the key, and might it issue this type then?
 * @param {Entry} entry
 * @param {KeyRecord | null} key
 * @param {TrustState} state
 * @param {Int} at
 * @returns {Check}
 */
export function issuerCheck({ iss, typeNo, typeVersion }, key, state, at) {
  const isVersionKnown = state.typeDigest(typeNo, typeVersion) !== null;
  const typeUnknown = check("issuer", "UNKNOWN", "issuer.type_unknown");
  if (key === null) {
    if (!state.agencies.has(iss)) return check("issuer", "UNKNOWN", "issuer.agency_unknown");
    return isVersionKnown ? skipped("issuer") : typeUnknown;
  }
  if (key.agency !== iss) return check("issuer", "FAIL", "issuer.mismatch");
  if (!state.isActive(iss, at)) return check("issuer", "FAIL", "issuer.not_active", at);
  if (!state.types.has(typeNo)) return typeUnknown;
  if (!state.isAccredited(iss, typeNo, at))
    return check("issuer", "FAIL", "issuer.not_accredited", at);
  return isVersionKnown ? check("issuer", "PASS", "issuer.accredited", at) : typeUnknown;
}

/**
 * Could the key be trusted for this batch at that time?
 * @param {KeyRecord | null} key
 * @param {Anchor | null} anchor
 * @param {TrustState} state
 * @param {Int} at
 * @returns {Check}
 */
export function keyCheck(key, anchor, state, at) {
  if (key === null) return check("key", "UNKNOWN", "key.unknown");
  const safety = state.keySafety(key, anchor);
  if (safety === "COMPROMISED") return check("key", "FAIL", "key.compromised", at);
  const phase = state.algorithm(key.alg, at);
  if (phase !== "START" && phase !== "WARN")
    return check("key", "FAIL", "key.algorithm_stopped", at);
  if (anchor === null && key.endedAt !== null)
    return check("key", "UNKNOWN", "key.ended", key.endedAt);
  if (safety === "CONFIRMED") return check("key", "PASS", "key.confirmed", at);
  if (phase === "WARN") return check("key", "PASS", "key.algorithm_warned", at);
  return check("key", "PASS", "key.safe", at);
}

/**
 * When was the batch entered in the journal, or how long may its absence be put up with?
 * @param {Entry} entry
 * @param {KeyRecord | null} key
 * @param {Anchor | null} anchor
 * @param {TrustData} trust
 * @param {number} now
 * @param {Policy} policy
 * @returns {Check}
 */
export function anchorCheck(entry, key, anchor, trust, now, policy) {
  if (anchor !== null) return check("anchor", "PASS", "anchor.anchored", anchor.at);
  if (key === null) return skipped("anchor");
  const { asOf } = trust.evidence;
  if (!trust.state.areRootsComplete(key.kid))
    return check("anchor", "UNKNOWN", "anchor.not_in_lite", asOf);
  const isFresh = key.addedAt <= entry.iat && now - entry.iat <= policy.maxUnanchoredAge;
  return check("anchor", "UNKNOWN", isFresh ? "anchor.fresh" : "anchor.missing", asOf);
}

/**
 * Is the document in force: nbf <= now < exp, and iat not in the future?
 * @param {Entry} entry
 * @param {number} now
 * @returns {Check}
 */
export function datesCheck({ nbf, exp, iat }, now) {
  if (nbf !== null && now < nbf) return check("dates", "FAIL", "dates.not_yet", nbf);
  if (exp !== null && exp <= now) return check("dates", "FAIL", "dates.expired", exp);
  if (iat > now + CLOCK_TOLERANCE) return check("dates", "FAIL", "dates.issued_in_future");
  return check("dates", "PASS", "dates.in_force");
}

/**
 * What does the newest known status list say of the credential's slot?
 * @param {Entry} entry
 * @param {TrustData} trust
 * @param {number} now
 * @param {Policy} policy
 * @returns {Check}
 */
export function statusCheck({ iss, listNo, index }, trust, now, policy) {
  const list = trust.statusLists.get(slotName(iss, listNo));
  if (list === undefined) return check("status", "UNKNOWN", "status.list_missing");
  const { asOf } = trust.evidence;
  const value = slotState(list, index);
  if (value === null) return check("status", "FAIL", "status.not_a_slot", asOf);
  if (value !== VALID)
    return check("status", "FAIL", value === REVOKED ? "status.revoked" : "status.suspended", asOf);
  if (age(asOf, now) > policy.maxStatusAge)
    return check("status", "UNKNOWN", "status.too_old", asOf);
  return check("status", "PASS", "status.valid", asOf);
}

/**
 * Is the trust data as fresh and as well proven as the policy asks?
 * @param {TrustData} trust
 * @param {number} now
 * @param {Policy} policy
 * @returns {Check}
 */
export function trustCheck({ evidence: { asOf, strength } }, now, policy) {
  if (age(asOf, now) > policy.maxTrustAge) return check("trust", "UNKNOWN", "trust.too_old", asOf);
  if (isClockBehind(asOf, now)) return check("trust", "UNKNOWN", "trust.clock_behind", asOf);
  if (strength < policy.minEvidence) return check("trust", "UNKNOWN", "trust.weak", asOf);
  return check("trust", "PASS", "trust.fresh", asOf);
}

/**
 * @param {Int} asOf
 * @param {number} now
 */
export function isClockBehind(asOf, now) {
  return -age(asOf, now) > CLOCK_TOLERANCE;
}

/**
 * How many seconds ago; below 0 for what is still to come.
 * @param {Int} asOf
 * @param {number} now
 */
function age(asOf, now) {
  return now - Number(asOf);
}
