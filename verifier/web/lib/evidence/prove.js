/** The head of a journal from chain evidence: headers, seals, state (docs/formats/evidence.md). */

import { keccak_256 } from "@noble/hashes/sha3.js";
import { equal, hex } from "../bytes.js";
import { malformed } from "../errors.js";
import { followClique } from "./clique.js";
import { QBFT } from "./file.js";
import { decodeHeader } from "./header.js";
import { followQbft } from "./qbft.js";
import { proveHead } from "./state-proof.js";

/** @typedef {import("../integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("./file.js").ChainEvidence} ChainEvidence */
/**
 * The head word as of a block, and who vouches for that block; addresses in hex.
 * @typedef {object} ProvenHead
 * @property {Bytes} head
 * @property {Int} at
 * @property {Int} block
 * @property {Uint8Array | null} blockHash null where nobody vouches
 * @property {string[]} sealedBy
 * @property {string[]} validators in force at that block, in order
 */

/**
 * The head that the chain of these validators vouches for, by the numbered steps of the page.
 * @param {ChainEvidence} evidence
 * @param {Bytes[]} validators
 * @param {import("../trust-anchor.js").Consensus} consensus
 * @param {Bytes} contract
 * @returns {ProvenHead}
 * @throws {import("../errors.js").TrustError}
 */
export function prove(evidence, validators, { engine, epoch }, contract) {
  if (evidence.engine !== engine) throw malformed("another engine than the trust anchor's"); // 1
  const headers = headersOf(evidence);
  const follow = engine === QBFT ? followQbft : followClique;
  const { header, hash, sealedBy, members } = follow(headers, validators.map(hex), epoch); // 2 to 5
  const head = headIn(header, evidence, contract); // 6
  const { at, number: block } = header;
  return { head, at, block, blockHash: hash, sealedBy, validators: [...members].sort() };
}

/**
 * The head in the newest block with the proven state; nobody vouches for the block.
 * @param {ChainEvidence} evidence
 * @param {Bytes} contract
 * @returns {ProvenHead}
 * @throws {import("../errors.js").TrustError}
 */
export function claimed(evidence, contract) {
  const root = keccak_256(evidence.accountProof[0]);
  const header = headersOf(evidence).findLast(({ stateRoot }) => equal(stateRoot, root));
  if (header === undefined) throw malformed("no block has the state that the proof is for");
  const head = headIn(header, evidence, contract);
  const nobody = { blockHash: null, sealedBy: [], validators: [] };
  return { head, at: header.at, block: header.number, ...nobody };
}

/** @param {ChainEvidence} evidence */
function headersOf(evidence) {
  const headers = evidence.headers.map(decodeHeader);
  for (let i = 1; i < headers.length; i++)
    if (headers[i].number <= headers[i - 1].number || headers[i].at < headers[i - 1].at)
      throw malformed("the block headers are not in ascending order");
  if (headers[0].number === 0) throw malformed("the genesis block proves nothing");
  return headers;
}

/**
 * @param {import("./header.js").BlockHeader} header
 * @param {ChainEvidence} evidence
 * @param {Bytes} contract
 */
function headIn({ stateRoot }, { accountProof, storageProof }, contract) {
  return proveHead(stateRoot, contract, accountProof, storageProof);
}
