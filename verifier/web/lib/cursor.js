/**
 * A cursor over deterministic CBOR that is told what must come next.
 *
 * For files too large to decode into values first: it builds nothing that is not wanted and stops
 * at the first item that is not the expected one. Everything it refuses is a FormError.
 */

import { hex, utf8Text } from "./bytes.js";
import { badEncoding, badStructure, tooLarge } from "./errors.js";
import { int, UINT64_MAX } from "./integers.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** The most elements of one array in any file of the registry (docs/formats/bundle.md). */
const MAX_ELEMENTS = 4_000_000;
const MAX_FLAT_BYTES = 2048; // the longest string inside a COSE_Key
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

export class Cursor {
  /** @param {Bytes} source */
  constructor(source) {
    this.source = source;
    this.position = 0;
  }

  peek() {
    if (this.position >= this.source.length) throw badEncoding("the bytes end too soon");
    return this.source[this.position];
  }

  /**
   * @param {number} major
   * @returns {Int}
   */
  argument(major) {
    const first = this.peek();
    if (first >> 5 !== major) throw badStructure(`another item at byte ${this.position}`);
    const short = first & 0x1f;
    this.position += 1;
    if (short < 24) return short;
    if (short > 27) throw badEncoding("lengths must be definite");
    const width = 1 << (short - 24);
    const end = this.position + width;
    if (end > this.source.length) throw badEncoding("the bytes end too soon");
    let value = 0;
    for (let at = this.position; at < Math.min(end, this.position + 4); at++)
      value = value * 256 + this.source[at];
    /** @type {Int} */
    let whole = value;
    if (width === 8) whole = int(BigInt(`0x${hex(this.source.subarray(this.position, end))}`));
    if (whole < (width === 1 ? 24 : 2 ** (width * 4))) throw badEncoding("not the shortest form");
    this.position = end;
    return whole;
  }

  /**
   * @param {Int} [most]
   * @returns {Int}
   */
  uint(most = UINT64_MAX) {
    const value = this.argument(0);
    if (value > most) throw badStructure(`a number above ${most}`);
    return value;
  }

  /**
   * An unsigned integer whose bound a `number` holds.
   * @param {number} most
   * @returns {number}
   */
  number(most) {
    return Number(this.uint(most));
  }

  /** An integer of either sign. */
  integer() {
    if (this.peek() >> 5 !== 1) return this.argument(0);
    return int(-1n - BigInt(this.argument(1)));
  }

  /**
   * @param {number} most
   * @returns {Bytes}
   */
  bytes(most) {
    return this.string(2, most);
  }

  /**
   * @param {number} size
   * @returns {Bytes}
   */
  fixed(size) {
    const value = this.string(2, size);
    if (value.length !== size) throw badStructure(`not ${size} bytes`);
    return value;
  }

  /** @param {number} mostBytes */
  text(mostBytes) {
    const text = utf8Text(this.string(3, mostBytes));
    if (text === null) throw badEncoding("a text is not UTF-8");
    return text;
  }

  /**
   * @param {number} major
   * @param {number} most
   * @returns {Bytes}
   */
  string(major, most) {
    const length = this.argument(major);
    if (length > most) throw tooLarge(`a string of more than ${most} bytes`);
    const start = this.position;
    const end = start + Number(length);
    if (end > this.source.length) throw badEncoding("the bytes end inside a string");
    this.position = end;
    return this.source.subarray(start, end);
  }

  boolean() {
    const value = this.peek();
    if (value !== FALSE && value !== TRUE) throw badStructure("true or false must stand here");
    this.position += 1;
    return value === TRUE;
  }

  /** True, and the cursor moves on, where the next item is `null`. */
  null() {
    if (this.peek() !== NULL) return false;
    this.position += 1;
    return true;
  }

  /**
   * @template T
   * @param {() => T} read
   * @returns {T | null}
   */
  optional(read) {
    return this.null() ? null : read();
  }

  /**
   * Enters an array and says how many elements follow.
   * @param {number} [least]
   * @param {number} [most]
   */
  array(least = 0, most = MAX_ELEMENTS) {
    const count = this.argument(4);
    if (count > most) throw tooLarge(`an array of more than ${most} elements`);
    if (count < least) throw badStructure(`an array of fewer than ${least} elements`);
    return Number(count);
  }

  /**
   * The elements of an array, each read by `read`.
   * @template T
   * @param {(position: number) => T} read
   * @param {number} [least]
   * @param {number} [most]
   * @returns {T[]}
   */
  list(read, least, most) {
    const count = this.array(least, most);
    const items = [];
    for (let i = 0; i < count; i++) items.push(read(i));
    return items;
  }

  /** @param {number} count */
  tuple(count) {
    this.array(count, count);
  }

  /**
   * Enters a map and says how many pairs follow.
   * @param {number} least
   * @param {number} most
   */
  map(least, most) {
    const count = this.argument(5);
    if (count < least || count > most) throw badStructure(`a map of not ${least} to ${most} pairs`);
    return Number(count);
  }

  /**
   * The bytes of a flat map, such as a COSE_Key, not yet looked at.
   * @returns {Bytes}
   */
  rawMap() {
    const start = this.position;
    const pairs = this.map(0, 16);
    for (let i = 0; i < 2 * pairs; i++) this.skipFlat();
    return this.source.subarray(start, this.position);
  }

  skipFlat() {
    const major = this.peek() >> 5;
    if (major === 2 || major === 3) this.string(major, MAX_FLAT_BYTES);
    else if (major < 2) this.argument(major);
    else this.boolean();
  }

  /** @param {number} expected */
  key(expected) {
    if (this.argument(0) !== expected) throw badStructure(`member ${expected} must stand here`);
  }

  /**
   * True, and the cursor moves on, where the next item is this key.
   * @param {number} expected
   */
  hasKey(expected) {
    if (this.position >= this.source.length || this.peek() !== expected) return false;
    this.position += 1;
    return true;
  }

  /** @param {number} expected */
  tag(expected) {
    if (this.argument(6) !== expected) throw badStructure(`tag ${expected} must stand here`);
  }

  end() {
    if (this.position !== this.source.length) throw badEncoding("bytes follow where nothing may");
  }
}
