/** Why nothing could be read from what was handed over, which says nothing against it. */

import { Refusal } from "../../lib/errors.js";

/** Nothing was read; `code` is a `document.` code of docs/formats/verdict.md. */
export class DocumentError extends Refusal {}

/** @param {string} message */
export const unreadable = (message) => new DocumentError("document.unreadable", message);

/** @param {string} message */
export const tooMuch = (message) => new DocumentError("document.too_large", message);

/** @param {string} message */
export const noCode = (message) => new DocumentError("document.no_code", message);
