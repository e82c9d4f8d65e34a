/** The rows of a snapshot, each held against what a replay could have left there (docs/formats/bundle.md). */

import { advancedTimes } from "./algorithms.js";
import { allZero } from "./bytes.js";
import { badStructure } from "./errors.js";
import { UINT16_MAX, UINT32_MAX } from "./integers.js";
import { EDDSA, readKey } from "./keys.js";
import { MAX_TREE_SIZE } from "./sealed.js";
import { slotName } from "./trust-state.js";

/** @typedef {import("./cursor.js").Cursor} Cursor */
/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./trust-state.js").TrustState} TrustState */

const UINT8_MAX = 0xff;
const MAX_COSE_KEY_BYTES = 2048;
const PURPOSE = 1;

/**
 * @param {boolean} holds
 * @param {string} what
 */
export function demand(holds, what) {
  if (!holds) throw badStructure(what);
}

/**
 * A time from least to most.
 * @param {Cursor} cursor
 * @param {Int} least
 * @param {Int} most
 * @returns {Int}
 */
export function timeAt(cursor, least, most) {
  const at = cursor.uint();
  demand(at >= least && at <= most, "a time out of its order");
  return at;
}

/**
 * @param {Cursor} cursor
 * @param {string[]} codes
 */
function readCode(cursor, codes) {
  const code = codes[Number(cursor.uint())];
  if (code === undefined) throw badStructure("no agency stands at that position");
  return code;
}

/**
 * Member 11, in order of adding.
 * @param {Cursor} cursor
 * @param {TrustState} state
 * @returns {Set<string>} the kids called complete
 */
export function readKeys(cursor, state) {
  cursor.key(11);
  const codes = [...state.agencies.keys()];
  const claimed = new Set();
  /** @type {Int} */
  let addedAt = 0;
  const count = cursor.array();
  for (let i = 0; i < count; i++) {
    cursor.tuple(8);
    const publicKey = readKey(cursor.bytes(MAX_COSE_KEY_BYTES));
    if (publicKey === null || publicKey.alg === EDDSA) throw badStructure("a key's shape");
    const { kid, alg } = publicKey;
    demand(cursor.integer() === alg && cursor.uint() === PURPOSE, "alg or purpose of a key");
    const agency = readCode(cursor, codes);
    const since = timeAt(cursor, addedAt, state.time);
    const endedAt = cursor.optional(() => timeAt(cursor, since, state.time));
    const compromise = cursor.optional(() => {
      cursor.tuple(2);
      const from = timeAt(cursor, 0, state.time);
      return { since: from, at: timeAt(cursor, since, state.time) };
    });
    demand(!state.keys.has(kid), "a key twice");
    state.keys.set(kid, { publicKey, kid, alg, agency, addedAt: since, endedAt, compromise });
    addedAt = since;
    if (cursor.boolean()) claimed.add(kid);
  }
  return claimed;
}

/**
 * Member 12, by number.
 * @param {Cursor} cursor
 * @param {TrustState} state
 */
export function readAccreditations(cursor, state) {
  cursor.key(12);
  const codes = [...state.agencies.keys()];
  /** @type {Int} */
  let at = 0;
  const count = cursor.array();
  for (let i = 0; i < count; i++) {
    cursor.tuple(7);
    const parent = cursor.number(i);
    const agency = readCode(cursor, codes);
    const typeNo = cursor.uint(UINT32_MAX);
    const depth = cursor.uint(UINT8_MAX);
    at = timeAt(cursor, at, state.time);
    const until = cursor.uint();
    const since = at;
    const endedAt = cursor.optional(() => timeAt(cursor, since, state.time));
    demand(until === 0 || until > at, "an accreditation over before it begins");
    if (parent > 0) {
      const above = state.accreditations[parent - 1];
      const within = above.until === 0 || (until !== 0 && until <= above.until);
      demand(
        within && above.typeNo === typeNo && depth < above.depth,
        "a delegation beyond its parent",
      );
    }
    state.accreditations.push({ parent, agency, typeNo, depth, at, until, endedAt });
  }
}

/**
 * Member 13, by type and version.
 * @param {Cursor} cursor
 * @param {TrustState} state
 */
