/** Asks a worker, one question at a time; a worker that is late or crashes is thrown away. */

import { DocumentError } from "./errors.js";
import { START_SECONDS } from "./limits.js";

/**
 * What is used of a Worker.
 * @typedef {object} WorkerLike
 * @property {(message: any, transfer: Transferable[]) => void} postMessage
 * @property {() => void} terminate
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onerror
 * @property {((event: any) => void) | null} onmessageerror
 */
/**
 * A worker says `{ ready: true }` when it can be asked, then answers each question with
 * `{ answer }`, `{ refused, because }` (a `document.` code), or `{ crashed }`.
 * @typedef {object} Decoder
 * @property {(question: object, transfer: Transferable[], seconds: number) => Promise<any>} ask
 *   the answer; rejects with DocumentError
 * @property {() => Promise<void>} warm resolves when a worker is ready, so that nobody waits later
 * @property {() => boolean} isBusy
 * @property {() => void} close
 */

/** No worker could be started: nothing is said about any document. */
export class DecoderUnavailable extends DocumentError {
  /** @param {string} because */
  constructor(because) {
    super("document.unreadable", `the reader of this page could not be started: ${because}`);
  }
}

/**
 * @param {() => WorkerLike} start
 * @returns {Decoder}
 */
export function openDecoder(start) {
  /** @type {{ worker: WorkerLike, ready: Promise<void> } | null} */
  let running = null;
  let last = Promise.resolve();
  let waiting = 0;

  function drop() {
    running?.worker.terminate();
    running = null;
  }

  function started() {
    if (running !== null) return running;
    const worker = start();
    const ready = readiness(worker).catch((error) => {
      if (running?.worker === worker) drop();
      throw error;
    });
    running = { worker, ready };
    return running;
  }

  /**
   * @param {object} question
   * @param {Transferable[]} transfer
   * @param {number} seconds
   */
  async function asked(question, transfer, seconds) {
    const { worker, ready } = started();
    await ready;
    try {
      const answered = heard(worker, seconds);
      worker.postMessage(question, transfer);
      return answerOf(await answered);
    } catch (error) {
      if (!(error instanceof DocumentError) || error instanceof Lost) drop();
      throw error;
    }
  }

  return {
    async ask(question, transfer, seconds) {
      waiting++;
      const turn = last.then(() => asked(question, transfer, seconds));
      last = turn.then(
        () => {},
        () => {},
      );
      try {
        return await turn;
      } finally {
        waiting--;
      }
    },
    warm: async () => started().ready,
    isBusy: () => waiting > 0,
    close: drop,
  };
}

/** The worker is lost: it crashed, or did not answer in time. */
class Lost extends DocumentError {}

/**
 * @param {WorkerLike} worker
 * @throws {DecoderUnavailable}
 */
async function readiness(worker) {
  const message = await heard(worker, START_SECONDS).catch((error) => ({ crashed: error.message }));
  if (message.ready !== true)
    throw new DecoderUnavailable(String(message.crashed ?? "it answers otherwise than ours do"));
}

/** @param {any} message */
function answerOf(message) {
  if (message.refused !== undefined) throw new DocumentError(message.refused, message.because);
  if (message.answer === undefined) throw lost(`the reader crashed: ${message.crashed}`);
  return message.answer;
}

/** @param {string} because */
const lost = (because) => new Lost("document.unreadable", because);

/**
 * The next message of a worker.
 * @param {WorkerLike} worker
 * @param {number} seconds
 * @returns {Promise<any>}
 */
function heard(worker, seconds) {
  return new Promise((resolve, reject) => {
    const late = `the file could not be read within ${seconds} seconds`;
    const timer = setTimeout(() => reject(lost(late)), 1000 * seconds);
    const failed = (/** @type {any} */ event) => {
      event.preventDefault?.(); // it is said to the person, not to the console
      clearTimeout(timer);
      reject(lost(event.message ?? "the reader crashed"));
    };
    worker.onerror = failed;
    worker.onmessageerror = failed;
    worker.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(data);
    };
  });
}
