/** Elements of the page. Text goes in as text nodes only: nothing that was read is ever markup. */

import { suspicions } from "./display.js";
import { AGENCY } from "./fields.js";

/** @typedef {Node | string | null} Child */
/** @typedef {string | number | boolean | null | ((event: any) => void)} Property */

const ISOLATES = /[\u2068\u2069]/g;
const WRITTEN_OUT = /\[U\+[0-9A-F]{4,6}\]/;
const SVG = "http://www.w3.org/2000/svg";

/**
 * An element; properties are attributes, `onclick` and the like are listeners. False and null leave
 * an attribute out, true leaves it empty.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {{ [name: string]: Property }} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, properties, children);
  return element;
}

/**
 * Likewise, of a drawing.
 * @param {string} tag
 * @param {{ [name: string]: Property }} properties
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(tag, properties, ...children) {
  const element = document.createElementNS(SVG, tag);
  fill(element, properties, children);
  return element;
}

/**
 * @param {Element} element
 * @param {{ [name: string]: Property }} properties
 * @param {Child[]} children
 */
function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null) element.append(child);
}

/**
 * Text that somebody else wrote, kept from turning the text around it.
 * @param {string} text
 */
export function told(text) {
  return el("bdi", {}, text);
}

/**
 * @param {string} label
 * @param {(event: Event) => void} act
 * @param {{ [name: string]: Property }} [properties]
 */
export function button(label, act, properties = {}) {
  return el("button", { type: "button", ...properties, onclick: act }, label);
}

/**
 * A section with a heading that names it.
 * @param {string} heading
 * @param {{ [name: string]: Property }} properties
 * @param {...Child} children
 */
export function section(heading, properties, ...children) {
  return el("section", properties, el("h2", {}, heading), ...children);
}

/**
 * @param {readonly string[]} lines
 * @param {{ [name: string]: Property }} [properties]
 */
export function bullets(lines, properties = {}) {
  return el("ul", properties, ...lines.map((line) => el("li", {}, told(line))));
}

/**
 * Rows of a display: names and values, and headings for what belongs together.
 * @param {readonly import("./fields.js").Row[]} rows
 * @param {{ [name: string]: Property }} [properties]
 */
export function rowList(rows, properties = {}) {
  return el("dl", { class: "rows", ...properties }, ...rows.map(rowElement));
}

/**
 * Whether a value has something in it that may deceive the eye, or that had to be written out.
 * @param {string} value
 */
function isOdd(value) {
  return WRITTEN_OUT.test(value) || suspicions(value.replace(ISOLATES, "")).length > 0;
}

/** @param {import("./fields.js").Row} row */
function rowElement({ title, value, depth, key, isHeading }) {
  const isAgency = key === AGENCY;
  const place = { "data-depth": depth, "data-field": isAgency ? null : key };
  if (isHeading)
    return el("div", { ...place, class: "group" }, el("dt", {}, told(title)), el("dd", {}));
  return el(
    "div",
    place,
    el("dt", {}, told(title)),
    el(
      "dd",
      { "data-value": true, "data-agency": isAgency, class: isOdd(value) ? "odd" : null },
      told(value),
    ),
  );
}
