/** How much is looked at, at most: those of verifier/documents.py, scan.py and pdf.py. */

export const MOST_FILE_BYTES = 48 * 1024 * 1024;
export const MOST_TEXT_BYTES = 64 * 1024;

/** @type {Readonly<Record<import("./picture-size.js").PictureKind, number>>} */
export const MOST_PIXELS = Object.freeze({ PNG: 40_000_000, WEBP: 40_000_000, JPEG: 200_000_000 });
/** A larger picture is decoded at a smaller size at once: it is finer than its code needs. */
export const MOST_DECODED_PIXELS = 24_000_000;
export const PICTURE_SECONDS = 20;
export const PATIENT_SECONDS = 5;
export const PATIENT_SIDE = 3000;

export const MOST_PAGES = 40;
export const MOST_PATIENT_PAGES = 3;
export const MOST_PAGE_PIXELS = 16_000_000;
export const MOST_PAGE_SIDE = 16_000;
/** A picture in a page: A3 in 600 dots an inch. Larger ones are not drawn. */
export const MOST_IMAGE_PIXELS = 80_000_000;
export const MOST_ATTACHMENTS = 16;
export const MOST_ATTACHMENT_BYTES = 1024 * 1024;
export const PDF_SECONDS = 30;
/** Office computers and telephones are slower than servers: the worker is given time to start. */
export const START_SECONDS = 30;

export const MOST_RECORD_BYTES = 256 * 1024;
export const MOST_RECORD_ROWS = 4096;

export const FRAME_SECONDS = 10;
