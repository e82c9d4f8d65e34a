/** That a state holds the head word of a contract: two Merkle-Patricia proofs (docs/formats/evidence.md, step 6). */

import { keccak_256 } from "@noble/hashes/sha3.js";
import { equal, hex } from "../bytes.js";
import { malformed } from "../errors.js";
import { decodeList, encode, fixed, scalar } from "./rlp.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("./rlp.js").Item} Item */

const HEAD_SLOT = new Uint8Array(32);
const NO_CODE = keccak_256(new Uint8Array(0));
const BRANCH = 17;
const HASH_BYTES = 32;
const DEPTH = 8; // a node embeds another only where that is shorter than a hash: never many deep

/**
 * The head word of the contract in the state of this root.
 * @param {Uint8Array} stateRoot
 * @param {Uint8Array} contract
 * @param {Bytes[]} accountProof
 * @param {Bytes[]} storageProof
 * @returns {Bytes}
 * @throws {import("../errors.js").TrustError}
 */
export function proveHead(stateRoot, contract, accountProof, storageProof) {
  const account = decodeList(valueIn(stateRoot, contract, accountProof), 4, 1);
  if (account.length !== 4) throw malformed("an account has four fields");
  const [, , storageRoot, codeHash] = /** @type {Bytes[]} */ (account);
  if (equal(codeHash, NO_CODE)) throw malformed("there is no contract at this address");
  return word(valueIn(fixed(storageRoot, HASH_BYTES), HEAD_SLOT, storageProof));
}

/** @param {Bytes} value */
function word(value) {
  if (value.length > HASH_BYTES + 1) throw malformed("a word has at most 32 bytes");
  const [content] = decodeList(new Uint8Array([0xc0 + value.length, ...value]), 1, 1);
  scalar(content, HASH_BYTES);
  const digits = /** @type {Bytes} */ (content);
  if (digits.length === 0) throw malformed("a word of no bytes");
  const whole = new Uint8Array(HASH_BYTES);
  whole.set(digits, HASH_BYTES - digits.length);
  return whole;
}

/**
 * What the trie of this root holds under a name, by exactly these nodes in this order.
 * @param {Uint8Array} root
 * @param {Uint8Array} name
 * @param {Bytes[]} proof
 * @returns {Bytes}
 */
function valueIn(root, name, proof) {
  const nodes = proof.map((source) => ({ node: readNode(source), hash: keccak_256(source) }));
  const path = hex(keccak_256(name));
  let at = 0;
  let used = 0;
  /** @type {Item} */
  let next = /** @type {Bytes} */ (root);
  for (;;) {
    /** @type {Item[]} */
    const node = Array.isArray(next) ? next : take(next);
    if (node.length === BRANCH && at < path.length) {
      next = node[Number.parseInt(path[at], 16)];
      at += 1;
    } else if (node.length === BRANCH) {
      return finished(node[BRANCH - 1]);
    } else {
      const { nibbles, isLeaf } = pathOf(/** @type {Bytes} */ (node[0]));
      if (isLeaf && path.slice(at) === nibbles) return finished(node[1]);
      if (isLeaf || !path.startsWith(nibbles, at))
        throw malformed("there is nothing at this place");
      next = node[1];
      at += nibbles.length;
    }
  }

  /** @param {Uint8Array} hash */
  function take(hash) {
    const found = nodes[used];
    if (found === undefined || !equal(found.hash, hash))
      throw malformed("a node of the proof is missing, or there is nothing at this place");
    used += 1;
    return found.node;
  }

  /** @param {Item} value */
  function finished(value) {
    if (used !== nodes.length) throw malformed("nodes of the proof that are not on the way");
    if (value.length === 0) throw malformed("there is nothing at this place");
    return /** @type {Bytes} */ (value);
  }
}

/** @param {Bytes} source */
function readNode(source) {
  const node = decodeList(source, BRANCH, DEPTH);
  checkNode(node);
  return node;
}

/**
 * Returns only if a node is a branch, an extension or a leaf in its one form.
 * @param {Item[]} node
 */
function checkNode(node) {
  if (node.length === BRANCH) {
    node.slice(0, -1).forEach((child) => {
      if (Array.isArray(child) || child.length > 0) checkChild(child);
    });
    if (Array.isArray(node[BRANCH - 1])) throw malformed("a branch with a list as its value");
    return;
  }
  const [path, target] = node;
  if (node.length !== 2 || Array.isArray(path) || path.length === 0)
    throw malformed("a node of neither 17 parts nor a path and a target");
  const { nibbles, isLeaf } = pathOf(path);
  if (isLeaf) {
    if (Array.isArray(target) || target.length === 0) throw malformed("a leaf without a value");
    return;
  }
  if (nibbles === "") throw malformed("an extension with an empty path");
  checkChild(target);
}

/** @param {Item} child */
function checkChild(child) {
  if (!Array.isArray(child)) {
    fixed(child, HASH_BYTES);
    return;
  }
  if (encode(child).length >= HASH_BYTES) throw malformed("an embedded node that should be hashed");
  checkNode(child);
}

/**
 * The nibbles of a path (yellow paper, appendix C), and whether it is a leaf's.
 * @param {Bytes} path
 */
function pathOf(path) {
  const kind = path[0] >> 4;
  if (kind > 3 || (kind % 2 === 0 && (path[0] & 15) !== 0)) throw malformed("a path of no form");
  return { nibbles: hex(path).slice(kind % 2 === 0 ? 2 : 1), isLeaf: kind >= 2 };
}
