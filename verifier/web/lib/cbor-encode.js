/** Writes deterministic CBOR (RFC 8949 §4.2.1): the one encoding of a value. */

import { compare, concat, utf8Bytes } from "./bytes.js";
import { Tag } from "./cbor.js";
import { int } from "./integers.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./cbor.js").Value} Value */
/** @typedef {import("./cbor.js").CborMap} CborMap */

/**
 * The one deterministic encoding of a value.
 * @param {Value} value
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encode(value) {
  const writer = new Writer();
  writer.item(value);
  return writer.written();
}

class Writer {
  constructor() {
    this.room = new Uint8Array(256);
    this.size = 0;
  }

  written() {
    return this.room.slice(0, this.size);
  }

  /** @param {Value} value */
  item(value) {
    if (typeof value === "number" || typeof value === "bigint") {
      if (value >= 0) this.head(0, value);
      else this.head(1, int(-1n - BigInt(value)));
    } else if (typeof value === "string") {
      const text = utf8Bytes(value);
      this.head(3, text.length);
      this.raw(text);
    } else if (value instanceof Uint8Array) {
      this.head(2, value.length);
      this.raw(value);
    } else if (Array.isArray(value)) {
      this.head(4, value.length);
      for (const item of value) this.item(item);
    } else if (value instanceof Map) this.map(value);
    else if (value instanceof Tag) {
      this.head(6, value.number);
      this.item(value.value);
    } else this.head(7, value === null ? 22 : value ? 21 : 20);
  }

  /** @param {CborMap} members */
  map(members) {
    this.head(5, members.size);
    const pairs = [...members].map(([key, value]) => [encode(key), encode(value)]);
    pairs.sort(([one], [other]) => compare(one, other));
    for (const pair of pairs) this.raw(concat(...pair));
  }

  /**
   * @param {number} major
   * @param {Int} argument
   */
  head(major, argument) {
    const bytes = argument < 24 ? 0 : widthOf(argument);
    const initial = (major << 5) | (bytes === 0 ? Number(argument) : 24 + Math.log2(bytes));
    this.grow(9);
    this.room[this.size++] = initial;
    let left = BigInt(argument);
    for (let at = bytes - 1; at >= 0; at--) {
      this.room[this.size + at] = Number(left & 0xffn);
      left >>= 8n;
    }
    this.size += bytes;
  }

  /** @param {Uint8Array} bytes */
  raw(bytes) {
    this.grow(bytes.length);
    this.room.set(bytes, this.size);
    this.size += bytes.length;
  }

  /** @param {number} more */
  grow(more) {
    if (this.size + more <= this.room.length) return;
    const larger = new Uint8Array(2 * (this.size + more));
    larger.set(this.room.subarray(0, this.size));
    this.room = larger;
  }
}

/** @param {Int} argument */
function widthOf(argument) {
  if (argument < 0x100) return 1;
  if (argument < 0x1_0000) return 2;
  return argument < 0x1_0000_0000 ? 4 : 8;
}
