/** Recognitions of other registries, and what their tails hold (docs/formats/journal.md). */

import { Cursor } from "./cursor.js";
import { badStructure, Refusal } from "./errors.js";
import { UINT32_MAX } from "./integers.js";
import { sameRegistry } from "./lineage.js";
import { areUsable, readSigners } from "./signers.js";
import { readAddresses, readNames } from "./trust-anchor.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./trust-anchor.js").TrustAnchor} TrustAnchor */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/**
 * @typedef {object} Recognition
 * @property {number} number
 * @property {Int} chainId
 * @property {Bytes} contract
 * @property {Int} at
 * @property {Int} until 0 is open
 * @property {Int | null} endedAt
 * @property {Bytes} tail
 */
/** @typedef {{ typeNos: Int[], anchor: TrustAnchor }} Recognised the types, and what to open its bundles with */

const MAX_TYPES = 1000;
const MAX_VALIDATORS = 100;

/**
 * Whether a recognition, or an accreditation by itself, is in force at a time.
 * @param {Pick<Recognition, "at" | "until" | "endedAt">} given
 * @param {Int} at
 */
export function isInForce({ at: since, endedAt, until }, at) {
  return since <= at && (endedAt === null || endedAt > at) && (until === 0 || until > at);
}

/**
 * The recognition of a registry that is in force at a time, or null.
 * @param {Recognition[]} recognitions
 * @param {import("./lineage.js").Registry} registry
 * @param {Int} at
 */
export function inForceOf(recognitions, registry, at) {
  return recognitions.find((one) => sameRegistry(one, registry) && isInForce(one, at)) ?? null;
}

/**
 * What a recognition recognises, or null where its tail cannot be read: nothing.
 * @param {Recognition} recognition
 * @returns {Recognised | null}
 */
export function recognised(recognition) {
  try {
    return readTail(recognition);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/**
 * @param {Recognition} recognition
 * @returns {Recognised}
 */
function readTail({ chainId, contract, tail }) {
  const cursor = new Cursor(tail);
  const members = cursor.map(3, 5);
  cursor.key(1);
  const signers = readSigners(cursor);
  cursor.key(2);
  const typeNos = cursor.list(() => cursor.uint(UINT32_MAX), 1, MAX_TYPES);
  if (typeNos.some((typeNo, i) => typeNo <= (i === 0 ? 0 : typeNos[i - 1])))
    throw badStructure("the types do not ascend");
  cursor.key(3);
  const names = readNames(cursor);
  if (members > 3) cursor.key(4);
  const validators = members > 3 ? readAddresses(cursor, MAX_VALIDATORS) : [];
  const consensus = members > 4 ? readEngine(cursor) : null;
  cursor.end();
  if (!areUsable(signers)) throw badStructure("a signer's key is on no curve");
  return { typeNos, anchor: { chainId, contract, signers, names, validators, consensus } };
}

/**
 * An epoch length of 0 is of the form, but nothing can be checked by it.
 * @param {Cursor} cursor
 */
function readEngine(cursor) {
  cursor.key(5);
  cursor.tuple(2);
  const engine = cursor.number(2);
  if (engine < 1) throw badStructure("no engine");
  const epoch = cursor.uint();
  return epoch === 0 ? null : { engine, epoch };
}
