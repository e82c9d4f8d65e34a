/**
 * Keeps trust data for the page: from storage, from mirrors, from a file that somebody hands over; and
 * judges credentials by them. It never goes back behind what was seen, never takes worse for good, and
 * says of every source what came of it.
 *
 * Nothing here knows a browser: storage, fetch and clock are given.
 */

import { CLOCK_TOLERANCE, trustCheck } from "../../lib/checks.js";
import { check, outcomeOf } from "../../lib/verdict.js";
import { verify, verifyWithoutTrust } from "../../lib/verify.js";
import { missing } from "./compare.js";
import { Shelf } from "./shelf.js";
import { askSources, offered, reasonOf, tellOf } from "./sources.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("../../lib/integers.js").Int} Int */
/** @typedef {import("../../lib/trust-data.js").TrustData} TrustData */
/** @typedef {import("../../lib/verdict.js").Verdict} Verdict */
/** @typedef {import("./sources.js").Tried} Tried */
/** @typedef {{ tried: Tried[], changed: boolean }} RefreshReport */
/**
 * @typedef {object} KeeperOptions
 * @property {Pick<import("../config.js").PageConfig, "anchor" | "sources" | "policy">} config
 * @property {import("./storage.js").Storage} storage
 * @property {typeof globalThis.fetch} fetch
 * @property {() => number} clock Unix seconds
 * @property {number} [timeLimit] milliseconds for each source
 */
/**
 * @typedef {object} Standing
 * @property {TrustData | null} trust
 * @property {string} reason the code of the trust check now
 * @property {Int | null} asOf
 * @property {number | null} fetchedAt
 * @property {number | null} checkedAt when a source last had nothing better
 * @property {string | null} source its address, or `file`
 * @property {boolean} isFromStorage
 * @property {boolean} isClockBehind the clock is behind the latest time it has shown here
 * @property {number} latest that time
 * @property {number} missing how many documents the journal names that are not here
 * @property {import("./shelf.js").StorageState} storage
 */

const TIME_LIMIT = 30_000;
const FILE = "file";

/**
 * A keeper that knows what the storage holds; it has asked no source yet.
 * @param {KeeperOptions} options
 * @returns {Promise<Keeper>}
 */
export async function openKeeper(options) {
  const keeper = new Keeper(options);
  await keeper.reload();
  return keeper;
}

/** Dispatches `change` when trust data, storage or clock stand otherwise than before. */
export class Keeper extends EventTarget {
  /** @type {number | null} */
  #checkedAt = null;
  /** @type {Promise<unknown>} one act after the other */
  #queue = Promise.resolve();
  /** @type {Promise<RefreshReport> | null} */
  #refreshing = null;
  #options;
  #shelf;

  /** @param {KeeperOptions} options */
  constructor(options) {
    super();
    this.#options = options;
    this.#shelf = new Shelf(options.config.anchor, options.storage);
    options.storage.listen(() => void this.reload());
  }

