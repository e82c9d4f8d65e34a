/** Who vouches for a journal: signers, validators, or nobody (docs/formats/bundle.md, step 3). */

import { believe } from "./checkpoint.js";
import { claimed, prove } from "./evidence/prove.js";
import { openJournalFile } from "./journal-file.js";
import { sameRegistry } from "./lineage.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./bundle-file.js").Body} Body */
/** @typedef {import("./bundle-file.js").Envelope} Envelope */
/** @typedef {import("./lineage.js").Registry} Registry */
/** @typedef {import("./trust-anchor.js").TrustAnchor} TrustAnchor */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/**
 * How many entries count and who says so. `head` is the head after them where the chain shows it.
 * @typedef {object} Vouched
 * @property {Int} size
 * @property {import("./trust-data.js").Evidence} evidence
 * @property {import("./checkpoint.js").Statement[]} statements
 * @property {import("./checkpoint.js").Belief | null} belief
 * @property {Bytes | null} head
 */

/**
 * @param {Envelope} envelope
 * @param {Body} body
 * @param {TrustAnchor | null} anchor
 * @param {Registry[]} homes that the bundle tells of
 * @returns {Promise<Vouched>}
 * @throws {import("./errors.js").TrustError}
 */
export async function vouching(envelope, body, anchor, homes) {
  if (body.readAt !== null) {
    const evidence = { strength: /** @type {1} */ (1), asOf: body.readAt.at };
    return { size: body.readAt.size, evidence, statements: [], belief: null, head: null };
  }
  const shown = shownByChain(envelope, body, anchor);
  if (body.checkpoints.length === 0 && shown !== null) {
    const nothingSigned = { statements: [], belief: null };
    return { size: entriesIn(body), evidence: shown.evidence, head: shown.head, ...nothingSigned };
  }
  const statements = body.checkpoints.map(({ statement }) => statement);
  const first = anchor === null ? statements[0].signers : anchor.signers;
  const belief = await believe(body.checkpoints, first, homes);
  const { size, at } = belief.statement;
  if (shown === null) {
    const strength = /** @type {1 | 2} */ (anchor === null ? 1 : 2);
    return { size, evidence: { strength, asOf: at }, statements, belief, head: null };
  }
  const counted = body.journalFile === null ? size : entriesIn(body);
  return { size: counted, evidence: shown.evidence, statements, belief, head: shown.head };
}

/**
 * What the chain evidence shows, or null where it is left aside.
 * @param {Envelope} envelope
 * @param {Body} body
 * @param {TrustAnchor | null} anchor
 * @returns {{ head: Bytes, evidence: import("./trust-data.js").Evidence } | null}
 */
function shownByChain(envelope, { chain, checkpoints }, anchor) {
  if (chain === null) return null;
  const consensus = anchor !== null && sameRegistry(anchor, envelope) ? anchor.consensus : null;
  if (anchor !== null && consensus !== null) {
    const { head, at } = prove(chain, anchor.validators, consensus, envelope.contract);
    return { head, evidence: { strength: 3, asOf: at } };
  }
  if (checkpoints.length > 0) return null;
  const { head, at } = claimed(chain, envelope.contract);
  return { head, evidence: { strength: 1, asOf: at } };
}

/**
 * How many entries a full bundle has.
 * @param {Body} body
 */
function entriesIn({ journalFile }) {
  let size = 0;
  for (const _ of openJournalFile(/** @type {Bytes} */ (journalFile)).entries) size++;
  return size;
}
