/** QBFT: a block counts when two thirds of its validators have sealed it (docs/formats/evidence.md). */

import { equal, fromHex, hex } from "../bytes.js";
import { malformed } from "../errors.js";
import { EMPTY_OMMERS, hashWith } from "./header.js";
import { decodeList, encode, fixed, listOf, scalar } from "./rlp.js";
import { SEAL_BYTES, sealer } from "./seals.js";
import { Tally } from "./votes.js";

/** @typedef {import("./header.js").BlockHeader} BlockHeader */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ subject: Bytes, isAdding: boolean }} Vote */
/** @typedef {{ vanity: Bytes, validators: Bytes[], vote: Vote | null, round: Bytes, seals: Bytes[] }} Extra */
/** @typedef {{ header: BlockHeader, hash: Uint8Array, sealedBy: string[], members: ReadonlySet<string> }} SealedBlock */

const MIX_DIGEST = fromHex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365");
const MOST_VALIDATORS = 1000;
const ADD = 0xff;
const EMPTY = new Uint8Array(0);

/**
 * The last header, sealed by validators reached from the first ones by the votes in the others.
 * @param {BlockHeader[]} headers
 * @param {string[]} first addresses in hex
 * @param {import("../integers.js").Int} epoch
 * @returns {SealedBlock}
 * @throws {import("../errors.js").TrustError}
 */
export function followQbft(headers, first, epoch) {
  const tally = new Tally(first, epoch);
  const counted = fromFirstListing(headers, tally.listed());
  const last = counted[counted.length - 1];
  for (const header of counted.slice(0, -1)) {
    const { vote } = checked(header, tally).extra;
    const proposer = hex(header.coinbase);
    if (!tally.members.has(proposer)) throw malformed("a block proposed by no validator");
    if (vote === null || !tally.cast(proposer, hex(vote.subject), vote.isAdding))
      throw malformed("a block without a new vote");
  }
  const { extra, sealedBy } = checked(last, tally);
  const hash = hashWith(last, encodeExtra({ ...extra, round: EMPTY, seals: [] }));
  return { header: last, hash, sealedBy, members: tally.members };
}

/**
 * Step 3: without the headers that only lead to the validators known already.
 * @param {BlockHeader[]} headers
 * @param {string} listed
 */
function fromFirstListing(headers, listed) {
  const begin = headers
    .slice(0, -1)
    .findIndex(({ extra }) => decodeExtra(extra).validators.map(hex).join("") === listed);
  return headers.slice(begin < 0 ? -1 : begin);
}

/**
 * Steps 2 to 4 for one header.
 * @param {BlockHeader} header
 * @param {Tally} tally
 */
function checked(header, tally) {
  tally.enter(header.number);
  if (
    !equal(header.mixDigest, MIX_DIGEST) ||
    !equal(header.ommersHash, EMPTY_OMMERS) ||
    header.difficulty !== 1
  )
    throw malformed("not a block of a QBFT chain");
  const extra = decodeExtra(header.extra);
  if (extra.validators.map(hex).join("") !== tally.listed())
    throw malformed("a block that lists other validators");
  return { extra, sealedBy: sealersOf(header, extra, tally.members) };
}

/**
 * @param {BlockHeader} header
 * @param {Extra} extra
 * @param {ReadonlySet<string>} members
 */
function sealersOf(header, extra, members) {
  const { seals } = extra;
  if (seals.length < Math.ceil((2 * members.size) / 3) || seals.length > members.size)
    throw malformed("too few seals, or too many");
  const digest = hashWith(header, encodeExtra({ ...extra, seals: [] }));
  const sealedBy = new Set();
  for (const seal of seals) {
    const address = sealer(digest, seal);
    if (!members.has(address)) throw malformed("a seal by no validator in force");
    if (sealedBy.has(address)) throw malformed("two seals by one validator");
    sealedBy.add(address);
  }
  return [...sealedBy];
}

/**
 * @param {Extra} extra
 * @returns {Bytes}
 */
function encodeExtra({ vanity, validators, vote, round, seals }) {
  const cast = vote === null ? [] : [vote.subject, vote.isAdding ? Uint8Array.of(ADD) : EMPTY];
  return encode([vanity, validators, cast, round, seals]);
}

/**
 * @param {Bytes} source
 * @returns {Extra}
 */
function decodeExtra(source) {
  const parts = decodeList(source, MOST_VALIDATORS, 2);
  if (parts.length !== 5) throw malformed("the extra data of QBFT has five parts");
  const [vanity, validators, vote, round, seals] = parts;
  scalar(round, 4);
  return {
    vanity: fixed(vanity, 32),
    validators: listOf(validators).map((address) => fixed(address, 20)),
    vote: readVote(listOf(vote)),
    round: /** @type {Bytes} */ (round),
    seals: listOf(seals).map((seal) => fixed(seal, SEAL_BYTES)),
  };
}

/**
 * @param {import("./rlp.js").Item[]} parts
 * @returns {Vote | null}
 */
function readVote(parts) {
  if (parts.length === 0) return null;
  const [subject, adds] = parts;
  if (parts.length !== 2 || Array.isArray(adds) || adds.length > 1 || (adds[0] ?? ADD) !== ADD)
    throw malformed("a vote names an address, and adds or removes it");
  return { subject: fixed(subject, 20), isAdding: adds.length === 1 };
}
