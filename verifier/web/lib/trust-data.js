/**
 * Trust data: a trust state with the public files its digests name, and who vouches for it as of
 * when (docs/formats/bundle.md, step 5).
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { compare, equal, hex } from "./bytes.js";
import { malformed, Refusal } from "./errors.js";
import { decodeStatusDetails, detailsFit } from "./status-details.js";
import { decodeStatusList } from "./status-list.js";
import { slotName } from "./trust-state.js";
import { loadType } from "./type-document.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("./status-list.js").StatusList} StatusList */
/** @typedef {import("./type-document.js").CredentialType} CredentialType */
/** @typedef {import("./trust-state.js").TrustState} TrustState */
/** @typedef {{ strength: 1 | 2 | 3, asOf: Int }} Evidence */
/**
 * @typedef {object} TrustData
 * @property {TrustState} state
 * @property {Map<string, StatusList>} statusLists by slot
 * @property {Map<string, CredentialType>} types by `typeName`
 * @property {Map<string, import("./status-details.js").StatusDetails>} details by slot
 * @property {Evidence} evidence
 * @property {boolean} isLite
 * @property {Guest[]} guests by recognition number
 */
/**
 * The trust data of a recognised registry. `judged` is `trust` with the weaker evidence and the
 * older as-of time of home and guest; `latest` is the newer one.
 * @typedef {object} Guest
 * @property {import("./recognition.js").Recognition} recognition
 * @property {Int[]} typeNos
 * @property {[string, string]} names
 * @property {TrustData} trust
 * @property {TrustData} judged
 * @property {Int} latest
 */
/** @typedef {{ list: StatusList, digest: Uint8Array, slot: string }} ListFile */

/**
 * @param {Int} typeNo
 * @param {number} version
 */
export function typeName(typeNo, version) {
  return `${typeNo}/${version}`;
}

/**
 * The status lists of a bundle, sorted and none twice.
 * @param {Bytes[]} files
 * @returns {ListFile[]}
 */
export function readStatusLists(files) {
  const lists = files.map((file) => {
    const list = orMalformed(() => decodeStatusList(file));
    return { list, digest: sha256(file), slot: slotName(list.agency, list.listNo) };
  });
  requireRising(
    lists.map(({ list }) => list),
    byAgencyAndList,
  );
  return lists;
}

/**
 * Step 5: every document is one that the state, or a list here, names.
 * @param {TrustState} state
 * @param {ListFile[]} lists
 * @param {{ details: Bytes[], types: Bytes[] }} documents
 */
export function assemble(state, lists, { details, types }) {
  for (const { list, digest, slot } of lists) {
    const newest = state.status.get(slot);
    if (newest?.version !== list.version || !equal(newest.digest, digest))
      throw malformed("a status list is not the newest one the journal names");
  }
  const named = new Set([...state.types.values()].flat().map(({ digest }) => hex(digest)));
  const readTypes = types.map((file) => readType(state, named, file));
  requireRising(
    readTypes,
    (one, other) => one.typeNo - other.typeNo || one.version - other.version,
  );
  const readDetails = details.map((file) => readDetailsOf(lists, file));
  requireRising(readDetails, byAgencyAndList);
  return {
    statusLists: new Map(lists.map(({ list, slot }) => [slot, list])),
    types: new Map(readTypes.map((kind) => [typeName(kind.typeNo, kind.version), kind])),
    details: new Map(readDetails.map((told) => [slotName(told.agency, told.listNo), told])),
  };
}

/**
 * @param {TrustState} state
 * @param {Set<string>} digests of all type documents that the state names
 * @param {Bytes} file
 */
function readType(state, digests, file) {
  const digest = sha256(file);
  if (!digests.has(hex(digest))) throw malformed("no type document has these bytes");
  const kind = orMalformed(() => loadType(file));
  const named = state.typeDigest(kind.typeNo, kind.version);
  if (named === null || !equal(named, digest)) throw malformed("a type document of another type");
  return kind;
}

/**
 * @param {ListFile[]} lists
 * @param {Bytes} file
 */
function readDetailsOf(lists, file) {
  const digest = hex(sha256(file));
  const named = lists.filter(
    ({ list }) => list.detailsDigest && hex(list.detailsDigest) === digest,
  );
  if (named.length === 0) throw malformed("status details belong to no list that is here");
  const details = orMalformed(() => decodeStatusDetails(file));
  const own = named.find(({ slot }) => slot === slotName(details.agency, details.listNo));
  if (own === undefined || !detailsFit(details, own.list))
    throw malformed("status details are not those of their list");
  return details;
}

/**
 * By agency code as text, then list.
 * @param {{ agency: string, listNo: number }} one
 * @param {{ agency: string, listNo: number }} other
 */
function byAgencyAndList(one, other) {
  const text = new TextEncoder();
  return compare(text.encode(one.agency), text.encode(other.agency)) || one.listNo - other.listNo;
}

/**
 * @template T
 * @param {T[]} items
 * @param {(one: T, other: T) => number} order
 */
function requireRising(items, order) {
  for (let i = 1; i < items.length; i++)
    if (order(items[i - 1], items[i]) >= 0)
      throw malformed("documents are out of order, or one is there twice");
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T}
 */
function orMalformed(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw malformed(error.message);
    throw error;
  }
}
