/** The printed result: one page with time, trust data, checks and fields, and a code that betrays it. */

import { el, rowList, section, svg } from "./elements.js";
import { outcomeIcon } from "./icons.js";
import { pathOf, symbolOf } from "./result-code.js";
import { checkList } from "./verdict-screen.js";

/** @typedef {import("./fields.js").Row} Row */
/** @typedef {import("./report.js").Report} Report */
/** @typedef {import("./words.js").Words} Words */

/** So many lines of fields stand on one page beside the rest, in two columns of so many letters. */
const MOST_LINES = 64;
const LETTERS_IN_LINE = 40;
const DENSE_FROM = 16;
const WIDE = /[\u1100-\uffdc\u{20000}-\u{3ffff}]/u;

/**
 * @param {Report} report
 * @param {string} result the text of the code
 * @param {Words} words
 */
export function sheet(report, result, words) {
  const { say } = words;
  const rows = report.claims.flatMap((claims) => claims.rows ?? []);
  const told = thatFit(rows);
  const loud = report.warnings.filter(({ isQuiet }) => !isQuiet);
  return el(
    "div",
    { class: lines(rows) > DENSE_FROM ? "sheet dense" : "sheet" },
    el(
      "div",
      { class: "sheet-head" },
      el(
        "div",
        {},
        el("h1", { class: "sheet-title" }, say("sheet_heading")),
        verdictLine(report, words),
      ),
      resultCode(result, words),
    ),
    el("p", { class: "sheet-note" }, say("sheet_note")),
    ...report.reasons.map(({ says }) => el("p", { class: "sheet-reason" }, says)),
    ...loud.map(({ title }) => el("p", { class: "sheet-reason" }, title)),
    section(
      claimsHeading(report, words),
      {},
      rowList(told),
      more(rows.length - told.length, words),
    ),
    section(say("who_heading"), {}, rowList(report.identity)),
    section(say("checks_heading"), {}, checkList(report.checks, words)),
    section(say("trust_used_heading"), {}, rowList(report.trust)),
    el("p", { class: "sheet-note" }, `${say("unchecked_heading")}: ${report.unchecked.join("; ")}`),
  );
}

/**
 * As many rows from the front as the page has room for.
 * @param {Row[]} rows
 */
function thatFit(rows) {
  const beyond = rows.findIndex((_, at) => lines(rows.slice(0, at + 1)) > MOST_LINES);
  return beyond < 0 ? rows : rows.slice(0, beyond);
}

/**
 * How many lines rows take, roughly; an ideograph is as wide as two letters.
 * @param {Row[]} rows
 */
function lines(rows) {
  const widths = rows.map(({ value }) =>
    [...value].reduce((width, letter) => width + (WIDE.test(letter) ? 2 : 1), 0),
  );
  return widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / LETTERS_IN_LINE)), 0);
}

/**
 * @param {Report} report
 * @param {Words} words
 */
function verdictLine(report, { say }) {
  return el(
    "p",
    { class: "sheet-verdict" },
    outcomeIcon(report.outcome),
    el("strong", {}, say(report.outcome)),
    el("span", {}, say(`${report.outcome}_says`)),
  );
}

/**
 * @param {Report} report
 * @param {Words} words
 */
function claimsHeading({ claims, isConfirmed }, words) {
  return (
    claims[0]?.heading ?? words.phrase("label", isConfirmed ? "claims_signed" : "claims_unsigned")
  );
}

/**
 * @param {number} left
 * @param {Words} words
 */
function more(left, { say }) {
  return left <= 0 ? null : el("p", {}, say("sheet_more", left));
}

/**
 * @param {string} result
 * @param {Words} words
 */
export function resultCode(result, { say }) {
  const symbol = symbolOf(result);
  const size = symbol.length;
  return el(
    "figure",
    { class: "result-code" },
    svg(
      "svg",
      { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": say("result_code") },
      svg("rect", { width: size, height: size, class: "quiet-zone" }),
      svg("path", { d: pathOf(symbol), class: "modules" }),
    ),
    el("figcaption", {}, say("result_code")),
  );
}
