/** Agency codes and certificate numbers (docs/formats/journal.md, docs/formats/sealed.md). */

import { UINT32_MAX } from "./integers.js";

export const MAX_SLOT = 67_108_863;

const CODE = /^[A-Z0-9][A-Z0-9-]{0,15}$/;
const NUMBER = /^([A-Z0-9][A-Z0-9-]{0,15})-([1-9][0-9]{0,9})-([0-9]{6}|[1-9][0-9]{6,7})$/;

/**
 * @param {unknown} text
 * @returns {text is string}
 */
export function isAgencyCode(text) {
  return typeof text === "string" && CODE.test(text);
}

/**
 * The number people read and type.
 * @param {{ iss: string, listNo: number, index: number }} slot
 */
export function certificateNumber({ iss, listNo, index }) {
  return `${iss}-${listNo}-${String(index).padStart(6, "0")}`;
}

/**
 * The parts of a certificate number, or null for any other text.
 * @param {string} text
 * @returns {{ iss: string, listNo: number, index: number } | null}
 */
export function parseCertificateNumber(text) {
  const match = NUMBER.exec(text);
  if (match === null) return null;
  const [iss, listNo, index] = [match[1], Number(match[2]), Number(match[3])];
  return listNo > UINT32_MAX || index > MAX_SLOT ? null : { iss, listNo, index };
}
