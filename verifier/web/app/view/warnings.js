/** What a person must be warned of, whatever the outcome is. */

import { judgeAddress } from "./address.js";
import { oneLine, suspicions } from "./display.js";
import { textsOf } from "./fields.js";
import { isPutTogether, verdictOf } from "./finding.js";
import { hasNamesake, recognitionText, registryText } from "./origin.js";

/** @typedef {import("../../lib/verdict.js").Verdict} Verdict */
/** @typedef {import("../scan/examine.js").Finding} Finding */
/** @typedef {import("./report.js").CheckLine} CheckLine */
/** @typedef {import("./report.js").Setting} Setting */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {"url" | "suspicious" | "guest" | "clock" | "trust-age" | "signature-only"} WarningKind */
/** @typedef {{ kind: WarningKind, title: string, lines: string[], isQuiet: boolean }} Warning quiet: of every document by a lite bundle */

/** What is tolerated and yet a person should know, and what makes every answer uncertain. */
const TOLD = /** @type {const} */ ([
  ["trust.clock_behind", "clock"],
  ["trust.too_old", "trust-age"],
  ["anchor.not_in_lite", "signature-only"],
  ["anchor.fresh", "signature-only"],
]);

/**
 * @param {Finding} finding
 * @param {Setting} setting
 * @param {CheckLine[]} checks
 * @returns {Warning[]}
 */
export function warningsOf(finding, setting, checks) {
  const { words } = setting;
  const verdict = verdictOf(finding);
  const known = TOLD.flatMap(([code, kind]) => {
    const check = checks.find((one) => one.code === code);
    const lines = check ? [check.says, check.advice].filter((text) => text !== "") : [];
    const isQuiet = code === "anchor.not_in_lite";
    return check ? [{ kind, title: words.say(`warning_${kind}`), lines, isQuiet }] : [];
  });
  return [
    ...addressWarnings(finding, setting),
    ...(verdict?.entry ? characterWarnings(finding, words) : []),
    ...(verdict?.entry && !isPutTogether(finding) ? guestWarnings(verdict, setting) : []),
    ...known,
  ];
}

/**
 * @param {Finding} finding
 * @param {Setting} setting
 * @returns {Warning[]}
 */
function addressWarnings(finding, { words, officialUrls }) {
  const urls = new Set(finding.places.flatMap(({ url }) => (url ? [url] : [])));
  return [...urls].flatMap((url) => {
    const { state, host, resembles, url: told } = judgeAddress(url, officialUrls);
    if (state === "official" || state === "none") return [];
    const lines = [
      words.say(`address_${state}`, resembles ?? ""),
      ...(host === "" ? [] : [words.say("address_host", oneLine(host))]),
      words.say("address_whole", told),
      words.say("address_advice"),
    ];
    return [
      {
        kind: /** @type {const} */ ("url"),
        title: words.say("warning_url"),
        lines,
        isQuiet: false,
      },
    ];
  });
}

/**
 * @param {Finding} finding
 * @param {Words} words
 * @returns {Warning[]}
 */
function characterWarnings(finding, words) {
  const values = finding.verdicts.flatMap(({ verdict: { entry } }) =>
    entry === null ? [] : [entry.fields, entry.other],
  );
  const found = suspicions(textsOf([...values, finding.record]).join(" "));
  if (found.length === 0) return [];
  const lines = found.map(
    ({ codePoint, name, kind }) => `${codePoint} ${name}: ${words.phrase("suspicion", kind)}`,
  );
  return [
    { kind: "suspicious", title: words.phrase("label", "suspicious"), lines, isQuiet: false },
  ];
}

/**
 * @param {Verdict} verdict
 * @param {Setting} setting
 * @returns {Warning[]}
 */
function guestWarnings(verdict, { words, trust, anchor }) {
  if (verdict.guest === null) return [];
  const entry = /** @type {import("../../lib/entry.js").Entry} */ (verdict.entry);
  const whose = registryText(verdict, anchor, words);
  const lines = [whose, recognitionText(verdict.guest, words)];
  if (hasNamesake(entry, verdict, trust)) lines.push(words.phrase("label", "namesake", entry.iss));
  return [{ kind: "guest", title: words.say("warning_guest"), lines, isQuiet: false }];
}
