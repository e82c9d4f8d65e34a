/** The signed fields of an entry as rows for a person (verifier/fields.py says the same). */

import { hex } from "../../lib/bytes.js";
import { isDay } from "../../lib/field-checks.js";
import { shown } from "./display.js";
import { dayInTaipei, momentText, rocText } from "./moments.js";

/** @typedef {import("../../lib/cbor.js").Value} Value */
/** @typedef {import("../../lib/entry.js").Entry} Entry */
/** @typedef {import("../../lib/type-document.js").CredentialType} CredentialType */
/** @typedef {import("../../lib/type-document.js").Field} Field */
/** @typedef {import("./words.js").Language} Language */
/** @typedef {import("./words.js").Words} Words */
/**
 * One line of the display; `depth` is 1 for a field inside a row of rows. `key` is the field's in
 * its type document, or null. `isHeading` is a row that only names those below it.
 * @typedef {{ title: string, value: string, depth: number, key: string | null, isHeading: boolean }} Row
 */

/** The key of the row that names the agency: no field of a type document has it. */
export const AGENCY = "@agency";

/**
 * @param {string} title
 * @param {string} value
 * @param {number} [depth]
 * @param {string | null} [key]
 * @returns {Row}
 */
export function row(title, value, depth = 0, key = null) {
  return { title, value, depth, key, isHeading: false };
}

/**
 * Every field that is there: those of the type in its order, then all others.
 * @param {Map<any, Value>} fields
 * @param {CredentialType | null} kind
 * @param {Words} words
 * @returns {Row[]}
 */
export function fieldRows(fields, kind, words) {
  return rowsOf(fields, kind?.fields ?? [], words, 0);
}

/**
 * The dates an entry states, first as the days they were made from, and other claims.
 * @param {Entry} entry
 * @param {CredentialType | null} kind
 * @param {Words} words
 * @returns {Row[]}
 */
export function claimRows(entry, kind, words) {
  const stated = /** @type {const} */ ([
    ["not_before", entry.nbf],
    ["expires", entry.exp],
    ["issued", entry.iat],
  ]);
  const times = stated.flatMap(([name, at]) =>
    at === null ? [] : [row(words.phrase("label", name), momentText(at, words.language))],
  );
  const extra = words.phrase("label", "extra");
  const others = [...entry.other].map(([label, value]) =>
    row(`${extra} ${label}`, plain(value, words)),
  );
  const days = kind === null ? [] : validityDays(entry, kind, words);
  return [...days, ...times, ...others];
}

/**
 * First and last day of validity where they were signed as nbf and exp alone.
 * @param {Entry} entry
 * @param {CredentialType} kind
 * @param {Words} words
 */
function validityDays(entry, kind, words) {
  /** @type {[number | null, number | null, number][]} */
  const bounds = [
    [kind.validFrom, entry.nbf, 0],
    [kind.validTo, entry.exp, kind.validTo === kind.validFrom ? 0 : 1],
  ];
  return bounds.flatMap(([label, second, before]) => {
    const field = kind.fields.find((one) => one.label === label);
    if (field === undefined || !field.inputOnly || second === null) return [];
    const day = dayInTaipei(Math.max(second - before, 0));
    return [row(titleOf(field.title, words), dayText(day ?? String(second)), 0, field.key)];
  });
}

/**
 * @param {Map<any, Value>} values
 * @param {Field[]} known
 * @param {Words} words
 * @param {number} depth
 * @returns {Row[]}
 */
function rowsOf(values, known, words, depth) {
  const labels = new Set(known.map((field) => field.label));
  const told = known.flatMap((field) =>
    values.has(field.label)
      ? rowsOfField(/** @type {Value} */ (values.get(field.label)), field, words, depth)
      : [],
  );
  const others = [...values].filter(([label]) => !labels.has(label));
  const name = words.phrase("label", "field");
  return [
    ...told,
    ...others.map(([label, value]) =>
      row(`${name} ${shown(String(label))}`, plain(value, words), depth),
    ),
  ];
}

/**
 * @param {Value} value
 * @param {Field} field
 * @param {Words} words
 * @param {number} depth
 * @returns {Row[]}
 */
function rowsOfField(value, field, words, depth) {
  const title = titleOf(field.title, words);
  if (field.kind !== "rows" || !Array.isArray(value))
    return [row(title, valueText(value, field, words), depth, field.key)];
  return value.flatMap((item, at) => {
    const heading = row(`${title} ${at + 1}/${value.length}`, "", depth, field.key);
    const inside =
      item instanceof Map
        ? rowsOf(item, field.fields, words, depth + 1)
        : [row(title, plain(item, words), depth + 1)];
    return [{ ...heading, isHeading: true }, ...inside];
  });
}

/**
 * @param {Value} value
 * @param {Field} field
 * @param {Words} words
 */
function valueText(value, field, words) {
  if (field.kind === "date" && typeof value === "string") return dayText(value);
  const meaning = field.kind === "code" && typeof value === "string" && field.codes.get(value);
  if (meaning) return `${titleOf(meaning, words)} (${shown(String(value))})`;
  return plain(value, words);
}

/**
 * A signed ISO day with the same day in the calendar of the Republic of China.
 * @param {string} value
 */
function dayText(value) {
  return isDay(value) ? `${value} (${rocText(value)})` : shown(value);
}

/**
 * Any signed value; what is inside lists and maps is shown too, never left out.
 * @param {Value} value
 * @param {Words} words
 * @returns {string}
 */
function plain(value, words) {
  if (typeof value === "string") return shown(value);
  if (typeof value === "boolean") return words.phrase("label", value ? "yes" : "no");
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return `[${value.map((item) => plain(item, words)).join(", ")}]`;
  if (value instanceof Map) {
    const parts = [...value].map(([key, item]) => `${shown(String(key))}: ${plain(item, words)}`);
    return `{${parts.join(", ")}}`;
  }
  return String(value);
}

/**
 * Every text inside signed values, to look for unusual characters.
 * @param {unknown} values
 * @returns {string[]}
 */
export function textsOf(values) {
  if (typeof values === "string") return [values];
  if (values instanceof Map) return [...values.values()].flatMap(textsOf);
  return Array.isArray(values) ? values.flatMap(textsOf) : [];
}

/**
 * @param {import("../../lib/members.js").Title} title
 * @param {Words} words
 */
export function titleOf(title, words) {
  return shown(words.language === "zh-Hant" ? title.zhHant : title.en);
}
