/** The journal file and the head that commits to it (docs/formats/journal.md). */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equal, utf8Bytes } from "./bytes.js";
import { malformed } from "./errors.js";
import { readUint, uintBytes } from "./integers.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ index: number, time: Int, kind: number, data: Bytes }} JournalEntry */
/** @typedef {{ chainId: Int, contract: Bytes, entries: Iterable<JournalEntry> }} Journal the entries are read as they are asked for */

const MAGIC = utf8Bytes("SEALJNL1");
const PURPOSE = utf8Bytes("sealroot/journal/1");
const HEADER_BYTES = 8 + 32 + 20;
const ENTRY_BYTES = 8 + 1 + 2;

/**
 * The head of a journal without entries.
 * @param {import("./lineage.js").Registry} registry the first one
 * @returns {Uint8Array}
 */
export function initialHead({ chainId, contract }) {
  return sha256(concat(PURPOSE, uintBytes(chainId, 32), contract));
}

/**
 * The head after one more entry.
 * @param {Uint8Array} head
 * @param {JournalEntry} entry
 * @returns {Uint8Array}
 */
export function nextHead(head, { index, time, kind, data }) {
  const fixed = concat(uintBytes(index, 8), uintBytes(time, 8), Uint8Array.of(kind));
  return sha256(concat(head, fixed, sha256(data)));
}

/**
 * @param {Bytes} file
 * @returns {Journal}
 * @throws {import("./errors.js").TrustError}
 */
export function openJournalFile(file) {
  if (file.length < HEADER_BYTES || !equal(file.subarray(0, 8), MAGIC))
    throw malformed("not a journal file");
  const chainId = readUint(file.subarray(8, 40));
  const contract = file.subarray(40, HEADER_BYTES);
  return { chainId, contract, entries: { [Symbol.iterator]: () => entriesOf(file) } };
}

/**
 * @param {Bytes} file
 * @returns {Generator<JournalEntry, void>}
 */
function* entriesOf(file) {
  let at = HEADER_BYTES;
  for (let index = 0; at < file.length; index++) {
    const start = at + ENTRY_BYTES;
    if (start > file.length) throw malformed("the journal file ends inside an entry");
    const time = readUint(file.subarray(at, at + 8));
    const length = file[at + 9] * 256 + file[at + 10];
    const data = file.subarray(start, start + length);
    if (data.length < length) throw malformed("the journal file ends inside an entry");
    yield { index, time, kind: file[at + 8], data };
    at = start + length;
  }
}
