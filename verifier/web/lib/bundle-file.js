/**
 * The file of a trust bundle: limits first, then a bounded inflate, then the body member by member
 * (docs/formats/bundle.md, "File"). What the members mean together is the business of bundle.js.
 */

import { concat } from "./bytes.js";
import { MAX_CHECKPOINTS, readCheckpoint } from "./checkpoint.js";
import { Cursor } from "./cursor.js";
import { badStructure, malformed, Refusal } from "./errors.js";
import { readChainEvidence } from "./evidence/file.js";
import { readSnapshot } from "./snapshot-reader.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ file: number, body: number, liteBody: number, guests: number }} BundleLimits in bytes; guests in number */
/**
 * @typedef {object} Envelope
 * @property {boolean} isLite
 * @property {Int} chainId
 * @property {Bytes} contract
 * @property {number} bodyBytes
 * @property {Bytes} compressed
 */
/** @typedef {{ recognition: Int, bundle: Bytes }} GuestFile */
/**
 * @typedef {object} Body
 * @property {Bytes | null} journalFile of a full bundle
 * @property {import("./snapshot-reader.js").SnapshotReading | null} snapshot of a lite one
 * @property {Bytes[]} statusLists
 * @property {Bytes[]} details
 * @property {Bytes[]} types
 * @property {import("./checkpoint.js").Checkpoint[]} checkpoints
 * @property {Int} madeAt
 * @property {{ size: Int, at: Int } | null} readAt
 * @property {import("./evidence/file.js").ChainEvidence | null} chain
 * @property {GuestFile[]} guests
 * @property {Bytes | null} waymarks
 */

const FULL = 1;
const LITE = 2;
const MAX_DOCUMENT_BYTES = 17 << 20;
const MAX_JOURNAL_BYTES = 2 ** 30;
const MAX_FILE_BYTES = 64 << 20;

/** @type {BundleLimits} */
export const PAGE_LIMITS = Object.freeze({
  file: MAX_FILE_BYTES,
  body: 256 << 20,
  liteBody: 32 << 20,
  guests: 16,
});

/**
 * @param {BundleLimits} limits
 * @param {boolean} isLite
 */
export function bodyLimit(limits, isLite) {
  return isLite ? Math.min(limits.body, limits.liteBody) : limits.body;
}

/**
 * The outer map of a bundle; nothing is inflated yet.
 * @param {Bytes} file
 * @param {BundleLimits} limits
 * @returns {Envelope}
 * @throws {import("./errors.js").TrustError}
 */
export function readEnvelope(file, limits) {
  if (file.length > limits.file) throw malformed(`more than ${limits.file} bytes`);
  return refusedAsMalformed(() => {
    const cursor = new Cursor(file);
    cursor.map(6, 6);
    cursor.key(1);
    if (cursor.uint() !== 1) throw badStructure("a bundle of a later version");
    cursor.key(2);
    const kind = cursor.uint();
    if (kind !== FULL && kind !== LITE) throw badStructure("neither full nor lite");
    const isLite = kind === LITE;
    cursor.key(3);
    const chainId = cursor.uint();
    cursor.key(4);
    const contract = cursor.fixed(20);
    cursor.key(5);
    const bodyBytes = cursor.number(bodyLimit(limits, isLite));
    cursor.key(6);
    const compressed = cursor.bytes(limits.file);
    cursor.end();
    return { isLite, chainId, contract, bodyBytes, compressed };
  });
}

/**
 * Exactly the stated length, from a zlib stream (RFC 1950) that ends with its last byte.
 * @param {Envelope} envelope
 * @returns {Promise<Bytes>}
 * @throws {import("./errors.js").TrustError}
 */
export async function inflate({ compressed, bodyBytes }) {
  const inflater = new DecompressionStream("deflate");
  const reader = new Blob([compressed]).stream().pipeThrough(inflater).getReader();
  /** @type {Uint8Array[]} */
  const chunks = [];
  let size = 0;
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      size += step.value.length;
      if (size > bodyBytes) throw malformed("longer than it says");
      chunks.push(step.value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof Refusal ? error : malformed("the compressed part cannot be read");
  }
  if (size !== bodyBytes) throw malformed("shorter than it says");
  return concat(...chunks);
}

/**
 * The members of an inflated body.
 * @param {Bytes} source
 * @param {boolean} isLite
 * @param {number} mostGuests
 * @returns {Body}
 * @throws {import("./errors.js").TrustError}
 */
export function readBody(source, isLite, mostGuests) {
  return refusedAsMalformed(() => {
    const cursor = new Cursor(source);
    const members = cursor.map(6, 10);
    cursor.key(isLite ? LITE : FULL);
    const journalFile = isLite ? null : cursor.bytes(MAX_JOURNAL_BYTES);
    const snapshot = isLite ? readSnapshot(cursor) : null;
    const statusLists = readDocuments(cursor, 3);
    const details = readDocuments(cursor, 4);
    const types = readDocuments(cursor, 5);
    cursor.key(6);
    const checkpoints = cursor.list(() => readCheckpoint(cursor), 0, MAX_CHECKPOINTS);
    cursor.key(7);
    const madeAt = cursor.uint();
    const readAt = cursor.hasKey(8) ? readReadAt(cursor) : null;
    const chain = cursor.hasKey(9) ? readChainEvidence(cursor) : null;
    const guests = cursor.hasKey(10) ? readGuests(cursor, mostGuests) : null;
    const waymarks = cursor.hasKey(11) ? cursor.bytes(MAX_JOURNAL_BYTES) : null;
    cursor.end();
    const optional = [readAt, chain, guests, waymarks].filter((member) => member !== null);
    if (optional.length !== members - 6) throw badStructure("other members than it says");
    const body = { journalFile, snapshot, statusLists, details, types, checkpoints, madeAt };
    const whole = { ...body, readAt, chain, guests: guests ?? [], waymarks };
    checkMembers(whole, isLite);
    return whole;
  });
}

/**
 * Which members stand beside each other.
 * @param {Body} body
 * @param {boolean} isLite
 */
function checkMembers({ details, checkpoints, readAt, chain, waymarks }, isLite) {
  if (isLite && (details.length > 0 || readAt !== null || waymarks !== null))
    throw badStructure("a lite bundle has no details, no time of reading and no waymarks");
  const vouched = checkpoints.length > 0 || (!isLite && chain !== null);
  if (vouched === (readAt !== null))
    throw badStructure("either somebody vouches for the head, or it was read at a time");
}

/**
 * @param {Cursor} cursor
 * @param {number} member
 */
function readDocuments(cursor, member) {
  cursor.key(member);
  return cursor.list(() => cursor.bytes(MAX_DOCUMENT_BYTES));
}

/** @param {Cursor} cursor */
function readReadAt(cursor) {
  cursor.tuple(2);
  return { size: cursor.uint(), at: cursor.uint() };
}

/**
 * @param {Cursor} cursor
 * @param {number} most
 * @returns {GuestFile[]}
 */
function readGuests(cursor, most) {
  if (most === 0) throw badStructure("a bundle inside a bundle has no guests of its own");
  const guests = cursor.list(
    () => {
      cursor.tuple(2);
      return { recognition: cursor.uint(), bundle: cursor.bytes(MAX_FILE_BYTES) };
    },
    1,
    most,
  );
  for (let i = 1; i < guests.length; i++)
    if (guests[i - 1].recognition >= guests[i].recognition)
      throw badStructure("guests out of order");
  return guests;
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T}
 */
function refusedAsMalformed(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw malformed(error.message);
    throw error;
  }
}
