/** One finding as plain values for a screen, a sheet or a list: what verifier/report.py says as text. */

import { certificateNumber } from "../../lib/agency-code.js";
import { oneLine, shown } from "./display.js";
import { AGENCY, claimRows, fieldRows, row } from "./fields.js";
import {
  decidingOf,
  isConfirmed,
  isPutTogether,
  placeText,
  verdictAt,
  verdictOf,
} from "./finding.js";
import { momentText } from "./moments.js";
import {
  agencyNames,
  agencyText,
  authorityTexts,
  countedAt,
  dataOf,
  guestsTold,
  kindText,
  recognitionText,
  registryText,
} from "./origin.js";
import { warningsOf } from "./warnings.js";

/** @typedef {import("../../lib/trust-anchor.js").TrustAnchor} TrustAnchor */
/** @typedef {import("../../lib/trust-data.js").TrustData} TrustData */
/** @typedef {import("../../lib/verdict.js").Outcome} Outcome */
/** @typedef {import("../../lib/verdict.js").Result} Result */
/** @typedef {import("../../lib/verdict.js").Verdict} Verdict */
/** @typedef {import("../scan/examine.js").Finding} Finding */
/** @typedef {import("./fields.js").Row} Row */
/** @typedef {import("./words.js").Words} Words */
/**
 * What a report needs to know besides the finding: the trust data it was made with, and when.
 * @typedef {object} Setting
 * @property {Words} words
 * @property {TrustData | null} trust
 * @property {TrustAnchor | null} anchor
 * @property {number} at
 * @property {readonly string[]} officialUrls
 */
/** @typedef {{ name: string, result: Result, code: string, title: string, told: string, says: string, advice: string, asOf: string, detail: string }} CheckLine */
/** @typedef {{ heading: string, isConfirmed: boolean, rows: Row[] | null }} Claims */
/**
 * @typedef {object} Report
 * @property {Outcome} outcome
 * @property {string} name
 * @property {boolean} isConfirmed
 * @property {string} title what it is and whose, where that is confirmed
 * @property {CheckLine[]} checks
 * @property {CheckLine[]} reasons the checks that made the outcome what it is
 * @property {Row[]} identity who issued it, what and when
 * @property {string[]} authority
 * @property {Claims[]} claims
 * @property {string[]} places what stood where, in a document put together from several
 * @property {import("./warnings.js").Warning[]} warnings
 * @property {string[]} unchecked
 * @property {string[]} remains
 * @property {Row[]} trust
 */

/**
 * @param {Finding} finding
 * @param {Setting} setting
 * @returns {Report}
 */
export function reportOf(finding, setting) {
  const verdict = verdictOf(finding);
  const checks = checkLines(finding, setting.words);
  const trust = trustRows(finding, setting);
  return {
    outcome: finding.outcome,
    name: oneLine(finding.name),
    isConfirmed: isConfirmed(finding),
    title: titleOf(finding, setting),
    checks,
    reasons: decidingOf(finding.outcome, checks, setting.words),
    identity: verdict?.entry && !isPutTogether(finding) ? identityRows(verdict, setting) : [],
    authority:
      verdict?.entry && isConfirmed(finding)
        ? authorityTexts(verdict.entry, verdict, setting.trust, setting.words)
        : [],
    claims: claimsOf(finding, setting),
    places: placeLines(finding, setting.words),
    warnings: warningsOf(finding, setting, checks),
    unchecked: uncheckedTexts(finding, setting.words),
    remains: remainsOf(finding, setting.words),
    trust,
  };
}

/**
 * @param {Finding} finding
 * @param {Words} words
 * @returns {CheckLine[]}
 */
function checkLines(finding, words) {
  const { document } = finding;
  const line = (
    /** @type {{ name: string, result: Result, code: string, asOf?: import("../../lib/integers.js").Int | null }} */ {
      name,
      result,
      code,
      asOf = null,
    },
  ) => {
    const { says, advice } = words.reason(code);
    return {
      name,
      result,
      code,
      title: words.phrase("check", name),
      told: words.phrase("result", result),
      says,
      advice: result === "PASS" ? "" : advice,
      asOf: asOf === null ? "" : momentText(asOf, words.language),
      detail: "",
    };
  };
  const detail = document.result === "PASS" ? "" : oneLine(document.because, 400);
  const { result, code } = document;
  const whole = { ...line({ name: "document", result, code }), detail };
  const verdict = verdictOf(finding);
  // the checks of one part say nothing about a document that is none
  return verdict === null || isPutTogether(finding)
    ? [whole]
    : [whole, ...verdict.checks.map(line)];
}

/**
 * What the credential is, who issued it and when, as of then.
 * @param {Verdict} verdict
 * @param {Setting} setting
 * @returns {Row[]}
 */
function identityRows(verdict, { words, trust, anchor }) {
  const entry = /** @type {import("../../lib/entry.js").Entry} */ (verdict.entry);
  const { phrase, say, language } = words;
  return [
    row(phrase("label", "kind"), kindText(entry, verdict.kind, words)),
    row(phrase("label", "certificate_number"), certificateNumber(entry)),
    row(phrase("label", "held_by"), agencyText(entry, verdict, trust), 0, AGENCY),
    row(phrase("label", "registry"), registryText(verdict, anchor, words)),
    row(
      say("anchored_at"),
      verdict.anchor === null ? say("anchored_unknown") : momentText(verdict.anchor.at, language),
    ),
    statusRow(verdict, words),
  ];
}

