/** What the page is told by config.json: the same rules as verifier/page_config.py. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, loadConfig, readConfig } from "../../verifier/web/app/config.js";
import { fromHex } from "../../verifier/web/lib/bytes.js";
import { read } from "./vectors.js";

const BASE = "https://office.example/check/index.html";
const CONFIG = { trust_anchor: "trust-anchor.cbor", sources: ["../bundle"] };
const { file, names, short_digest: digest } = read("trust-anchor/three_signers.json");

const asFile = (config) =>
  new TextEncoder().encode(typeof config === "string" ? config : JSON.stringify(config));
const readFrom = (config) => readConfig(asFile(config), BASE);

const serving = (files) => async (url) =>
  files[url] === undefined ? new Response("", { status: 404 }) : new Response(files[url]);

test("names of sources are relative to the page", () => {
  const sources = ["../bundle", "b/lite.srb", "/c", "https://mirror.example:8443/lite.srb?a=1"];
  assert.deepEqual(readFrom({ ...CONFIG, sources }).sources, [
    "https://office.example/bundle",
    "https://office.example/check/b/lite.srb",
    "https://office.example/c",
    "https://mirror.example:8443/lite.srb?a=1",
  ]);
});

test("without a policy a checkpoint of the anchor's signers is asked for", () => {
  assert.equal(readFrom(CONFIG).policy.minEvidence, 2);
  assert.equal(readFrom({ ...CONFIG, policy: "default" }).policy.maxTrustAge, 7 * 86_400);
});

test("the strict policy is the one of the command", () => {
  assert.deepEqual(readFrom({ ...CONFIG, policy: "strict" }).policy, {
    maxTrustAge: 86_400,
    maxStatusAge: 86_400,
    maxUnanchoredAge: 0,
    requireAnchor: true,
    minEvidence: 2,
  });
});

test("a policy of one's own still asks for a checkpoint, where it does not say otherwise", () => {
  const minEvidence = (policy) => readFrom({ ...CONFIG, policy }).policy.minEvidence;
  assert.deepEqual([minEvidence({ max_trust_age: 60 }), minEvidence({ min_evidence: 1 })], [2, 1]);
});

test("a policy of one's own has the names of verdict.md", () => {
  const policy = { max_trust_age: 60, require_anchor: true, min_evidence: 3 };
  const { maxTrustAge, requireAnchor, minEvidence } = readFrom({ ...CONFIG, policy }).policy;
  assert.deepEqual([maxTrustAge, requireAnchor, minEvidence], [60, true, 3]);
});

for (const [told, config] of [
  ["no JSON", "{"],
  ["a list", "[]"],
  ["a member twice", '{"sources":["a"],"sources":["b"],"trust_anchor":"a"}'],
  ["no anchor", { sources: ["b"] }],
  ["no sources", { trust_anchor: "a" }],
  ["an empty list of sources", { ...CONFIG, sources: [] }],
  ["seventeen sources", { ...CONFIG, sources: Array(17).fill("b") }],
  ["a source that is a number", { ...CONFIG, sources: [1] }],
  ["a source without letters", { ...CONFIG, sources: [""] }],
  ["a script for a source", { ...CONFIG, sources: ["javascript:alert(1)"] }],
  ["plain http elsewhere", { ...CONFIG, sources: ["http://mirror.example/b"] }],
  ["a host without a scheme", { ...CONFIG, sources: ["//mirror.example/b"] }],
  ["a name before the host", { ...CONFIG, sources: ["https://a@mirror.example/b"] }],
  ["a host in capitals", { ...CONFIG, sources: ["https://Mirror.example/b"] }],
  ["a fragment", { ...CONFIG, sources: ["https://mirror.example/b#c"] }],
  ["a sign of content policies", { ...CONFIG, sources: ["https://mirror.example/b;c"] }],
  ["a wildcard", { ...CONFIG, sources: ["https://*.example/b"] }],
  ["a blank", { ...CONFIG, sources: ["b c"] }],
  ["a backslash", { ...CONFIG, sources: ["https://mirror.example\\b"] }],
  ["a port that is none", { ...CONFIG, sources: ["https://mirror.example:99999/b"] }],
  ["an anchor elsewhere", { ...CONFIG, trust_anchor: "https://evil.example/anchor.cbor" }],
  ["an anchor above", { ...CONFIG, trust_anchor: "../anchor.cbor" }],
  ["an official address without an end", { ...CONFIG, official_urls: ["https://v.example/s"] }],
  ["an official address with a query", { ...CONFIG, official_urls: ["https://v.example/?a/"] }],
  ["kiosk as a text", { ...CONFIG, kiosk: "false" }],
  ["another policy", { ...CONFIG, policy: "lax" }],
  ["a policy with a wrong name", { ...CONFIG, policy: { maxTrustAge: 1 } }],
  ["a policy with a text", { ...CONFIG, policy: { max_trust_age: "1" } }],
  ["a policy with a negative age", { ...CONFIG, policy: { max_trust_age: -1 } }],
  ["a name in one language", { ...CONFIG, registry_name: { en: "Registry" } }],
  ["a name with a line end", { ...CONFIG, registry_name: { en: "a\nb", "zh-Hant": "c" } }],
  ["a member nobody knows", { ...CONFIG, trust_everything: true }],
  ["a prototype", '{"trust_anchor":"a","sources":["b"],"__proto__":{"kiosk":true}}'],
])
  test(`refuses a config with ${told}`, () => {
    assert.throws(() => readFrom(config), ConfigError);
  });

test("loads config and anchor, and tells the digest to compare", async () => {
  const fetch = serving({
    "https://office.example/check/config.json": asFile(CONFIG),
    "https://office.example/check/trust-anchor.cbor": fromHex(file),
  });
  const config = await loadConfig(fetch, BASE);
  assert.equal(config.anchorDigest, digest);
  assert.deepEqual([config.names["zh-Hant"], config.names.en], names);
});

for (const [missing, files] of [
  ["config.json", {}],
  ["trust-anchor.cbor", { "https://office.example/check/config.json": asFile(CONFIG) }],
])
  test(`names the file that is missing: ${missing}`, async () => {
    await assert.rejects(loadConfig(serving(files), BASE), { name: "ConfigError", file: missing });
  });

test("refuses an anchor that is none", async () => {
  const fetch = serving({
    "https://office.example/check/config.json": asFile(CONFIG),
    "https://office.example/check/trust-anchor.cbor": fromHex(`${file}00`),
  });
  await assert.rejects(loadConfig(fetch, BASE), { file: "trust-anchor.cbor" });
});
