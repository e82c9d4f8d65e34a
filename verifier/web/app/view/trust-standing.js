/** The state of the trust data in plain words: whose, as of when, how long it is good for. */

import { shown } from "./display.js";
import { lengthText, momentText } from "./moments.js";

/** @typedef {import("./words.js").Words} Words */
/**
 * What the keeper says, as far as a person is told of it.
 * @typedef {object} Standing
 * @property {string} reason the code of the trust check now
 * @property {import("../../lib/integers.js").Int | null} asOf null where there is no trust data
 * @property {string | null} source
 * @property {boolean} isClockBehind
 * @property {number} latest the latest time this device has shown
 * @property {number} missing documents that the journal names and that are not here
 * @property {"kept" | "memory" | "unusable"} storage
 */
/** @typedef {{ level: "good" | "old" | "none", lines: string[], facts: string[], needs: ("clock" | "forget")[] }} TrustWords */

const SCHEME = /^https?:/;
/** What the other lines say already. */
const UNREMARKABLE = ["trust.fresh", "trust.unavailable", "trust.too_old"];

/**
 * @param {Standing} standing
 * @param {{ maxTrustAge: number, maxStatusAge: number }} policy
 * @param {{ now: number, names: readonly [string, string] | null }} known
 * @param {Words} words
 * @returns {TrustWords}
 */
export function trustWords(standing, policy, { now, names }, words) {
  const { say } = words;
  const needs = /** @type {TrustWords["needs"]} */ ([
    ...(standing.isClockBehind ? ["clock"] : []),
    ...(standing.storage === "unusable" ? ["forget"] : []),
  ]);
  const notes = [
    ...(standing.isClockBehind
      ? [
          say(
            "clock_behind",
            momentText(standing.latest, words.language),
            momentText(now, words.language),
          ),
        ]
      : []),
    ...(standing.storage === "kept" ? [] : [say(`storage_${standing.storage}`)]),
  ];
  if (standing.asOf === null)
    return {
      level: "none",
      lines: [say("trust_none"), ...causeOf(standing, words), ...notes],
      facts: [],
      needs,
    };
  const age = now - Number(standing.asOf);
  const left = Math.min(policy.maxTrustAge, policy.maxStatusAge) - age;
  const whose =
    names === null
      ? words.phrase("label", "registry_home")
      : shown(names[words.language === "zh-Hant" ? 0 : 1]);
  const when = momentText(standing.asOf, words.language);
  const lines = [
    say("trust_of", whose, lengthText(age, words)),
    left < 0 ? say("trust_too_old") : say("trust_good_for", lengthText(left, words)),
    ...(standing.missing > 0 ? [say("trust_missing", standing.missing)] : []),
    ...(left < 0 ? [] : causeOf(standing, words)),
    ...notes,
  ];
  const isUsable = left >= 0 && standing.reason === "trust.fresh";
  const facts = [
    `${words.phrase("label", "trust_as_of")}: ${when}`,
    ...(standing.source === null ? [] : [say("trust_source", sourceText(standing.source, words))]),
  ];
  return { level: isUsable ? "good" : "old", lines, facts, needs };
}

/**
 * Why there is no trust data, where it is more than that none came.
 * @param {Standing} standing
 * @param {Words} words
 */
function causeOf({ reason }, words) {
  if (UNREMARKABLE.includes(reason)) return [];
  const { says, advice } = words.reason(reason);
  return [says, advice].filter((text) => text !== "");
}

/**
 * @param {string} source
 * @param {Words} words
 */
function sourceText(source, words) {
  return SCHEME.test(source) ? shown(source) : words.say("trust_source_file");
}
