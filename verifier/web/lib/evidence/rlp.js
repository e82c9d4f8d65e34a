/** Strict RLP (Ethereum yellow paper, appendix B): one encoding a value, limits kept while reading. */

import { concat } from "../bytes.js";
import { malformed } from "../errors.js";
import { readUint } from "../integers.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {Bytes | Item[]} Item */

const SHORT = 56;
const STRING = 0x80;
const LIST = 0xc0;

/**
 * The one list that the bytes are; none in it has more elements or stands deeper than allowed.
 * @param {Bytes} source
 * @param {number} mostItems
 * @param {number} depth
 * @returns {Item[]}
 * @throws {import("../errors.js").TrustError}
 */
export function decodeList(source, mostItems, depth) {
  const { isList, begin, stop } = span(source, 0, source.length);
  if (!isList || stop !== source.length) throw malformed("not one RLP list");
  return items(source, begin, stop, mostItems, depth);
}

/**
 * @param {Bytes} source
 * @param {number} start
 * @param {number} end
 * @param {number} most
 * @param {number} depth
 * @returns {Item[]}
 */
function items(source, start, end, most, depth) {
  if (depth === 0) throw malformed("RLP lists are nested too deep");
  const found = [];
  for (let at = start; at < end; ) {
    if (found.length === most) throw malformed(`an RLP list of more than ${most} elements`);
    const { isList, begin, stop } = span(source, at, end);
    found.push(isList ? items(source, begin, stop, most, depth - 1) : source.subarray(begin, stop));
    at = stop;
  }
  return found;
}

/**
 * Whether the item at `start` is a list, and where its content begins and stops.
 * @param {Bytes} source
 * @param {number} start
 * @param {number} end
 */
function span(source, start, end) {
  if (start >= end) throw malformed("RLP ends where an item must stand");
  const first = source[start];
  if (first < STRING) return { isList: false, begin: start, stop: start + 1 };
  const isList = first >= LIST;
  let length = first - (isList ? LIST : STRING);
  let begin = start + 1;
  if (length >= SHORT) {
    const width = length - SHORT + 1;
    length = Number(readUint(source.subarray(begin, begin + width)));
    if (length < SHORT || source[begin] === 0) throw malformed("an RLP length in a longer form");
    begin += width;
  }
  const stop = begin + length;
  if (stop > end) throw malformed("RLP ends inside an item");
  if (!isList && length === 1 && source[begin] < STRING)
    throw malformed("an RLP byte in a longer form");
  return { isList, begin, stop };
}

/**
 * @param {Item} item
 * @returns {Bytes}
 */
export function encode(item) {
  if (Array.isArray(item)) {
    const content = concat(...item.map(encode));
    return concat(prefix(content.length, LIST), content);
  }
  if (item.length === 1 && item[0] < STRING) return item;
  return concat(prefix(item.length, STRING), item);
}

/**
 * @param {number} length
 * @param {number} offset
 */
function prefix(length, offset) {
  if (length < SHORT) return Uint8Array.of(offset + length);
  const written = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) written.unshift(left % 256);
  return Uint8Array.of(offset + SHORT - 1 + written.length, ...written);
}

/**
 * The number in a string without leading zeros.
 * @param {Item} item
 * @param {number} mostBytes
 */
export function scalar(item, mostBytes) {
  if (Array.isArray(item) || item.length > mostBytes || item[0] === 0)
    throw malformed("a number in RLP is too long, or begins with zeros");
  return readUint(item);
}

/**
 * The string of exactly so many bytes.
 * @param {Item} item
 * @param {number} size
 * @returns {Bytes}
 */
export function fixed(item, size) {
  if (Array.isArray(item) || item.length !== size) throw malformed(`not ${size} bytes in RLP`);
  return item;
}

/**
 * @param {Item} item
 * @returns {Item[]}
 */
export function listOf(item) {
  if (!Array.isArray(item)) throw malformed("a list must stand in RLP");
  return item;
}
