/**
 * Finds what a file of the page refers to, and writes the references anew.
 *
 * Only literal texts are seen, and only in the forms below; everything else is left as it is. Lines
 * of comments are passed over, since the types in them look like imports.
 */

const STATIC = /^(?:import|export)\b[^"';]*?\bfrom\s*(["'])([^"'\n]+)\1/gmu;
const BARE_STATIC = /^import\s*(["'])([^"'\n]+)\1/gmu;
const DYNAMIC = /\bimport\(\s*(["'])([^"'\n]+)\1\s*\)/gu;
const RESOLVED = /\bimport\.meta\.resolve\(\s*(["'])([^"'\n]+)\1\s*\)/gu;
const ADDRESS = /\bnew URL\(\s*(["'])([^"'\n]+)\1,\s*import\.meta\.url,?\s*\)/gu;
const IN_HTML = /<(?:script|link|img)\b[^>]*?\b(?:src|href)=(")([^"#:]+)\1/gu;
const IN_CSS = /\burl\(\s*(["'])([^"'#:]+)\1\s*\)/gu;
const COMMENT_LINE = /^\s*(?:\*|\/\*|\/\/)/u;

/** The forms of a reference in each kind of file. A vendored module keeps its dynamic imports: they are for Node. */
const FORMS = {
  module: [STATIC, BARE_STATIC, DYNAMIC, RESOLVED, ADDRESS],
  vendored: [STATIC, BARE_STATIC],
  page: [IN_HTML],
  style: [IN_CSS],
};

/** @typedef {"module" | "vendored" | "page" | "style"} Kind */

/**
 * The text with every reference replaced by what `renamed` makes of it; `isLater` says that a module
 * is imported only when its time has come.
 * @param {string} text
 * @param {Kind} kind
 * @param {(reference: string, isLater: boolean) => string} renamed
 */
export function withReferences(text, kind, renamed) {
  let written = text;
  for (const form of FORMS[kind])
    written = written.replace(form, (whole, _quote, reference, offset, all) => {
      if (isInComment(all, offset)) return whole;
      return whole.replace(reference, () => renamed(reference, form === DYNAMIC));
    });
  return written;
}

/**
 * @param {string} text
 * @param {number} offset
 */
function isInComment(text, offset) {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return COMMENT_LINE.test(text.slice(lineStart, offset + 1));
}
