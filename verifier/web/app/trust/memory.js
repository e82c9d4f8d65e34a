/**
 * What the page remembers of a registry from visit to visit, as one record: it is written whole or not
 * at all, so bundle and floors never tell different stories.
 *
 * The floors are those of docs/formats/bundle.md, step 7; verifier/store.py is the same on a disk.
 */

import { equal } from "../../lib/bytes.js";
import { registryName } from "../../lib/lineage.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("../../lib/bundle.js").Floor} Floor */
/** @typedef {import("../../lib/integers.js").Int} Int */
/** @typedef {import("../../lib/trust-data.js").TrustData} TrustData */
/**
 * @typedef {object} Kept a bundle, and where it came from when
 * @property {Bytes} bundle
 * @property {number} fetchedAt
 * @property {string} source
 */
/**
 * @typedef {object} Memory
 * @property {1} version
 * @property {Floor | null} floor
 * @property {[string, Floor][]} guests by `registryName` of the registry that a recognition names
 * @property {Kept | null} kept
 * @property {number} latest the latest time this device's clock has shown here
 */

const VERSION = 1;

/** @type {Readonly<Memory>} */
export const NOTHING_SEEN = Object.freeze({
  version: VERSION,
  floor: null,
  guests: [],
  kept: null,
  latest: 0,
});

/**
 * The memory in a stored record, or null where it is none: what was seen is then not known, which is
 * not the same as that nothing was.
 * @param {unknown} record
 * @returns {Memory | null}
 */
export function readMemory(record) {
  if (record === undefined) return NOTHING_SEEN;
  const memory = /** @type {Memory} */ (record);
  try {
    const isSound =
      memory.version === VERSION &&
      (memory.floor === null || isFloor(memory.floor)) &&
      memory.guests.every(([name, floor]) => typeof name === "string" && isFloor(floor)) &&
      (memory.kept === null || isKept(memory.kept)) &&
      isTime(memory.latest);
    return isSound ? memory : null;
  } catch {
    return null;
  }
}

/** @param {Floor} floor */
function isFloor({ size, head, asOf, homes = [] }) {
  const isPlace = head instanceof Uint8Array && head.length === 32 && isInt(size) && isInt(asOf);
  return (
    isPlace && homes.length > 0 && homes.every((home) => isInt(home.chainId) && isAddress(home))
  );
}

/** @param {{ contract: unknown }} home */
function isAddress({ contract }) {
  return contract instanceof Uint8Array && contract.length === 20;
}

/** @param {Kept} kept */
function isKept({ bundle, fetchedAt, source }) {
  return bundle instanceof Uint8Array && isTime(fetchedAt) && typeof source === "string";
}

/** @param {unknown} value */
function isInt(value) {
  return typeof value === "bigint" || isTime(value);
}

/** @param {unknown} value */
function isTime(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * The floor that trust data sets.
 * @param {TrustData} trust
 * @returns {Floor}
 */
export function floorOf({ state, evidence }) {
  // Copies: a view would take the whole inflated bundle into the record with it.
  const homes = state.homes.map(({ chainId, contract }) => ({
    chainId,
    contract: contract.slice(),
  }));
  return { size: state.size, head: state.head.slice(), asOf: evidence.asOf, homes };
}

/**
 * The memory once this bundle was accepted. Of guests none is ever forgotten.
 * @param {Memory} before
 * @param {TrustData} trust
 * @param {Kept} kept
 * @returns {Memory}
 */
export function afterAccepting(before, trust, kept) {
  const seen = trust.guests.map(({ recognition, trust: own }) => {
    return /** @type {[string, Floor]} */ ([registryName(recognition), floorOf(own)]);
  });
  const guests = [...new Map([...before.guests, ...seen])];
  return { ...before, floor: floorOf(trust), guests, kept };
}

/**
 * Whether two memories forbid the same: a bundle that was opened under one may be accepted under the
 * other.
 * @param {Memory} one
 * @param {Memory} other
 */
export function sameFloors(one, other) {
  const [own, others] = [floorsOf(one), floorsOf(other)];
  return (
    own.size === others.size && [...own].every(([name, floor]) => same(floor, others.get(name)))
  );
}

/**
 * Home's floor under the empty name, beside those of guests.
 * @param {Memory} memory
 * @returns {Map<string, Floor | null>}
 */
function floorsOf({ floor, guests }) {
  return new Map([["", floor], ...guests]);
}

/**
 * @param {Floor | null} one
 * @param {Floor | null | undefined} other
 */
function same(one, other) {
  if (!one || !other) return !one && other === null;
  return one.size === other.size && one.asOf === other.asOf && equal(one.head, other.head);
}
