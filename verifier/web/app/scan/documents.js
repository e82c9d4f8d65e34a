/** From texts and bytes to the sealed credentials in them, each with its place. Pure. */

import { utf8Bytes } from "../../lib/bytes.js";
import { FormError } from "../../lib/errors.js";
import { decodeQrText } from "../../lib/qr-text.js";
import { DocumentError, noCode, tooMuch } from "./errors.js";
import { MOST_TEXT_BYTES } from "./limits.js";
import { pictureKind } from "./picture-size.js";

/** @typedef {"page" | "attachment" | "picture" | "text" | "file" | "camera"} PlaceKind */
/**
 * One code or attachment: its sealed bytes, or the form code that its text fails with.
 * @typedef {{ kind: PlaceKind, page: number | null, sealed: Uint8Array, url: string | null, fault: string | null }} Held
 */
/**
 * What one input holds: at least one code or attachment, the full records of a PDF, and remarks:
 * `page.not_compared` where a page was looked at for its codes alone.
 * @typedef {{ name: string, held: Held[], records: Uint8Array[], remarks: string[] }} Reading
 */
/** @typedef {{ name: string, bytes: Uint8Array }} Attachment */

const SEALED_START = 0x82;
const SEALED_SUFFIX = ".sealed";
const RECORD_NAME = "record.cbor";
const PDF_START = "%PDF-";
const PDF_START_WITHIN = 1024;
const RESULT_START = "SEALROOT-RESULT:";
const OURS_LEAST_LENGTH = 100;
const OURS_LEAST_DIGITS = 0.6;
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * What a file is, by its bytes; the name decides only where they say nothing. Null: nothing ours.
 * @param {Uint8Array} bytes
 * @param {string} name
 * @returns {"picture" | "pdf" | "sealed" | "text" | null}
 */
export function fileKind(bytes, name) {
  if (pictureKind(bytes) !== null) return "picture";
  const start = String.fromCharCode(...bytes.subarray(0, PDF_START_WITHIN));
  if (start.includes(PDF_START)) return "pdf";
  if (bytes[0] === SEALED_START || name.endsWith(SEALED_SUFFIX)) return "sealed";
  if ((bytes.length > 0 && bytes.every(isPrintable)) || name.endsWith(".txt")) return "text";
  return null;
}

/** @param {number} byte */
function isPrintable(byte) {
  return (byte >= 0x20 && byte <= 0x7e) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/**
 * The credential of a QR text that was typed, pasted, scanned by hand or saved as a file. A line
 * end at its end belongs to the file; everything else counts.
 * @param {string} text
 * @param {{ name?: string, kind?: PlaceKind }} [wishes]
 * @returns {Reading}
 * @throws {DocumentError}
 */
export function readText(text, { name = "", kind = "text" } = {}) {
  if (text.length > MOST_TEXT_BYTES || utf8Bytes(text).length > MOST_TEXT_BYTES)
    throw tooMuch(`over ${MOST_TEXT_BYTES} bytes of text`);
  const whole = text.replace(/\n$/, "").replace(/\r$/, "");
  if (isResultText(whole)) throw onlyAResult();
  return { name, held: [heldOf(whole, kind, null)], records: [], remarks: [] };
}

/**
 * Likewise, of the bytes of a text file.
 * @param {Uint8Array} bytes
 * @param {string} name
 */
export function readTextFile(bytes, name) {
  if (bytes.length > MOST_TEXT_BYTES) throw tooMuch(`over ${MOST_TEXT_BYTES} bytes of text`);
  return readText(UTF8.decode(bytes), { name });
}

/**
 * Likewise, of one code that a camera saw; a code of another kind is no document.
 * @param {string} text
 */
export const readCameraText = (text) => readCodes([text], { kind: "camera" });

/**
 * What a person pasted, without the white space that was copied along with it.
 * @param {string} text
 */
export const trimmedPaste = (text) => text.replace(/^\s+|\s+$/gu, "");

/**
 * The credentials of the codes in a picture or a camera's frame.
 * @param {string[]} texts
 * @param {{ name?: string, kind?: PlaceKind }} [wishes]
 * @returns {Reading}
 * @throws {DocumentError} where none of them is ours
 */
export function readCodes(texts, { name = "", kind = "picture" } = {}) {
  const held = texts.filter(isOurs).map((text) => heldOf(text, kind, null));
  if (held.length === 0) throw withoutOurs(texts);
  return { name, held, records: [], remarks: [] };
}

/**
 * The credentials of a PDF: codes of its pages, attachments.
 * @param {{ codes: [number, string][], attachments: Attachment[] }} content
 * @param {string} name
 * @returns {Reading}
 * @throws {DocumentError} where none of them is ours
 */
export function readPdfContent({ codes, attachments }, name) {
  const shown = codes.filter(([, text]) => isOurs(text));
  const sealed = attachments.filter((attached) => attached.name.endsWith(SEALED_SUFFIX));
  /** @type {Held[]} */
  const held = [
    ...shown.map(([page, text]) => heldOf(text, "page", page)),
    ...sealed.map(({ bytes }) => heldBytes(bytes, "attachment")),
  ];
  if (held.length === 0) throw withoutOurs(codes.map(([, text]) => text));
  const records = attachments.filter((attached) => attached.name === RECORD_NAME);
  return {
    name,
    held,
    records: records.map(({ bytes }) => bytes),
    remarks: ["page.not_compared"],
  };
}

/**
 * Whether an attachment of this name is one that a verifier goes by.
 * @param {string} name
 */
export const isAttachmentOfOurs = (name) => name.endsWith(SEALED_SUFFIX) || name === RECORD_NAME;

/**
 * @param {Uint8Array} sealed
 * @param {PlaceKind} kind
 * @returns {Held}
 */
export const heldBytes = (sealed, kind) => ({ kind, page: null, sealed, url: null, fault: null });

/**
 * @param {string} text
 * @param {PlaceKind} kind
 * @param {number | null} page
 * @returns {Held}
 */
function heldOf(text, kind, page) {
  try {
    return { kind, page, ...decodeQrText(text), fault: null };
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    return { kind, page, sealed: utf8Bytes(text), url: null, fault: error.code };
  }
}

/**
 * Whether a text is of a result that somebody printed or saved: never of a document.
 * @param {string} text
 */
export function isResultText(text) {
  return text.startsWith(RESULT_START);
}

/**
 * What to say where no text is of a credential: that one is of a result goes first.
 * @param {string[]} texts
 */
function withoutOurs(texts) {
  if (texts.some(isResultText)) return onlyAResult();
  return noCode(texts.length === 0 ? "there is no readable QR code" : "no QR code of ours");
}

function onlyAResult() {
  return new DocumentError("document.is_result", `its text begins with ${RESULT_START}`);
}

/**
 * True for a QR text of ours, whole or damaged; false for other codes that stand beside it.
 * @param {string} text
 */
export function isOurs(text) {
  if (isResultText(text)) return false;
  const tail = [...text.slice(text.lastIndexOf("#") + 1)];
  const digits = tail.filter((character) => /\p{Nd}/u.test(character)).length;
  if (digits === tail.length || tail.length < OURS_LEAST_LENGTH)
    return digits > 0 && digits === tail.length;
  return digits >= OURS_LEAST_DIGITS * tail.length;
}
