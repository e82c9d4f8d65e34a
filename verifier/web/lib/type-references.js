/** Whether a type document fits together (docs/formats/type-document.md, "What a reader refuses"). */

import { badStructure } from "./errors.js";

/** @typedef {import("./type-document.js").Field} Field */
/** @typedef {import("./type-document.js").CredentialType} CredentialType */

/**
 * @param {CredentialType} kind
 * @throws {import("./errors.js").FormError}
 */
export function checkReferences(kind) {
  refuseTwins(kind.fields);
  checkDates(kind);
  checkGroups(kind);
  checkRecord(kind);
  checkColumns(kind);
}

/**
 * @param {Field[]} fields
 * @throws {import("./errors.js").FormError}
 */
export function refuseTwins(fields) {
  const labels = new Set(fields.map((field) => field.label));
  const keys = new Set(fields.map((field) => field.key));
  if (fields.length === 0 || labels.size < fields.length || keys.size < fields.length)
    throw badStructure("there is at least one field, and every label and key occurs once");
}

/**
 * @param {boolean} holds
 * @param {string} rule
 */
function demand(holds, rule) {
  if (!holds) throw badStructure(rule);
}

/** @param {CredentialType} kind */
function checkDates({ validFrom, validTo, fields }) {
  const named = [validFrom, validTo].filter((label) => label !== null);
  const dates = fields.filter((field) => field.kind === "date").map((field) => field.label);
  demand(
    named.every((label) => dates.includes(label)),
    "valid_from and valid_to name date fields",
  );
  demand(
    fields.every((field) => !field.inputOnly || named.includes(field.label)),
    "input_only is for the fields of valid_from and valid_to",
  );
}

/** @param {CredentialType} kind */
function checkGroups({ groupBy, fields }) {
  const rows = fields
    .filter((field) => field.kind === "rows" && field.firstOf === null)
    .map((field) => field.label);
  demand(rows.length <= 1, "at most one rows field is read from the input");
  demand(rows.length > 0 === (groupBy !== null), "group_by and a rows field need each other");
  demand(
    groupBy === null || areInInput([groupBy], fields),
    "group_by names a required field with a column",
  );
  demand(
    fields.every((field) => field.countOf === null || rows.includes(field.countOf)),
    "count_of names a rows field",
  );
}

/** @param {CredentialType} kind */
function checkRecord({ record, fields }) {
  const digests = fields.filter((field) => field.kind === "digest").map((field) => field.label);
  demand(
    record === null ? digests.length === 0 : digests.length === 1 && digests[0] === record,
    "record names the one digest field",
  );
  const inRecordAlone = withRows(fields).some(
    (field) => field.recordOnly || field.maxRowsInEntry !== null,
  );
  demand(record !== null || !inRecordAlone, "record_only and max_rows_in_entry need a record");
}

/** @param {CredentialType} kind */
function checkColumns({ unique, fields }) {
  const columns = withRows(fields.filter((field) => field.firstOf === null))
    .filter(hasColumn)
    .map((field) => field.column);
  demand(new Set(columns).size === columns.length, "two fields read the same column");
  demand(
    areInInput(unique, fields) && fields.every((field) => areInInput(field.unique, field.fields)),
    "unique names required fields with a column",
  );
}

/** @param {Field[]} fields */
function withRows(fields) {
  return fields.flatMap((field) => [field, ...field.fields]);
}

/**
 * @param {number[]} labels
 * @param {Field[]} fields
 */
function areInInput(labels, fields) {
  const given = fields.filter((field) => field.required && hasColumn(field));
  return labels.every((label) => given.some((field) => field.label === label));
}

/** @param {Field} field */
function hasColumn(field) {
  return (
    field.kind !== "digest" &&
    field.kind !== "rows" &&
    field.countOf === null &&
    field.firstOf === null
  );
}
