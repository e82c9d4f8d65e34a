/** Trust data: status lists, type documents, journals, checkpoints, trust anchors, evidence, bundles. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openBundle } from "../../verifier/web/lib/bundle.js";
import { fromHex, hex, utf8Bytes } from "../../verifier/web/lib/bytes.js";
import { believe, readCheckpoint } from "../../verifier/web/lib/checkpoint.js";
import { Cursor } from "../../verifier/web/lib/cursor.js";
import { initialHead, nextHead, openJournalFile } from "../../verifier/web/lib/journal-file.js";
import { homeAt, registryName } from "../../verifier/web/lib/lineage.js";
import { decodePayload } from "../../verifier/web/lib/payloads.js";
import { inForceOf, recognised } from "../../verifier/web/lib/recognition.js";
import { replay } from "../../verifier/web/lib/replay.js";
import { decodeSnapshot, encodeSnapshot, snapshotDigest } from "../../verifier/web/lib/snapshot.js";
import { decodeStatusDetails } from "../../verifier/web/lib/status-details.js";
import { decodeStatusList, slotState, statusOf } from "../../verifier/web/lib/status-list.js";
import { decodeTrustAnchor, shortDigest } from "../../verifier/web/lib/trust-anchor.js";
import { completeKids } from "../../verifier/web/lib/trust-state.js";
import { loadType } from "../../verifier/web/lib/type-document.js";
import { codeOf, codeOfLater, ROOT, vectors } from "./vectors.js";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

for (const [name, { bits, width, values }] of vectors("status", null))
  test(`status ${name}: the first slot sits in the least significant bits`, () => {
    const read = values.map((_, index) => statusOf(fromHex(bits), index, width));
    assert.deepEqual(read, values);
  });

for (const [name, vector] of vectors("status-list", false))
  test(`status-list ${name}: has its slots`, () => {
    const list = decodeStatusList(fromHex(vector.file));
    const states = Array.from({ length: list.slots }, (_, index) => slotState(list, index));
    assert.deepEqual([list.version, states], [vector.version, vector.slots]);
    assert.equal(slotState(list, list.slots), null);
  });

for (const [name, { file, expect }] of vectors("status-list", true))
  test(`status-list ${name}: is refused`, () => {
    assert.equal(
      codeOf(() => decodeStatusList(fromHex(file))),
      expect,
    );
  });

for (const [name, vector] of vectors("status-details", false))
  test(`status-details ${name}: has its rows`, () => {
    const { rows } = decodeStatusDetails(fromHex(vector.file));
    const told = rows.map((row) => [
      row.index,
      row.state,
      row.reason,
      row.effectiveAt,
      row.replacedBy,
    ]);
    assert.deepEqual(told, vector.rows);
  });

for (const [name, { file, expect }] of vectors("status-details", true))
  test(`status-details ${name}: is refused`, () => {
    assert.equal(
      codeOf(() => decodeStatusDetails(fromHex(file))),
      expect,
    );
  });

for (const [name, vector] of vectors("type-document", false))
  test(`type-document ${name}: is read`, () => {
    const document =
      "document" in vector ? utf8Bytes(vector.document) : readFileSync(ROOT + vector.file);
    const kind = loadType(document);
    assert.equal(hex(kind.digest), vector.sha256);
    assert.deepEqual([kind.typeNo, kind.version], [vector.type, vector.version]);
    assert.deepEqual(
      kind.fields.map(({ label }) => label),
      vector.labels,
    );
  });

for (const [name, { document, expect }] of vectors("type-document", true))
  test(`type-document ${name}: is refused`, () => {
    assert.equal(
      codeOf(() => loadType(utf8Bytes(document))),
      expect,
    );
  });

for (const [name, vector] of vectors("journal-entry", false))
  test(`journal-entry ${name}: moves the head`, () => {
    const kind = Number.parseInt(vector.kind, 16);
    const data = fromHex(vector.data);
    const { index, time } = vector;
    assert.equal(decodePayload({ index, time, kind, data }).kind, vector.says.kind);
    assert.equal(sha256(data), vector.data_sha256);
    assert.equal(
      hex(nextHead(fromHex(vector.head_before), { index, time, kind, data })),
      vector.head,
    );
  });

/** What a state says to one question of a vector. */
function answer(state, asked) {
  const { at } = asked;
  switch (asked.ask) {
    case "active":
      return state.isActive(asked.agency, at);
    case "accredited":
      return state.isAccredited(asked.agency, asked.type, at);
    case "algorithm":
      return state.algorithm(asked.alg, at);
    case "complete":
      return completeKids(state).has(asked.kid);
    case "home": {
      const home = homeAt(state.homes, asked.size);
      return [home.chainId, hex(home.contract)];
    }
    case "recognised": {
      const registry = { chainId: asked.chain_id, contract: fromHex(asked.contract) };
      return inForceOf(state.recognitions, registry, at)?.number ?? null;
    }
    case "recognises":
      return recognised(state.recognition(asked.recognition))?.typeNos ?? null;
    default:
      return safety(state, asked);
  }
}

