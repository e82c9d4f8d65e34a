/** Verdicts: the same outcome and the same (check, result, code) as the vectors say. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBundle } from "../../verifier/web/lib/bundle.js";
import { fromHex } from "../../verifier/web/lib/bytes.js";
import { policyOf } from "../../verifier/web/lib/policy.js";
import { decodeQrText } from "../../verifier/web/lib/qr-text.js";
import { decodeTrustAnchor } from "../../verifier/web/lib/trust-anchor.js";
import { malformedForm, verify, verifyWithoutTrust } from "../../verifier/web/lib/verify.js";
import { read, vectors } from "./vectors.js";

const bundles = new Map();

/** The trust data of a bundle vector, or the refusal it meets. */
async function trustOf(path, floor) {
  const name = `${path} ${JSON.stringify(floor ?? null)}`;
  if (!bundles.has(name)) {
    const { bundle, trust_anchor } = read(path);
    const anchor = decodeTrustAnchor(fromHex(trust_anchor));
    const seen = floor && { ...floor, head: fromHex(floor.head), asOf: floor.as_of };
    const opening = openBundle(fromHex(bundle), { anchor, floor: seen ?? null });
    bundles.set(
      name,
      opening.catch((refusal) => refusal),
    );
  }
  return bundles.get(name);
}

function policyNamed(policy) {
  return policyOf({
    maxTrustAge: policy.max_trust_age,
    maxStatusAge: policy.max_status_age,
    maxUnanchoredAge: policy.max_unanchored_age,
    requireAnchor: policy.require_anchor,
    minEvidence: policy.min_evidence,
  });
}

async function judged(vector) {
  let sealed;
  try {
    sealed = "text" in vector ? decodeQrText(vector.text).sealed : fromHex(vector.sealed);
  } catch (refusal) {
    return malformedForm(refusal.code, vector.at);
  }
  const trust = await trustOf(`verdict/${vector.bundle}`, vector.seen_before);
  if (trust instanceof Error) return verifyWithoutTrust(sealed, trust.code, vector.at);
  return verify(sealed, trust, vector.at, policyNamed(vector.policy));
}

for (const [name, vector] of vectors("verdict", null, "case_"))
  test(`verdict ${name}`, async () => {
    const { outcome, checks, guest } = await judged(vector);
    const told = checks.map((check) => [check.name, check.result, check.code]);
    assert.deepEqual([outcome, told], [vector.expect.outcome, vector.expect.checks]);
    assert.equal(guest?.recognition.number ?? null, vector.expect.recognition ?? null);
  });

for (const [name, { bundle, at, cases }] of vectors("hostile", null).filter(([, one]) => one.cases))
  test(`hostile ${name}: one fault each`, async () => {
    const trust = await trustOf(`hostile/${bundle}`, null);
    assert.ok(!(trust instanceof Error));
    for (const [about, sealed, outcome = "VALID", code = "form.ok"] of cases) {
      const verdict = await verify(fromHex(sealed), trust, at);
      assert.equal(verdict.outcome, outcome, about);
      assert.ok(
        verdict.checks.some((check) => check.code === code),
        about,
      );
    }
  });
