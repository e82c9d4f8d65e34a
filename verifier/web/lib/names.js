/** Names for people in trust data (docs/formats/journal.md, "Field types"). */

const MOST_CHARACTERS = 120;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name must not hold
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/** The most bytes of UTF-8 that a name can have. */
export const NAME_BYTES = 4 * MOST_CHARACTERS;

/** @param {string} name */
export function isName(name) {
  const length = name.length > 2 * MOST_CHARACTERS ? name.length : [...name].length;
  return length >= 1 && length <= MOST_CHARACTERS && !CONTROL.test(name);
}
