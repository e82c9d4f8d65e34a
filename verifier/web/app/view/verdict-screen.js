/** The verdict on one document, as a person meets it: words first, then colour, then shape. */

import { bullets, button, el, rowList, section, told } from "./elements.js";
import { outcomeIcon, resultIcon } from "./icons.js";

/** @typedef {import("./report.js").CheckLine} CheckLine */
/** @typedef {import("./report.js").Claims} Claims */
/** @typedef {import("./report.js").Report} Report */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{ [name: string]: (event: Event) => void }} Actions what the buttons below do, by their ids */

/** What is pressed at once, and what is wanted once everything has been read. */
const FIRST = /** @type {const} */ ([
  ["next", "next", "primary"],
  ["again", "again", ""],
  ["to-list", "to_list", ""],
]);
const LAST = /** @type {const} */ ([
  ["receipt-save", "receipt_save", ""],
  ["receipt-print", "receipt_print", ""],
]);

/**
 * The whole verdict. The heading can take the focus: it is what a screen reader says first.
 * @param {Report} report
 * @param {Words} words
 * @param {Actions} actions
 */
export function verdictScreen(report, words, actions) {
  return el(
    "article",
    { class: "verdict", "data-outcome": report.outcome, "aria-labelledby": "verdict-heading" },
    banner(report, words),
    buttons(FIRST, actions, words),
    warnings(report, words),
    places(report, words),
    ...report.claims.map((claims) => claimsSection(claims, words)),
    remains(report, words),
    origin(report, words),
    section(words.say("checks_heading"), { class: "card" }, checkList(report.checks, words)),
    report.unchecked.length === 0
      ? null
      : section(words.say("unchecked_heading"), { class: "card" }, bullets(report.unchecked)),
    section(words.say("trust_used_heading"), { class: "card" }, rowList(report.trust)),
    buttons(LAST, actions, words),
  );
}

/**
 * @param {Report} report
 * @param {Words} words
 */
export function banner(report, words) {
  return el(
    "header",
    { class: "banner" },
    el(
      "div",
      { class: "banner-inside" },
      outcomeIcon(report.outcome),
      el(
        "div",
        { class: "banner-words" },
        el("h1", { id: "verdict-heading", tabindex: -1 }, words.say(report.outcome)),
        report.title === "" ? null : el("p", { class: "title" }, told(report.title)),
        el("p", { class: "says" }, words.say(`${report.outcome}_says`)),
        report.warnings.every(({ isQuiet }) => isQuiet)
          ? null
          : el("p", { class: "heed" }, words.say("heed_warnings")),
        ...report.reasons.map((line) => reason(line, words)),
        el("p", { class: "input" }, words.say("read_from", report.name)),
      ),
    ),
  );
}

/**
 * @param {CheckLine} line
 * @param {Words} words
 */
function reason({ says, advice }, words) {
  return el(
    "div",
    { class: "reason" },
    el("p", {}, el("strong", {}, `${words.say("why")} `), says),
    advice === "" ? null : el("p", {}, el("strong", {}, `${words.say("advice")} `), advice),
  );
}

/**
 * @param {readonly (readonly [id: string, label: string, kind: string])[]} labels
 * @param {Actions} actions
 * @param {Words} words
 */
function buttons(labels, actions, words) {
  const given = labels.filter(([id]) => actions[id] !== undefined);
  if (given.length === 0) return null;
  return el(
    "div",
    { class: "buttons" },
    ...given.map(([id, label, kind]) => button(words.say(label), actions[id], { id, class: kind })),
  );
}

/**
 * @param {Report} report
 * @param {Words} words
 */
function warnings(report, words) {
  const loud = report.warnings.filter(({ isQuiet }) => !isQuiet);
  if (loud.length === 0) return null;
  return section(words.say("warnings_heading"), { class: "card warnings" }, ...loud.map(warning));
}

/** @param {import("./warnings.js").Warning} warning */
function warning({ kind, title, lines }) {
  return el("div", { class: "warning", "data-warning": kind }, el("h3", {}, title), bullets(lines));
}

/**
 * @param {Claims} claims
 * @param {Words} words
 */
function claimsSection({ heading, isConfirmed, rows }, words) {
  return section(
    heading,
    {
      class: isConfirmed ? "card claims" : "card claims unconfirmed",
      "data-confirmed": `${isConfirmed}`,
    },
    isConfirmed || rows === null ? null : el("p", { class: "note" }, words.say("unconfirmed_note")),
    rows === null ? el("p", {}, words.phrase("label", "no_fields")) : rowList(rows),
  );
}

/**
 * @param {Report} report
 * @param {Words} words
 */
function places(report, words) {
  if (report.places.length === 0) return null;
  return section(words.phrase("label", "disagreeing"), { class: "card" }, bullets(report.places));
}

/**
 * @param {Report} report
 * @param {Words} words
 */
function remains(report, words) {
  if (report.remains.length === 0) return null;
  return section(
    words.say("remains_heading"),
    { class: "card remains", "data-warning": "screen-copy" },
    bullets(report.remains),
  );
}

/**
 * @param {Report} report
 * @param {Words} words
 */
function origin(report, words) {
  if (report.identity.length === 0) return null;
  return section(
    words.say("who_heading"),
    { class: report.isConfirmed ? "card origin" : "card origin unconfirmed" },
    report.isConfirmed
      ? null
      : el("p", { class: "note" }, words.phrase("label", "claims_unsigned")),
    rowList(report.identity),
    ...(report.isConfirmed ? authority(report, words) : []),
    ...report.warnings.filter(({ isQuiet }) => isQuiet).map(warning),
  );
}

/**
 * @param {Report} report
 * @param {Words} words
 */
function authority(report, words) {
  return [
    el("h3", {}, words.say("authority_heading")),
    report.authority.length === 0
      ? el("p", {}, words.say("authority_unknown"))
      : bullets(report.authority),
  ];
}

/**
 * @param {CheckLine[]} checks
 * @param {Words} words
 */
export function checkList(checks, words) {
  return el("ul", { class: "checks" }, ...checks.map((check) => checkItem(check, words)));
}

/**
 * @param {CheckLine} check
 * @param {Words} words
 */
function checkItem({ name, result, code, title, told: word, says, advice, asOf, detail }, words) {
  return el(
    "li",
    { "data-check": name, "data-result": result, "data-code": code },
    el("span", { class: "result" }, resultIcon(result), word),
    el(
      "div",
      {},
      el("h3", {}, title),
      el("p", {}, says),
      asOf === "" ? null : el("p", { class: "as-of" }, words.say("as_of", asOf)),
      advice === "" ? null : el("p", { class: "advice" }, advice),
      detail === "" ? null : el("p", { class: "hint" }, words.say("detail", detail)),
      el("code", {}, code),
    ),
  );
}