/**
 * Whether it was revoked, as of when.
 * @param {Verdict} verdict
 * @param {Words} words
 */
function statusRow({ checks }, words) {
  const { say, language } = words;
  const status = checks.find(({ name }) => name === "status");
  if (status?.result === "FAIL")
    return row(words.phrase("check", "status"), words.reason(status.code).says);
  const asOf = status?.result === "PASS" ? status.asOf : null;
  return row(
    say("status_as_of"),
    asOf === null ? say("status_unknown") : momentText(asOf, language),
  );
}

/**
 * What it is and whose, in one line for the eye; only where that is confirmed.
 * @param {Finding} finding
 * @param {Setting} setting
 */
function titleOf(finding, { words, trust }) {
  const verdict = verdictOf(finding);
  const entry = verdict?.entry ?? null;
  if (verdict === null || entry === null || !isConfirmed(finding)) return "";
  const names = agencyNames(entry.iss, dataOf(verdict, trust)?.state ?? null, countedAt(verdict));
  const agency = names === null ? entry.iss : shown(names[words.language === "zh-Hant" ? 0 : 1]);
  return `${kindText(entry, verdict.kind, words)} · ${agency}`;
}

/**
 * All fields, under a heading that says whether they are known to be signed.
 * @param {Finding} finding
 * @param {Setting} setting
 * @returns {Claims[]}
 */
function claimsOf(finding, { words }) {
  const confirmed = isConfirmed(finding);
  const told = isPutTogether(finding) ? finding.verdicts : finding.verdicts.slice(0, 1);
  return told.map(({ held, verdict }) => {
    const title = words.phrase("label", confirmed ? "claims_signed" : "claims_unsigned");
    const where = told.length > 1 ? ` (${placeText(held, words)})` : "";
    return {
      heading: title + where,
      isConfirmed: confirmed,
      rows: verdict.entry === null ? null : rowsOf(finding, verdict, words, told.length > 1),
    };
  });
}

/**
 * @param {Finding} finding
 * @param {Verdict} verdict
 * @param {Words} words
 * @param {boolean} isOneOfSeveral
 */
function rowsOf(finding, verdict, words, isOneOfSeveral) {
  const entry = /** @type {import("../../lib/entry.js").Entry} */ (verdict.entry);
  const number = row(words.phrase("label", "certificate_number"), certificateNumber(entry));
  const fields = new Map([...entry.fields, ...(finding.record ?? [])]);
  return [
    ...(isOneOfSeveral ? [number] : []),
    ...fieldRows(fields, verdict.kind, words),
    ...claimRows(entry, verdict.kind, words),
  ];
}

/**
 * What stood where, in a document whose parts do not belong together.
 * @param {Finding} finding
 * @param {Words} words
 */
function placeLines(finding, words) {
  if (finding.verdicts.length < 2) return [];
  return finding.places.map((held) => {
    const verdict = verdictAt(held, finding);
    const number = verdict.entry === null ? "—" : certificateNumber(verdict.entry);
    return `${placeText(held, words)}: ${number}  ${words.say(verdict.outcome)}`;
  });
}

/**
 * What no check can tell.
 * @param {Finding} finding
 * @param {Words} words
 */
function uncheckedTexts(finding, words) {
  const verdict = verdictOf(finding);
  if (!verdict?.entry) return [];
  const questions = ["unchecked_claims", "unchecked_paper", "unchecked_after"];
  if (finding.recordState === "not given") questions.push("unchecked_record");
  const labels = questions.map((question) => words.phrase("label", question));
  return finding.remarks.includes("page.not_compared")
    ? [words.say("page_not_compared"), ...labels]
    : labels;
}

/**
 * What the person has to do with their own eyes.
 * @param {Finding} finding
 * @param {Words} words
 */
function remainsOf(finding, words) {
  if (!verdictOf(finding)?.entry) return [];
  return ["remains_person", "remains_paper", "remains_copy"].map((key) => words.say(key));
}

/**
 * The trust data that was used: whose, as of when, how strong; of a recognised registry too.
 * @param {Finding} finding
 * @param {Setting} setting
 * @returns {Row[]}
 */
function trustRows(finding, { words, trust, at }) {
  const urls = new Set(finding.places.flatMap(({ url }) => (url ? [url] : [])));
  const basis = [
    ...[...urls].map((url) => row(words.phrase("label", "url"), oneLine(url, 512))),
    row(words.phrase("label", "checked_at"), momentText(at, words.language)),
  ];
  if (trust === null) return basis;
  const guests = guestsTold(finding.verdicts.map(({ verdict }) => verdict));
  return [
    ...basis,
    ...evidenceRows(trust, words, ""),
    ...guests.flatMap((guest) => [
      { ...row(recognitionText(guest, words), ""), isHeading: true },
      ...evidenceRows(guest.trust, words, "guest_"),
    ]),
  ];
}

/**
 * @param {TrustData} trust
 * @param {Words} words
 * @param {"" | "guest_"} whose
 */
function evidenceRows({ evidence }, words, whose) {
  const strength = evidence.strength === 1 ? "trust_1" : `${whose}trust_${evidence.strength}`;
  const depth = whose === "" ? 0 : 1;
  return [
    row(words.phrase("label", "trust_as_of"), momentText(evidence.asOf, words.language), depth),
    row(words.phrase("label", "trust_strength"), words.phrase("label", strength), depth),
  ];
}
