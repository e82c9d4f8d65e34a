/** One finding as JSON for programs, in the shape of verifier/json_report.py. */

import { certificateNumber } from "../../lib/agency-code.js";
import { hex } from "../../lib/bytes.js";
import { NotVerified } from "../../lib/errors.js";
import { isInForce } from "../../lib/recognition.js";
import { decodeSealed, sealedRoot } from "../../lib/sealed.js";
import { suspicions } from "./display.js";
import { textsOf } from "./fields.js";
import { isConfirmed, verdictAt, verdictOf } from "./finding.js";
import { rfc3339 } from "./moments.js";
import { agencyText, dataOf, hasNamesake, kindText, namesOf } from "./origin.js";

/** @typedef {import("../../lib/integers.js").Int} Int */
/** @typedef {import("../../lib/trust-data.js").Guest} Guest */
/** @typedef {import("../../lib/trust-data.js").TrustData} TrustData */
/** @typedef {import("../../lib/verdict.js").Verdict} Verdict */
/** @typedef {import("../scan/examine.js").Finding} Finding */
/** @typedef {import("./report.js").Setting} Setting */
/** @typedef {string | number | boolean | null | Json[] | { [name: string]: any }} Json */

/**
 * The report on one document; times are RFC 3339 in UTC, byte strings are hex.
 * @param {Finding} finding
 * @param {Setting} setting
 * @returns {{ [name: string]: Json }}
 */
export function jsonReport(finding, setting) {
  const verdict = verdictOf(finding);
  const { document } = finding;
  return {
    input: finding.name,
    outcome: finding.outcome,
    document: {
      result: document.result,
      code: document.code,
      text: setting.words.reason(document.code).says,
      detail: document.because || null,
    },
    checks: (verdict?.checks ?? []).map((check) => checkJson(check, setting)),
    checked_at: rfc3339(setting.at),
    confirmed: isConfirmed(finding),
    credential: verdict?.entry
      ? credentialJson(verdict, finding.verdicts[0].held.sealed, setting)
      : null,
    record: { state: finding.recordState, fields: signedJson(finding.record) },
    places: finding.places.map((held) => placeJson(held, finding)),
    trust: trustJson(setting),
  };
}

/**
 * @param {import("../../lib/verdict.js").Check} check
 * @param {Setting} setting
 */
function checkJson({ name, result, code, asOf }, { words }) {
  const { says, advice } = words.reason(code);
  const asOfText = asOf === null ? null : rfc3339(asOf);
  return { check: name, result, code, as_of: asOfText, text: says, advice: advice || null };
}

/**
 * @param {Verdict} verdict
 * @param {Uint8Array} sealed
 * @param {Setting} setting
 */
function credentialJson(verdict, sealed, setting) {
  const { words, trust } = setting;
  const entry = /** @type {import("../../lib/entry.js").Entry} */ (verdict.entry);
  return {
    certificate_number: certificateNumber(entry),
    agency: entry.iss,
    agency_name: agencyText(entry, verdict, trust),
    registry: registryJson(verdict, setting),
    agency_code_is_also_at_home: hasNamesake(entry, verdict, trust),
    type: entry.typeNo,
    type_version: entry.typeVersion,
    type_title: kindText(entry, verdict.kind, words),
    issued_at: rfc3339(entry.iat),
    not_before: entry.nbf === null ? null : rfc3339(entry.nbf),
    expires_at: entry.exp === null ? null : rfc3339(entry.exp),
    fields: signedJson(entry.fields),
    other_claims: signedJson(entry.other),
    anchored_at: verdict.anchor === null ? null : rfc3339(verdict.anchor.at),
    root: rootOf(verdict, sealed),
    kid: verdict.anchor?.kid ?? null,
    suspicious: suspicions(textsOf([entry.fields, entry.other]).join(" ")).map(
      ({ codePoint, name, kind }) => ({ character: codePoint, name, kind }),
    ),
  };
}

/**
 * The root that the proof was asked about, or null where none was.
 * @param {Verdict} verdict
 * @param {Uint8Array} sealed
 */
function rootOf({ checks }, sealed) {
  const [form, proof] = checks;
  if (form.result !== "PASS" || proof.result === "SKIPPED") return null;
  try {
    return hex(sealedRoot(decodeSealed(sealed)));
  } catch (error) {
    if (error instanceof NotVerified) return null; // the path is impossible
    throw error;
  }
}

/**
 * @param {import("../scan/documents.js").Held} held
 * @param {Finding} finding
 */
function placeJson(held, finding) {
  const { entry, outcome } = verdictAt(held, finding);
  const number = entry === null ? null : certificateNumber(entry);
  const { kind, page, url } = held;
  return { kind, page, url, outcome, certificate_number: number };
}

/**
 * The registry that judged the credential, and what was asked of its recognition.
 * @param {Verdict} verdict
 * @param {Setting} setting
 */
function registryJson(verdict, { anchor, trust }) {
  const names = namesOf(verdict, anchor);
  return {
    is_home: verdict.guest === null,
    name_zh_hant: names?.[0] ?? null,
    name_en: names?.[1] ?? null,
    recognition: verdict.guest === null ? null : recognitionJson(verdict.guest, verdict.at),
    trust: registryFacts(dataOf(verdict, trust)),
  };
}

/**
 * @param {Guest} guest
 * @param {Int} at
 */
function recognitionJson({ recognition, typeNos }, at) {
  const { number, chainId, contract, until, endedAt } = recognition;
  return {
    number,
    chain_id: numberJson(chainId),
    contract: `0x${hex(contract)}`,
    recognised_at: rfc3339(recognition.at),
    until: until ? rfc3339(until) : null,
    ended_at: endedAt === null ? null : rfc3339(endedAt),
    in_force: isInForce(recognition, at),
    types: typeNos.map(numberJson),
  };
}

/** @param {Setting} setting */
function trustJson({ trust, at }) {
  if (trust === null) return null;
  const guests = trust.guests.map((guest) => ({
    recognition: recognitionJson(guest, at),
    trust: registryFacts(guest.trust),
  }));
  return { ...registryFacts(trust), guests };
}

/** @param {TrustData | null} trust */
function registryFacts(trust) {
  if (trust === null) return null;
  const { state, evidence } = trust;
  return {
    chain_id: numberJson(state.chainId),
    contract: `0x${hex(state.contract)}`,
    size: numberJson(state.size),
    head: hex(state.head),
    as_of: rfc3339(evidence.asOf),
    strength: evidence.strength,
  };
}

/**
 * Signed values as JSON: labels become strings, byte strings hex.
 * @param {unknown} value
 * @returns {Json}
 */
function signedJson(value) {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(signedJson);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([label, item]) => [label, signedJson(item)]));
  if (typeof value === "bigint") return numberJson(value);
  return /** @type {Json} */ (value ?? null);
}

/**
 * A number as JSON; one that a JavaScript reader would round is a text.
 * @param {Int} value
 */
function numberJson(value) {
  return typeof value === "bigint" ? value.toString() : value;
}