function safety(state, asked) {
  const anchor =
    asked.root === null ? null : state.anchor(fromHex(asked.root), asked.agency, asked.kid);
  if (asked.root !== null) assert.equal(anchor.batchNo, asked.batch);
  return state.keySafety(state.keys.get(asked.kid), anchor);
}

for (const [name, vector] of vectors("journal", false))
  test(`journal ${name}: heads, snapshot and answers`, () => {
    const journal = openJournalFile(fromHex(vector.file));
    let head = initialHead(journal);
    assert.equal(hex(head), vector.initial_head);
    for (const entry of journal.entries) {
      head = nextHead(head, entry);
      assert.equal(hex(head), vector.entries[entry.index].head);
    }
    const state = replay(journal);
    const { size, head: last, snapshot, snapshot_digest, answers } = vector.expect;
    assert.deepEqual([state.size, hex(state.head)], [size, last]);
    assert.equal(hex(encodeSnapshot(state)), snapshot);
    assert.equal(hex(snapshotDigest(state)), snapshot_digest);
    assert.equal(hex(encodeSnapshot(decodeSnapshot(fromHex(snapshot)))), snapshot);
    for (const asked of answers)
      assert.deepEqual(answer(state, asked), asked.is, JSON.stringify(asked));
  });

for (const [name, { file, expect }] of vectors("journal", true))
  test(`journal ${name}: is refused at its entry`, () => {
    assert.throws(
      () => replay(openJournalFile(fromHex(file))),
      (error) => error.index === expect.refused_at,
    );
  });

async function believed({ trust_anchor, checkpoints, registry, homes = [] }) {
  const anchor = decodeTrustAnchor(fromHex(trust_anchor));
  const chain = checkpoints.map((source) => {
    const cursor = new Cursor(fromHex(source));
    const checkpoint = readCheckpoint(cursor);
    cursor.end();
    return checkpoint;
  });
  const own = registry ?? [anchor.chainId, hex(anchor.contract)];
  const all = [own, ...homes].map(([chainId, contract]) => ({
    chainId,
    contract: fromHex(contract),
  }));
  return (await believe(chain, anchor.signers, all)).statement;
}

for (const [name, vector] of vectors("checkpoint", false))
  test(`checkpoint ${name}: is believed`, async () => {
    const { size, head, snapshotDigest: digest, at } = await believed(vector);
    const told = { size, head: hex(head), snapshot_digest: hex(digest), time: at };
    assert.deepEqual(told, vector.expect);
    assert.equal(shortDigest(fromHex(vector.trust_anchor)), vector.short_digest);
  });

for (const [name, vector] of vectors("checkpoint", true))
  test(`checkpoint ${name}: is refused`, async () => {
    const code = await codeOfLater(believed(vector));
    assert.ok(code === vector.expect.refused || code === "form.structure", code);
  });

for (const [name, vector] of vectors("trust-anchor", false))
  test(`trust-anchor ${name}: says what the vector says`, () => {
    const file = fromHex(vector.file);
    const { chainId, contract, signers, names } = decodeTrustAnchor(file);
    assert.deepEqual([sha256(file), shortDigest(file)], [vector.sha256, vector.short_digest]);
    assert.deepEqual([chainId, hex(contract)], [vector.chain_id, vector.contract]);
    assert.equal(signers.threshold, vector.threshold);
    assert.deepEqual(
      signers.keys.map(({ kid }) => kid),
      vector.kids,
    );
    assert.deepEqual(names, vector.names);
  });

for (const [name, { file }] of vectors("trust-anchor", true))
  test(`trust-anchor ${name}: is refused`, () => {
    assert.equal(
      codeOf(() => decodeTrustAnchor(fromHex(file))),
      "trust.malformed",
    );
  });

const registryOf = ([chainId, contract]) => ({ chainId, contract: fromHex(contract) });

function floorOf(seen) {
  const { size, head, as_of: asOf, homes = [] } = seen;
  return { size, head: fromHex(head), asOf, homes: homes.map(registryOf) };
}

function opened({ bundle, trust_anchor, seen_before, guests_seen_before = [] }) {
  const guestFloors = new Map(
    guests_seen_before.map((held) => [
      registryName(registryOf([held.chain_id, held.contract])),
      floorOf(held),
    ]),
  );
  const anchor = trust_anchor === null ? null : decodeTrustAnchor(fromHex(trust_anchor));
  const floor = seen_before === null ? null : floorOf(seen_before);
  return openBundle(fromHex(bundle), { anchor, floor, guestFloors });
}

function summary({ state, evidence }) {
  const { asOf, strength } = evidence;
  return { size: state.size, head: hex(state.head), as_of: asOf, strength };
}

for (const [name, vector] of vectors("bundle", false))
  test(`bundle ${name}: opens`, async () => {
    const trust = await opened(vector);
    const guests = trust.guests.map(({ recognition, trust: own }) => ({
      recognition: recognition.number,
      ...summary(own),
    }));
    const told = summary(trust);
    assert.deepEqual("guests" in vector.expect ? { ...told, guests } : told, vector.expect);
  });

for (const [name, vector] of vectors("bundle", true))
  test(`bundle ${name}: is refused`, async () => {
    assert.equal(await codeOfLater(opened(vector)), vector.expect.refused);
  });
