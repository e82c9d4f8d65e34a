/** Checkpoints signed here and other inputs, each with one fault that no other rule would catch. */

import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";
import { openBundle } from "../../verifier/web/lib/bundle.js";
import { concat, fromHex, hex, utf8Bytes } from "../../verifier/web/lib/bytes.js";
import { decode, Tag } from "../../verifier/web/lib/cbor.js";
import { encode } from "../../verifier/web/lib/cbor-encode.js";
import { believe, readCheckpoint } from "../../verifier/web/lib/checkpoint.js";
import { Cursor } from "../../verifier/web/lib/cursor.js";
import { readChainEvidence } from "../../verifier/web/lib/evidence/file.js";
import { decodeList } from "../../verifier/web/lib/evidence/rlp.js";
import { EDDSA, ES256, readKey } from "../../verifier/web/lib/keys.js";
import { isName } from "../../verifier/web/lib/names.js";
import { decodePayload } from "../../verifier/web/lib/payloads.js";
import { recognised } from "../../verifier/web/lib/recognition.js";
import { sigStructure } from "../../verifier/web/lib/sign1.js";
import { decodeSnapshot } from "../../verifier/web/lib/snapshot.js";
import { decodeTrustAnchor } from "../../verifier/web/lib/trust-anchor.js";
import { codeOf, codeOfLater, read } from "./vectors.js";

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const REGISTRY = { chainId: 1, contract: new Uint8Array(20).fill(7) };

/** A signer of ES256 with its COSE_Key. */
function signer() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y } = publicKey.export({ format: "jwk" });
  const [ownX, ownY] = [x, y].map((half) => new Uint8Array(Buffer.from(half, "base64url")));
  const members = [
    [1, 2],
    [-1, 1],
    [-2, ownX],
    [-3, ownY[31] % 2 === 1],
  ];
  return { privateKey, key: readKey(encode(new Map(members))) };
}

function es256(privateKey, message) {
  const made = sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
  const s = BigInt(`0x${hex(made.subarray(32))}`);
  const low = s > P256_ORDER / 2n ? P256_ORDER - s : s;
  return concat(made.subarray(0, 32), fromHex(low.toString(16).padStart(64, "0")));
}

const SIGNER = signer();
const SIGNERS = { threshold: 1, keys: [SIGNER.key] };

function checkpoint({ size, at, alg = ES256 }) {
  const digest = new Uint8Array(createHash("sha256").update(String(size)).digest());
  const named = [1, REGISTRY.chainId, REGISTRY.contract, size, digest, digest, at];
  const signers = [1, [decode(SIGNER.key.coseKey)]];
  const statement = encode(new Map([...named, signers].map((member, i) => [i + 1, member])));
  const members = [
    [1, alg],
    [4, fromHex(SIGNER.key.kid)],
  ];
  const header = encode(new Map(members));
  const message = sigStructure(header, utf8Bytes("sealroot/checkpoint/1"), statement);
  const signature = es256(SIGNER.privateKey, message);
  const sign1 = new Tag(18, [header, new Map(), null, signature]);
  return readCheckpoint(new Cursor(encode([statement, [sign1]])));
}

const believed = (...chain) => codeOfLater(believe(chain.map(checkpoint), SIGNERS, [REGISTRY]));

test("a chain whose size and time rise is believed", async () => {
  assert.equal(await believed({ size: 3, at: 10 }, { size: 4, at: 10 }), null);
});

test("a chain whose size falls is refused, though its time rises", async () => {
  assert.equal(await believed({ size: 4, at: 10 }, { size: 3, at: 20 }), "trust.malformed");
});

test("a chain whose time falls is refused, though its size rises", async () => {
  assert.equal(await believed({ size: 3, at: 10 }, { size: 4, at: 9 }), "trust.malformed");
});

test("a signature that names another algorithm than its key has is refused, though it verifies", async () => {
  assert.equal(await believed({ size: 3, at: 10, alg: EDDSA }), "trust.malformed");
});

test("an agency code has no zero byte inside", () => {
  const data = new Uint8Array(16);
  data.set(utf8Bytes("A\0B"));
  assert.equal(
    codeOf(() => decodePayload({ index: 0, time: 0, kind: 0x13, data })),
    "trust.malformed",
  );
});

test("the types of a recognition ascend, none of them twice", () => {
  const names = ["鄰國", "Neighbour"];
  const signers = [1, [decode(SIGNER.key.coseKey)]];
  const held = (types) => {
    const tail = encode(new Map([signers, types, names].map((member, i) => [i + 1, member])));
    return recognised({ ...REGISTRY, tail })?.typeNos ?? null;
  };
  assert.deepEqual(
    [held([1, 2]), held([2, 2]), held([2, 1]), held([0])],
    [[1, 2], null, null, null],
  );
});

