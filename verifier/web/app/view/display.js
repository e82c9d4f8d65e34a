/** Shows signed text so that it can neither act nor pass unseen for other text (credential/display.py). */

import { lookAlike, nameOfUnseen, scriptOf } from "./characters.js";

/** @typedef {"control" | "bidi" | "invisible" | "private" | "compatibility" | "mixed"} SuspicionKind */
/** @typedef {{ codePoint: string, name: string, kind: SuspicionKind }} Suspicion */

const ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const INVISIBLE = new RegExp(
  "[\\u00ad\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200d\\u2028\\u2029\\u2060-\\u2064" +
    "\\u206a-\\u206f\\u2800\\u3164\\ufeff\\uffa0\\ufff9-\\ufffc\\ufe00-\\ufe0f\\u{e0000}-\\u{e0fff}]",
  "u",
);
const UNASSIGNED = /[\p{Co}\p{Cn}\p{Cs}]/u;
const NEWER_IDEOGRAPHS = /[\u{20000}-\u{3fffd}]/u;
const RADICALS = /[\u2e80-\u2fdf]/;
const WIDTH_FORMS = /[\uff00-\uffef]/;
const COMPATIBILITY_IDEOGRAPHS = /[\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u;
const LETTERS_AND_NUMBERS = /[\p{L}\p{N}\p{So}]/u;
/** All blocks of scripts that run from right to left: more than the characters that do. */
const MAY_RUN_LEFTWARDS =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const WRITTEN_OUT = new Set(["control", "bidi", "invisible", "private"]);
/** What ends a word: as \s, with the separators among the controls and without U+FEFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these end a word, too
const WHITE_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * The text with all that acts or hides written out, and its direction kept to itself.
 * @param {string} text
 */
export function shown(text) {
  const visible = [...text].map(visibleOf).join("");
  return MAY_RUN_LEFTWARDS.test(visible) ? ISOLATE + visible + POP_ISOLATE : visible;
}

/**
 * Text from outside, such as a file name, as one short harmless line.
 * @param {string} text
 * @param {number} [most] characters
 */
export function oneLine(text, most = 200) {
  const characters = [...text];
  const cut = characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
  return shown(cut);
}

/**
 * Each unusual character of the text once, in order of first appearance.
 * @param {string} text
 * @returns {Suspicion[]}
 */
export function suspicions(text) {
  /** @type {Map<string, Suspicion>} */
  const found = new Map();
  const mixed = mixedIn(text);
  for (const character of text) {
    if (found.has(character)) continue;
    const kind = kindOf(character) ?? (mixed.has(character) ? "mixed" : null);
    if (kind === null) continue;
    found.set(character, {
      codePoint: codePointOf(character),
      name: nameOf(character, kind),
      kind,
    });
  }
  return [...found.values()];
}

/** @param {string} character */
function visibleOf(character) {
  const kind = kindOf(character);
  return kind !== null && WRITTEN_OUT.has(kind) ? `[${codePointOf(character)}]` : character;
}

/** @param {string} character */
export function codePointOf(character) {
  const code = /** @type {number} */ (character.codePointAt(0));
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * What is unusual about a character by itself, or null.
 * @param {string} character
 * @returns {SuspicionKind | null}
 */
function kindOf(character) {
  if (character >= " " && character <= "~") return null;
  if (/\p{Cc}/u.test(character)) return "control";
  if (BIDI_CONTROLS.test(character)) return "bidi";
  if (INVISIBLE.test(character)) return "invisible";
  if (UNASSIGNED.test(character) && !NEWER_IDEOGRAPHS.test(character)) return "private";
  return isCompatibility(character) ? "compatibility" : null;
}

/**
 * Whether it is only another form of a common letter, ideograph or digit.
 * @param {string} character
 */
function isCompatibility(character) {
  if (RADICALS.test(character)) return true;
  if (WIDTH_FORMS.test(character) || !LETTERS_AND_NUMBERS.test(character)) return false;
  const common = character.normalize("NFKC");
  if (COMPATIBILITY_IDEOGRAPHS.test(character)) return common !== character;
  return character.normalize("NFD") === character && character.normalize("NFKD") !== character;
}

/**
 * The letters that stand in one word with letters of an alphabet that looks alike.
 * @param {string} text
 * @returns {Set<string>}
 */
function mixedIn(text) {
  /** @type {Set<string>} */
  const mixed = new Set();
  for (const word of text.split(WHITE_SPACE)) {
    /** @type {Map<string, string[]>} */
    const scripts = new Map();
    for (const letter of word) {
      const script = scriptOf(letter);
      if (script !== null) scripts.set(script, [...(scripts.get(script) ?? []), letter]);
    }
    if (scripts.size < 2) continue;
    const rarest = [...scripts.values()].reduce((few, some) =>
      some.length < few.length ? some : few,
    );
    for (const letter of rarest) mixed.add(letter);
  }
  return mixed;
}

/**
 * What a person may call it: its name in Unicode where it has no shape, else what it looks like.
 * @param {string} character
 * @param {SuspicionKind} kind
 */
function nameOf(character, kind) {
  if (kind === "mixed") return `${scriptOf(character)} LETTER ${character}`;
  if (kind !== "compatibility") return nameOfUnseen(character);
  const common = lookAlike(character);
  return common === null
    ? character
    : `${character} ≈ ${common} (${[...common].map(codePointOf).join(" ")})`;
}
