/**
 * Reads a snapshot back into a trust state, refusing every form but the one a replay leaves
 * (docs/formats/bundle.md, "Snapshot").
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { allZero, concat } from "./bytes.js";
import { badStructure, malformed } from "./errors.js";
import { isOneOf } from "./lineage.js";
import { readSigners } from "./signers.js";
import { readAgencies } from "./snapshot-agencies.js";
import {
  readAccreditations,
  readAnchors,
  readKeys,
  readStatus,
  readSteps,
  readTypes,
  timeAt,
} from "./snapshot-rows.js";
import { completeKids, TrustState } from "./trust-state.js";

/** @typedef {import("./cursor.js").Cursor} Cursor */
/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ slot: string, position: number }} Gap a status row without digest, and where its null stands */
/** @typedef {{ state: TrustState, source: Bytes, gaps: Gap[] }} SnapshotReading */

const MEMBERS = 15;
const MAX_TAIL_BYTES = 8192 - 68; // with the fields before it, at most 8,192 bytes of data
const DIGEST_HEAD = Uint8Array.of(0x58, 0x20);

/**
 * The snapshot at the cursor; nothing but the status digests may be missing.
 * @param {Cursor} cursor
 * @returns {SnapshotReading}
 * @throws {import("./errors.js").Refusal}
 */
export function readSnapshot(cursor) {
  const start = cursor.position;
  const members = cursor.map(MEMBERS, MEMBERS + 2);
  cursor.key(1);
  if (cursor.uint() !== 1) throw badStructure("a snapshot of a later version");
  cursor.key(2);
  const chainId = cursor.uint();
  cursor.key(3);
  const state = new TrustState({ chainId, contract: cursor.fixed(20) });
  state.hasEveryAnchor = false;
  cursor.key(4);
  state.size = cursor.uint();
  cursor.key(5);
  state.head = cursor.fixed(32);
  cursor.key(6);
  state.time = cursor.uint();
  readAgencies(cursor, state);
  const claimed = readKeys(cursor, state);
  readAccreditations(cursor, state);
  readTypes(cursor, state);
  const gaps = readStatus(cursor, state);
  readSteps(cursor, state);
  cursor.key(16);
  state.signers = cursor.optional(() => readSigners(cursor));
  readAnchors(cursor, state, claimed);
  cursor.key(18);
  state.successor = cursor.optional(() => readRegistry(cursor));
  readRegistries(cursor, state, members - MEMBERS);
  const complete = completeKids(state);
  if (complete.size !== claimed.size || [...claimed].some((kid) => !complete.has(kid)))
    throw badStructure("the wrong keys are called complete: roots may have been left out");
  const source = cursor.source.subarray(start, cursor.position);
  return {
    state,
    source,
    gaps: gaps.map(({ slot, position }) => ({ slot, position: position - start })),
  };
}

/**
 * The state, and SHA-256 of the complete snapshot, with the missing digests filled in.
 * @param {SnapshotReading} reading
 * @param {Map<string, Uint8Array>} digests by slot
 * @returns {{ state: TrustState, digest: Uint8Array }}
 * @throws {import("./errors.js").TrustError}
 */
export function completeSnapshot({ state, source, gaps }, digests) {
  const hash = sha256.create();
  let from = 0;
  for (const { slot, position } of gaps) {
    const digest = digests.get(slot);
    const row = state.status.get(slot);
    if (digest === undefined || row === undefined)
      throw malformed("the digest of a status list is left out, without that list");
    state.status.set(slot, { ...row, digest });
    hash.update(concat(source.subarray(from, position), DIGEST_HEAD, digest));
    from = position + 1;
  }
  hash.update(source.subarray(from));
  return { state, digest: hash.digest() };
}

/** @param {Cursor} cursor */
function readRegistry(cursor) {
  cursor.tuple(2);
  return readChainAndContract(cursor);
}

/** @param {Cursor} cursor */
function readChainAndContract(cursor) {
  const chainId = cursor.uint();
  const contract = cursor.fixed(20);
  if (allZero(contract)) throw badStructure("a registry is the zero address");
  return { chainId, contract };
}

/**
 * Members 19 and 20, each there exactly where it is not empty.
 * @param {Cursor} cursor
 * @param {TrustState} state
 * @param {number} count
 */
function readRegistries(cursor, state, count) {
  const hasHomes = count > 0 && cursor.hasKey(19);
  if (hasHomes) readHomes(cursor, state);
  if (count > (hasHomes ? 1 : 0)) {
    cursor.key(20);
    readRecognitions(cursor, state);
    if (count > (hasHomes ? 2 : 1)) throw badStructure("a member too many");
  }
}

/**
 * @param {Cursor} cursor
 * @param {TrustState} state
 */
function readHomes(cursor, state) {
  /** @type {Int} */
  let least = 1;
  state.earlierHomes = cursor.list(() => {
    cursor.tuple(3);
    const home = readChainAndContract(cursor);
    const end = cursor.uint();
    if (end < least || end >= state.size) throw badStructure("a home left at an impossible size");
    least = Number(end) + 2;
    return { ...home, end };
  }, 1);
}

/**
 * @param {Cursor} cursor
 * @param {TrustState} state
 */
function readRecognitions(cursor, state) {
  const [first] = state.homes;
  /** @type {Int} */
  let before = 0;
  const count = cursor.array(1);
  for (let number = 1; number <= count; number++) {
    cursor.tuple(6);
    const registry = readChainAndContract(cursor);
    const at = timeAt(cursor, before, state.time);
    const until = cursor.uint();
    const endedAt = cursor.optional(() => timeAt(cursor, at, state.time));
    const tail = cursor.bytes(MAX_TAIL_BYTES);
    if (registry.chainId === 0 || (until !== 0 && until <= at) || tail.length === 0)
      throw badStructure("a recognition that could not have been given");
    if (isOneOf(registry, [first])) throw badStructure("a recognition of this registry itself");
    if (state.isRecognised(registry, at))
      throw badStructure("a recognition of a registry recognised already");
    state.addRecognition({ number, ...registry, at, until, endedAt, tail });
    before = at;
  }
}