  /** @returns {Standing} */
  current() {
    const now = this.#options.clock();
    const { held, memory, reason, state } = this.#shelf;
    const isClockBehind = this.#isClockBehind(now);
    const asked = held === null ? null : trustCheck(held.trust, now, this.#options.config.policy);
    const isDoubted = isClockBehind && asked?.result === "PASS";
    return {
      trust: held?.trust ?? null,
      reason: isDoubted ? "trust.clock_behind" : (asked?.code ?? reason),
      asOf: held?.trust.evidence.asOf ?? null,
      fetchedAt: held?.fetchedAt ?? null,
      checkedAt: this.#checkedAt,
      source: held?.source ?? null,
      isFromStorage: held?.isFromStorage ?? false,
      isClockBehind,
      latest: memory.latest,
      missing: held === null ? 0 : missing(held.trust, now),
      storage: state,
    };
  }

  /**
   * The verdict on a sealed credential now, by what is held.
   * @param {Uint8Array} sealed
   * @returns {Promise<Verdict>}
   */
  async judge(sealed) {
    const now = this.#options.clock();
    const { held, reason } = this.#shelf;
    const isClockBehind = this.#isClockBehind(now);
    void this.#inTurn(() => this.#shelf.noteClock(now));
    if (held === null) return verifyWithoutTrust(sealed, reason, now);
    const { policy } = this.#options.config;
    const verdict = await verify(sealed, held.trust, now, policy);
    return isClockBehind ? doubted(verdict, policy) : verdict;
  }

  /**
   * Asks the sources in their order, until one has given what is fresh and whole.
   * @returns {Promise<RefreshReport>}
   */
  refresh() {
    this.#refreshing ??= this.#inTurn(() => this.#refreshed()).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** @returns {Promise<RefreshReport>} */
  async #refreshed() {
    const shelf = this.#shelf;
    await shelf.load();
    if (shelf.state === "unusable") return { tried: [], changed: false };
    const before = shelf.held?.bundle;
    const { config, fetch, timeLimit = TIME_LIMIT } = this.#options;
    const asked = { ...this.#asked(), fetch, timeLimit };
    const tried = await askSources(shelf, config.sources, asked);
    if (shelf.held === null) shelf.reason = reasonOf(tried);
    if (tried.some(({ outcome }) => ["taken", "same", "incomplete"].includes(outcome)))
      this.#checkedAt = asked.now;
    await shelf.noteClock(asked.now);
    this.#tellOfChange();
    return { tried, changed: shelf.held?.bundle !== before };
  }

  /**
   * Takes a bundle that was handed over as a file, by the same rules.
   * @param {Bytes} bundle
   * @returns {Promise<Tried>}
   */
  takeFile(bundle) {
    return this.#inTurn(async () => {
      await this.#shelf.load();
      if (this.#shelf.state === "unusable") return tellOf(FILE, "malformed", "unusable storage");
      const offer = { bundle: bundle.slice(), source: FILE };
      const asked = { ...this.#asked(), isLastWord: true };
      const { source, outcome, because } = await offered(this.#shelf, offer, asked);
      this.#tellOfChange();
      return tellOf(source, outcome, because);
    });
  }

  /** Reads the storage again: another tab may have seen more. */
  reload() {
    return this.#inTurn(async () => {
      await this.#shelf.load();
      this.#tellOfChange();
    });
  }

  /** A person says that the clock is right as it is now, and was wrong before. */
  acceptClock() {
    return this.#inTurn(async () => {
      await this.#shelf.acceptClock(this.#options.clock());
      this.#tellOfChange();
    });
  }

  /** Begins anew: everything that was seen is forgotten. Only where a person asks for it. */
  forget() {
    return this.#inTurn(async () => {
      await this.#shelf.clear();
      this.#checkedAt = null;
      this.#tellOfChange();
    });
  }

  /** Fulfilled when everything asked for so far is done and written. */
  async settled() {
    for (let seen = null; seen !== this.#queue; await seen) seen = this.#queue;
  }

  #asked() {
    return { policy: this.#options.config.policy, now: this.#options.clock() };
  }

  /** @param {number} now */
  #isClockBehind(now) {
    return this.#shelf.memory.latest - now > CLOCK_TOLERANCE;
  }

  /**
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  #inTurn(act) {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #tellOfChange() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * The verdict by a clock that was set back: trust that looks fresh may not be.
 * @param {Verdict} verdict
 * @param {{ requireAnchor: boolean }} policy
 * @returns {Verdict}
 */
function doubted(verdict, policy) {
  const checks = verdict.checks.map((one) =>
    one.name === "trust" && one.result === "PASS"
      ? check("trust", "UNKNOWN", "trust.clock_behind", one.asOf)
      : one,
  );
  return { ...verdict, checks, outcome: outcomeOf(checks, policy) };
}
