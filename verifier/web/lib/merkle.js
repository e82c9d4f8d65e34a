/** The batch tree: RFC 9162 §2.1 over SHA-256 (docs/formats/sealed.md, "Tree"). */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equal } from "./bytes.js";
import { NotVerified } from "./errors.js";

/** @typedef {import("./integers.js").Int} Int */

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** @param {Uint8Array} entry */
export function leafHash(entry) {
  return sha256(concat(LEAF, entry));
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
export function nodeHash(left, right) {
  return sha256(concat(NODE, left, right));
}

/**
 * The root that a leaf and its path give (RFC 9162 §2.1.3.2).
 * @param {Uint8Array} leaf
 * @param {Int} leafIndex
 * @param {number} treeSize at most 2^31
 * @param {Uint8Array[]} path
 * @returns {Uint8Array}
 * @throws {NotVerified} where no tree of that size has such a path
 */
export function inclusionRoot(leaf, leafIndex, treeSize, path) {
  if (leafIndex >= treeSize) throw new NotVerified("the leaf index is outside the tree");
  let at = Number(leafIndex);
  let last = treeSize - 1;
  let root = leaf;
  for (const step of path) {
    if (last === 0) throw new NotVerified("the inclusion path is too long");
    if (at % 2 === 1 || at === last) {
      root = nodeHash(step, root);
      while (at % 2 === 0 && at !== 0) {
        at >>>= 1;
        last >>>= 1;
      }
    } else root = nodeHash(root, step);
    at >>>= 1;
    last >>>= 1;
  }
  if (last !== 0) throw new NotVerified("the inclusion path is too short");
  return root;
}

/**
 * The root of a whole tree.
 * @param {Uint8Array[]} leaves at least one
 * @returns {Uint8Array}
 */
export function treeRoot(leaves) {
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return nodeHash(treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)));
}

/**
 * Returns only if the larger tree begins with the smaller one (RFC 9162 §2.1.4.2).
 * @param {number} smaller 1 or more
 * @param {number} size
 * @param {Uint8Array[]} path
 * @param {Uint8Array} smallerRoot
 * @param {Uint8Array} root
 * @throws {NotVerified}
 */
export function verifyConsistency(smaller, size, path, smallerRoot, root) {
  const refused = new NotVerified("the trees are not consistent");
  if (smaller < 1 || smaller > size) throw refused;
  if (smaller === size) {
    if (path.length > 0 || !equal(smallerRoot, root)) throw refused;
    return;
  }
  const steps = Number.isInteger(Math.log2(smaller)) ? [smallerRoot, ...path] : [...path];
  if (path.length === 0) throw refused;
  let first = smaller - 1;
  let second = size - 1;
  while (first % 2 === 1) {
    first >>>= 1;
    second >>>= 1;
  }
  let [one] = steps;
  let two = one;
  for (const step of steps.slice(1)) {
    if (second === 0) throw refused;
    if (first % 2 === 1 || first === second) {
      one = nodeHash(step, one);
      two = nodeHash(step, two);
      while (first % 2 === 0 && first !== 0) {
        first >>>= 1;
        second >>>= 1;
      }
    } else two = nodeHash(two, step);
    first >>>= 1;
    second >>>= 1;
  }
  if (second !== 0 || !equal(one, smallerRoot) || !equal(two, root)) throw refused;
}
