/** The list of a sitting, what decided a verdict, and how the trust data stand in words. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { decidingOf, isConfirmed, reasonCodes } from "../../verifier/web/app/view/finding.js";
import { listCsv, listJson } from "../../verifier/web/app/view/list-export.js";
import { resultFile, resultName, resultText } from "../../verifier/web/app/view/result-file.js";
import { countsOf, itemLine, withFinding } from "../../verifier/web/app/view/running-list.js";
import { trustWords } from "../../verifier/web/app/view/trust-standing.js";
import { fromHex } from "../../verifier/web/lib/bytes.js";
import { verifyWithoutTrust } from "../../verifier/web/lib/verify.js";
import { read } from "./vectors.js";
import { WORDS } from "./words.js";

const AT = 1_790_000_000;
const SEALED = ["alone", "first_of_5", "last_of_5"].map((name) =>
  fromHex(read(`credential/${name}.json`).sealed),
);
const MADE = { trust: null, anchor: null, at: AT, officialUrls: [] };
const READ = { result: "PASS", code: "document.read", because: "" };

/** What is found of a sealed credential where there is no trust data. */
function findingOf(sealed, name = "x") {
  const verdict = verifyWithoutTrust(sealed, "trust.unavailable", AT);
  const held = { kind: "text", page: null, sealed, url: null, fault: null };
  return {
    name,
    outcome: verdict.outcome,
    document: READ,
    verdicts: [{ held, verdict }],
    places: [held],
    remarks: [],
    recordState: "none",
    record: null,
  };
}

const UNREAD = {
  ...findingOf(SEALED[0], "<b>=1+1</b>"),
  verdicts: [],
  places: [],
  outcome: "INDETERMINATE",
  document: { result: "UNKNOWN", code: "document.no_code", because: "none" },
};

function listOf(...findings) {
  return findings.reduce((items, finding) => withFinding(items, finding, MADE), []);
}

test("what was held out before is known again, by its entry and never by its signature", () => {
  const [one, other] = SEALED;
  const changed = one.slice();
  changed[changed.length - 1] ^= 1; // a byte of the signature
  const items = listOf(...[one, other, one, changed].map((sealed) => findingOf(sealed)));
  assert.deepEqual(
    items.map(({ no, sameAs }) => [no, sameAs]),
    [
      [1, null],
      [2, null],
      [3, 1],
      [4, 1],
    ],
  );
  assert.equal(countsOf(items).repeated, 2);
});

test("an entry that was changed is another one, whatever number it bears", () => {
  const entry = SEALED[0].slice();
  const at = Buffer.from(entry).indexOf("王");
  assert.ok(at > 0);
  entry.set(Buffer.from("玉"), at);
  assert.deepEqual(
    listOf(findingOf(SEALED[0]), findingOf(entry)).map(({ sameAs }) => sameAs),
    [null, null],
  );
});

test("documents that could not be read are never the same", () => {
  assert.deepEqual(
    listOf(UNREAD, UNREAD).map(({ sameAs }) => sameAs),
    [null, null],
  );
});

test("a line says what decided", () => {
  const [item] = listOf(UNREAD);
  const { reason, number } = itemLine(item, WORDS.en);
  assert.equal(reason, WORDS.en.reason("document.no_code").says);
  assert.equal(number, "<b>=1+1</b>");
});

test("what is merely put up with decides nothing", () => {
  const checks = [
    { result: "UNKNOWN", code: "anchor.not_in_lite" },
    { result: "FAIL", code: "status.revoked" },
    { result: "UNKNOWN", code: "trust.too_old" },
  ];
  const codes = (outcome) => decidingOf(outcome, checks, WORDS.en).map(({ code }) => code);
  assert.deepEqual(codes("VALID"), []);
  assert.deepEqual(codes("INVALID"), ["status.revoked"]);
  assert.deepEqual(codes("INDETERMINATE"), ["trust.too_old"]);
});

test("nothing is confirmed without trust data, and the code says why", () => {
  const finding = findingOf(SEALED[0]);
  assert.equal(finding.outcome, "INDETERMINATE");
  assert.equal(isConfirmed(finding), false);
  assert.deepEqual(reasonCodes(finding), ["trust.unavailable"]);
});

test("the list as a table: a mark, a line for each, no formula", () => {
  const items = listOf(findingOf(SEALED[0]), { ...UNREAD, name: "=HYPERLINK(1)" });
  const lines = listCsv(items, WORDS["zh-Hant"]).split("\r\n");
  assert.equal(lines.length, 4);
  assert.ok(lines[0].startsWith('\ufeff"序號"'));
  assert.ok(lines[2].includes(`"'=HYPERLINK(1)"`));
  const told = JSON.parse(listJson(items, WORDS.en));
  assert.deepEqual(
    told.map(({ no, input }) => [no, input]),
    [
      [1, "x"],
      [2, "=HYPERLINK(1)"],
    ],
  );
});

test("a saved result says first of all that it is a result", () => {
  const finding = findingOf(SEALED[0]);
  const file = resultFile(finding, { ...MADE, words: WORDS.en });
  assert.equal(Object.keys(JSON.parse(file))[0], "result");
  assert.ok(JSON.parse(file).result.startsWith("SEALROOT-RESULT:INDETERMINATE "));
  assert.ok(file.includes("這是查驗結果"));
  assert.match(resultName(finding, AT), /^sealroot-result-[A-Z0-9-]+-\d{8}T\d{6}Z\.json$/);
  assert.match(resultText(UNREAD, AT), /^SEALROOT-RESULT:INDETERMINATE - 2026-/);
});

const POLICY = { maxTrustAge: 7 * 86_400, maxStatusAge: 86_400 };
const FRESH = {
  reason: "trust.fresh",
  asOf: AT - 7200,
  source: "https://mirror.example/lite.srb",
  isClockBehind: false,
  latest: AT,
  missing: 0,
  storage: "kept",
};
const standing = (changes, language = "en") =>
  trustWords(
    { ...FRESH, ...changes },
    POLICY,
    { now: AT, names: ["登錄", "Registry"] },
    WORDS[language],
  );

test("fresh trust data: whose, how old, how long without a network", () => {
  const { level, lines, needs } = standing({});
  assert.equal(level, "good");
  assert.deepEqual(lines, [
    "Data of Registry, 2 hours old.",
    "Without a network it can be used for 22 hours more.",
  ]);
  assert.deepEqual(needs, []);
  assert.equal(standing({}, "zh-Hant").lines[0], "登錄的資料，2 小時前的狀態。");
});

test("trust data that are too old, missing, weak or of an earlier time are never called good", () => {
  assert.equal(standing({ asOf: AT - 86_401, reason: "trust.too_old" }).level, "old");
  assert.equal(standing({ asOf: null, reason: "trust.unavailable" }).level, "none");
  assert.equal(standing({ reason: "trust.weak" }).level, "old");
  const behind = standing({ reason: "trust.clock_behind", isClockBehind: true });
  assert.equal(behind.level, "old");
  assert.deepEqual(behind.needs, ["clock"]);
  assert.deepEqual(standing({ asOf: null, reason: "trust.malformed", storage: "unusable" }).needs, [
    "forget",
  ]);
});

test("why trust data were not used is told", () => {
  const { lines } = standing({ asOf: null, reason: "trust.rollback" });
  assert.ok(lines.includes(WORDS.en.reason("trust.rollback").says));
});
