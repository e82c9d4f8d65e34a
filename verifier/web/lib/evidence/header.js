/** Block headers: each field of its one width, and what is hashed of them (docs/formats/evidence.md). */

import { keccak_256 } from "@noble/hashes/sha3.js";
import { malformed } from "../errors.js";
import { decodeList, encode, fixed, scalar } from "./rlp.js";

/** @typedef {import("../integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/**
 * @typedef {object} BlockHeader
 * @property {Bytes[]} fields
 * @property {Bytes} parentHash
 * @property {Bytes} ommersHash
 * @property {Bytes} coinbase
 * @property {Bytes} stateRoot
 * @property {Int} difficulty
 * @property {Int} number
 * @property {Int} at
 * @property {Bytes} extra
 * @property {Bytes} mixDigest
 * @property {Bytes} nonce
 */

export const EMPTY_OMMERS = keccak_256(Uint8Array.of(0xc0));

const MAX_HEADER_BYTES = 64 << 10;
const FEWEST_FIELDS = 15;
const EXTRA = 12;

/** Exact widths; a negative one is the widest that a number may be, null any length. */
const WIDTHS = [
  32,
  32,
  20,
  32,
  32,
  32,
  256,
  -32,
  -8,
  -8,
  -8,
  -8,
  null,
  32,
  8,
  -32,
  32,
  -8,
  -8,
  32,
  32,
];

/**
 * @param {Bytes} source
 * @returns {BlockHeader}
 * @throws {import("../errors.js").TrustError}
 */
export function decodeHeader(source) {
  if (source.length > MAX_HEADER_BYTES) throw malformed("a block header is too large");
  const items = decodeList(source, WIDTHS.length, 1);
  if (items.length < FEWEST_FIELDS) throw malformed("a block header with too few fields");
  const fields = /** @type {Bytes[]} */ (items);
  fields.forEach((field, at) => {
    const width = WIDTHS[at];
    if (width !== null && width > 0) fixed(field, width);
    else if (width !== null) scalar(field, -width);
  });
  return {
    fields,
    parentHash: fields[0],
    ommersHash: fields[1],
    coinbase: fields[2],
    stateRoot: fields[3],
    difficulty: scalar(fields[7], 32),
    number: scalar(fields[8], 8),
    at: scalar(fields[11], 8),
    extra: fields[EXTRA],
    mixDigest: fields[13],
    nonce: fields[14],
  };
}

/**
 * Keccak-256 of a header with other extra data.
 * @param {BlockHeader} header
 * @param {Bytes} extra
 */
export function hashWith({ fields }, extra) {
  return keccak_256(encode(fields.with(EXTRA, extra)));
}
