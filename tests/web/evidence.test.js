/** Chain evidence recorded from real networks: what it proves, and the lies it sees through. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { openBundle } from "../../verifier/web/lib/bundle.js";
import { fromHex, hex } from "../../verifier/web/lib/bytes.js";
import { decode } from "../../verifier/web/lib/cbor.js";
import { encode } from "../../verifier/web/lib/cbor-encode.js";
import { Cursor } from "../../verifier/web/lib/cursor.js";
import { readChainEvidence } from "../../verifier/web/lib/evidence/file.js";
import { prove } from "../../verifier/web/lib/evidence/prove.js";
import { decodeTrustAnchor } from "../../verifier/web/lib/trust-anchor.js";
import { codeOfLater, vectors } from "./vectors.js";

const LIMITS = { bytes: 1 << 24, depth: 8, items: 1000, tag18: false };

/** The full bundle that carries this evidence and these entries, and no checkpoint. */
function bundleOf({ journal, evidence }, { chainId, contract }) {
  const nothing = [3, 4, 5, 6].map((member) => [member, []]);
  const whole = [[1, fromHex(journal)], ...nothing, [7, 0], [9, decode(fromHex(evidence), LIMITS)]];
  const body = encode(new Map(whole));
  const compressed = new Uint8Array(deflateSync(body));
  const file = [1, 1, chainId, contract, body.length, compressed];
  return encode(new Map(file.map((member, at) => [at + 1, member])));
}

function anchored(vector) {
  const anchor = decodeTrustAnchor(fromHex(vector.trust_anchor));
  return { anchor, opening: openBundle(bundleOf(vector, anchor), { anchor }) };
}

for (const [name, vector] of vectors("evidence", false))
  test(`evidence ${name}: proves what it says`, async () => {
    const { anchor, opening } = anchored(vector);
    const evidence = readChainEvidence(new Cursor(fromHex(vector.evidence)));
    const proven = prove(evidence, anchor.validators, anchor.consensus, anchor.contract);
    const { expect } = vector;
    assert.deepEqual(
      [hex(proven.head), proven.at, proven.block],
      [expect.head, expect.as_of, expect.block],
    );
    assert.equal(hex(proven.blockHash), expect.block_hash);
    assert.deepEqual([proven.validators, proven.sealedBy], [expect.validators, expect.sealed_by]);
    const { state, evidence: vouched } = await opening;
    assert.deepEqual([state.size, vouched.asOf, vouched.strength], [expect.size, expect.as_of, 3]);
  });

for (const [name, vector] of vectors("evidence", true))
  test(`evidence ${name}: is refused`, async () => {
    assert.equal(await codeOfLater(anchored(vector).opening), vector.expect.refused);
  });
