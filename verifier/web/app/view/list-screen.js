/** The documents of this sitting, the newest first: for a counter that checks a stack. */

import { button, el, told } from "./elements.js";
import { outcomeIcon } from "./icons.js";
import { countsOf, itemLine } from "./running-list.js";

/** @typedef {import("./running-list.js").Item} Item */
/** @typedef {import("./words.js").Words} Words */
/**
 * @typedef {object} ListActions
 * @property {() => void} next
 * @property {(item: Item) => void} open
 * @property {() => void} exportCsv
 * @property {() => void} exportJson
 * @property {() => void} clear
 */

/** More rows than a person reads are in the export; a thousand keep an old office computer quick. */
const MOST_ROWS = 1_000;

/**
 * @param {readonly Item[]} items
 * @param {Words} words
 * @param {ListActions} actions
 */
export function listScreen(items, words, actions) {
  const { say } = words;
  const isEmpty = items.length === 0;
  return el(
    "div",
    { class: "listing" },
    el("h1", { id: "list-heading", tabindex: -1 }, say("list_heading")),
    el("p", { class: "counts" }, isEmpty ? say("list_empty") : countsText(items, words)),
    el(
      "div",
      { class: "buttons" },
      button(say("next"), actions.next, { id: "list-next", class: "primary" }),
      ...(isEmpty ? [] : exports(items.length, words, actions)),
    ),
    el("p", { class: "hint" }, say("list_kept")),
    el(
      "ol",
      { id: "list", class: "items", reversed: true },
      ...items
        .slice(-MOST_ROWS)
        .map((item) => itemElement(item, words, actions))
        .reverse(),
    ),
  );
}

/**
 * @param {readonly Item[]} items
 * @param {Words} words
 */
function countsText(items, { say }) {
  const { all, VALID, INVALID, INDETERMINATE, repeated } = countsOf(items);
  const counts = say("list_counts", all, VALID, INVALID, INDETERMINATE);
  return repeated === 0 ? counts : `${counts} · ${say("list_repeated", repeated)}`;
}

/**
 * @param {number} count
 * @param {Words} words
 * @param {ListActions} actions
 */
function exports(count, { say }, actions) {
  const sure = el("span", { class: "sure", hidden: true, role: "group" });
  const clear = button(
    say("list_clear"),
    () => {
      sure.hidden = false;
      clear.hidden = true;
      sure.querySelector("button")?.focus();
    },
    { id: "list-clear" },
  );
  const keep = () => {
    sure.hidden = true;
    clear.hidden = false;
    clear.focus();
  };
  sure.append(
    el("span", {}, say("list_clear_sure", count)),
    button(say("list_keep"), keep),
    button(say("list_clear"), actions.clear, { id: "list-clear-sure", class: "danger" }),
  );
  return [
    button(say("export_csv"), actions.exportCsv, { id: "export-csv" }),
    button(say("export_json"), actions.exportJson, { id: "export-json" }),
    clear,
    sure,
  ];
}

/**
 * @param {Item} item
 * @param {Words} words
 * @param {ListActions} actions
 */
function itemElement(item, words, { open }) {
  const { say } = words;
  const { number, kind, agency, reason } = itemLine(item, words);
  const { outcome } = item.finding;
  return el(
    "li",
    { "data-row": item.no, "data-outcome": outcome, value: item.no },
    el(
      "div",
      { class: "item-words" },
      outcomeIcon(outcome),
      el(
        "div",
        {},
        el("p", { class: "item-outcome" }, `${item.no} · ${say(outcome)}`),
        el("p", {}, told(number), kind === "" ? "" : " · ", told(kind)),
        agency === "" ? null : el("p", { class: "hint" }, told(agency)),
        outcome === "VALID" ? null : el("p", { class: "item-reason" }, reason),
        item.sameAs === null ? null : el("p", { class: "same" }, say("list_same", item.sameAs)),
      ),
    ),
    button(say("list_details", item.no), () => open(item), {
      class: "details",
      id: `details-${item.no}`,
    }),
  );
}
