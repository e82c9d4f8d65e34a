/** The trust anchor: the one small file a verifier begins from (docs/formats/checkpoint.md). */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "./bytes.js";
import { Cursor } from "./cursor.js";
import { badStructure, malformed, Refusal } from "./errors.js";
import { isName, NAME_BYTES } from "./names.js";
import { areUsable, readSigners } from "./signers.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ engine: number, epoch: Int }} Consensus `engine` 1 is QBFT, 2 Clique */
/**
 * @typedef {object} TrustAnchor
 * @property {Int} chainId
 * @property {Bytes} contract
 * @property {import("./signers.js").Signers} signers
 * @property {[string, string]} names zh-Hant and English
 * @property {Bytes[]} validators
 * @property {Consensus | null} consensus
 */

const MAX_ANCHOR_BYTES = 64 << 10;
const MAX_VALIDATORS = 1000;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SHORT_BYTES = 15;

/**
 * @param {Bytes} file
 * @returns {TrustAnchor}
 * @throws {import("./errors.js").TrustError} trust.malformed
 */
export function decodeTrustAnchor(file) {
  if (file.length > MAX_ANCHOR_BYTES) throw malformed("the trust anchor is too large");
  try {
    return read(new Cursor(file));
  } catch (error) {
    if (error instanceof Refusal) throw malformed(`not a trust anchor: ${error.message}`);
    throw error;
  }
}

/** @param {Cursor} cursor */
function read(cursor) {
  const members = cursor.map(5, 7);
  cursor.key(1);
  if (cursor.uint() !== 1) throw badStructure("a trust anchor of a later version");
  cursor.key(2);
  const chainId = cursor.uint();
  cursor.key(3);
  const contract = cursor.fixed(20);
  cursor.key(4);
  const signers = readSigners(cursor);
  if (!areUsable(signers)) throw badStructure("a signer's key is on no curve");
  cursor.key(5);
  const names = readNames(cursor);
  const validators = members > 5 ? readValidators(cursor, MAX_VALIDATORS) : [];
  const consensus = members > 6 ? readConsensus(cursor) : null;
  cursor.end();
  return { chainId, contract, signers, names, validators, consensus };
}

/**
 * @param {Cursor} cursor
 * @returns {[string, string]}
 */
export function readNames(cursor) {
  cursor.tuple(2);
  const zhHant = cursor.text(NAME_BYTES);
  const en = cursor.text(NAME_BYTES);
  if (!isName(zhHant) || !isName(en)) throw badStructure("a name is of another form");
  return [zhHant, en];
}

/**
 * @param {Cursor} cursor
 * @param {number} most
 */
function readValidators(cursor, most) {
  cursor.key(6);
  return readAddresses(cursor, most);
}

/**
 * Addresses, none twice.
 * @param {Cursor} cursor
 * @param {number} most
 */
export function readAddresses(cursor, most) {
  const addresses = cursor.list(() => cursor.fixed(20), 1, most);
  if (new Set(addresses.map(hex)).size < addresses.length)
    throw badStructure("a validator is named twice");
  return addresses;
}

/**
 * @param {Cursor} cursor
 * @returns {Consensus}
 */
function readConsensus(cursor) {
  cursor.key(7);
  cursor.tuple(2);
  const engine = cursor.number(2);
  const epoch = cursor.uint();
  if (engine < 1 || epoch < 1) throw badStructure("no engine or epoch length");
  return { engine, epoch };
}

/**
 * The digest people compare: 24 characters of Crockford base32 in groups of four.
 * @param {Uint8Array} file
 */
export function shortDigest(file) {
  const number = BigInt(`0x${hex(sha256(file).subarray(0, SHORT_BYTES))}`);
  let letters = "";
  for (let shift = BigInt(SHORT_BYTES * 8 - 5); shift >= 0n; shift -= 5n)
    letters += CROCKFORD[Number((number >> shift) & 31n)];
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}
