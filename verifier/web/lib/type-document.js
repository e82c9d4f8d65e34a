/** Type documents: what the fields of a kind of credential are (docs/formats/type-document.md). */

import { sha256 } from "@noble/hashes/sha2.js";
import { badStructure } from "./errors.js";
import { UINT16_MAX, UINT32_MAX } from "./integers.js";
import { parseStrictJson } from "./json.js";
import { Members } from "./members.js";
import { checkReferences, refuseTwins } from "./type-references.js";

/** @typedef {import("./members.js").Title} Title */
/** @typedef {"text" | "date" | "code" | "number" | "rows" | "digest"} Kind */
/**
 * @typedef {object} Field
 * @property {number} label
 * @property {string} key
 * @property {Kind} kind
 * @property {Title} title
 * @property {boolean} required
 * @property {string} column
 * @property {Map<string, Title>} codes
 * @property {Field[]} fields
 * @property {number[]} unique
 * @property {boolean} recordOnly
 * @property {boolean} inputOnly
 * @property {number | null} maxRowsInEntry
 * @property {number | null} countOf
 * @property {number | null} firstOf
 */
/**
 * @typedef {object} CredentialType
 * @property {Uint8Array} digest
 * @property {string} id
 * @property {number} typeNo
 * @property {number} version
 * @property {Title} title
 * @property {number | null} validFrom
 * @property {number | null} validTo
 * @property {number | null} groupBy
 * @property {number | null} record
 * @property {number[]} unique
 * @property {Field[]} fields
 * @property {{ [name: string]: import("./json.js").Json }} layout
 */

const LIMITS = { bytes: 65_536, depth: 8 };
const KINDS = new Set(["text", "date", "code", "number", "rows", "digest"]);
const KINDS_IN_ROWS = new Set(["text", "date", "code", "number"]);
const TEXT_RULES = ["tw-national-id", "tw-unified-business-no", "name", "address", "number"];
const MOST_ROWS = 64;
const KEY = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * @param {Uint8Array} document
 * @returns {CredentialType}
 * @throws {import("./errors.js").FormError}
 */
export function loadType(document) {
  const top = new Members(parseStrictJson(document, LIMITS));
  if (top.integer("format", 1, 1000) !== 1) throw badStructure("a later format");
  const fields = top.array("fields").map((item) => readField(new Members(item), false));
  for (const field of fields) takeRowsOfSource(field, fields);
  const kind = {
    digest: sha256(document),
    id: top.text("id", /^[a-z0-9-]{1,40}$/),
    typeNo: top.integer("type", 1, UINT32_MAX),
    version: top.integer("version", 1, UINT16_MAX),
    title: top.title("title"),
    validDays: top.optionalInteger("valid_days", 1, 36_525),
    validFrom: top.optionalInteger("valid_from", 1, UINT16_MAX),
    validTo: top.optionalInteger("valid_to", 1, UINT16_MAX),
    groupBy: top.optionalInteger("group_by", 1, UINT16_MAX),
    unique: top.labels("unique"),
    record: top.optionalInteger("record", 1, UINT16_MAX),
    fields,
    layout: top.object("layout"),
  };
  top.refuseOthers();
  checkReferences(kind);
  return kind;
}

/**
 * @param {Members} members
 * @param {boolean} inRows
 * @returns {Field}
 */
function readField(members, inRows) {
  const kind = readKind(members, inRows);
  const rows = kind === "rows";
  const key = members.text("key", KEY);
  const firstOf = rows ? members.optionalInteger("first_of", 1, UINT16_MAX) : null;
  const hasRows = rows && firstOf === null;
  const field = {
    label: members.integer("label", 1, UINT16_MAX),
    key,
    kind,
    title: members.title("title"),
    required: members.boolean("required"),
    column: members.has("column") ? members.label("column") : key,
    codes: kind === "code" ? members.codes("codes") : new Map(),
    fields: hasRows ? readRowFields(members) : [],
    recordOnly: members.boolean("record_only"),
    inputOnly: kind === "date" && !inRows ? members.boolean("input_only") : false,
    unique: hasRows ? members.labels("unique") : [],
    maxRowsInEntry: rows ? members.optionalInteger("max_rows_in_entry", 1, MOST_ROWS) : null,
    countOf:
      kind === "number" && !inRows ? members.optionalInteger("count_of", 1, UINT16_MAX) : null,
    firstOf,
  };
  if (members.has("rule")) checkRule(members.text("rule", /^[a-z-]{1,40}$/), kind);
  members.optionalInteger("max", 1, rows ? MOST_ROWS : 2 ** 53);
  members.refuseOthers();
  return field;
}

/**
 * @param {Members} members
 * @param {boolean} inRows
 * @returns {Kind}
 */
function readKind(members, inRows) {
  const kind = members.text("kind", /^[a-z]{1,20}$/);
  if (!(inRows ? KINDS_IN_ROWS : KINDS).has(kind)) throw badStructure(`kind ${kind} here`);
  return /** @type {Kind} */ (kind);
}

/** @param {Members} members */
function readRowFields(members) {
  const fields = members.array("fields").map((item) => readField(new Members(item), true));
  refuseTwins(fields);
  return fields;
}

/**
 * @param {string} rule
 * @param {Kind} kind
 */
function checkRule(rule, kind) {
  const fits =
    rule === "tw-roc-date" ? kind === "date" : kind === "text" && TEXT_RULES.includes(rule);
  if (!fits) throw badStructure(`rule ${rule} for kind ${kind}`);
}

/**
 * A `first_of` field has the row fields of the one it takes the first row of.
 * @param {Field} field
 * @param {Field[]} fields
 */
function takeRowsOfSource(field, fields) {
  if (field.firstOf === null) return;
  const sources = fields.filter(
    (other) => other.label === field.firstOf && other.maxRowsInEntry !== null,
  );
  if (sources.length !== 1)
    throw badStructure("first_of names a rows field with max_rows_in_entry");
  field.fields = sources[0].fields;
}
