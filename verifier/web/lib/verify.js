/** From sealed bytes to a verdict: the ten numbered steps of docs/formats/sealed.md, in order. */

import {
  anchorCheck,
  datesCheck,
  issuerCheck,
  keyCheck,
  proofCheck,
  statusCheck,
  trustCheck,
} from "./checks.js";
import { decodeEntry } from "./entry.js";
import { FormError, NotVerified } from "./errors.js";
import { checkFields } from "./field-checks.js";
import { foreignChecks, guestFor, mayBeForeign } from "./foreign.js";
import { DEFAULT_POLICY } from "./policy.js";
import { decodeSealed, sealedRoot } from "./sealed.js";
import { typeName } from "./trust-data.js";
import { CHECK_NAMES, check, outcomeOf, skipped } from "./verdict.js";

/** @typedef {import("./entry.js").Entry} Entry */
/** @typedef {import("./policy.js").Policy} Policy */
/** @typedef {import("./sealed.js").Sealed} Sealed */
/** @typedef {import("./trust-data.js").TrustData} TrustData */
/** @typedef {import("./verdict.js").Check} Check */
/** @typedef {import("./verdict.js").Verdict} Verdict */

/**
 * The verdict on a sealed credential at a time, as far as this trust data knows. No clock, no
 * network: whatever the bytes are, the answer is a verdict. It waits for WebCrypto alone.
 * @param {Uint8Array} sealed
 * @param {TrustData} trust
 * @param {number} now Unix seconds
 * @param {Readonly<Policy>} [policy]
 * @returns {Promise<Verdict>}
 */
export async function verify(sealed, trust, now, policy = DEFAULT_POLICY) {
  // 1 form: decode strictly; compare the fields with their type document where it is known
  /** @type {Entry | null} */
  let entry = null;
  let kind = null;
  let credential;
  try {
    credential = decodeSealed(sealed);
    const guest = guestFor(credential.receipt.kid, trust, now);
    if (guest !== null) {
      const told = await verify(sealed, guest.judged, now, policy);
      const checks = foreignChecks(told, guest, trust);
      return { ...told, checks, outcome: outcomeOf(checks, policy), guest };
    }
    entry = decodeEntry(credential.entry);
    kind = trust.types.get(typeName(entry.typeNo, entry.typeVersion)) ?? null;
    if (kind !== null && mayBeForeign(credential.receipt.kid, trust))
      kind = kindThatFits(kind, entry);
    else if (kind !== null) checkFields(kind, entry.fields);
  } catch (error) {
    if (error instanceof FormError) return malformedForm(error.code, now, entry, kind);
    throw error;
  }
  // 2 to 7 proof, the time that counts, issuer, key and anchor
  const { grounds, anchor } = await groundsOf(credential, entry, trust, now, policy);
  // 8 dates, 9 status, 10 trust
  const isUnknownKey = grounds[0].code === "proof.key_unknown";
  const checks = [
    check("form", "PASS", "form.ok"),
    ...grounds,
    datesCheck(entry, now),
    isUnknownKey && mayBeForeign(credential.receipt.kid, trust)
      ? skipped("status") // the slot may be one of an agency that only has the same code
      : statusCheck(entry, trust, now, policy),
    trustCheck(trust, now, policy),
  ];
  return { outcome: outcomeOf(checks, policy), checks, at: now, entry, kind, anchor, guest: null };
}

/**
 * Steps 2 to 7: the proof, issuer, key and anchor checks, and the anchor.
 * @param {Sealed} credential
 * @param {Entry} entry
 * @param {TrustData} trust
 * @param {number} now
 * @param {Readonly<Policy>} policy
 * @returns {Promise<{ grounds: Check[], anchor: import("./trust-state.js").Anchor | null }>}
 */
async function groundsOf(credential, entry, trust, now, policy) {
  const { state } = trust;
  const { receipt } = credential;
  const unproven = [skipped("issuer"), skipped("key"), skipped("anchor")];
  // 2 proof: from the leaf up the path to the root
  const root = rootOf(credential);
  if (root === null)
    return { grounds: [check("proof", "FAIL", "proof.path"), ...unproven], anchor: null };
  // 3 proof: the root is anchored, or else the key's signature covers it
  const anchor = state.anchor(root, entry.iss, receipt.kid);
  const key = state.keys.get(receipt.kid) ?? null;
  const proof = await proofCheck(receipt, root, anchor, key, state);
  if (proof.result === "FAIL") return { grounds: [proof, ...unproven], anchor: null };
  // 4 the time that counts: when the batch was anchored, or now
  const countedAt = anchor === null ? now : anchor.at;
  const grounds = [
    proof,
    issuerCheck(entry, key, state, countedAt), // 5
    keyCheck(key, anchor, state, countedAt), // 6
    anchorCheck(entry, key, anchor, trust, now, policy), // 7
  ];
  return { grounds, anchor };
}

/** @param {Sealed} credential */
function rootOf(credential) {
  try {
    return /** @type {Uint8Array<ArrayBuffer>} */ (sealedRoot(credential));
  } catch (error) {
    if (error instanceof NotVerified) return null;
    throw error;
  }
}

/**
 * The type document, or null where the fields are not of its form.
 * @param {import("./type-document.js").CredentialType} kind
 * @param {Entry} entry
 */
function kindThatFits(kind, entry) {
  try {
    checkFields(kind, entry.fields);
    return kind;
  } catch (error) {
    if (error instanceof FormError) return null;
    throw error;
  }
}

/**
 * The verdict on what is not in the one permitted form: nothing else can be asked.
 * @param {string} code
 * @param {number} at
 * @param {Entry | null} [entry]
 * @param {import("./type-document.js").CredentialType | null} [kind]
 * @returns {Verdict}
 */
export function malformedForm(code, at, entry = null, kind = null) {
  const checks = [check("form", "FAIL", code), ...CHECK_NAMES.slice(1).map(skipped)];
  return { outcome: "INVALID", checks, at, entry, kind, anchor: null, guest: null };
}

/**
 * The verdict where the trust data could not be used, with the `trust.` code for that. Form and
 * dates need none; everything else is open.
 * @param {Uint8Array} sealed
 * @param {string} code
 * @param {number} now
 * @returns {Verdict}
 */
export function verifyWithoutTrust(sealed, code, now) {
  let entry;
  try {
    entry = decodeEntry(decodeSealed(sealed).entry);
  } catch (error) {
    if (error instanceof FormError) return malformedForm(error.code, now);
    throw error;
  }
  const checks = [
    check("form", "PASS", "form.ok"),
    ...CHECK_NAMES.slice(1, 5).map(skipped),
    datesCheck(entry, now),
    skipped("status"),
    check("trust", "UNKNOWN", code),
  ];
  const outcome = outcomeOf(checks, DEFAULT_POLICY);
  return { outcome, checks, at: now, entry, kind: null, anchor: null, guest: null };
}
