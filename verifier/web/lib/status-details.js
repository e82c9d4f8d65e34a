/** Status details: why and from when, for people (docs/formats/status-list.md). */

import { isAgencyCode, MAX_SLOT, parseCertificateNumber } from "./agency-code.js";
import { decode, isList, isMapOf } from "./cbor.js";
import { badStructure } from "./errors.js";
import { isNumberFrom, TIME_MAX, UINT32_MAX } from "./integers.js";
import { REVOKED, SUSPENDED, slotState, VALID } from "./status-list.js";

export const REASONS = Object.freeze([
  "superseded",
  "key-compromise",
  "issued-in-error",
  "ceased",
  "withdrawn",
  "death",
  "fraud",
  "other",
]);

/** @typedef {{ index: number, state: number, reason: string, effectiveAt: number, replacedBy: string | null }} Row */
/** @typedef {{ agency: string, listNo: number, version: number, rows: Row[] }} StatusDetails */

const LIMITS = { bytes: 64 << 20, depth: 8, items: 1 << 20, tag18: false };

/**
 * @param {Uint8Array} file
 * @returns {StatusDetails}
 * @throws {import("./errors.js").FormError}
 */
export function decodeStatusDetails(file) {
  const details = decode(file, LIMITS);
  if (!isMapOf(details, [1, 2, 3, 4, 5]) || details.get(1) !== 1)
    throw badStructure("not status details of version 1");
  const [agency, listNo, version, items] = [2, 3, 4, 5].map((label) => details.get(label));
  if (!isAgencyCode(agency) || !isList(items)) throw badStructure("no agency code, or no rows");
  if (!isNumberFrom(listNo, 1, UINT32_MAX) || !isNumberFrom(version, 1, UINT32_MAX))
    throw badStructure("list or version out of range");
  const rows = items.map(readRow);
  for (let i = 1; i < rows.length; i++)
    if (rows[i - 1].index >= rows[i].index) throw badStructure("rows out of order");
  return { agency, listNo, version, rows };
}

/**
 * @param {unknown} item
 * @returns {Row}
 */
function readRow(item) {
  if (!isList(item) || item.length < 4 || item.length > 5) throw badStructure("no row");
  const [index, state, reason, effectiveAt, replacedBy = null] = item;
  if (
    !isNumberFrom(index, 0, MAX_SLOT) ||
    !isNumberFrom(state, REVOKED, SUSPENDED) ||
    typeof reason !== "string" ||
    !REASONS.includes(reason) ||
    !isNumberFrom(effectiveAt, 0, TIME_MAX)
  )
    throw badStructure("a row is not index, state, reason and effective time");
  if (item.length === 5 && (typeof replacedBy !== "string" || !parseCertificateNumber(replacedBy)))
    throw badStructure("the replacement is no certificate number");
  return {
    index,
    state,
    reason,
    effectiveAt,
    replacedBy: /** @type {string | null} */ (replacedBy),
  };
}

/**
 * Says whether details are of this version of a list, with one row for every slot not valid.
 * @param {StatusDetails} details
 * @param {import("./status-list.js").StatusList} list
 */
export function detailsFit(details, list) {
  const { agency, listNo, version, rows } = details;
  if (agency !== list.agency || listNo !== list.listNo || version !== list.version) return false;
  if (rows.some((row) => slotState(list, row.index) !== row.state)) return false;
  let open = 0;
  for (const byte of list.bits)
    for (let bits = byte; bits !== VALID; bits >>= 2) if ((bits & 3) !== VALID) open++;
  return open === rows.length;
}
