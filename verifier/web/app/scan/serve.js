/** The worker's side of decoder.js: answers questions, one after the other. */

import { DocumentError } from "./errors.js";

/**
 * What is used of a worker's own scope.
 * @typedef {object} Port
 * @property {(message: any, transfer?: Transferable[]) => void} postMessage
 * @property {((event: { data: any }) => void) | null} onmessage
 */

/**
 * Serves questions with what `prepare` returns, as soon as that is there.
 * @param {Port} port
 * @param {() => Promise<(question: any) => Promise<unknown>>} prepare
 */
export async function serve(port, prepare) {
  try {
    const answer = await prepare();
    port.onmessage = async ({ data }) => port.postMessage(await answered(answer, data));
    port.postMessage({ ready: true });
  } catch (error) {
    port.postMessage({ crashed: String(error) });
  }
}

/**
 * @param {(question: any) => Promise<unknown>} answer
 * @param {any} question
 */
async function answered(answer, question) {
  try {
    return { answer: await answer(question) };
  } catch (error) {
    if (error instanceof DocumentError) return { refused: error.code, because: error.message };
    return { crashed: String(error) };
  }
}

/** The scope of this worker; a page's type checker does not know that it is one. */
export const port = /** @type {Port} */ (/** @type {unknown} */ (globalThis));

/**
 * A part of ours, from our own origin.
 * @param {string} url
 * @returns {Promise<ArrayBuffer>}
 */
export async function fetched(url) {
  const response = await fetch(url, { credentials: "omit", redirect: "error" });
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return response.arrayBuffer();
}
