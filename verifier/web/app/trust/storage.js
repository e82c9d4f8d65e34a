/**
 * Where the page keeps its memory. Two of them: the browser's database (indexed-db.js), and this one in
 * memory, for tests and for a browser that keeps nothing.
 */

/**
 * One record. `change` is one step that nobody comes between, in this tab or another: `step` sees the
 * record as it is and returns what it shall be, or undefined to leave it. A crash leaves the one or the
 * other.
 * @typedef {object} Storage
 * @property {() => Promise<unknown>} read undefined where nothing is kept
 * @property {(step: (before: unknown) => unknown) => Promise<void>} change
 * @property {() => Promise<void>} clear
 * @property {(heard: () => void) => void} listen calls `heard` when another tab has changed the record
 */

/**
 * Keeps the record as long as the page is open.
 * @param {unknown} [record] to begin with
 * @returns {Storage}
 */
export function inMemory(record) {
  return {
    read: async () => record,
    change: async (step) => {
      const after = step(record);
      if (after !== undefined) record = after;
    },
    clear: async () => {
      record = undefined;
    },
    listen: () => undefined,
  };
}
