/**
 * Whole numbers of up to 256 bits in one form: a `number` where it is safe, else a `bigint`.
 *
 * So `===` compares any two of them, and so do `<` and `>`. Everything here keeps that form.
 */

/** @typedef {number | bigint} Int */

export const UINT16_MAX = 0xffff;
export const UINT32_MAX = 0xffff_ffff;
export const UINT64_MAX = (1n << 64n) - 1n;
export const TIME_MAX = 253_402_300_799; // 9999-12-31T23:59:59Z

/**
 * @param {bigint} value
 * @returns {Int}
 */
export function int(value) {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value;
}

/**
 * @param {unknown} value
 * @returns {value is Int}
 */
export function isInt(value) {
  return typeof value === "number" || typeof value === "bigint";
}

/**
 * Says whether a decoded value is an integer from least to most.
 * @param {unknown} value
 * @param {Int} least
 * @param {Int} most
 * @returns {value is Int}
 */
export function isIntFrom(value, least, most) {
  return isInt(value) && value >= least && value <= most;
}

/**
 * As `isIntFrom`, for bounds that a `number` holds.
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 * @returns {value is number}
 */
export function isNumberFrom(value, least, most) {
  return typeof value === "number" && value >= least && value <= most;
}

/**
 * The unsigned big-endian number in bytes.
 * @param {Uint8Array} bytes
 * @returns {Int}
 */
export function readUint(bytes) {
  if (bytes.length <= 6) return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return int(value);
}

/**
 * A number as unsigned big-endian bytes of that width.
 * @param {Int} value
 * @param {number} width
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function uintBytes(value, width) {
  const bytes = new Uint8Array(width);
  let left = BigInt(value);
  for (let at = width - 1; at >= 0; at--) {
    bytes[at] = Number(left & 0xffn);
    left >>= 8n;
  }
  return bytes;
}

/**
 * The sum, in the one form.
 * @param {Int} one
 * @param {Int} other
 * @returns {Int}
 */
export function add(one, other) {
  return int(BigInt(one) + BigInt(other));
}

/**
 * For sorting.
 * @param {Int} one
 * @param {Int} other
 * @returns {number}
 */
export function order(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
