/** Asks the sources of trust data in their order, and says of each what came of it. */

import { PAGE_LIMITS } from "../../lib/bundle-file.js";
import { TrustError } from "../../lib/errors.js";
import { compare, isNewer, missing } from "./compare.js";
import { download, Undelivered } from "./download.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("../../lib/trust-data.js").TrustData} TrustData */
/** @typedef {Readonly<import("../../lib/policy.js").Policy>} Policy */
/** @typedef {import("./shelf.js").Shelf} Shelf */
/**
 * `taken`; `incomplete`: taken, for want of a whole one; `passed_over`: incomplete, and a better one
 * came; `same` as what is held, or `worse`; trust data that must not be used, by its code; or why
 * nothing was delivered.
 * @typedef {"taken" | "incomplete" | "passed_over" | "same" | "worse" | "rollback" | "foreign" | "malformed" | import("./download.js").Fault} SourceOutcome
 */
/** @typedef {{ source: string, outcome: SourceOutcome, because: string }} Tried `because` is for engineers */
/** @typedef {{ bundle: Bytes, source: string }} Offer */
/** @typedef {{ policy: Policy, now: number }} Asked */

/** Most bytes of a bundle from a mirror: a lite one, which inflates to no more. */
const MOST_FETCHED = PAGE_LIMITS.liteBody + (1 << 20);
/** The next source is asked while trust is older than this part of what the policy allows. */
const FRESH_PART = 4;
const MOST_ATTEMPTS = 4;
const REFUSALS = ["trust.rollback", "trust.foreign", "trust.malformed"];

/**
 * Asks until one source has given what is fresh and whole. What is newer but has documents left out is
 * taken only when every source was asked.
 * @param {Shelf} shelf
 * @param {string[]} sources
 * @param {Asked & { fetch: typeof globalThis.fetch, timeLimit: number }} asked
 * @returns {Promise<Tried[]>}
 */
export async function askSources(shelf, sources, { fetch, timeLimit, ...asked }) {
  /** @type {Tried[]} */
  const tried = [];
  /** @type {(Offer & { trust: TrustData, at: number }) | null} */
  let newest = null;
  for (const source of sources) {
    const answer = await delivered(source, { fetch, most: MOST_FETCHED, timeLimit });
    if ("outcome" in answer) {
      tried.push(answer);
      continue;
    }
    const { trust, ...told } = await offered(shelf, answer, { ...asked, isLastWord: false });
    tried.push(told);
    if (trust !== null && (newest === null || isNewer(trust, newest.trust)))
      newest = { ...answer, trust, at: tried.length - 1 };
    const isGood = told.outcome === "taken" || told.outcome === "same";
    if (isGood && isFreshAndWhole(shelf, asked)) break;
  }
  if (newest !== null) {
    const { outcome } = await offered(shelf, newest, { ...asked, isLastWord: true });
    if (outcome === "taken") tried[newest.at].outcome = "incomplete";
  }
  return tried;
}

/**
 * @param {string} source
 * @param {Parameters<typeof download>[1]} rules
 * @returns {Promise<Offer | Tried>}
 */
async function delivered(source, rules) {
  try {
    return { bundle: await download(source, rules), source };
  } catch (error) {
    if (error instanceof Undelivered) return tellOf(source, error.fault, error.message);
    throw error;
  }
}

/**
 * Opens a bundle, compares it with what is held, and takes it where it is better.
 * @param {Shelf} shelf
 * @param {Offer} offer
 * @param {Asked & { isLastWord: boolean }} asked `isLastWord`: take it also where it is incomplete
 * @returns {Promise<Tried & { trust: TrustData | null }>} with the trust data that was passed over
 */
export async function offered(shelf, { bundle, source }, { policy, now, isLastWord }) {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    /** @type {TrustData} */
    let trust;
    try {
      trust = await shelf.open(bundle);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      return { ...tellOf(source, outcomeFor(error.code), error.message), trust: null };
    }
    const comparison = compare(trust, shelf.held?.trust ?? null, { policy, now });
    if (comparison === "same" || comparison === "worse")
      return { ...tellOf(source, comparison, ""), trust: null };
    if (comparison === "incomplete" && !isLastWord)
      return { ...tellOf(source, "passed_over", "newer, but with less in it"), trust };
    if (await shelf.accept(trust, { bundle, fetchedAt: now, source }))
      return { ...tellOf(source, "taken", ""), trust: null };
    await shelf.load(); // another tab has seen more meanwhile: the same questions once more
  }
  return { ...tellOf(source, "worse", "other tabs saw more, again and again"), trust: null };
}

/**
 * @param {Shelf} shelf
 * @param {Asked} asked
 */
function isFreshAndWhole({ held }, { policy, now }) {
  if (held === null) return false;
  const age = now - Number(held.trust.evidence.asOf);
  return age * FRESH_PART <= policy.maxTrustAge && missing(held.trust, now) === 0;
}

/**
 * @param {string} source
 * @param {SourceOutcome} outcome
 * @param {string} because
 * @returns {Tried}
 */
export function tellOf(source, outcome, because) {
  return { source, outcome, because };
}

/**
 * @param {string} code
 * @returns {SourceOutcome}
 */
function outcomeFor(code) {
  if (code === "trust.rollback") return "rollback";
  return code === "trust.foreign" ? "foreign" : "malformed";
}

/**
 * Why there is no trust data: the worst that a source has tried, or that none has answered.
 * @param {Tried[]} tried
 */
export function reasonOf(tried) {
  const codes = tried.map(({ outcome }) => `trust.${outcome}`);
  return REFUSALS.find((code) => codes.includes(code)) ?? "trust.unavailable";
}
