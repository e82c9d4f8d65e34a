/** Strict reading of one JSON object: each member is asked for by name, and none is left over. */

import { badStructure } from "./errors.js";

/** @typedef {import("./json.js").Json} Json */
/** @typedef {{ zhHant: string, en: string }} Title */

const LABEL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a label must not hold
  /^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]{1,400}$/u;
const CODE = /^[!-~]{1,40}$/;
const MOST_ITEMS = 256;
const MOST_UNIQUE = 4;

export class Members {
  /** @param {Json} value */
  constructor(value) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw badStructure("not a JSON object");
    this.left = new Map(Object.entries(value));
  }

  refuseOthers() {
    if (this.left.size > 0) throw badStructure("members that do not belong there");
  }

  /** @param {string} name */
  has(name) {
    return this.left.has(name);
  }

  /**
   * @param {string} name
   * @returns {Json}
   */
  take(name) {
    const value = this.left.get(name);
    if (value === undefined) throw badStructure(`no member ${name}`);
    this.left.delete(name);
    return value;
  }

  /**
   * @param {string} name
   * @param {number} least
   * @param {number} most
   */
  integer(name, least, most) {
    const value = this.take(name);
    if (typeof value !== "number" || value < least || value > most)
      throw badStructure(`${name} must be an integer from ${least} to ${most}`);
    return value;
  }

  /**
   * @param {string} name
   * @param {number} least
   * @param {number} most
   */
  optionalInteger(name, least, most) {
    return this.has(name) ? this.integer(name, least, most) : null;
  }

  /**
   * @param {string} name
   * @param {RegExp} form
   */
  text(name, form) {
    const value = this.take(name);
    if (typeof value !== "string" || !form.test(value)) throw badStructure(`${name} of its form`);
    return value;
  }

  /** @param {string} name */
  boolean(name) {
    const value = this.has(name) ? this.take(name) : false;
    if (typeof value !== "boolean") throw badStructure(`${name} must be true or false`);
    return value;
  }

  /** @param {string} name */
  array(name) {
    const value = this.take(name);
    if (!Array.isArray(value) || value.length > MOST_ITEMS)
      throw badStructure(`${name} must be an array of at most ${MOST_ITEMS} items`);
    return value;
  }

  /** @param {string} name */
  object(name) {
    const value = this.take(name);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw badStructure(`${name} must be an object`);
    return value;
  }

  /**
   * Up to four different labels, none where there is no such member.
   * @param {string} name
   * @returns {number[]}
   */
  labels(name) {
    const found = this.has(name) ? this.array(name) : [];
    const labels = found.filter((item) => typeof item === "number");
    if (labels.length < found.length || new Set(labels).size < labels.length)
      throw badStructure(`${name} must be different labels`);
    if (labels.length > MOST_UNIQUE) throw badStructure(`${name} must be at most four labels`);
    return labels;
  }

  /** @param {string} name */
  label(name) {
    return this.text(name, LABEL);
  }

  /** @param {string} name */
  title(name) {
    return titleOf(this.take(name));
  }

  /**
   * @param {string} name
   * @returns {Map<string, Title>}
   */
  codes(name) {
    const codes = Object.entries(this.object(name));
    if (codes.length === 0 || !codes.every(([key]) => CODE.test(key)))
      throw badStructure(`${name} needs keys of 1 to 40 printable ASCII characters`);
    const labels = new Map(codes.map(([key, value]) => [key, titleOf(value)]));
    if (new Set([...labels.values()].map((label) => label.zhHant)).size < labels.size)
      throw badStructure(`two codes of ${name} have the same zh-Hant label`);
    return labels;
  }
}

/**
 * @param {Json} value
 * @returns {Title}
 */
function titleOf(value) {
  const members = new Members(value);
  const title = { zhHant: members.label("zh-Hant"), en: members.label("en") };
  members.refuseOthers();
  return title;
}
