/** Credentials and their parts: the vectors of CBOR, entries, trees, keys, QR text, numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { certificateNumber, parseCertificateNumber } from "../../verifier/web/lib/agency-code.js";
import { fromHex, hex } from "../../verifier/web/lib/bytes.js";
import { decode } from "../../verifier/web/lib/cbor.js";
import { encode } from "../../verifier/web/lib/cbor-encode.js";
import { decodeEntry } from "../../verifier/web/lib/entry.js";
import { isUsable, kidOf, readKey, verifySignature } from "../../verifier/web/lib/keys.js";
import {
  inclusionRoot,
  leafHash,
  treeRoot,
  verifyConsistency,
} from "../../verifier/web/lib/merkle.js";
import { decodeQrText, encodeQrText } from "../../verifier/web/lib/qr-text.js";
import { decodeSealed, sealedRoot } from "../../verifier/web/lib/sealed.js";
import { sigStructure } from "../../verifier/web/lib/sign1.js";
import { codeOf, vectors } from "./vectors.js";

for (const [name, { item }] of vectors("cbor", false))
  test(`cbor ${name}: is written again as it was read`, () => {
    assert.equal(hex(encode(decode(fromHex(item)))), item);
  });

for (const [name, { item, expect }] of vectors("cbor", true))
  test(`cbor ${name}: is refused`, () => {
    assert.equal(
      codeOf(() => decode(fromHex(item))),
      expect,
    );
  });

/** A decoded value as the vectors of entries write it. */
function told(value) {
  if (value instanceof Uint8Array) return { hex: hex(value) };
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([label, item]) => [label, told(item)]));
  if (Array.isArray(value)) return value.map(told);
  return typeof value === "bigint" ? Number(value) : value;
}

for (const [name, { cases }] of vectors("entry", false))
  test(`entry ${name}: says what the vector says`, () => {
    for (const [about, entry, says] of cases) {
      const read = decodeEntry(fromHex(entry));
      const { iss, iat, nbf, exp, typeNo: type, typeVersion: version } = read;
      const values = { cti: hex(read.cti), fields: told(read.fields), other: told(read.other) };
      const named = {
        iss,
        iat,
        nbf,
        exp,
        type,
        version,
        certificate_number: certificateNumber(read),
      };
      assert.deepEqual({ ...named, ...values }, says, about);
    }
  });

for (const [name, { cases }] of vectors("entry", true))
  test(`entry ${name}: each is refused with its code`, () => {
    for (const [about, entry, code] of cases)
      assert.equal(
        codeOf(() => decodeEntry(fromHex(entry))),
        code,
        about,
      );
  });

for (const [name, vector] of vectors("tree", false))
  test(`tree ${name}: root, paths and consistency`, () => {
    const leaves = vector.entries.map((entry) => leafHash(fromHex(entry)));
    const root = treeRoot(leaves);
    assert.deepEqual(leaves.map(hex), vector.leaves);
    assert.equal(hex(root), vector.root);
    vector.paths.forEach((path, at) => {
      const steps = path.map(fromHex);
      assert.equal(hex(inclusionRoot(leaves[at], at, leaves.length, steps)), vector.root);
    });
    for (const [smaller, smallerRoot, path] of vector.consistency)
      verifyConsistency(smaller, leaves.length, path.map(fromHex), fromHex(smallerRoot), root);
  });

for (const [name, { leaf, leaf_index, tree_size, path, root }] of vectors("tree", true))
  test(`tree ${name}: does not lead to the root`, () => {
    const reached = () =>
      hex(inclusionRoot(fromHex(leaf), leaf_index, tree_size, path.map(fromHex)));
    let found = null;
    try {
      found = reached();
    } catch {}
    assert.notEqual(found, root);
  });

for (const [name, { cose_key, alg, kid }] of vectors("key", false))
  test(`key ${name}: algorithm and kid`, () => {
    const key = readKey(fromHex(cose_key));
    assert.deepEqual([key?.alg, key?.kid, isUsable(key)], [alg, kid, true]);
  });

for (const [name, { cose_key }] of vectors("key", true))
  test(`key ${name}: is no key`, () => {
    const key = readKey(fromHex(cose_key));
    assert.ok(key === null || !isUsable(key));
  });

for (const [name, vector] of vectors("credential", null))
  test(`credential ${name}: every stage follows from the one before`, async () => {
    const entry = fromHex(vector.entry);
    const key = readKey(fromHex(vector.cose_key));
    const sealed = decodeSealed(fromHex(vector.sealed));
    const { receipt } = sealed;
    const aad = fromHex(vector.external_aad);
    const signed = sigStructure(receipt.protectedHeader, aad, fromHex(vector.root));

    assert.equal(certificateNumber(decodeEntry(entry)), vector.certificate_number);
    assert.equal(hex(leafHash(entry)), vector.leaf);
    assert.equal(hex(sealed.entry), vector.entry);
    assert.equal(hex(sealedRoot(sealed)), vector.root);
    assert.equal(kidOf(fromHex(vector.cose_key)), vector.kid);
    assert.equal(receipt.kid, vector.kid);
    assert.equal(hex(receipt.protectedHeader), vector.protected);
    assert.equal(hex(signed), vector.sig_structure);
    await verifySignature(key, fromHex(vector.signature), signed);
    assert.equal(hex(decodeQrText(vector.qr_text).sealed), vector.sealed);
  });

for (const [name, { text, bytes }] of vectors("qr-text", false))
  test(`qr-text ${name}: is written again as it was read`, () => {
    const { sealed, url } = decodeQrText(text);
    assert.equal(hex(sealed), bytes);
    assert.equal(encodeQrText(sealed, url), text);
  });

for (const [name, { text, expect }] of vectors("qr-text", true))
  test(`qr-text ${name}: is refused`, () => {
    assert.equal(
      codeOf(() => decodeQrText(text)),
      expect,
    );
  });

for (const [name, { cases }] of vectors("certificate-number", false))
  test(`certificate-number ${name}: has its parts`, () => {
    for (const [number, iss, listNo, index] of cases)
      assert.deepEqual(parseCertificateNumber(number), { iss, listNo, index });
  });

for (const [name, { cases }] of vectors("certificate-number", true))
  test(`certificate-number ${name}: none is a number`, () => {
    for (const number of cases) assert.equal(parseCertificateNumber(number), null, number);
  });
