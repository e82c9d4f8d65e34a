/**
 * Strict JSON for type documents: UTF-8, no name twice in one object, integers only, bounded depth
 * (docs/formats/type-document.md). The built-in parser checks the grammar; one walk over the text
 * finds what it would let pass.
 */

import { utf8Text } from "./bytes.js";
import { badEncoding, tooLarge } from "./errors.js";

/** @typedef {string | number | boolean | null | Json[] | { [name: string]: Json }} Json */

const TOKEN = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|[[\]{}:,]|[^\s"[\]{}:,]+/g;
const NUMBER = /^-?\d/;
const MOST_DIGITS = 18;

/**
 * @param {Uint8Array} source
 * @param {{ bytes: number, depth: number }} limits
 * @returns {Json}
 * @throws {import("./errors.js").FormError}
 */
export function parseStrictJson(source, limits) {
  if (source.length > limits.bytes) throw tooLarge(`more than ${limits.bytes} bytes`);
  const text = utf8Text(source);
  const tokens = text === null ? [] : (text.match(TOKEN) ?? []);
  let depth = 0;
  for (const token of tokens) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > limits.depth) throw tooLarge(`nested more than ${limits.depth} deep`);
  }
  /** @type {Json} */
  let parsed;
  try {
    if (text === null) throw new SyntaxError("not UTF-8");
    parsed = JSON.parse(text);
  } catch {
    throw badEncoding("not UTF-8 JSON");
  }
  checkTokens(tokens);
  return parsed;
}

/**
 * Of tokens that form JSON: numbers are integers, and no name occurs twice in one object.
 * @param {string[]} tokens
 */
function checkTokens(tokens) {
  /** @type {(Set<string> | null)[]} names so far of each object that is open; null for an array */
  const open = [];
  tokens.forEach((token, at) => {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (NUMBER.test(token)) checkNumber(token);
    else if (tokens[at + 1] === ":") {
      const name = JSON.parse(token);
      const names = open.at(-1);
      if (names?.has(name)) throw badEncoding("a name occurs twice in one JSON object");
      names?.add(name);
    }
  });
}

/** @param {string} token */
function checkNumber(token) {
  if (/[.eE]/.test(token)) throw badEncoding("a number that is no integer");
  if (token.length > MOST_DIGITS) throw tooLarge(`a number of more than ${MOST_DIGITS} characters`);
}
