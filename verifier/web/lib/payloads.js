/** What the data of a journal entry says: one table of fields for each kind (docs/formats/journal.md). */

import { isAgencyCode } from "./agency-code.js";
import { allZero, hex, utf8Text } from "./bytes.js";
import { Cursor } from "./cursor.js";
import { malformed, Refusal } from "./errors.js";
import { readUint } from "./integers.js";
import { isName } from "./names.js";
import { readCoseKeys } from "./signers.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ kind: string, [field: string]: any }} Payload */
/** @typedef {[name: string, width: number | null, read: (raw: Bytes) => unknown]} Field width null is the tail */

export const CARRIED = 0x91;
export const SUCCESSOR = 0x90;

const MAX_COSE_KEY_BYTES = 2048;
const MAX_RECOGNITION_BYTES = 8192;
const latin1 = new TextDecoder("latin1");

/** @type {Field} */
const AGENCY = ["agency", 16, readCode];
/** @type {(name: string) => Field} */
const account = (name) => [name, 20, readAccount];
/** @type {(name: string, width: number) => Field} */
const uint = (name, width) => [name, width, readUint];
/** @type {Field} */
const KID = ["kid", 16, hex];
/** @type {(name: string) => Field} */
const digest = (name) => [name, 32, (raw) => raw];
/** @type {Field} */
const ALG = ["alg", 4, (raw) => Number(readUint(raw)) | 0];
/** @type {Field} */
const NAMES = ["names", null, readNames];
const ACCREDITATION = uint("accreditation", 8);
const SCOPE = [AGENCY, uint("typeNo", 4), uint("depth", 1), uint("until", 8)];
const REGISTRY = [uint("chainId", 32), account("contract")];

/** @type {Map<number, [name: string, fields: Field[]]>} */
const KINDS = new Map([
  [
    0x10,
    ["agencyRegistered", [AGENCY, account("anchorAccount"), account("operationsAccount"), NAMES]],
  ],
  [0x11, ["agencyRenamed", [AGENCY, NAMES]]],
  [
    0x12,
    ["agencyAccountsChanged", [AGENCY, account("anchorAccount"), account("operationsAccount")]],
  ],
  [0x13, ["agencySuspended", [AGENCY]]],
  [0x14, ["agencyResumed", [AGENCY]]],
  [0x15, ["agencyClosed", [AGENCY, ["successor", 16, readSuccessor]]]],
  [
    0x20,
    ["keyAdded", [AGENCY, KID, ALG, ["purpose", 1, readPurpose], ["coseKey", null, readCoseKey]]],
  ],
  [0x21, ["keyEnded", [KID]]],
  [0x22, ["keyCompromised", [KID, uint("since", 8)]]],
  [0x23, ["batchConfirmed", [AGENCY, uint("batchNo", 8)]]],
  [0x30, ["accreditationGranted", [ACCREDITATION, ...SCOPE]]],
  [0x31, ["accreditationDelegated", [ACCREDITATION, uint("parent", 8), ...SCOPE]]],
  [0x32, ["accreditationEnded", [ACCREDITATION]]],
  [0x40, ["typeRegistered", [uint("typeNo", 4), uint("version", 2), digest("digest")]]],
  [0x50, ["batchAnchored", [AGENCY, uint("batchNo", 8), digest("root"), uint("size", 4), KID]]],
  [0x60, ["statusPublished", [AGENCY, uint("listNo", 4), uint("version", 4), digest("digest")]]],
  [0x70, ["algorithmSet", [ALG, ["phase", 1, readPhase], uint("effectiveAt", 8)]]],
  [0x80, ["checkpointSignersSet", [uint("threshold", 1), ["coseKeys", null, readCoseKeyArray]]]],
  [SUCCESSOR, ["successorRegistrySet", REGISTRY]],
  [CARRIED, ["journalCarried", REGISTRY]],
  [
    0xa0,
    [
      "registryRecognised",
      [uint("recognition", 8), ...REGISTRY, uint("until", 8), ["tail", null, (raw) => raw]],
    ],
  ],
  [0xa1, ["recognitionEnded", [uint("recognition", 8)]]],
]);

/**
 * What an entry says, its fields each in its form.
 * @param {import("./journal-file.js").JournalEntry} entry
 * @returns {Payload}
 * @throws {import("./errors.js").TrustError}
 */
export function decodePayload({ kind, data }) {
  const known = KINDS.get(kind);
  if (known === undefined) throw malformed(`kind ${kind} is not known; renew this program`);
  const [name, fields] = known;
  /** @type {Payload} */
  const payload = { kind: name };
  let at = 0;
  for (const [field, width, read] of fields) {
    const end = width === null ? data.length : at + width;
    if (end > data.length) throw malformed("the data is shorter than its fields");
    payload[field] = read(data.subarray(at, end));
    at = end;
  }
  if (at !== data.length) throw malformed("the data is longer than its fields");
  if (
    name === "registryRecognised" &&
    (payload.tail.length === 0 || data.length > MAX_RECOGNITION_BYTES)
  )
    throw malformed("a recognition holds nothing, or too much");
  return payload;
}

/** @param {Bytes} raw */
function readCode(raw) {
  const code = latin1.decode(raw).replace(/\0+$/, "");
  if (!isAgencyCode(code)) throw malformed("not an agency code");
  return code;
}

/** @param {Bytes} raw */
function readSuccessor(raw) {
  return allZero(raw) ? null : readCode(raw);
}

/** @param {Bytes} raw */
function readAccount(raw) {
  if (allZero(raw)) throw malformed("an account is the zero address");
  return raw;
}

/** @param {Bytes} raw */
function readNames(raw) {
  const [zhHant, en, ...more] = (utf8Text(raw) ?? "").split("\n");
  if (en === undefined || more.length > 0 || !isName(zhHant) || !isName(en))
    throw malformed("not a name in each language");
  return { zhHant, en };
}

/** @param {Bytes} raw */
function readPurpose(raw) {
  if (raw[0] !== 1) throw malformed("an unknown purpose");
  return raw[0];
}

/** @param {Bytes} raw */
function readPhase(raw) {
  if (raw[0] < 1 || raw[0] > 3) throw malformed("an unknown phase");
  return raw[0];
}

/** @param {Bytes} raw */
function readCoseKey(raw) {
  if (raw.length > MAX_COSE_KEY_BYTES) throw malformed("a COSE_Key of more than 2,048 bytes");
  return raw;
}

/** @param {Bytes} raw */
function readCoseKeyArray(raw) {
  try {
    const cursor = new Cursor(raw);
    const keys = readCoseKeys(cursor);
    cursor.end();
    return keys;
  } catch (error) {
    if (error instanceof Refusal) throw malformed(`no signers: ${error.message}`);
    throw error;
  }
}
