/** Whether the fields of an entry have the form of their type document (type-document.md, "Kinds"). */

import { isBytes, isList } from "./cbor.js";
import { FormError } from "./errors.js";
import { isInt } from "./integers.js";

/** @typedef {import("./type-document.js").Field} Field */
/** @typedef {import("./cbor.js").Value} Value */

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

/**
 * Returns only if every known field has the form of its kind and none that is required is missing.
 * @param {import("./type-document.js").CredentialType} kind
 * @param {Map<number, Value>} fields
 * @throws {FormError} form.type_mismatch
 */
export function checkFields(kind, fields) {
  if (!haveForm(kind.fields, fields))
    throw new FormError("form.type_mismatch", "the fields are not of the form of their type");
}

/**
 * @param {Field[]} known
 * @param {Map<any, Value>} given
 * @returns {boolean}
 */
function haveForm(known, given) {
  return known.every((field) => {
    const value = given.get(field.label);
    return value === undefined ? !mustBeInEntry(field) : hasForm(field, value);
  });
}

/** @param {Field} field */
function mustBeInEntry(field) {
  return (
    field.required &&
    !field.recordOnly &&
    !field.inputOnly &&
    field.maxRowsInEntry === null &&
    field.firstOf === null
  );
}

/**
 * @param {Field} field
 * @param {Value} value
 */
function hasForm(field, value) {
  switch (field.kind) {
    case "text":
      return typeof value === "string" && value !== "";
    case "date":
      return isDay(value);
    case "code":
      return typeof value === "string" && field.codes.has(value);
    case "number":
      return isInt(value) && value >= 0;
    case "digest":
      return isBytes(value, 32);
    default:
      return areRows(field, value);
  }
}

/**
 * @param {Field} field
 * @param {Value} value
 */
function areRows(field, value) {
  if (!isList(value) || value.length === 0) return false;
  if (field.firstOf !== null && value.length !== 1) return false;
  return value.every((row) => row instanceof Map && haveForm(field.fields, row));
}

/**
 * Says whether a value is `YYYY-MM-DD`, a day that exists, years 0001 to 9999.
 * @param {unknown} value
 */
export function isDay(value) {
  const match = typeof value === "string" ? DAY.exec(value) : null;
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number);
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= days[month - 1];
}
