/** Fetches a file whole or says why not: within a number of bytes and a time, whatever the server does. */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {"too_large" | "timed_out" | "refused" | "unreachable"} Fault */

/** A file that was not delivered. */
export class Undelivered extends Error {
  /**
   * @param {Fault} fault
   * @param {string} message
   */
  constructor(fault, message) {
    super(message);
    this.name = "Undelivered";
    this.fault = fault;
  }
}

/**
 * The bytes behind an address.
 * @param {string} url
 * @param {{ fetch: typeof globalThis.fetch, most: number, timeLimit: number }} rules `timeLimit` in
 *   milliseconds, for the whole answer
 * @returns {Promise<Bytes>}
 * @throws {Undelivered}
 */
export async function download(url, { fetch, most, timeLimit }) {
  const giveUp = new AbortController();
  const { signal } = giveUp;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    const message = `no whole answer within ${timeLimit / 1000} seconds`;
    timer = setTimeout(() => reject(new Undelivered("timed_out", message)), timeLimit);
  });
  try {
    return await Promise.race([
      answer(url, { fetch, most, signal }),
      /** @type {Promise<never>} */ (late),
    ]);
  } catch (error) {
    if (error instanceof Undelivered) throw error;
    throw new Undelivered("unreachable", `no connection, or one that broke off (${error})`);
  } finally {
    clearTimeout(timer);
    giveUp.abort(); // what is still on its way is not wanted
  }
}

/**
 * @param {string} url
 * @param {{ fetch: typeof globalThis.fetch, most: number, signal: AbortSignal }} rules
 */
async function answer(url, { fetch, most, signal }) {
  const response = await fetch(url, {
    signal,
    cache: "no-cache", // asks again, and takes 304 for an answer
    credentials: "same-origin",
    referrerPolicy: "no-referrer",
  });
  if (!response.ok) throw new Undelivered("refused", `the server answered ${response.status}`);
  if (Number(response.headers.get("content-length")) > most) throw tooLarge(most);
  return await readAll(response, most);
}

/**
 * @param {Response} response
 * @param {number} most
 * @returns {Promise<Bytes>}
 */
async function readAll(response, most) {
  const reader = response.body?.getReader();
  /** @type {Uint8Array[]} */
  const parts = [];
  let length = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.length;
    if (length > most) {
      reader?.cancel().catch(() => undefined);
      throw tooLarge(most);
    }
    parts.push(part.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {number} most */
function tooLarge(most) {
  return new Undelivered("too_large", `more than ${most} bytes`);
}