test("a name has at most 120 characters, however many units of UTF-16 they are", () => {
  const told = ["a".repeat(120), "𠀀".repeat(120), "a".repeat(121), "𠀀".repeat(121), "", "a\nb"];
  assert.deepEqual(told.map(isName), [true, true, false, false, false, false]);
});

test("a snapshot in which an agency had its name before it was registered is refused", () => {
  const { snapshot } = read("journal/eventful.json").expect;
  const limits = { bytes: 1 << 20, depth: 12, items: 1 << 20, tag18: false };
  const members = decode(fromHex(snapshot), limits);
  const [[, names]] = members.get(10);
  names[0][0] -= 1;
  assert.equal(
    codeOf(() => decodeSnapshot(encode(members))),
    "trust.malformed",
  );
});

test("a snapshot that leaves out the roots of a key which needs them is refused", () => {
  const { snapshot } = read("journal/eventful.json").expect;
  const limits = { bytes: 1 << 20, depth: 12, items: 1 << 20, tag18: false };
  const complete = decode(fromHex(snapshot), limits)
    .get(11)
    .map((row) => row[7]);
  assert.ok(complete.includes(true));
  complete.forEach((isComplete, position) => {
    const members = decode(fromHex(snapshot), limits);
    members.get(11)[position][7] = !isComplete;
    members.set(
      17,
      members.get(17).filter((anchor) => anchor[4] !== position),
    );
    assert.equal(
      codeOf(() => decodeSnapshot(encode(members))),
      "trust.malformed",
    );
  });
});

/** A bundle of the vectors with its file map, or the bytes of its body, changed. */
function repacked(vector, change) {
  const { bundle, trust_anchor } = read(`bundle/${vector}.json`);
  const file = decode(fromHex(bundle), { bytes: 1 << 20, depth: 8, items: 64, tag18: false });
  const body = new Uint8Array(inflateSync(file.get(6)));
  change(file, body);
  file.set(6, new Uint8Array(deflateSync(body)));
  return openBundle(encode(file), { anchor: decodeTrustAnchor(fromHex(trust_anchor)) });
}

test("a bundle that names an earlier home of its journal as its registry is refused", async () => {
  const { chainId, contract } = decodeTrustAnchor(
    fromHex(read("bundle/moved_lite.json").trust_anchor),
  );
  const opening = repacked("moved_lite", (file) => file.set(3, chainId).set(4, contract));
  assert.equal(await codeOfLater(opening), "trust.malformed");
  assert.equal(await codeOfLater(repacked("moved_lite", () => {})), null);
});

test("a body that has more members than its first byte says is refused", async () => {
  const opening = repacked("full_read_from_a_node", (_, body) => {
    body[0] -= 1;
  });
  assert.equal(await codeOfLater(opening), "trust.malformed");
  assert.equal(await codeOfLater(repacked("full_read_from_a_node", () => {})), null);
});

test("a full bundle has either checkpoints or a time of reading, never both or neither", async () => {
  const limits = { bytes: 1 << 20, depth: 12, items: 1 << 20, tag18: true };
  const reopened = (vector, change) => {
    const { bundle, trust_anchor } = read(`bundle/${vector}.json`);
    const file = decode(fromHex(bundle), limits);
    const body = decode(new Uint8Array(inflateSync(file.get(6))), limits);
    change(body);
    const encoded = encode(body);
    file.set(5, encoded.length).set(6, new Uint8Array(deflateSync(encoded)));
    return openBundle(encode(file), { anchor: decodeTrustAnchor(fromHex(trust_anchor)) });
  };
  const codeOfBundle = (vector, change) => codeOfLater(reopened(vector, change));
  const withoutTime = (body) => body.delete(8);
  const withTime = (body) => body.set(8, [36, 1_700_000_432]);
  assert.equal(await codeOfBundle("full_read_from_a_node", withoutTime), "trust.malformed");
  assert.equal(await codeOfBundle("full", withTime), "trust.malformed");
  assert.equal(await codeOfLater(reopened("full", () => {})), null);
});

test("the headers of chain evidence have at most 8 MiB together", () => {
  const codeWith = (headers) => {
    const node = new Uint8Array(1);
    const file = encode([1, headers, [node], [node]]);
    return codeOf(() => readChainEvidence(new Cursor(file)));
  };
  const header = new Uint8Array(64 << 10);
  assert.equal(codeWith(Array(128).fill(header)), null);
  assert.equal(codeWith([...Array(128).fill(header), new Uint8Array(1)]), "form.too_large");
});

for (const longer of ["c28105", "f800", `f837${"01".repeat(55)}`, `f90038${"01".repeat(56)}`]) {
  test(`RLP in another than its shortest form is refused: ${longer.slice(0, 12)}`, () => {
    assert.throws(() => decodeList(fromHex(longer), 100, 10), /longer form/);
  });
}
