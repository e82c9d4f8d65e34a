/** COSE_Sign1 (RFC 9052): the one structure that everything here signs. */

import { decode, isBytes, isMapOf } from "./cbor.js";
import { encode } from "./cbor-encode.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * What a key signs: the Sig_structure of RFC 9052 §4.4.
 * @param {Bytes} protectedHeader
 * @param {Bytes} externalAad
 * @param {Bytes} payload
 * @returns {Bytes}
 */
export function sigStructure(protectedHeader, externalAad, payload) {
  return encode(["Signature1", protectedHeader, externalAad, payload]);
}

/**
 * The algorithm and kid of a protected header, with the further members it must have; null for any
 * other header.
 * @param {Uint8Array} header
 * @param {Map<number, number>} further
 * @returns {{ alg: unknown, kid: Uint8Array } | null}
 * @throws {import("./errors.js").FormError} where it is no CBOR of ours
 */
export function readHeader(header, further) {
  const members = decode(header);
  if (!isMapOf(members, [1, 4, ...further.keys()])) return null;
  for (const [label, value] of further) if (members.get(label) !== value) return null;
  const [alg, kid] = [members.get(1), members.get(4)];
  return isBytes(kid, 16) ? { alg, kid } : null;
}
