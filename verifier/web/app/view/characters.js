/** Names for characters that have no shape, and what others may be taken for. */

/** @type {Map<number, string>} Unicode's names */
const NAMES = new Map([
  [0x00ad, "SOFT HYPHEN"],
  [0x034f, "COMBINING GRAPHEME JOINER"],
  [0x061c, "ARABIC LETTER MARK"],
  [0x115f, "HANGUL CHOSEONG FILLER"],
  [0x1160, "HANGUL JUNGSEONG FILLER"],
  [0x17b4, "KHMER VOWEL INHERENT AQ"],
  [0x17b5, "KHMER VOWEL INHERENT AA"],
  [0x180b, "MONGOLIAN FREE VARIATION SELECTOR ONE"],
  [0x180c, "MONGOLIAN FREE VARIATION SELECTOR TWO"],
  [0x180d, "MONGOLIAN FREE VARIATION SELECTOR THREE"],
  [0x180e, "MONGOLIAN VOWEL SEPARATOR"],
  [0x180f, "MONGOLIAN FREE VARIATION SELECTOR FOUR"],
  [0x200b, "ZERO WIDTH SPACE"],
  [0x200c, "ZERO WIDTH NON-JOINER"],
  [0x200d, "ZERO WIDTH JOINER"],
  [0x200e, "LEFT-TO-RIGHT MARK"],
  [0x200f, "RIGHT-TO-LEFT MARK"],
  [0x2028, "LINE SEPARATOR"],
  [0x2029, "PARAGRAPH SEPARATOR"],
  [0x202a, "LEFT-TO-RIGHT EMBEDDING"],
  [0x202b, "RIGHT-TO-LEFT EMBEDDING"],
  [0x202c, "POP DIRECTIONAL FORMATTING"],
  [0x202d, "LEFT-TO-RIGHT OVERRIDE"],
  [0x202e, "RIGHT-TO-LEFT OVERRIDE"],
  [0x2060, "WORD JOINER"],
  [0x2061, "FUNCTION APPLICATION"],
  [0x2062, "INVISIBLE TIMES"],
  [0x2063, "INVISIBLE SEPARATOR"],
  [0x2064, "INVISIBLE PLUS"],
  [0x2066, "LEFT-TO-RIGHT ISOLATE"],
  [0x2067, "RIGHT-TO-LEFT ISOLATE"],
  [0x2068, "FIRST STRONG ISOLATE"],
  [0x2069, "POP DIRECTIONAL ISOLATE"],
  [0x206a, "INHIBIT SYMMETRIC SWAPPING"],
  [0x206b, "ACTIVATE SYMMETRIC SWAPPING"],
  [0x206c, "INHIBIT ARABIC FORM SHAPING"],
  [0x206d, "ACTIVATE ARABIC FORM SHAPING"],
  [0x206e, "NATIONAL DIGIT SHAPES"],
  [0x206f, "NOMINAL DIGIT SHAPES"],
  [0x2800, "BRAILLE PATTERN BLANK"],
  [0x3164, "HANGUL FILLER"],
  [0xfeff, "ZERO WIDTH NO-BREAK SPACE"],
  [0xffa0, "HALFWIDTH HANGUL FILLER"],
  [0xfff9, "INTERLINEAR ANNOTATION ANCHOR"],
  [0xfffa, "INTERLINEAR ANNOTATION SEPARATOR"],
  [0xfffb, "INTERLINEAR ANNOTATION TERMINATOR"],
  [0xfffc, "OBJECT REPLACEMENT CHARACTER"],
]);

/** The alphabets whose letters look like one another's. */
const CONFUSABLE = /** @type {const} */ ([
  ["LATIN", /\p{Script=Latin}/u],
  ["CYRILLIC", /\p{Script=Cyrillic}/u],
  ["GREEK", /[\p{Script=Greek}\u0374]/u],
  ["ARMENIAN", /\p{Script=Armenian}/u],
  ["CHEROKEE", /\p{Script=Cherokee}/u],
]);
/** Letters that Unicode counts to a script but names otherwise: other forms, told of as such. */
const OTHER_FORMS =
  /[\u00aa\u00ba\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d61\u1d78\u1d9b-\u1dbf\u2071\u207f\u2126\u212a\u212b\u2132\u214e\u2183\u2c7d\ua69c\ua69d\ua770\ua7f2-\ua7f4\ua7f8\ua7f9\uab5c-\uab5f\uab69\uff21-\uff3a\uff41-\uff5a\u{10780}-\u{107ba}\u{1e030}-\u{1e06d}]/u;

/**
 * The alphabet of a letter that may be mistaken for one of another alphabet, or null.
 * @param {string} character
 * @returns {string | null}
 */
export function scriptOf(character) {
  if (!/\p{L}/u.test(character) || OTHER_FORMS.test(character)) return null;
  return CONFUSABLE.find(([, script]) => script.test(character))?.[0] ?? null;
}

/**
 * The common character that this one is another form of, or null.
 * @param {string} character
 */
export function lookAlike(character) {
  const common = character.normalize("NFKC");
  return common === character ? null : common;
}

/**
 * The name of a character that nobody sees; `?` where Unicode gives none.
 * @param {string} character
 */
export function nameOfUnseen(character) {
  const code = /** @type {number} */ (character.codePointAt(0));
  if (code >= 0xfe00 && code <= 0xfe0f) return `VARIATION SELECTOR-${code - 0xfe00 + 1}`;
  if (code >= 0xe0100 && code <= 0xe01ef) return `VARIATION SELECTOR-${code - 0xe0100 + 17}`;
  if (code >= 0xe0000 && code <= 0xe007f) return "TAG";
  return NAMES.get(code) ?? "?";
}
