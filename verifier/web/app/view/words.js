/** All words a person reads: the page's own, and behind them those of every reason code. */

/** @typedef {"zh-Hant" | "en"} Language */
/** @typedef {{ [group: string]: { [key: string]: string | string[] } }} Texts */
/** @typedef {{ says: string, advice: string }} ReasonWords */
/**
 * @typedef {object} Words
 * @property {Language} language
 * @property {(group: string, key: string, ...parts: (string | number)[]) => string} phrase
 * @property {(key: string, ...parts: (string | number)[]) => string} say a phrase of the page
 * @property {(code: string) => ReasonWords} reason
 */

/** @type {readonly Language[]} */
export const LANGUAGES = Object.freeze(["zh-Hant", "en"]);

/**
 * The words of one language. What the page says otherwise than the command goes before it: a
 * button instead of an option.
 * @param {Language} language
 * @param {Texts} shared verifier/texts
 * @param {Texts} page app/texts
 * @returns {Words}
 */
export function wordsOf(language, shared, page) {
  /** @type {Words["phrase"]} */
  const phrase = (group, key, ...parts) => {
    const text = memberOf(page, group, key) ?? memberOf(shared, group, key);
    if (typeof text !== "string") throw new Error(`no words for ${group}.${key}`);
    return filled(text, parts);
  };
  return {
    language,
    phrase,
    say: (key, ...parts) => phrase("page", key, ...parts),
    reason(code) {
      const told = memberOf(page, "reason", code) ?? memberOf(shared, "reason", code);
      if (!Array.isArray(told)) throw new Error(`no words for ${code}`);
      return { says: told[0], advice: told[1] ?? "" };
    },
  };
}

/**
 * The language of a page: asked for in its address, remembered, or the reader's own; English for
 * all but Chinese.
 * @param {{ asked: string | null, remembered: string | null, preferred: readonly string[] }} known
 * @returns {Language}
 */
export function languageOf({ asked, remembered, preferred }) {
  for (const named of [asked, remembered]) {
    const known = LANGUAGES.find((language) => language === named);
    if (known !== undefined) return known;
  }
  return (preferred[0] ?? "").toLowerCase().startsWith("zh") ? "zh-Hant" : "en";
}

/**
 * @param {Texts} texts
 * @param {string} group
 * @param {string} key
 */
function memberOf(texts, group, key) {
  const members = Object.hasOwn(texts, group) ? texts[group] : {};
  return Object.hasOwn(members, key) ? members[key] : undefined;
}

/**
 * The text with `{0}`, `{1}` … replaced, once and from the front: a part is never looked into.
 * @param {string} text
 * @param {(string | number)[]} parts
 */
function filled(text, parts) {
  return text.replace(/\{(\d)\}/g, (place, number) => String(parts[number] ?? place));
}
