/** Whose registry a verdict speaks about, which agency, and by which authority, as of then. */

import { typeName } from "../../lib/trust-data.js";
import { shown } from "./display.js";
import { titleOf } from "./fields.js";
import { momentText } from "./moments.js";

/** @typedef {import("../../lib/entry.js").Entry} Entry */
/** @typedef {import("../../lib/integers.js").Int} Int */
/** @typedef {import("../../lib/trust-anchor.js").TrustAnchor} TrustAnchor */
/** @typedef {import("../../lib/trust-data.js").TrustData} TrustData */
/** @typedef {import("../../lib/trust-state.js").Accreditation} Accreditation */
/** @typedef {import("../../lib/trust-state.js").TrustState} TrustState */
/** @typedef {import("../../lib/verdict.js").Verdict} Verdict */
/** @typedef {import("./words.js").Words} Words */

/**
 * The trust data that the verdict was given by.
 * @param {Verdict} verdict
 * @param {TrustData | null} home
 */
export function dataOf(verdict, home) {
  return verdict.guest === null ? home : verdict.guest.trust;
}

/**
 * The names of the registry, zh-Hant and English, or null for home without a trust anchor.
 * @param {Verdict} verdict
 * @param {TrustAnchor | null} anchor
 * @returns {[string, string] | null}
 */
export function namesOf(verdict, anchor) {
  return verdict.guest === null ? (anchor?.names ?? null) : verdict.guest.names;
}

/**
 * The registry in words: its names, and whether it is another one than ours.
 * @param {Verdict} verdict
 * @param {TrustAnchor | null} anchor
 * @param {Words} words
 */
export function registryText(verdict, anchor, words) {
  const names = namesOf(verdict, anchor);
  const told = names === null ? "" : names.map(shown).join(" / ");
  if (verdict.guest === null) return told || words.phrase("label", "registry_home");
  return words.phrase("label", "registry_guest", told, verdict.guest.recognition.number);
}

/**
 * The recognised registries that these verdicts speak about, each once.
 * @param {Verdict[]} verdicts
 */
export function guestsTold(verdicts) {
  const guests = verdicts.flatMap(({ guest }) => (guest === null ? [] : [guest]));
  return [...new Map(guests.map((guest) => [guest.recognition.number, guest])).values()];
}

/**
 * Whether home has an agency of the same code, which is another one.
 * @param {Entry} entry
 * @param {Verdict} verdict
 * @param {TrustData | null} home
 */
export function hasNamesake(entry, verdict, home) {
  return verdict.guest !== null && (home?.state.agencies.has(entry.iss) ?? false);
}

/**
 * The time that counts: when the batch was anchored, or that of the check.
 * @param {Verdict} verdict
 * @returns {Int}
 */
export function countedAt(verdict) {
  return verdict.anchor === null ? verdict.at : verdict.anchor.at;
}

/**
 * The agency's code with the name it had, in its own registry, at the time that counts.
 * @param {Entry} entry
 * @param {Verdict} verdict
 * @param {TrustData | null} home
 */
export function agencyText(entry, verdict, home) {
  const names = agencyNames(entry.iss, dataOf(verdict, home)?.state ?? null, countedAt(verdict));
  return names === null ? entry.iss : `${entry.iss}  ${names.map(shown).join(" / ")}`;
}

/**
 * @param {string} code
 * @param {TrustState | null} state
 * @param {Int} at
 * @returns {[string, string] | null} zh-Hant and English
 */
export function agencyNames(code, state, at) {
  const names = state?.agencies.get(code)?.names;
  if (names === undefined) return null;
  const { zhHant, en } = names.findLast((name) => name.at <= at) ?? names[0];
  return [zhHant, en];
}

/**
 * The title of the type, or its numbers where the trust data does not describe it.
 * @param {Entry} entry
 * @param {import("../../lib/type-document.js").CredentialType | null} kind
 * @param {Words} words
 */
export function kindText(entry, kind, words) {
  if (kind !== null) return titleOf(kind.title, words);
  return words.phrase("label", "kind_unknown", entry.typeNo, entry.typeVersion);
}

/**
 * By which authority the agency issued this kind of document then: from the agency itself up to
 * the council, one sentence each. Empty where no accreditation of then is known.
 * @param {Entry} entry
 * @param {Verdict} verdict
 * @param {TrustData | null} home
 * @param {Words} words
 * @returns {string[]}
 */
export function authorityTexts(entry, verdict, home, words) {
  const trust = dataOf(verdict, home);
  if (trust === null) return [];
  const { state } = trust;
  const at = countedAt(verdict);
  const own = state.accreditations.find(
    (one) =>
      one.agency === entry.iss &&
      one.typeNo === entry.typeNo &&
      state.isAccreditationInForce(one, at),
  );
  if (own === undefined) return [];
  const kind = trust.types.get(typeName(entry.typeNo, entry.typeVersion)) ?? null;
  return lineOf(own, state).map((one) => accreditationText(one, state, at, kind, words));
}

/**
 * An accreditation and those it was delegated from, up to the council's.
 * @param {Accreditation} accreditation
 * @param {TrustState} state
 */
function lineOf(accreditation, state) {
  const line = [accreditation];
  for (let above = accreditation; above.parent !== 0; ) {
    above = state.accreditations[above.parent - 1];
    line.push(above);
  }
  return line;
}

/**
 * @param {Accreditation} accreditation
 * @param {TrustState} state
 * @param {Int} at
 * @param {import("../../lib/type-document.js").CredentialType | null} kind
 * @param {Words} words
 */
function accreditationText(accreditation, state, at, kind, words) {
  const name = (/** @type {string} */ code) => {
    const names = agencyNames(code, state, at);
    return names === null ? code : shown(names[words.language === "zh-Hant" ? 0 : 1]);
  };
  const since = momentText(accreditation.at, words.language);
  const what =
    kind === null
      ? words.say("authority_kind", String(accreditation.typeNo))
      : titleOf(kind.title, words);
  const parent = state.accreditations[accreditation.parent - 1];
  return parent === undefined
    ? words.say("authority_council", name(accreditation.agency), what, since)
    : words.say("authority_agency", name(accreditation.agency), what, since, name(parent.agency));
}

/**
 * Since when a registry is recognised and when that ends or ended, in words.
 * @param {import("../../lib/trust-data.js").Guest} guest
 * @param {Words} words
 */
export function recognitionText({ recognition }, words) {
  const over = recognition.endedAt === null ? recognition.until || null : recognition.endedAt;
  const end = over === null ? words.phrase("label", "open") : momentText(over, words.language);
  const since = momentText(recognition.at, words.language);
  return words.phrase("label", "recognition", recognition.number, since, end);
}
