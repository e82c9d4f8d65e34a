/**
 * What the page shows, as a process: one question in JSON a line, one answer a line, in order.
 * tests/web/test_view.py holds it against what the command says.
 */

import { createInterface } from "node:readline";
import { examine } from "../../verifier/web/app/scan/examine.js";
import { shown, suspicions } from "../../verifier/web/app/view/display.js";
import { claimRows, fieldRows } from "../../verifier/web/app/view/fields.js";
import { jsonReport } from "../../verifier/web/app/view/json-report.js";
import { momentText, rfc3339 } from "../../verifier/web/app/view/moments.js";
import { reportOf } from "../../verifier/web/app/view/report.js";
import { openBundle } from "../../verifier/web/lib/bundle.js";
import { fromHex } from "../../verifier/web/lib/bytes.js";
import { decodeEntry } from "../../verifier/web/lib/entry.js";
import { decodeTrustAnchor } from "../../verifier/web/lib/trust-anchor.js";
import { loadType } from "../../verifier/web/lib/type-document.js";
import { verify } from "../../verifier/web/lib/verify.js";
import { WORDS } from "./words.js";

const opened = new Map();

async function open({ as, bundle, anchor }) {
  const decoded = decodeTrustAnchor(fromHex(anchor));
  const trust = await openBundle(fromHex(bundle), { anchor: decoded });
  opened.set(as, { trust, anchor: decoded });
  return {};
}

async function report({ name, trust: from, places, at, language }) {
  const { trust, anchor } = opened.get(from);
  const held = places.map((one) => ({ ...one, sealed: fromHex(one.sealed) }));
  const reading = { name, held, records: [], remarks: [] };
  const finding = await examine(reading, (sealed) => verify(sealed, trust, at), at);
  const setting = { words: WORDS[language], trust, anchor, at, officialUrls: [] };
  const seen = reportOf(finding, setting);
  return {
    json: jsonReport(finding, setting),
    claims: seen.claims.map(({ rows }) => rows?.map(told) ?? null),
    checks: seen.checks.map(({ told: word, title, says, asOf }) => [word, title, says, asOf]),
    unchecked: seen.unchecked,
  };
}

function rows({ entry, type, language }) {
  const decoded = decodeEntry(fromHex(entry));
  const kind = type === null ? null : loadType(fromHex(type));
  const words = WORDS[language];
  const all = [...fieldRows(decoded.fields, kind, words), ...claimRows(decoded, kind, words)];
  return { rows: all.map(told) };
}

function told({ title, value, depth }) {
  return [title, value, depth];
}

function display({ text }) {
  const found = suspicions(text).map(({ codePoint, name, kind }) => [codePoint, name, kind]);
  return { shown: shown(text), suspicions: found };
}

function moments({ at }) {
  return [rfc3339(at), momentText(at, "zh-Hant"), momentText(at, "en")];
}

const OPERATIONS = { open, report, rows, display, moments };

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = await OPERATIONS[question.op](question);
  } catch (error) {
    answer = { crash: `${error.stack}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
