/** The printed result: one page with time, trust data, checks and fields, and a code that betrays it. */

import { el, rowList, section, svg } from "./elements.js";
import { outcomeIcon } from "./icons.js";
import { pathOf, symbolOf } from "./result-code.js";
import { checkList } from "./verdict-screen.js";

/** @typedef {import("./fields.js").Row} Row */
/** @typedef {import("./report.js").Report} Report */
/** @typedef {import("./words.js").Words} Words */

/** So many lines stand on one page beside the rest. */
const MOST_ROWS = 60;
const DENSE_FROM = 16;

/**
 * @param {Report} report
 * @param {string} result the text of the code
 * @param {Words} words
 */
export function sheet(report, result, words) {
  const { say } = words;
  const rows = report.claims.flatMap((claims) => claims.rows ?? []);
  const told = rows.slice(0, MOST_ROWS);
  const loud = report.warnings.filter(({ isQuiet }) => !isQuiet);
  return el(
    "div",
    { class: rows.length > DENSE_FROM ? "sheet dense" : "sheet" },
    el(
      "header",
      {},
      el(
        "div",
        {},
        el("p", { class: "sheet-title" }, say("sheet_heading")),
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
