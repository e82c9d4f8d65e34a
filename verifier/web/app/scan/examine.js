/** From what one document holds to one finding: all its parts must speak of one credential. */

import { equal, hex } from "../../lib/bytes.js";
import { decode, isBytes, isList } from "../../lib/cbor.js";
import { encode } from "../../lib/cbor-encode.js";
import { FormError } from "../../lib/errors.js";
import { decodeSealed } from "../../lib/sealed.js";
import { malformedForm } from "../../lib/verify.js";
import { DocumentError } from "./errors.js";
import { MOST_RECORD_BYTES, MOST_RECORD_ROWS } from "./limits.js";

/** @typedef {import("./documents.js").Held} Held */
/** @typedef {import("./documents.js").Reading} Reading */
/** @typedef {import("../../lib/verdict.js").Verdict} Verdict */
/** @typedef {import("../../lib/verdict.js").Outcome} Outcome */
/** @typedef {import("../../lib/verdict.js").Result} Result */
/** @typedef {import("../../lib/entry.js").Entry} Entry */
/** @typedef {import("../../lib/cbor.js").Value} Value */
/** @typedef {{ result: Result, code: string, because: string }} DocumentCheck */
/** @typedef {"none" | "not given" | "matches"} RecordState */
/**
 * What one input amounts to; `verdicts` are of the different credentials in it, worst first.
 * @typedef {object} Finding
 * @property {string} name
 * @property {Outcome} outcome
 * @property {DocumentCheck} document the check before all others: is this one document?
 * @property {{ held: Held, verdict: Verdict }[]} verdicts
 * @property {Held[]} places
 * @property {string[]} remarks
 * @property {RecordState} recordState what is known of the full record that some types bind
 * @property {Map<number, Value> | null} record
 */

/** @type {Record<Outcome, number>} */
const BADNESS = { INVALID: 0, INDETERMINATE: 1, VALID: 2 };
const RECORD_LIMITS = { bytes: MOST_RECORD_BYTES, depth: 8, items: MOST_RECORD_ROWS, tag18: false };

/**
 * The finding for an input nothing was read from, which says nothing against it.
 * @param {string} name
 * @param {DocumentError} error
 * @returns {Finding}
 */
export function unread(name, error) {
  /** @type {DocumentCheck} */
  const document = { result: "UNKNOWN", code: error.code, because: error.message };
  const nothing = { verdicts: [], places: [], remarks: [], record: null };
  return { name, outcome: "INDETERMINATE", document, ...nothing, recordState: "none" };
}

/**
 * The finding on one document: the worst verdict in it, or that its parts disagree.
 * @param {Reading} reading
 * @param {(sealed: Uint8Array) => Promise<Verdict> | Verdict} judge
 * @param {number} at seconds, for codes whose text is none
 * @returns {Promise<Finding>}
 */
export async function examine({ name, held: places, records, remarks }, judge, at) {
  const verdicts = [];
  for (const held of distinct(places))
    verdicts.push({
      held,
      verdict: held.fault === null ? await judge(held.sealed) : malformedForm(held.fault, at),
    });
  verdicts.sort((one, other) => BADNESS[one.verdict.outcome] - BADNESS[other.verdict.outcome]);
  const worst = verdicts[0].verdict;
  const { document, state, record } = await checked(places, worst, records);
  const outcome = document.result === "FAIL" ? "INVALID" : worst.outcome;
  return { name, outcome, document, verdicts, places, remarks, recordState: state, record };
}

/**
 * @param {Held[]} places
 * @param {Verdict} worst
 * @param {Uint8Array[]} records
 * @returns {Promise<{ document: DocumentCheck, state: RecordState, record: Map<number, Value> | null }>}
 */
async function checked(places, worst, records) {
  const disagreement = disagreementOf(places);
  if (disagreement !== null) return failed(disagreement, "");
  /** @type {DocumentCheck} */
  const document = { result: "PASS", code: "document.read", because: "" };
  if (worst.entry === null) return { document, state: "none", record: null };
  try {
    return { document, ...(await fullRecord(worst.entry, worst.kind, records)) };
  } catch (error) {
    if (error instanceof DocumentError) return failed(error.code, error.message);
    throw error;
  }
}

/**
 * @param {string} code
 * @param {string} because
 * @returns {{ document: DocumentCheck, state: RecordState, record: null }}
 */
