/** Which trust data serve better: newer, then fuller, and never what nobody vouches for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../../verifier/web/app/trust/compare.js";
import { policyOf } from "../../verifier/web/lib/policy.js";

const NOW = 1_700_000_000;

/** Trust data of so many entries, lists that are here of three, and a strength. */
function trust({ size = 10, asOf = NOW, lists = 3, strength = 2, isLite = true } = {}) {
  const slots = (count) => new Map(Array.from({ length: count }, (_, slot) => [slot, {}]));
  return {
    state: { size, status: slots(3), types: new Map(), recognitions: [] },
    statusLists: slots(lists),
    types: new Map(),
    guests: [],
    evidence: { strength, asOf },
    isLite,
  };
}

for (const [told, candidate, held, policy, expected] of [
  ["the first there is", {}, null, {}, "better"],
  ["the same once more", {}, {}, {}, "same"],
  ["a longer journal", { size: 11 }, {}, {}, "better"],
  ["a later time of the same journal", { asOf: NOW + 1 }, {}, {}, "better"],
  ["a shorter journal", { size: 9 }, {}, {}, "worse"],
  ["an earlier time", { asOf: NOW - 1 }, {}, {}, "worse"],
  ["a longer journal with a list left out", { size: 11, lists: 2 }, {}, {}, "incomplete"],
  ["a longer journal that lacks no more", { size: 11, lists: 2 }, { lists: 2 }, {}, "better"],
  ["the same journal with a list more", { lists: 3 }, { lists: 2 }, {}, "better"],
  ["the same journal with a list less", { lists: 2 }, {}, {}, "worse"],
  ["stronger evidence for the same", { strength: 3 }, {}, {}, "better"],
  ["weaker evidence for the same", {}, { strength: 3 }, {}, "worse"],
  ["weaker evidence for more", { size: 11 }, { strength: 3 }, {}, "incomplete"],
  ["what the policy finds too weak", { size: 11 }, { strength: 3 }, { minEvidence: 3 }, "worse"],
  ["what is strong enough, for what was not", { strength: 3 }, {}, { minEvidence: 3 }, "better"],
  ["what nobody vouches for", { size: 11, strength: 1 }, {}, { minEvidence: 1 }, "worse"],
  ["what somebody vouches for", { size: 9 }, { strength: 1 }, { minEvidence: 1 }, "better"],
  ["a full bundle for a lite one", { isLite: false }, {}, {}, "better"],
  ["a lite bundle for a full one", {}, { isLite: false }, {}, "worse"],
])
  test(`${told}: ${expected}`, () => {
    const asked = { policy: policyOf({ minEvidence: 2, ...policy }), now: NOW };
    const before = held === null ? null : trust(held);
    assert.equal(compare(trust(candidate), before, asked), expected);
  });
