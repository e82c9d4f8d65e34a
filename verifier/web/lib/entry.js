/** The entry: the claims of one credential (docs/formats/sealed.md, "Entry"). */

import { isAgencyCode, MAX_SLOT } from "./agency-code.js";
import { decode, isBytes, isList } from "./cbor.js";
import { badStructure } from "./errors.js";
import { isInt, isNumberFrom, TIME_MAX, UINT16_MAX, UINT32_MAX } from "./integers.js";

/** @typedef {import("./cbor.js").Value} Value */
/** @typedef {import("./cbor.js").CborMap} CborMap */
/**
 * @typedef {object} Entry
 * @property {string} iss
 * @property {number | null} exp
 * @property {number | null} nbf
 * @property {number} iat
 * @property {Uint8Array} cti
 * @property {number} typeNo
 * @property {number} typeVersion
 * @property {number} listNo
 * @property {number} index
 * @property {Map<number, Value>} fields by label
 * @property {CborMap} other claims of a later version, kept and shown
 */

const SLOT = -65537;
const FIELDS = -65538;
const OWN = [1, 4, 5, 6, 7, SLOT, FIELDS];

/**
 * @param {Uint8Array} bytes
 * @returns {Entry}
 * @throws {import("./errors.js").FormError}
 */
export function decodeEntry(bytes) {
  const claims = decode(bytes);
  if (!(claims instanceof Map)) throw badStructure("the entry is not a map");
  const iss = claims.get(1);
  if (!isAgencyCode(iss)) throw badStructure("iss is not an agency code");
  const cti = claims.get(7);
  if (!isBytes(cti, 16)) throw badStructure("cti is not 16 bytes");
  const iat = timeOf(claims.get(6));
  const exp = claims.has(4) ? timeOf(claims.get(4)) : null;
  const nbf = claims.has(5) ? timeOf(claims.get(5)) : null;
  if (exp !== null && nbf !== null && nbf >= exp) throw badStructure("exp is not after nbf");
  const fields = claims.get(FIELDS);
  if (!(fields instanceof Map) || fields.size === 0) throw badStructure("no fields");
  checkValue(fields);
  const other = new Map(
    [...claims].filter(([label]) => !OWN.includes(/** @type {number} */ (label))),
  );
  for (const [label, value] of other) {
    if (!isInt(label)) throw badStructure("a claim has a label that is no integer");
    checkValue(value);
  }
  return { iss, exp, nbf, iat, cti, ...slotOf(claims.get(SLOT)), fields, other };
}

/** @param {unknown} value */
function timeOf(value) {
  if (!isNumberFrom(value, 0, TIME_MAX)) throw badStructure("iat, nbf or exp is not a time");
  return value;
}

/** @param {unknown} slot */
function slotOf(slot) {
  if (!isList(slot, 4)) throw badStructure("type and status slot are not four numbers");
  const [typeNo, typeVersion, listNo, index] = slot;
  if (
    !isNumberFrom(typeNo, 1, UINT32_MAX) ||
    !isNumberFrom(typeVersion, 1, UINT16_MAX) ||
    !isNumberFrom(listNo, 1, UINT32_MAX) ||
    !isNumberFrom(index, 0, MAX_SLOT)
  )
    throw badStructure("type, version, list or index is out of its range");
  return { typeNo, typeVersion, listNo, index };
}

/**
 * Returns only if a field, or a claim of a later version, may hold this value.
 * @param {Value} value
 */
function checkValue(value) {
  if (isList(value)) {
    value.forEach(checkValue);
  } else if (value instanceof Map) {
    for (const [label, item] of value) {
      if (!isNumberFrom(label, 1, UINT16_MAX)) throw badStructure("a label is not 1 to 65535");
      checkValue(item);
    }
  } else if (value === null || (typeof value === "object" && !isBytes(value)))
    throw badStructure("a field holds something that is no field: null or a tag");
}