function failed(code, because) {
  return { document: { result: "FAIL", code, because }, state: "none", record: null };
}

/**
 * One of each different credential, as bytes: equal bytes have equal verdicts. In the order of the
 * last place of each, told by its first.
 * @param {Held[]} places
 */
function distinct(places) {
  const found = new Map();
  for (const held of places.toReversed()) found.set(`${held.fault} ${hex(held.sealed)}`, held);
  return /** @type {Held[]} */ ([...found.values()].reverse());
}

/**
 * Why the places cannot belong to one document, or null. What must agree is the entry, the signed
 * bytes: a page may show the smaller code without the signature.
 * @param {Held[]} places
 */
function disagreementOf(places) {
  const attached = new Set(places.filter(isAttached).map(identity));
  const shown = new Set(places.filter((held) => !isAttached(held)).map(identity));
  if (shown.size > 1) return "document.pages_disagree";
  const all = new Set([...shown, ...attached]);
  return attached.size > 0 && all.size > 1 ? "document.attachment_disagrees" : null;
}

const isAttached = (/** @type {Held} */ held) => held.kind === "attachment";

/**
 * What a place speaks of: the entry, or the bytes themselves where they hold none.
 * @param {Held} held
 */
function identity(held) {
  if (held.fault === null)
    try {
      return `entry ${hex(decodeSealed(held.sealed).entry)}`;
    } catch (error) {
      if (!(error instanceof FormError)) throw error;
    }
  return `bytes ${hex(held.sealed)}`;
}

/**
 * The full record, if it is the one whose digest was signed (docs/formats/type-document.md).
 * @param {Entry} entry
 * @param {import("../../lib/type-document.js").CredentialType | null} kind
 * @param {Uint8Array[]} records
 * @returns {Promise<{ state: RecordState, record: Map<number, Value> | null }>}
 * @throws {DocumentError} where a record is there that nobody signed
 */
async function fullRecord(entry, kind, records) {
  const label = kind?.record ?? null;
  const claim = label === null ? undefined : entry.fields.get(label);
  if (records.length === 0)
    return { state: claim === undefined ? "none" : "not given", record: null };
  // which claim binds it is not known without the type
  if (kind === null) return { state: "not given", record: null };
  const isSigned = records.length === 1 && isBytes(claim) && equal(claim, await sha256(records[0]));
  if (!isSigned) throw mismatch("the signed digest is not that of the attached record");
  return { state: "matches", record: recordFields(records[0], entry) };
}

/** @param {Uint8Array} bytes */
async function sha256(bytes) {
  const copy = new Uint8Array(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", copy));
}

/**
 * The fields of a record whose digest was signed; it must be of this credential.
 * @param {Uint8Array} record
 * @param {Entry} entry
 */
function recordFields(record, entry) {
  let members;
  try {
    members = decode(record, RECORD_LIMITS);
  } catch (error) {
    if (error instanceof FormError) throw mismatch(error.message);
    throw error;
  }
  const foreign = mismatch("the attached record is of another credential");
  if (!(members instanceof Map) || members.size !== 4) throw foreign;
  const fields = members.get(4);
  const { typeNo, typeVersion, cti } = entry;
  const isOfThis =
    same(members.get(1), 1) &&
    same(members.get(2), [typeNo, typeVersion]) &&
    same(members.get(3), cti) &&
    fields instanceof Map;
  if (!isOfThis || !repeats(fields, entry.fields)) throw foreign;
  return fields;
}

/** @param {string} message */
function mismatch(message) {
  return new DocumentError("document.record_mismatch", message);
}

/**
 * Whether the record says what the entry says of the same fields; it may say more.
 * @param {any} told
 * @param {any} said
 * @returns {boolean}
 */
function repeats(told, said) {
  if (told instanceof Map && said instanceof Map)
    return [...told].every(([label, value]) => !said.has(label) || repeats(value, said.get(label)));
  if (isList(told) && isList(said))
    return told.length === said.length && told.every((value, at) => repeats(value, said[at]));
  return same(told, said);
}

/**
 * Whether two values are the same bytes.
 * @param {any} one
 * @param {any} other
 */
function same(one, other) {
  if (one === undefined || other === undefined) return false;
  return equal(encode(one), encode(other));
}
