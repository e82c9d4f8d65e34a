/** Clique: a block counts when more than half of the signers have built on it (docs/formats/evidence.md). */

import { allZero, equal, hex } from "../bytes.js";
import { malformed } from "../errors.js";
import { add } from "../integers.js";
import { EMPTY_OMMERS, hashWith } from "./header.js";
import { SEAL_BYTES, sealer } from "./seals.js";
import { Tally } from "./votes.js";

/** @typedef {import("../integers.js").Int} Int */
/** @typedef {import("./header.js").BlockHeader} BlockHeader */
/** @typedef {import("./qbft.js").SealedBlock} SealedBlock */
/** @typedef {{ header: BlockHeader, hash: Uint8Array, signer: string, members: ReadonlySet<string> }} Block `members` are those in force before it */

const VANITY = 32;
const IN_TURN = 2;
const OUT_OF_TURN = 1;
const ADD = "ffffffffffffffff";
const DROP = "0000000000000000";

/**
 * The newest block that more than half of the signers have built on.
 * @param {BlockHeader[]} headers
 * @param {string[]} first addresses in hex
 * @param {Int} epoch
 * @returns {SealedBlock}
 * @throws {import("../errors.js").TrustError}
 */
export function followClique(headers, first, epoch) {
  const tally = new Tally(first, epoch);
  const runs = runsOf(headers).map((run) => readRun(run, tally));
  runs.slice(0, -1).forEach(requireSettledChange);
  return counted(runs[runs.length - 1]);
}

/**
 * The headers, cut where a block number is left out.
 * @param {BlockHeader[]} headers
 * @returns {BlockHeader[][]}
 */
function runsOf(headers) {
  /** @type {BlockHeader[][]} */
  const runs = [];
  headers.forEach((header, at) => {
    const goesOn = at > 0 && header.number === add(headers[at - 1].number, 1);
    if (goesOn) runs[runs.length - 1].push(header);
    else runs.push([header]);
  });
  return runs;
}

/**
 * Steps 2 to 4 for the blocks of one run.
 * @param {BlockHeader[]} headers
 * @param {Tally} tally
 * @returns {{ blocks: Block[], after: ReadonlySet<string> }} `after` are the members behind the run
 */
function readRun(headers, tally) {
  tally.forget(); // what was voted in a gap is not known
  /** @type {Block[]} */
  const blocks = [];
  for (const header of headers) {
    const before = blocks[blocks.length - 1];
    if (before !== undefined && !equal(header.parentHash, before.hash))
      throw malformed("a block does not follow the one before it");
    tally.enter(header.number);
    const { members } = tally;
    checkForm(header, tally);
    const signer = sealer(
      hashWith(header, header.extra.subarray(0, -SEAL_BYTES)),
      header.extra.subarray(-SEAL_BYTES),
    );
    checkSigner(header, signer, members, blocks);
    blocks.push({ header, hash: hashWith(header, header.extra), signer, members });
    tally.cast(signer, hex(header.coinbase), hex(header.nonce) === ADD);
  }
  return { blocks, after: tally.members };
}

/**
 * @param {BlockHeader} header
 * @param {Tally} tally
 */
function checkForm(header, tally) {
  const { mixDigest, ommersHash, extra, number } = header;
  const nonce = hex(header.nonce);
  if (!allZero(mixDigest) || !equal(ommersHash, EMPTY_OMMERS) || (nonce !== ADD && nonce !== DROP))
    throw malformed("not a block of a Clique chain");
  if (extra.length < VANITY + SEAL_BYTES) throw malformed("extra data too short for a seal");
  const listed = hex(extra.subarray(VANITY, -SEAL_BYTES));
  if (BigInt(number) % tally.epoch !== 0n) {
    if (listed !== "") throw malformed("a list of signers in no epoch block");
  } else if (listed !== tally.listed() || !allZero(header.coinbase) || nonce !== DROP)
    throw malformed("an epoch block that lists others, or votes");
}

/**
 * A signer is a member, rests for half of the others, and says rightly whether it was its turn.
 * @param {BlockHeader} header
 * @param {string} signer
 * @param {ReadonlySet<string>} members
 * @param {Block[]} blocks the blocks of the run before it
 */
function checkSigner(header, signer, members, blocks) {
  if (!members.has(signer)) throw malformed("a block signed by none of the signers in force");
  const rest = Math.floor(members.size / 2);
  if (rest > 0 && blocks.slice(-rest).some((block) => block.signer === signer))
    throw malformed("a block by one who signed just before");
  const turn = Number(BigInt(header.number) % BigInt(members.size));
  const isInTurn = [...members].sort()[turn] === signer;
  if (header.difficulty !== (isInTurn ? IN_TURN : OUT_OF_TURN))
    throw malformed("a wrong difficulty");
}

/** @typedef {ReturnType<typeof readRun>} Run */

/**
 * The run changes the members, and more than half have built on its last change.
 * @param {Run} run
 */
function requireSettledChange(run) {
  const { blocks, after } = run;
  const last = blocks.findLastIndex(
    ({ members }, at) => members !== (blocks[at + 1]?.members ?? after),
  );
  if (last < 0) throw malformed("blocks that change nothing");
  if (!isBuried(run, last)) throw malformed("too few signers have built on a change of signers");
}

/**
 * @param {Run} run
 * @returns {SealedBlock}
 */
function counted(run) {
  const at = run.blocks.findLastIndex((_, position) => isBuried(run, position));
  if (at < 0) throw malformed("no block has more than half of the signers behind it");
  const { header, hash, members } = run.blocks[at];
  return { header, hash, sealedBy: [...signersBehind(run, at)], members };
}

/**
 * @param {Run} run
 * @param {number} at
 */
function isBuried(run, at) {
  const { blocks, after } = run;
  const largest = Math.max(after.size, ...blocks.slice(at).map(({ members }) => members.size));
  return signersBehind(run, at).size >= Math.floor(largest / 2) + 1;
}

/**
 * @param {Run} run
 * @param {number} at
 */
function signersBehind({ blocks }, at) {
  return new Set(blocks.slice(at + 1).map(({ signer }) => signer));
}
