/**
 * The trust data the page holds, and its memory of what was seen: one in this tab, one in storage that
 * other tabs share. Both change together, and never back.
 */

import { openBundle } from "../../lib/bundle.js";
import { equal } from "../../lib/bytes.js";
import { TrustError } from "../../lib/errors.js";
import { PROVEN } from "./compare.js";
import { afterAccepting, NOTHING_SEEN, readMemory, sameFloors } from "./memory.js";
import { inMemory } from "./storage.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("../../lib/trust-anchor.js").TrustAnchor} TrustAnchor */
/** @typedef {import("../../lib/trust-data.js").TrustData} TrustData */
/** @typedef {import("./memory.js").Kept} Kept */
/** @typedef {import("./memory.js").Memory} Memory */
/** @typedef {import("./storage.js").Storage} Storage */
/** @typedef {Kept & { trust: TrustData, isFromStorage: boolean }} Held */
/**
 * `kept`: what was seen outlives the page; `memory`: storage is denied or full, so it does not;
 * `unusable`: what is stored cannot be understood, so what was seen is not known and nothing is judged.
 * @typedef {"kept" | "memory" | "unusable"} StorageState
 */

/** The clock's latest time is written down once a minute, not with each document. */
const LATEST_STEP = 60;

export class Shelf {
  /** @type {Memory} */
  memory = NOTHING_SEEN;
  /** @type {Held | null} */
  held = null;
  /** Why nothing is held. */
  reason = "trust.unavailable";
  /** @type {StorageState} */
  state = "kept";
  #anchor;
  #storage;

  /**
   * @param {TrustAnchor} anchor
   * @param {Storage} storage
   */
  constructor(anchor, storage) {
    this.#anchor = anchor;
    this.#storage = storage;
  }

  /** Reads the memory in storage, and opens the bundle in it where it is not held already. */
  async load() {
    /** @type {unknown} */
    let record;
    try {
      record = await this.#storage.read();
    } catch {
      this.#fallBack();
      return;
    }
    const memory = readMemory(record);
    if (memory === null) {
      this.held = null;
      this.state = "unusable";
      this.reason = "trust.malformed";
      return;
    }
    if (this.state === "unusable") this.state = "kept";
    this.memory = memory;
    await this.#hold(memory);
  }

  /** @param {Memory} memory */
  async #hold({ kept }) {
    if (kept === null || (this.held !== null && equal(kept.bundle, this.held.bundle))) return;
    try {
      this.held = { ...kept, trust: await this.open(kept.bundle), isFromStorage: true };
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      this.held = null;
      this.reason = error.code;
    }
  }

  /**
   * Opens a bundle under all that was seen.
   * @param {Bytes} bundle
   * @returns {Promise<TrustData>}
   * @throws {TrustError}
   */
  open(bundle) {
    const { floor, guests } = this.memory;
    return openBundle(bundle, { anchor: this.#anchor, floor, guestFloors: new Map(guests) });
  }

  /**
   * Holds this trust data, and remembers it where somebody vouches for it: after a bundle that anybody
   * could have written every genuine one would be a rollback.
   * @param {TrustData} trust
   * @param {Kept} kept
   * @returns {Promise<boolean>} false where the storage has seen other data than it was opened under
   */
  async accept(trust, kept) {
    if (trust.evidence.strength >= PROVEN) {
      const under = this.memory;
      let isCurrent = true;
      // A crash before this step is done leaves the old memory, after it the new one.
      await this.#write((before) => {
        isCurrent = sameFloors(before, under);
        return isCurrent ? afterAccepting(before, trust, kept) : undefined;
      });
      if (!isCurrent) return false;
      this.memory = afterAccepting(under, trust, kept);
    }
    this.held = { ...kept, trust, isFromStorage: false };
    return true;
  }

  /**
   * Remembers the latest time the clock has shown.
   * @param {number} now
   */
  async noteClock(now) {
    if (now - this.memory.latest < LATEST_STEP) return;
    this.memory = { ...this.memory, latest: now };
    await this.#write((before) => ({ ...before, latest: Math.max(before.latest, now) }));
  }

  /**
   * Forgets that the clock has shown a later time.
   * @param {number} now
   */
  async acceptClock(now) {
    this.memory = { ...this.memory, latest: now };
    await this.#write((before) => ({ ...before, latest: now }));
  }

  /** Forgets everything. */
  async clear() {
    this.memory = NOTHING_SEEN;
    this.held = null;
    this.reason = "trust.unavailable";
    this.state = "kept";
    try {
      await this.#storage.clear();
    } catch {
      this.#fallBack();
    }
  }

  /**
   * One step on the stored memory. Where the browser refuses, what is stored stays there whole, and the
   * page goes on without storage.
   * @param {(before: Memory) => Memory | undefined} step
   */
  async #write(step) {
    const change = () =>
      this.#storage.change((record) => {
        const before = readMemory(record);
        return before === null ? undefined : step(before);
      });
    try {
      await change();
    } catch {
      this.#fallBack();
      await change();
    }
  }

  #fallBack() {
    this.#storage = inMemory(this.memory);
    this.state = "memory";
  }
}
