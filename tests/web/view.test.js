/** What the page decides by itself: which address is official, what a cell may say, which words there are. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { judgeAddress } from "../../verifier/web/app/view/address.js";
import { csvOf } from "../../verifier/web/app/view/csv.js";
import { punycodeDecoded } from "../../verifier/web/app/view/punycode.js";
import { pathOf, symbolOf } from "../../verifier/web/app/view/result-code.js";
import { RESULT_MARK } from "../../verifier/web/app/view/result-file.js";
import { languageOf, wordsOf } from "../../verifier/web/app/view/words.js";
import { ROOT } from "./vectors.js";

const OFFICIAL = ["https://verify.example.gov.tw/s/", "https://check.example.gov.tw/"];
const stateOf = (url, official = OFFICIAL) => judgeAddress(url, official).state;

for (const url of [
  "https://verify.example.gov.tw/s/",
  "https://verify.example.gov.tw/s/en",
  "https://VERIFY.example.gov.tw/s/",
  "https://verify.example.gov.tw:443/s/",
  "https://check.example.gov.tw",
  "https://verify.example.gov.tw/s",
  "https://verify.example.gov.tw/s/v1/",
])
  test(`the official address: ${url}`, () => assert.equal(stateOf(url), "official"));

for (const [url, state] of [
  ["http://verify.example.gov.tw/s/", "not-https"],
  ["https://verify.example.gov.tw:8443/s/", "port"],
  ["https://verify.example.gov.tw/", "path"],
  ["https://verify.example.gov.tw/sx/", "path"],
  ["https://verify.example.gov.tw/s/../evil/", "path"],
  ["https://verify.example.gov.tw/s/%2e%2e/evil/", "path"],
  ["https://verify.example.gov.tw/s/..", "path"],
  ["https://verify.example.gov.tw/s/..%2fevil", "disguised"],
  ["https://verify.example.gov.tw/s/?next=https://evil.example", "disguised"],
  ["https://verify.example.gov.tw/s/\\evil", "disguised"],
  [" https://verify.example.gov.tw/s/", "disguised"],
  ["https://verify.example.gov.tw/s/\t", "disguised"],
  ["https://verify.example.gov.tw\u200b/s/", "disguised"],
  ["javascript:https://verify.example.gov.tw/s/", "unreadable"],
  ["https://verify.example.gov.tw\\s/", "disguised"],
  ["https:\\\\verify.example.gov.tw/s/", "disguised"],
  ["https:verify.example.gov.tw/s/", "disguised"],
  ["https:///verify.example.gov.tw/s/", "disguised"],
  ["https://verify.example.gov.tw@evil.example/s/", "userinfo"],
  ["https://me@verify.example.gov.tw/s/", "userinfo"],
  ["https://:@verify.example.gov.tw/s/", "disguised"],
  ["https://verify.example.gov.tw.evil.example/s/", "look-alike"],
  ["https://verify-example-gov-tw.evil.example/s/", "look-alike"],
  ["https://verlfy.example.gov.tw/s/", "look-alike"],
  ["https://verify.examp1e.gov.tw/s/", "look-alike"],
  ["https://verify.exarnple.gov.tw/s/", "look-alike"],
  ["https://verify.example.g0v.tw/s/", "look-alike"],
  ["https://verify.example.gov.tv/s/", "look-alike"],
  ["https://vеrify.example.gov.tw/s/", "look-alike"],
  ["https://xn--vrify-4of.example.gov.tw/s/", "look-alike"],
  ["https://verify.example.gov.tw。evil.example/s/", "look-alike"],
  ["https://ｖerify.example.gov.tw/s/", "disguised"],
  ["https://verify.example.gov.tw./s/", "look-alike"],
  ["https://evil.example/verify.example.gov.tw/s/", "other"],
  ["https://evil.example/?https://verify.example.gov.tw/s/", "other"],
  ["javascript:alert(1)", "unreadable"],
  ["data:text/html,https://verify.example.gov.tw/s/", "unreadable"],
  ["verify.example.gov.tw/s/", "unreadable"],
  ["blob:https://verify.example.gov.tw/s/", "unreadable"],
  ["", "unreadable"],
])
  test(`not the official address: ${url}`, () => assert.equal(stateOf(url), state));

test("says nothing of an address where none is official", () =>
  assert.equal(stateOf("https://evil.example/", []), "none"));

test("shows a host in ASCII, with the port", () => {
  const { host, resembles } = judgeAddress("https://vеrify.example.gov.tw:81/s/", OFFICIAL);
  assert.match(host, /^xn--[a-z0-9-]+\.example\.gov\.tw:81$/);
  assert.equal(resembles, "verify.example.gov.tw");
});

test("decodes punycode as browsers encode it, and leaves what is damaged", () => {
  for (const label of ["台灣", "例え", "bücher", "раураl", "a-b-ü", "ü"])
    assert.equal(
      punycodeDecoded(new URL(`https://${label}.example/`).hostname.split(".")[0]),
      label,
    );
  for (const label of ["xn--", "xn--99999999999", "xn--a-é", "plain"])
    assert.equal(punycodeDecoded(label), label);
});

test("no cell is a formula, and no cell breaks out of its own", () => {
  const bad = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    " =1",
    "\t=1",
    "＝1",
    "－1",
    "\u2068=1",
    'a"b',
    "a\r\nb",
    "a,b",
  ];
  const csv = csvOf(["h"], [bad]);
  assert.ok(csv.startsWith("\ufeff"));
  const line = csv.split("\r\n")[1];
  const cells = line.slice(1, -1).split('","');
  assert.deepEqual(cells, [
    "'=1+1",
    "'+1",
    "'-1",
    "'@x",
    "' =1",
    "' =1",
    "'＝1",
    "'－1",
    "'\u2068=1",
    'a""b',
    "a b",
    "a,b",
  ]);
  assert.equal(csv.split("\r\n").length, 3);
});

test("numbers of ours are not marked as texts", () =>
  assert.equal(csvOf(["n"], [[-1]]), '\ufeff"n"\r\n"-1"\r\n'));

test("the languages: asked for, remembered, then the reader's own", () => {
  const known = { asked: null, remembered: null, preferred: ["de-DE"] };
  assert.equal(languageOf(known), "en");
  assert.equal(languageOf({ ...known, preferred: ["zh-TW", "en"] }), "zh-Hant");
  assert.equal(languageOf({ ...known, remembered: "zh-Hant" }), "zh-Hant");
  assert.equal(languageOf({ ...known, asked: "en", remembered: "zh-Hant" }), "en");
  assert.equal(languageOf({ ...known, asked: "<script>" }), "en");
});

test("both languages have the same words with the same places to fill", () => {
  for (const folder of ["verifier/texts", "verifier/web/app/texts"]) {
    const [zh, en] = ["zh-Hant", "en"].map((name) =>
      JSON.parse(readFileSync(`${ROOT}${folder}/${name}.json`, "utf8")),
    );
    assert.deepEqual(shapeOf(zh), shapeOf(en), folder);
  }
});

/** The keys of texts, each with the places in it, however long the sentence. */
function shapeOf(texts) {
  if (typeof texts === "string") return [...new Set(texts.match(/\{\d\}/g))].sort().join("");
  if (Array.isArray(texts)) return texts.map(shapeOf);
  const keys = Object.keys(texts).sort();
  return keys.map((key) => [key, shapeOf(texts[key])]);
}

