/** The text of a QR symbol and the bytes it stands for (docs/formats/qr-text.md). */

import { FormError, tooLarge } from "./errors.js";

const MOST_CHARACTERS = 42_000;
const GROUP_BYTES = 7;
const GROUP_DIGITS = 17;
const DIGITS_OF = [0, 3, 5, 8, 10, 13, 15, 17];
const URL_FORM = /^[\x21-\x7e]{0,512}$/;
const DIGITS_FORM = /^[0-9]+$/;

/** @typedef {{ sealed: Uint8Array<ArrayBuffer>, url: string | null }} QrContent */

/**
 * The sealed bytes of a text, and the URL before them, by the numbered steps of the page.
 * @param {string} text
 * @returns {QrContent}
 * @throws {FormError}
 */
export function decodeQrText(text) {
  // 1 the limit, in characters, of which one may be two units of UTF-16
  if (text.length > MOST_CHARACTERS && characters(text) > MOST_CHARACTERS)
    throw tooLarge(`more than ${MOST_CHARACTERS} characters`);
  // 2 the URL
  const hash = text.lastIndexOf("#");
  const url = hash < 0 ? null : text.slice(0, hash);
  if (url !== null && (!URL_FORM.test(url) || url.includes("#")))
    throw badText("what stands before the # is no URL");
  // 3, 4 the digits
  const digits = text.slice(hash + 1);
  if (!DIGITS_FORM.test(digits)) throw badText("not digits alone");
  // 5 whether the bytes are one sealed credential is for sealed.js to say
  return { sealed: bytesOf(digits), url };
}

/** @param {string} text */
function characters(text) {
  return text.length > 2 * MOST_CHARACTERS ? Number.POSITIVE_INFINITY : [...text].length;
}

/** @param {string} digits */
function bytesOf(digits) {
  const rest = DIGITS_OF.indexOf(digits.length % GROUP_DIGITS);
  if (rest < 0) throw badText("no byte string has that many digits");
  const groups = Math.floor(digits.length / GROUP_DIGITS);
  const bytes = new Uint8Array(groups * GROUP_BYTES + rest);
  for (let group = 0; group < groups; group++)
    fill(
      bytes,
      group * GROUP_BYTES,
      GROUP_BYTES,
      digits.slice(group * GROUP_DIGITS, (group + 1) * GROUP_DIGITS),
    );
  if (rest > 0) fill(bytes, groups * GROUP_BYTES, rest, digits.slice(groups * GROUP_DIGITS));
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} width
 * @param {string} digits
 */
function fill(bytes, start, width, digits) {
  let left = BigInt(digits);
  for (let at = start + width - 1; at >= start; at--) {
    bytes[at] = Number(left & 0xffn);
    left >>= 8n;
  }
  if (left !== 0n) throw badText("a group of digits is too large for its bytes");
}

/** @param {string} message */
function badText(message) {
  return new FormError("form.text", message);
}

/**
 * The text of sealed bytes, behind a URL where there is one.
 * @param {Uint8Array} sealed
 * @param {string | null} [url]
 * @returns {string}
 */
export function encodeQrText(sealed, url = null) {
  let digits = "";
  for (let at = 0; at < sealed.length; at += GROUP_BYTES) {
    const group = sealed.subarray(at, at + GROUP_BYTES);
    const value = group.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    digits += value.toString().padStart(DIGITS_OF[group.length], "0");
  }
  return url === null ? digits : `${url}#${digits}`;
}
