/**
 * Opens a trust bundle: bytes from anywhere in, trust data that hold together out, or why not.
 *
 * The steps are those of docs/formats/bundle.md, with the same numbers.
 */

import { inflate, PAGE_LIMITS, readBody, readEnvelope } from "./bundle-file.js";
import { homesToldBy, requireAskedFor, requireHomes } from "./bundle-homes.js";
import { equal } from "./bytes.js";
import { requireInCalendar } from "./checkpoint.js";
import { malformed, TrustError } from "./errors.js";
import { openGuests } from "./guests.js";
import { openJournalFile } from "./journal-file.js";
import { Replay } from "./replay.js";
import { sameSigners } from "./signers.js";
import { requireSnapshot, snapshotDigest } from "./snapshot.js";
import { completeSnapshot } from "./snapshot-reader.js";
import { assemble, readStatusLists } from "./trust-data.js";
import { vouching } from "./vouching.js";
import { firstOffTheWay } from "./waymarks.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./bundle-file.js").Body} Body */
/** @typedef {import("./bundle-file.js").BundleLimits} BundleLimits */
/** @typedef {import("./lineage.js").Registry} Registry */
/** @typedef {import("./trust-data.js").TrustData} TrustData */
/** @typedef {import("./trust-state.js").TrustState} TrustState */
/** @typedef {import("./vouching.js").Vouched} Vouched */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/**
 * What a store has seen of one registry; it never goes back below it. Without homes it does not
 * say which registry that was.
 * @typedef {{ size: Int, head: Uint8Array, asOf: Int, homes?: Registry[] }} Floor
 */
/**
 * @typedef {object} OpenOptions
 * @property {import("./trust-anchor.js").TrustAnchor | null} [anchor]
 * @property {Floor | null} [floor]
 * @property {Map<string, Floor>} [guestFloors] by `registryName` of the registry a recognition names
 * @property {BundleLimits} [limits]
 */

/**
 * The trust data in a bundle.
 * @param {Bytes} source
 * @param {OpenOptions} [options]
 * @returns {Promise<TrustData>}
 * @throws {TrustError}
 */
export async function openBundle(source, options = {}) {
  const { anchor = null, floor = null, guestFloors = new Map(), limits = PAGE_LIMITS } = options;
  // 1. Limits and the file map.
  const envelope = readEnvelope(source, limits);
  const { isLite } = envelope;
  // 2. Inflate within the stated length; the members of the body; whose registry it is.
  const body = readBody(await inflate(envelope), isLite, limits.guests);
  const told = homesToldBy(envelope, body);
  if (anchor !== null) requireAskedFor(told, [anchor]);
  if (floor?.homes?.length) requireAskedFor(told, floor.homes);
  // 3. The checkpoints and the chain: they say how many entries count.
  const vouched = await vouching(envelope, body, anchor, told);
  // 4. The state, by replay or from the snapshot, is the one the last statement states.
  const lists = readStatusLists(body.statusLists);
  const { state, digest, headAtFloor } = isLite
    ? restored(body, lists)
    : replayed(body, vouched, floor);
  if (vouched.head !== null && !equal(vouched.head, state.head))
    throw malformed("the entries do not give the head that stands in the chain's state");
  requireHomes(state, envelope, anchor, vouched.statements);
  if (vouched.belief !== null) {
    const { statement } = vouched.belief;
    if (vouched.size === statement.size) requireStated(state, digest(), statement);
    requireInCalendar(vouched.belief, state.stoppedAlgorithms(statement.at));
  }
  // 5. and 6. Every document fits the state; the as-of time is the evidence's. So with each guest.
  const documents = assemble(state, lists, body);
  const evidence = evidenceOf(state, vouched);
  /** @type {TrustData} */
  const trust = { state, ...documents, evidence, isLite, guests: [] };
  if (body.guests.length > 0)
    trust.guests = await openGuests(body.guests, trust, envelope, { limits, guestFloors });
  // 7. Never back behind what was seen before.
  if (floor !== null) requireNotBehind(trust, floor, headAtFloor);
  return trust;
}

/**
 * A chain that was left behind goes on sealing blocks: they say nothing of the new home.
 * @param {TrustState} state
 * @param {Vouched} vouched
 */
function evidenceOf({ successor, time }, { head, evidence }) {
  const wasLeft = head !== null && successor !== null && time < evidence.asOf;
  return wasLeft ? { ...evidence, asOf: time } : evidence;
}

/**
 * @typedef {object} Established
 * @property {TrustState} state
 * @property {() => Uint8Array} digest of the complete snapshot
 * @property {Uint8Array | null} headAtFloor the head after the store's size, where it shows
 */

/**
 * The state of a full bundle after as many entries as count; those behind are ignored.
 * @param {Body} body
 * @param {Vouched} vouched
 * @param {Floor | null} floor
 * @returns {Established}
 */
function replayed(body, vouched, floor) {
  const { statements, belief, size } = vouched;
  const running = new Replay(openJournalFile(/** @type {Bytes} */ (body.journalFile)));
  const stops = [...statements.map((statement) => statement.size), size];
  if (floor !== null && floor.size <= size) stops.push(floor.size);
  let headAtFloor = null;
  for (const stop of stops.sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))) {
    const state = running.advanceTo(stop);
    if (stop === floor?.size) headAtFloor = state.head;
    for (const statement of statements)
      if (statement.size === stop && !equal(statement.head, state.head))
        throw malformed("the journal is not the one that a checkpoint states");
    if (stop === belief?.statement.size && stop < size)
      requireStated(state, snapshotDigest(state), belief.statement);
  }
  const rest = running.countRest();
  if (statements.length === 0 && rest > 0) throw malformed("entries behind the size that counts");
  if (belief === null && firstOffTheWay(body) !== null) throw malformed("the journal is damaged");
  const { state } = running;
  requireSnapshot(state);
  return { state, digest: () => snapshotDigest(state), headAtFloor };
}

/**
 * The state of a lite bundle, with the digests of the lists it carries.
 * @param {Body} body
 * @param {import("./trust-data.js").ListFile[]} lists
 * @returns {Established}
 */
function restored({ snapshot }, lists) {
  const reading = /** @type {import("./snapshot-reader.js").SnapshotReading} */ (snapshot);
  const digests = new Map(lists.map(({ slot, digest }) => [slot, digest]));
  if (reading.gaps.length !== lists.length)
    throw malformed("a digest is given although its list is here, or a list has no row");
  const { state, digest } = completeSnapshot(reading, digests);
  return { state, digest: () => digest, headAtFloor: null };
}

/**
 * @param {TrustState} state
 * @param {Uint8Array} digest
 * @param {import("./checkpoint.js").Statement} statement
 */
function requireStated(state, digest, statement) {
  const isStated =
    state.size === statement.size &&
    equal(state.head, statement.head) &&
    equal(digest, statement.snapshotDigest) &&
    sameSigners(state.signers, statement.signers);
  if (!isStated) throw malformed("what the bundle holds is not what its last checkpoint states");
  if (statement.at < state.time) throw malformed("a statement older than the last entry it covers");
}

/**
 * @param {TrustData} trust
 * @param {Floor} floor
 * @param {Uint8Array | null} headAtFloor
 */
function requireNotBehind({ state, evidence }, floor, headAtFloor) {
  const known = state.size === floor.size ? state.head : headAtFloor;
  const isFork = known !== null && !equal(known, floor.head);
  if (isFork || state.size < floor.size || evidence.asOf < floor.asOf)
    throw new TrustError("trust.rollback", "older than, or another than, what was seen before");
}
