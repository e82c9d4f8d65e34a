/** Checkpoints: signed statements of where the journal stands (docs/formats/checkpoint.md). */

import { equal, hex, utf8Bytes } from "./bytes.js";
import { Cursor } from "./cursor.js";
import { badStructure, malformed, NotVerified, TrustError } from "./errors.js";
import { SIGNATURE_BYTES, verifySignature } from "./keys.js";
import { isOneOf } from "./lineage.js";
import { sigStructure } from "./sign1.js";
import { areUsable, isEnough, MAX_SIGNERS, readSigners } from "./signers.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./signers.js").Signers} Signers */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/**
 * @typedef {object} Statement
 * @property {Int} chainId
 * @property {Bytes} contract
 * @property {Int} size
 * @property {Bytes} head
 * @property {Bytes} snapshotDigest
 * @property {Int} at
 * @property {Signers} signers
 */
/** @typedef {{ alg: number, kid: string, protectedHeader: Bytes, signature: Bytes }} Signature */
/** @typedef {{ statement: Statement, statementBytes: Bytes, signatures: Signature[] }} Checkpoint */
/**
 * The last statement of a chain, and who signed it: of the signers trusted before, and of its own.
 * @typedef {{ statement: Statement, trusted: Signers, byTrusted: Set<string>, byOwn: Set<string> }} Belief
 */

export const MAX_CHECKPOINTS = 100;
const MAX_STATEMENT_BYTES = 64 << 10;
const MAX_PROTECTED_BYTES = 32;
const MAX_SIGNATURE_BYTES = 2420;
const EXTERNAL_AAD = utf8Bytes("sealroot/checkpoint/1");
const TAG_SIGN1 = 18;

/**
 * The checkpoint at the cursor; nothing is verified yet.
 * @param {Cursor} cursor
 * @returns {Checkpoint}
 * @throws {import("./errors.js").Refusal}
 */
export function readCheckpoint(cursor) {
  cursor.tuple(2);
  const statementBytes = cursor.bytes(MAX_STATEMENT_BYTES);
  const signatures = cursor.list(() => readSignature(cursor), 1, MAX_SIGNERS);
  for (let i = 1; i < signatures.length; i++)
    if (signatures[i - 1].kid >= signatures[i].kid) throw badStructure("signatures out of order");
  return { statement: readStatement(statementBytes), statementBytes, signatures };
}

/** @param {Bytes} source */
function readStatement(source) {
  const cursor = new Cursor(source);
  cursor.map(8, 8);
  cursor.key(1);
  if (cursor.uint() !== 1) throw badStructure("a checkpoint of a later version");
  cursor.key(2);
  const chainId = cursor.uint();
  cursor.key(3);
  const contract = cursor.fixed(20);
  cursor.key(4);
  const size = cursor.uint();
  cursor.key(5);
  const head = cursor.fixed(32);
  cursor.key(6);
  const snapshotDigest = cursor.fixed(32);
  cursor.key(7);
  const at = cursor.uint();
  cursor.key(8);
  const signers = readSigners(cursor);
  cursor.end();
  return { chainId, contract, size, head, snapshotDigest, at, signers };
}

/**
 * @param {Cursor} cursor
 * @returns {Signature}
 */
function readSignature(cursor) {
  cursor.tag(TAG_SIGN1);
  cursor.tuple(4);
  const protectedHeader = cursor.bytes(MAX_PROTECTED_BYTES);
  cursor.map(0, 0);
  if (!cursor.null()) throw badStructure("the payload must be detached");
  const signature = cursor.bytes(MAX_SIGNATURE_BYTES);
  const header = new Cursor(protectedHeader);
  header.map(2, 2);
  header.key(1);
  const alg = Number(header.integer());
  header.key(4);
  const kid = hex(header.fixed(16));
  header.end();
  if (signature.length !== SIGNATURE_BYTES.get(alg)) throw badStructure("a signature's length");
  return { alg, kid, protectedHeader, signature };
}

/**
 * The last statement of a chain of checkpoints, oldest first, by the numbered steps of the page.
 * @param {Checkpoint[]} checkpoints
 * @param {Signers} first the signers to begin from
 * @param {import("./lineage.js").Registry[]} homes the registry and its earlier homes
 * @returns {Promise<Belief>}
 * @throws {TrustError}
 */
export async function believe(checkpoints, first, homes) {
  if (checkpoints.length === 0) throw malformed("there is no checkpoint");
  let trusted = first; // 1
  /** @type {Statement | null} */
  let before = null;
  /** @type {Belief | null} */
  let belief = null;
  for (const checkpoint of checkpoints) {
    const { statement } = checkpoint;
    // 2 whose it is, and the order
    if (!isOneOf(statement, homes))
      throw new TrustError("trust.foreign", "a checkpoint belongs to another registry");
    if (before !== null) checkOrder(before, statement);
    // 3 enough of those trusted so far have signed it
    const byTrusted = await verifiedSigners(checkpoint, trusted);
    if (!isEnough(trusted, byTrusted)) throw malformed("too few trusted signatures");
    belief = { statement, trusted, byTrusted, byOwn: new Set() };
    // 4
    before = statement;
    trusted = statement.signers;
  }
  // 5 old signers alone cannot end a chain
  const last = checkpoints[checkpoints.length - 1];
  const byOwn = await verifiedSigners(last, trusted);
  if (!isEnough(trusted, byOwn)) throw malformed("too few signatures of its own signers");
  return { .../** @type {Belief} */ (belief), byOwn };
}

/**
 * @param {Statement} before
 * @param {Statement} statement
 */
function checkOrder(before, statement) {
  if (statement.size < before.size || statement.at < before.at)
    throw malformed("size and time of checkpoints may not fall");
  const same =
    equal(statement.head, before.head) && equal(statement.snapshotDigest, before.snapshotDigest);
  if (statement.size === before.size && !same)
    throw malformed("two checkpoints state different journals of one size");
}

/**
 * The kids of the signers whose signatures verify; a false one refuses the checkpoint.
 * @param {Checkpoint} checkpoint
 * @param {Signers} signers
 * @returns {Promise<Set<string>>}
 */
async function verifiedSigners({ statementBytes, signatures }, signers) {
  if (!areUsable(signers)) throw malformed("a checkpoint signer has no usable key");
  const signedBy = new Set();
  for (const { alg, kid, protectedHeader, signature } of signatures) {
    const key = signers.keys.find((one) => one.kid === kid);
    if (key === undefined) continue;
    if (alg !== key.alg) throw malformed("a signature is not of the algorithm of its key");
    try {
      await verifySignature(
        key,
        signature,
        sigStructure(protectedHeader, EXTERNAL_AAD, statementBytes),
      );
    } catch (error) {
      if (error instanceof NotVerified) throw malformed("a signature over a checkpoint is false");
      throw error;
    }
    signedBy.add(kid);
  }
  return signedBy;
}

/**
 * Step 7: there is enough without the algorithms that the vouched state has stopped.
 * @param {Belief} belief
 * @param {ReadonlySet<number>} stopped
 * @throws {TrustError}
 */
export function requireInCalendar({ statement, trusted, byTrusted, byOwn }, stopped) {
  if (!isEnough(trusted, byTrusted, stopped) || !isEnough(statement.signers, byOwn, stopped))
    throw malformed("too few signatures without those of stopped algorithms");
}
