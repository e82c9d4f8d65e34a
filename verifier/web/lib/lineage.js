/** The homes of one journal: the registries in force one after the other (journal.md, "Moving house"). */

import { equal, hex } from "./bytes.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ chainId: Int, contract: Bytes }} Registry */
/**
 * A registry that was in force for a while; `end` is the index of its journalCarried, null for the
 * one in force now.
 * @typedef {Registry & { end: Int | null }} Home
 */

/**
 * @param {Registry} one
 * @param {Registry} other
 */
export function sameRegistry(one, other) {
  return one.chainId === other.chainId && equal(one.contract, other.contract);
}

/**
 * @param {Registry} registry
 * @param {readonly Registry[]} known
 */
export function isOneOf(registry, known) {
  return known.some((other) => sameRegistry(registry, other));
}

/**
 * A registry as the key of a map.
 * @param {Registry} registry
 */
export function registryName({ chainId, contract }) {
  return `${chainId}/${hex(contract)}`;
}

/**
 * The home in force after `size` entries; the oldest stands first, the last one is open.
 * @param {readonly Home[]} homes
 * @param {Int} size
 * @returns {Home}
 */
export function homeAt(homes, size) {
  return homes.find((home) => home.end === null || size <= home.end) ?? homes[homes.length - 1];
}
