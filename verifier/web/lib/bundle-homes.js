/** Whose registry a bundle is: the homes it tells of, and those it has proven (docs/formats/bundle.md, steps 2 and 4). */

import { malformed, TrustError } from "./errors.js";
import { openJournalFile } from "./journal-file.js";
import { homeAt, isOneOf, sameRegistry } from "./lineage.js";
import { CARRIED, decodePayload, SUCCESSOR } from "./payloads.js";
import { firstOffTheWay } from "./waymarks.js";

/** @typedef {import("./bundle-file.js").Body} Body */
/** @typedef {import("./bundle-file.js").Envelope} Envelope */
/** @typedef {import("./lineage.js").Registry} Registry */
/** @typedef {import("./trust-state.js").TrustState} TrustState */

/**
 * The registries the bundle says its journal was at home in, its own among them. Nothing is
 * believed because of them; they only tell a foreign bundle from a bad one.
 * @param {Envelope} envelope
 * @param {Body} body
 * @returns {Registry[]}
 * @throws {TrustError}
 */
export function homesToldBy(envelope, body) {
  const told = body.snapshot === null ? toldByJournal(envelope, body) : body.snapshot.state.homes;
  if (isOneOf(envelope, told)) return told;
  if (firstOffTheWay(body) !== null) throw malformed("the journal in the bundle is damaged");
  throw foreign();
}

/**
 * @param {Envelope} envelope
 * @param {Body} body
 */
function toldByJournal(envelope, { journalFile }) {
  const { chainId, contract, entries } = openJournalFile(
    /** @type {Uint8Array<ArrayBuffer>} */ (journalFile),
  );
  /** @type {Registry[]} */
  const homes = [{ chainId, contract }];
  // A registry is never at home twice: where it is still in its first home nothing was left.
  if (isOneOf(envelope, homes)) return homes;
  /** @type {Registry | null} */
  let successor = null;
  for (const entry of entries) {
    if (entry.kind === SUCCESSOR) successor = registryNamed(entry);
    else if (entry.kind === CARRIED && successor !== null) {
      homes.push(successor);
      successor = null;
    }
  }
  return homes;
}

/** @param {import("./journal-file.js").JournalEntry} entry */
function registryNamed(entry) {
  try {
    const { chainId, contract } = decodePayload(entry);
    return { chainId, contract };
  } catch (error) {
    if (error instanceof TrustError) return null;
    throw error;
  }
}

/**
 * The registries asked about are among those the bundle tells of.
 * @param {Registry[]} told
 * @param {Registry[]} asked
 * @throws {TrustError} trust.foreign
 */
export function requireAskedFor(told, asked) {
  if (!asked.some((registry) => isOneOf(registry, told))) throw foreign();
}

/**
 * The homes of the proven state are those that bundle, anchor and statements name.
 * @param {TrustState} state
 * @param {Envelope} envelope
 * @param {Registry | null} anchor
 * @param {import("./checkpoint.js").Statement[]} statements
 * @throws {TrustError}
 */
export function requireHomes(state, envelope, anchor, statements) {
  if (!sameRegistry(state, envelope)) throw malformed("another registry than the one in force");
  if (anchor !== null) requireAskedFor(state.homes, [anchor]);
  for (const statement of statements)
    if (!sameRegistry(statement, homeAt(state.homes, statement.size)))
      throw malformed("a statement names another registry than the one in force there");
}

function foreign() {
  return new TrustError("trust.foreign", "the bundle belongs to another registry");
}
