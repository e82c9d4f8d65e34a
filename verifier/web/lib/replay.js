/** Replays a journal: every rule of docs/formats/journal.md, entry by entry, into a trust state. */

import { JournalError, malformed, Refusal } from "./errors.js";
import { initialHead, nextHead } from "./journal-file.js";
import { decodePayload } from "./payloads.js";
import { APPLY } from "./rules.js";
import { TrustState } from "./trust-state.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {import("./journal-file.js").Journal} Journal */
/** @typedef {import("./journal-file.js").JournalEntry} JournalEntry */

/** A replay that stops where it is asked to: at the sizes whose heads are known already. */
export class Replay {
  /** @param {Journal} journal */
  constructor(journal) {
    this.entries = journal.entries[Symbol.iterator]();
    this.state = new TrustState(journal);
    this.state.head = initialHead(journal);
  }

  /**
   * The state after `size` entries.
   * @param {Int} size
   * @throws {import("./errors.js").TrustError} at the first entry that breaks a rule
   */
  advanceTo(size) {
    while (this.state.size < size) {
      const next = this.entries.next();
      if (next.done) throw malformed(`the journal has fewer than ${size} entries`);
      this.append(next.value);
    }
    return this.state;
  }

  /** How many entries follow; none of them counts, but the file must be whole. */
  countRest() {
    let rest = 0;
    while (!this.entries.next().done) rest++;
    return rest;
  }

  /** @param {JournalEntry} entry */
  append(entry) {
    const { state } = this;
    try {
      if (entry.time < state.time) throw malformed("the time falls"); // rule 1
      const payload = decodePayload(entry);
      if ((state.successor !== null) !== (payload.kind === "journalCarried"))
        throw malformed("an entry after the successor was named, or a move without one"); // rule 12
      APPLY[payload.kind](state, payload, entry.time);
    } catch (error) {
      if (error instanceof Refusal) throw new JournalError(entry.index, error.message);
      throw error;
    }
    state.head = nextHead(state.head, entry);
    state.size = entry.index + 1;
    state.time = entry.time;
    state.scopes = null;
    state.complete = null;
  }
}

/**
 * The state of a whole journal.
 * @param {Journal} journal
 * @returns {TrustState}
 * @throws {import("./errors.js").TrustError}
 */
export function replay(journal) {
  const running = new Replay(journal);
  for (const entry of { [Symbol.iterator]: () => running.entries }) running.append(entry);
  return running.state;
}
