/** From what somebody holds out to one finding, with the trust data and the time it was made with. */

import { DocumentError, examine, readCameraText, unread } from "./scan/index.js";

/** @typedef {import("./scan/examine.js").Finding} Finding */
/** @typedef {import("./scan/documents.js").Reading} Reading */
/** @typedef {import("./trust/keeper.js").Keeper} Keeper */
/** @typedef {import("../lib/trust-data.js").TrustData} TrustData */
/** @typedef {() => Reading | Promise<Reading>} Read */
/**
 * @typedef {object} Judging
 * @property {Keeper} keeper
 * @property {() => number} clock
 * @property {() => Promise<void>} arrival waits for trust data where there are none yet
 */

/**
 * @param {string} name
 * @param {Read} read
 * @param {Judging} judging
 * @returns {Promise<{ finding: Finding, trust: TrustData | null, at: number }>}
 */
export async function findingOf(name, read, { keeper, clock, arrival }) {
  const finding = await found(name, read, { keeper, clock, arrival });
  return { finding, trust: keeper.current().trust, at: clock() };
}

/**
 * @param {string} name
 * @param {Read} read
 * @param {Judging} judging
 * @returns {Promise<Finding>}
 */
async function found(name, read, { keeper, clock, arrival }) {
  try {
    const reading = await read();
    if (keeper.current().trust === null) await arrival();
    return await examine({ ...reading, name }, (sealed) => keeper.judge(sealed), clock());
  } catch (error) {
    if (error instanceof DocumentError) return unread(name, error);
    throw error;
  }
}

/**
 * What the camera saw, or null for a code of another kind: no document that somebody holds out.
 * @param {string} text
 * @returns {Read | null}
 */
export function cameraRead(text) {
  try {
    const reading = readCameraText(text);
    return () => reading;
  } catch (error) {
    if (error instanceof DocumentError && error.code === "document.no_code") return null;
    return () => {
      throw error;
    };
  }
}