export function readTypes(cursor, state) {
  cursor.key(13);
  /** @type {Int} */
  let last = 0;
  const count = cursor.array();
  for (let i = 0; i < count; i++) {
    cursor.tuple(4);
    const typeNo = cursor.uint(UINT32_MAX);
    const version = cursor.number(UINT16_MAX);
    const versions = state.types.get(typeNo) ?? [];
    demand(typeNo >= last && typeNo > 0, "types out of order");
    demand(version === versions.length + 1, "a type version that skips");
    versions.push({ digest: cursor.fixed(32), at: timeAt(cursor, 0, state.time) });
    state.types.set(typeNo, versions);
    last = typeNo;
  }
  demand(
    state.accreditations.every(({ typeNo }) => state.types.has(typeNo)),
    "an accreditation for an unregistered type",
  );
}

/**
 * Member 14, by agency and list.
 * @param {Cursor} cursor
 * @param {TrustState} state
 * @returns {{ slot: string, position: number }[]} the rows without a digest
 */
export function readStatus(cursor, state) {
  cursor.key(14);
  const codes = [...state.agencies.keys()];
  const gaps = [];
  let lastPosition = 0;
  let lastList = 0;
  const count = cursor.array();
  for (let i = 0; i < count; i++) {
    cursor.tuple(5);
    const position = Number(cursor.uint());
    const agency = codes[position];
    if (agency === undefined) throw badStructure("no agency stands at that position");
    const listNo = cursor.number(UINT32_MAX);
    const version = cursor.uint(UINT32_MAX);
    demand(listNo > 0 && version > 0, "lists and their versions count from 1");
    const follows = position > lastPosition || (position === lastPosition && listNo > lastList);
    demand(follows, "status rows out of order");
    const at = timeAt(cursor, 0, state.time);
    const slot = slotName(agency, listNo);
    const missing = cursor.position;
    const digest = cursor.optional(() => cursor.fixed(32));
    if (digest === null) gaps.push({ slot, position: missing });
    state.status.set(slot, { agency, listNo, version, at, digest: digest ?? new Uint8Array(0) });
    [lastPosition, lastList] = [position, listNo];
  }
  return gaps;
}

/**
 * Member 15, in journal order.
 * @param {Cursor} cursor
 * @param {TrustState} state
 */
export function readSteps(cursor, state) {
  cursor.key(15);
  /** @type {Int} */
  let before = 0;
  const count = cursor.array();
  for (let i = 0; i < count; i++) {
    cursor.tuple(4);
    const alg = cursor.integer();
    const phase = cursor.number(3);
    const effectiveAt = cursor.uint();
    const at = timeAt(cursor, before, state.time);
    demand(phase > 0 && effectiveAt >= at, "a step without phase, or backdated");
    state.algorithms.set(alg, advancedTimes(state.algorithms.get(alg), phase, effectiveAt));
    state.steps.push({ alg, phase, effectiveAt, at });
    before = at;
  }
}

/**
 * Member 17, in journal order.
 * @param {Cursor} cursor
 * @param {TrustState} state
 * @param {Set<string>} complete
 */
export function readAnchors(cursor, state, complete) {
  cursor.key(17);
  const codes = [...state.agencies.keys()];
  const keys = [...state.keys.values()];
  /** @type {Map<string, Int>} */
  const lastBatch = new Map();
  /** @type {Int} */
  let before = 0;
  const count = cursor.array();
  for (let i = 0; i < count; i++) {
    cursor.tuple(7);
    const agency = readCode(cursor, codes);
    const batchNo = cursor.uint();
    const root = cursor.fixed(32);
    const size = cursor.uint(MAX_TREE_SIZE);
    const key = keys[Number(cursor.uint())];
    if (key === undefined) throw badStructure("no key stands at that position");
    const at = timeAt(cursor, before > key.addedAt ? before : key.addedAt, state.time);
    const confirmed = cursor.boolean();
    demand(batchNo > (lastBatch.get(agency) ?? 0), "batch numbers that do not rise");
    demand(size > 0 && !allZero(root), "an empty batch");
    demand(key.agency === agency && complete.has(key.kid), "an anchor of the wrong key");
    demand(!confirmed || key.compromise !== null, "a batch that needed no confirming");
    lastBatch.set(agency, batchNo);
    state.addAnchor({ agency, batchNo, root, size, kid: key.kid, at, confirmed });
    before = at;
  }
}
