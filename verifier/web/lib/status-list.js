/** Status lists: valid, suspended, revoked, for every slot (docs/formats/status-list.md). */

import { isAgencyCode } from "./agency-code.js";
import { decode, isBytes, isMapOf } from "./cbor.js";
import { badStructure } from "./errors.js";
import { isNumberFrom, UINT32_MAX } from "./integers.js";

export const VALID = 0;
export const REVOKED = 1;
export const SUSPENDED = 2;
export const MAX_SLOTS = 67_108_864;

const LIMITS = { bytes: 17 << 20, depth: 8, items: 64, tag18: false };

/**
 * @typedef {object} StatusList
 * @property {string} agency
 * @property {number} listNo
 * @property {number} version
 * @property {number} slots
 * @property {Uint8Array} bits
 * @property {Uint8Array | null} detailsDigest
 */

/**
 * @param {Uint8Array} file
 * @returns {StatusList}
 * @throws {import("./errors.js").FormError}
 */
export function decodeStatusList(file) {
  const list = decode(file, LIMITS);
  if (!isMapOf(list, [1, 2, 3, 4, 5, 6], [7]) || list.get(1) !== 1)
    throw badStructure("not a status list of version 1");
  const [agency, listNo, version, slots, bits] = [2, 3, 4, 5, 6].map((label) => list.get(label));
  const detailsDigest = list.has(7) ? list.get(7) : null;
  if (!isAgencyCode(agency)) throw badStructure("not an agency code");
  if (!isNumberFrom(listNo, 1, UINT32_MAX) || !isNumberFrom(version, 1, UINT32_MAX))
    throw badStructure("list or version out of range");
  if (!isNumberFrom(slots, 1, MAX_SLOTS)) throw badStructure("the number of slots out of range");
  if (!isBytes(bits, Math.floor((slots + 3) / 4))) throw badStructure("not as many bits as slots");
  if (list.has(7) && !isBytes(detailsDigest, 32)) throw badStructure("no digest of the details");
  checkBits(bits, slots);
  return { agency, listNo, version, slots, bits, detailsDigest };
}

/**
 * @param {Uint8Array} bits
 * @param {number} slots
 */
function checkBits(bits, slots) {
  for (const byte of bits)
    if ((byte & (byte >> 1) & 0x55) !== 0) throw badStructure("a slot holds the value 3");
  const used = slots % 4;
  if (used !== 0 && bits[bits.length - 1] >> (2 * used) !== 0)
    throw badStructure("unused bits are not zero");
}

/**
 * The value of a slot, or null for what is no slot.
 * @param {StatusList} list
 * @param {number} index
 * @returns {number | null}
 */
export function slotState(list, index) {
  return index < list.slots ? statusOf(list.bits, index, 2) : null;
}

/**
 * A value of a Token Status List: the first slot sits in the least significant bits.
 * @param {Uint8Array} bits
 * @param {number} index
 * @param {1 | 2 | 4 | 8} width in bits
 */
export function statusOf(bits, index, width) {
  const perByte = 8 / width;
  return (bits[Math.floor(index / perByte)] >> (width * (index % perByte))) & ((1 << width) - 1);
}