test("the page has words for everything that its modules say", () => {
  const folder = `${ROOT}verifier/web/app/`;
  const page = JSON.parse(readFileSync(`${folder}texts/en.json`, "utf8")).page;
  const modules = readdirSync(`${folder}view`).filter((name) => name.endsWith(".js"));
  const sources = [...modules.map((name) => `view/${name}`), "main.js"].map((name) =>
    readFileSync(folder + name, "utf8"),
  );
  const asked = sources.flatMap((text) =>
    [...text.matchAll(/\bsay\(\s*"([^"]+)"/g)].map(([, key]) => key),
  );
  assert.ok(asked.length > 20);
  assert.deepEqual(
    asked.filter((key) => page[key] === undefined),
    [],
  );
});

test("a part of a sentence is put in as it is, and never looked into", () => {
  const words = wordsOf("en", {}, { page: { both: "{0} and {1}, {0}" } });
  assert.equal(words.say("both", "{1}$&", "$1"), "{1}$& and $1, {1}$&");
  assert.throws(() => words.say("constructor"), /no words/);
});

test("the code of a result is a symbol that begins with its mark", () => {
  assert.equal(RESULT_MARK, "SEALROOT-RESULT:");
  const symbol = symbolOf(`${RESULT_MARK}VALID A1-1-000001`);
  assert.ok(symbol.length >= 21 && symbol.every((row) => row.length === symbol.length));
  assert.match(pathOf(symbol), /^M4 4h1v1h-1z/);
});
