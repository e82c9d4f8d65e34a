/** Checkpoint signers, and when they have signed enough (docs/formats/checkpoint.md). */

import { equal } from "./bytes.js";
import { badStructure } from "./errors.js";
import { isUsable, ML_DSA_44, readKey } from "./keys.js";

/** @typedef {import("./keys.js").PublicKey} PublicKey */
/** @typedef {{ threshold: number, keys: PublicKey[] }} Signers */

export const MAX_SIGNERS = 16;

/**
 * Signers `[k, [COSE_Key...]]`, by their shape.
 * @param {import("./cursor.js").Cursor} cursor
 * @returns {Signers}
 */
export function readSigners(cursor) {
  cursor.tuple(2);
  const threshold = cursor.number(MAX_SIGNERS);
  return shapedSigners(threshold, readCoseKeys(cursor));
}

/**
 * @param {import("./cursor.js").Cursor} cursor
 */
export function readCoseKeys(cursor) {
  return cursor.list(() => cursor.rawMap(), 1, MAX_SIGNERS);
}

/**
 * Signers with 1 <= k <= n <= 16, all keys different and of a permitted shape.
 * @param {number} threshold
 * @param {Uint8Array<ArrayBuffer>[]} coseKeys
 * @returns {Signers}
 */
export function shapedSigners(threshold, coseKeys) {
  const keys = coseKeys.map(readKey).filter((key) => key !== null);
  if (keys.length < coseKeys.length) throw badStructure("a signer's key is of another shape");
  if (threshold < 1 || threshold > keys.length) throw badStructure("not 1 <= k <= n <= 16");
  if (new Set(keys.map((key) => key.kid)).size < keys.length)
    throw badStructure("a signer is named twice");
  return { threshold, keys };
}

/**
 * Says whether every key is a safe point of its curve.
 * @param {Signers} signers
 */
export function areUsable(signers) {
  return signers.keys.every(isUsable);
}

/**
 * @param {Signers | null} one
 * @param {Signers | null} other
 */
export function sameSigners(one, other) {
  if (one === null || other === null) return one === other;
  return (
    one.threshold === other.threshold &&
    one.keys.length === other.keys.length &&
    one.keys.every((key, at) => equal(key.coseKey, other.keys[at].coseKey))
  );
}

/**
 * Says whether a checkpoint has enough signatures: k in all, and k of each family of which the
 * signers hold k keys. Stopped algorithms are left out of the count.
 * @param {Signers} signers
 * @param {ReadonlySet<string>} signedBy kids whose signatures verify
 * @param {ReadonlySet<number>} [stopped]
 */
export function isEnough({ threshold, keys }, signedBy, stopped = new Set()) {
  const held = keys.filter((key) => !stopped.has(key.alg));
  const signed = held.filter((key) => signedBy.has(key.kid));
  if (signed.length < threshold) return false;
  return [isPostQuantum, isClassical].every(
    (family) => held.filter(family).length < threshold || signed.filter(family).length >= threshold,
  );
}

const isPostQuantum = (/** @type {PublicKey} */ key) => key.alg === ML_DSA_44;
const isClassical = (/** @type {PublicKey} */ key) => key.alg !== ML_DSA_44;
