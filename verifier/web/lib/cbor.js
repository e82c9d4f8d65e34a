/**
 * Deterministic CBOR (RFC 8949 §4.2.1) of the few items our formats permit (docs/formats/sealed.md).
 *
 * Integers within 64 bits, byte strings, text strings, arrays, maps, `false`, `true`, `null`, and
 * tag 18. The first fault met from the front is thrown, before more than the limits is parsed.
 */

import { compare, utf8Text } from "./bytes.js";
import { badEncoding, badStructure, tooLarge } from "./errors.js";
import { int } from "./integers.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Int | string | Uint8Array} Key */
/** @typedef {Int | string | boolean | null | Uint8Array | Value[] | CborMap | Tag} Value */
/** @typedef {Map<Key, any>} CborMap a map; keys that are byte strings are found by walking it */
/** @typedef {{ bytes: number, depth: number, items: number, tag18: boolean }} Limits */

/** A tagged item (RFC 8949 §3.4). */
export class Tag {
  /**
   * @param {Int} number
   * @param {Value} value
   */
  constructor(number, value) {
    this.number = number;
    this.value = value;
  }
}

/** The limits of everything that goes into a QR symbol. Tag 18 elsewhere is a fault of shape. */
export const QR_LIMITS = Object.freeze({ bytes: 16_384, depth: 8, items: 64, tag18: true });

/**
 * The one item that the bytes are.
 * @param {Uint8Array} source
 * @param {Limits} [limits]
 * @returns {Value}
 * @throws {import("./errors.js").FormError}
 */
export function decode(source, limits = QR_LIMITS) {
  if (source.length > limits.bytes) throw tooLarge(`more than ${limits.bytes} bytes`);
  const reader = new Reader(source, limits);
  const value = reader.item(limits.depth);
  if (reader.at !== source.length) throw badEncoding("bytes after the end of the item");
  return value;
}

class Reader {
  /**
   * @param {Uint8Array} source
   * @param {Limits} limits
   */
  constructor(source, limits) {
    this.source = source;
    this.limits = limits;
    this.at = 0;
  }

  /**
   * The next item; `depth` is how many levels of nesting are left.
   * @param {number} depth
   * @returns {Value}
   */
  item(depth) {
    const first = this.byte();
    const argument = this.argument(first);
    switch (first >> 5) {
      case 0:
        return argument;
      case 1:
        return typeof argument === "number" && argument < Number.MAX_SAFE_INTEGER
          ? -1 - argument
          : int(-1n - BigInt(argument));
      case 2:
        return this.bytes(argument);
      case 3:
        return this.text(argument);
      case 4:
        return this.array(this.count(argument, depth), depth - 1);
      case 5:
        return this.map(this.count(argument, depth), depth - 1);
      case 6:
        return this.tagged(argument, depth);
      default:
        return simple(argument);
    }
  }

  byte() {
    if (this.at >= this.source.length) throw badEncoding("the data end inside an item");
    return this.source[this.at++];
  }

  /**
   * @param {number} first
   * @returns {Int}
   */
  argument(first) {
    const short = first & 0x1f;
    if (short < 24) return short;
    if (first >= 0xe0) throw badEncoding("floats and long simple values are not permitted");
    if (short > 27) throw badEncoding("indefinite lengths and reserved forms are not permitted");
    const width = 1 << (short - 24);
    if (this.at + width > this.source.length) throw badEncoding("the data end inside an item");
    let argument = 0;
    for (let i = 0; i < Math.min(width, 4); i++) argument = argument * 256 + this.source[this.at++];
    /** @type {Int} */
    let whole = argument;
    if (width === 8) {
      let low = 0;
      for (let i = 0; i < 4; i++) low = low * 256 + this.source[this.at++];
      whole = int((BigInt(argument) << 32n) | BigInt(low));
    }
    if (whole < (width === 1 ? 24 : 2 ** (width * 4)))
      throw badEncoding("an integer or length is not in its shortest form");
    return whole;
  }

  /** @param {Int} length */
  bytes(length) {
    if (length > this.source.length - this.at) throw badEncoding("the data end inside an item");
    const start = this.at;
    this.at += Number(length);
    return this.source.subarray(start, this.at);
  }

  /** @param {Int} length */
  text(length) {
    const text = utf8Text(this.bytes(length));
    if (text === null) throw badEncoding("a text string is not valid UTF-8");
    return text;
  }

  /**
   * @param {Int} argument
   * @param {number} depth
   */
  count(argument, depth) {
    if (argument > this.limits.items)
      throw tooLarge(`more than ${this.limits.items} elements in one array or map`);
    if (depth === 0) throw tooLarge("arrays and maps are nested too deep");
    return Number(argument);
  }

  /**
   * @param {number} count
   * @param {number} depth
   */
  array(count, depth) {
    /** @type {Value[]} */
    const items = [];
    for (let i = 0; i < count; i++) items.push(this.item(depth));
    return items;
  }

  /**
   * A map whose encoded keys rise from each to the next, which excludes a key twice, too.
   * @param {number} count
   * @param {number} depth
   */
  map(count, depth) {
    /** @type {CborMap} */
    const members = new Map();
    let last = this.source.subarray(0, 0);
    for (let i = 0; i < count; i++) {
      const start = this.at;
      const key = this.item(depth);
      if (typeof key !== "number" && !isOtherKey(key))
        throw badStructure("a map key is neither an integer nor a string");
      const encoded = this.source.subarray(start, this.at);
      if (compare(encoded, last) <= 0)
        throw badEncoding("map keys are not in order, or one is there twice");
      last = encoded;
      members.set(key, this.item(depth));
    }
    return members;
  }

  /**
   * @param {Int} number
   * @param {number} depth
   */
  tagged(number, depth) {
    if (number !== 18 || !this.limits.tag18) throw badEncoding("a tag that is not permitted");
    if (this.source[this.at] >> 5 === 6) throw badEncoding("a tag directly inside a tag");
    return new Tag(number, this.item(depth));
  }
}

/**
 * @param {Value} key
 * @returns {key is bigint | string | Uint8Array}
 */
function isOtherKey(key) {
  return typeof key === "bigint" || typeof key === "string" || key instanceof Uint8Array;
}

/** @param {Int} argument */
function simple(argument) {
  if (argument === 20) return false;
  if (argument === 21) return true;
  if (argument === 22) return null;
  throw badEncoding("simple values other than false, true and null are not permitted");
}

/**
 * Says whether a value is a map with exactly these keys, all of them integers.
 * @param {unknown} value
 * @param {number[]} required
 * @param {number[]} [optional]
 * @returns {value is CborMap}
 */
export function isMapOf(value, required, optional = []) {
  if (!(value instanceof Map)) return false;
  if (!required.every((key) => value.has(key))) return false;
  const given = optional.filter((key) => value.has(key));
  return value.size === required.length + given.length;
}

/**
 * Says whether a value is a byte string, of that length where one is given.
 * @param {unknown} value
 * @param {number} [length]
 * @returns {value is Uint8Array<ArrayBuffer>}
 */
export function isBytes(value, length) {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}

/**
 * Says whether a value is an array, of that many items where a number is given.
 * @param {unknown} value
 * @param {number} [length]
 * @returns {value is Value[]}
 */
export function isList(value, length) {
  return Array.isArray(value) && (length === undefined || value.length === length);
}
