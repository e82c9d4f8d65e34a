/** How a validator set changes: votes in blocks, counted as both engines count them. */

import { malformed } from "../errors.js";

/** @typedef {import("../integers.js").Int} Int */

/** The validators in force, and the votes that stand since the last epoch block. Addresses in hex. */
export class Tally {
  /**
   * @param {Iterable<string>} members
   * @param {Int} epoch
   */
  constructor(members, epoch) {
    /** @type {ReadonlySet<string>} replaced where it changes, never changed */
    this.members = new Set(members);
    this.epoch = BigInt(epoch);
    this.since = 0n;
    /** @type {Map<string, Set<string>>} subject to voters */
    this.standing = new Map();
  }

  /** The members in ascending order, as headers list them. */
  listed() {
    return [...this.members].sort().join("");
  }

  forget() {
    this.standing.clear();
  }

  /**
   * Block `number` comes next; an epoch block on the way has wiped the votes.
   * @param {Int} number
   */
  enter(number) {
    const epochs = BigInt(number) / this.epoch;
    if (epochs === this.since) return;
    this.since = epochs;
    this.forget();
  }

  /**
   * Counts a vote, and says whether it was a new one. A vote to add who is there, or to remove who
   * is not, only takes the voter's earlier one back.
   * @param {string} voter
   * @param {string} subject
   * @param {boolean} isAdding
   */
  cast(voter, subject, isAdding) {
    const standing = this.standing.get(subject) ?? new Set();
    this.standing.set(subject, standing);
    const isNew = !standing.has(voter);
    standing.delete(voter);
    if (isAdding === this.members.has(subject)) return false;
    standing.add(voter);
    if (standing.size > Math.floor(this.members.size / 2)) this.change(subject, isAdding);
    return isNew;
  }

  /**
   * @param {string} subject
   * @param {boolean} isAdding
   */
  change(subject, isAdding) {
    this.standing.delete(subject);
    const members = new Set(this.members);
    if (isAdding) members.add(subject);
    else {
      members.delete(subject);
      for (const voters of this.standing.values()) voters.delete(subject);
    }
    if (members.size === 0) throw malformed("the votes would leave no validator");
    this.members = members;
  }
}
