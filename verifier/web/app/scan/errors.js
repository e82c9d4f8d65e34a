/** Why nothing could be read from what was handed over, which says nothing against it. */

import { Refusal } from "../../lib/errors.js";

/** Nothing was read; `code` is a `document.` code of docs/formats/verdict.md. */
export class DocumentError extends Refusal {}

/**
 * @param {string} message
 * @param {unknown} [cause] what the library said, for whoever debugs
 */
export function unreadable(message, cause) {
  return Object.assign(new DocumentError("document.unreadable", message), { cause });
}

/** @param {string} message */
export const tooMuch = (message) => new DocumentError("document.too_large", message);

/** @param {string} message */
export const noCode = (message) => new DocumentError("document.no_code", message);
