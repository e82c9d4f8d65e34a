/** The keeper of the scan page: never back, never worse for good, and whole after every crash. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openKeeper } from "../../verifier/web/app/trust/keeper.js";
import { inMemory } from "../../verifier/web/app/trust/storage.js";
import { fromHex } from "../../verifier/web/lib/bytes.js";
import { policyOf } from "../../verifier/web/lib/policy.js";
import { decodeTrustAnchor } from "../../verifier/web/lib/trust-anchor.js";
import { read } from "./vectors.js";

const bundleOf = (name) => fromHex(read(`bundle/${name}.json`).bundle);
const ANCHOR = decodeTrustAnchor(fromHex(read("bundle/lite.json").trust_anchor));
const SEALED = fromHex(read("verdict/case_anchored.json").sealed);

/** Bundles of one registry, by the size of the journal they state. */
const OLDER = bundleOf("guest_recognised_again"); // 7 entries, one guest
const OLD = bundleOf("guest_left_out"); // 10 entries, without the guests it names
const OLD_WHOLE = bundleOf("guest_as_seen_before"); // the same with its guests
const NEW = bundleOf("lite"); // 36 entries
const NEW_FULL = bundleOf("full");
const UNPROVEN = bundleOf("full_read_from_a_node"); // 36 entries, no checkpoint
const FOREIGN = bundleOf("another_registry_by_the_same_signers_fail");
const DAMAGED = bundleOf("flipped_bit_fail");

const NEW_AS_OF = 1_700_000_432;
const OLD_AS_OF = 1_700_000_120;
const NOW = NEW_AS_OF + 60;
const FIRST = "https://first.example/lite.srb";
const SECOND = "https://second.example/lite.srb";

/** A server for each address: bytes, or a function that makes an answer. */
function serving(answers) {
  const asked = [];
  const fetch = async (url, options) => {
    asked.push(url);
    const answer = answers[url];
    if (answer === undefined) throw new TypeError("Failed to fetch");
    return typeof answer === "function" ? answer(options) : new Response(answer);
  };
  return Object.assign(fetch, { asked });
}

function given({ answers = {}, storage = inMemory(), now = NOW, policy = {}, ...others } = {}) {
  const clock = { now };
  const config = {
    anchor: ANCHOR,
    sources: [FIRST, SECOND],
    policy: policyOf({ minEvidence: 2, ...policy }),
  };
  const fetch = serving(answers);
  return { options: { config, storage, fetch, clock: () => clock.now, ...others }, clock, fetch };
}

const opened = (setting) => openKeeper(given(setting).options);
const outcomes = ({ tried }) => tried.map(({ outcome }) => outcome);

/** A storage that has accepted a bundle on an earlier visit. */
async function visited(bundle, now = NOW) {
  const storage = inMemory();
  const keeper = await opened({ storage, now, answers: { [FIRST]: bundle } });
  await keeper.refresh();
  await keeper.settled();
  return storage;
}

test("knows nothing before it has asked, and says so", async () => {
  const keeper = await opened();
  assert.equal(keeper.current().trust, null);
  assert.equal(keeper.current().reason, "trust.unavailable");
});

test("takes the bundle of the first source and asks no other", async () => {
  const { options, fetch } = given({ answers: { [FIRST]: NEW, [SECOND]: NEW } });
  const keeper = await openKeeper(options);
  const report = await keeper.refresh();
  assert.deepEqual(report, {
    tried: [{ source: FIRST, outcome: "taken", because: "" }],
    changed: true,
  });
  assert.deepEqual(fetch.asked, [FIRST]);
  const { reason, asOf, source, isFromStorage, storage } = keeper.current();
  assert.deepEqual(
    [reason, asOf, source, isFromStorage, storage],
    ["trust.fresh", NEW_AS_OF, FIRST, false, "kept"],
  );
});

for (const [told, answer, outcome] of [
  ["answers nothing", undefined, "unreachable"],
  ["answers with an error", () => new Response("", { status: 503 }), "refused"],
  ["hands out another registry's bundle", FOREIGN, "foreign"],
  ["hands out a damaged bundle", DAMAGED, "malformed"],
  ["hands out a page of text", new TextEncoder().encode("<html>"), "malformed"],
  ["hands out nothing", new Uint8Array(), "malformed"],
])
  test(`falls back to the next source when the first ${told}`, async () => {
    const keeper = await opened({ answers: { [FIRST]: answer, [SECOND]: NEW } });
    assert.deepEqual(outcomes(await keeper.refresh()), [outcome, "taken"]);
    assert.equal(keeper.current().source, SECOND);
  });

test("falls back when the first source never ends its answer", async () => {
  const endless = () =>
    new Response(new ReadableStream({ start: (to) => to.enqueue(NEW.slice(0, 9)) }));
  const keeper = await opened({ timeLimit: 20, answers: { [FIRST]: endless, [SECOND]: NEW } });
  assert.deepEqual(outcomes(await keeper.refresh()), ["timed_out", "taken"]);
});

test("stops reading a source that sends more than a bundle can have", async () => {
  let sent = 0;
  const flood = () =>
    new Response(
      new ReadableStream({
        pull: (to) => {
          sent += 1;
          to.enqueue(new Uint8Array(1 << 20));
        },
      }),
    );
  const keeper = await opened({ answers: { [FIRST]: flood, [SECOND]: NEW } });
  assert.deepEqual(outcomes(await keeper.refresh()), ["too_large", "taken"]);
  assert.ok(sent < 40, `${sent} MiB were read`);
});

test("does not even begin to read an answer that announces too much", async () => {
  const large = () => new Response(NEW, { headers: { "content-length": "999999999" } });
  const keeper = await opened({ answers: { [FIRST]: large, [SECOND]: NEW } });
  assert.deepEqual(outcomes(await keeper.refresh()), ["too_large", "taken"]);
});

for (const [told, answers, reason] of [
  ["none answers", {}, "trust.unavailable"],
  ["one was damaged", { [FIRST]: DAMAGED }, "trust.malformed"],
  ["one is another registry's", { [FIRST]: DAMAGED, [SECOND]: FOREIGN }, "trust.foreign"],
])
  test(`has no trust data and the reason where ${told}`, async () => {
    const keeper = await opened({ answers });
    await keeper.refresh();
    assert.equal(keeper.current().reason, reason);
    const verdict = await keeper.judge(SEALED);
    assert.equal(verdict.outcome, "INDETERMINATE");
    assert.equal(verdict.checks.at(-1).code, reason);
  });

test("opens what an earlier visit left, without asking anybody", async () => {
  const { options, fetch } = given({ storage: await visited(NEW) });
  const keeper = await openKeeper(options);
  const { reason, isFromStorage, source, fetchedAt } = keeper.current();
  assert.deepEqual([reason, isFromStorage, source, fetchedAt], ["trust.fresh", true, FIRST, NOW]);
  assert.deepEqual(fetch.asked, []);
});

test("keeps what it has when no source answers", async () => {
  const keeper = await opened({ storage: await visited(NEW) });
  const report = await keeper.refresh();
  assert.deepEqual([outcomes(report), report.changed], [["unreachable", "unreachable"], false]);
  assert.equal(keeper.current().reason, "trust.fresh");
});

test("never goes back to an older bundle, and says who offered it", async () => {
  const keeper = await opened({
    storage: await visited(NEW),
    answers: { [FIRST]: OLD, [SECOND]: NEW },
  });
  assert.deepEqual(outcomes(await keeper.refresh()), ["rollback", "same"]);
  assert.equal(keeper.current().asOf, NEW_AS_OF);
});

test("what one source gave is seen when the next one is asked", async () => {
  const later = NEW_AS_OF + 3 * 86_400;
  const keeper = await opened({ now: later, answers: { [FIRST]: NEW, [SECOND]: OLD } });
  assert.deepEqual(outcomes(await keeper.refresh()), ["taken", "rollback"]);
});

test("goes on to newer trust data", async () => {
  const keeper = await opened({ storage: await visited(OLD), answers: { [FIRST]: NEW } });
  assert.deepEqual(outcomes(await keeper.refresh()), ["taken"]);
  assert.equal(keeper.current().asOf, NEW_AS_OF);
});

test("remembers how far it has seen although the bundle it saw is damaged in storage", async () => {
  const storage = await visited(NEW);
  await storage.change((memory) => ({ ...memory, kept: { ...memory.kept, bundle: DAMAGED } }));
  const keeper = await opened({ storage, answers: { [FIRST]: OLD } });
  assert.equal(keeper.current().reason, "trust.malformed");
  await keeper.refresh();
  assert.deepEqual([keeper.current().trust, keeper.current().reason], [null, "trust.rollback"]);
});

test("asks further where the first source has nothing newer and the trust data grow old", async () => {
  const later = NEW_AS_OF + 3 * 86_400;
  const answers = { [FIRST]: OLD_WHOLE, [SECOND]: NEW };
  const keeper = await opened({ storage: await visited(OLD_WHOLE), now: later, answers });
  assert.deepEqual(outcomes(await keeper.refresh()), ["same", "taken"]);
});

test("takes a fuller bundle of the same journal, and never a poorer one", async () => {
  const keeper = await opened({ now: OLD_AS_OF, answers: { [FIRST]: OLD, [SECOND]: OLD_WHOLE } });
  assert.deepEqual(outcomes(await keeper.refresh()), ["taken", "taken"]);
  assert.equal(keeper.current().missing, 0);
  const back = await opened({
    now: OLD_AS_OF,
    storage: await visited(OLD_WHOLE, OLD_AS_OF),
    answers: { [FIRST]: OLD },
  });
  assert.deepEqual(outcomes(await back.refresh()), ["worse", "unreachable"]);
  assert.equal(back.current().missing, 0);
});

test("asks every source before it takes a newer bundle that has less in it", async () => {
  const storage = await visited(OLDER, OLD_AS_OF);
  const answers = { [FIRST]: OLD, [SECOND]: OLD_WHOLE };
  const keeper = await opened({ now: OLD_AS_OF, storage, answers });
  assert.deepEqual(outcomes(await keeper.refresh()), ["passed_over", "taken"]);
  assert.equal(keeper.current().missing, 0);
});

test("takes a newer bundle that has less in it where there is no other", async () => {
  const storage = await visited(OLDER, OLD_AS_OF);
  const keeper = await opened({ now: OLD_AS_OF, storage, answers: { [FIRST]: OLD } });
  assert.deepEqual(outcomes(await keeper.refresh()), ["incomplete", "unreachable"]);
  assert.equal(keeper.current().asOf, OLD_AS_OF);
});

test("never remembers, nor prefers, what nobody vouches for", async () => {
  const storage = inMemory();
  const first = await opened({ storage, answers: { [FIRST]: UNPROVEN } });
  assert.deepEqual(outcomes(await first.refresh()), ["taken"]);
  assert.equal(first.current().reason, "trust.weak");
  const second = await opened({ storage });
  assert.equal(second.current().trust, null);
  const proven = await opened({ storage: await visited(NEW), answers: { [FIRST]: UNPROVEN } });
  assert.equal(outcomes(await proven.refresh())[0], "worse");
  assert.equal(proven.current().reason, "trust.fresh");
});

test("replaces what nobody vouches for by what somebody does, also when that is older", async () => {
  const { options } = given({ answers: { [FIRST]: UNPROVEN } });
  const keeper = await openKeeper(options);
  await keeper.refresh();
  assert.equal((await keeper.takeFile(OLD_WHOLE)).outcome, "taken");
  assert.equal(keeper.current().asOf, OLD_AS_OF);
});

test("a full bundle serves better than a lite one of the same journal", async () => {
  const keeper = await opened({ answers: { [FIRST]: NEW, [SECOND]: NEW } });
  await keeper.refresh();
  assert.equal((await keeper.takeFile(NEW_FULL)).outcome, "taken");
  assert.equal((await keeper.takeFile(NEW)).outcome, "worse");
});

test("judges by what it holds", async () => {
  const keeper = await opened({ answers: { [FIRST]: NEW_FULL } });
  await keeper.refresh();
  assert.equal((await keeper.judge(SEALED)).checks[0].code, "form.ok");
  assert.equal((await keeper.judge(SEALED)).checks.at(-1).code, "trust.fresh");
  assert.equal((await keeper.judge(new Uint8Array(3))).outcome, "INVALID");
});

test("says when trust data are too old", async () => {
  const keeper = await opened({ storage: await visited(NEW), now: NEW_AS_OF + 7 * 86_400 + 1 });
  assert.equal(keeper.current().reason, "trust.too_old");
  assert.equal((await keeper.judge(SEALED)).checks.at(-1).code, "trust.too_old");
});

test("says when the clock is behind the trust data", async () => {
  const keeper = await opened({ storage: await visited(NEW), now: NEW_AS_OF - 301 });
  assert.equal((await keeper.judge(SEALED)).checks.at(-1).code, "trust.clock_behind");
});

test("notices that the clock was set back since it was last used, until a person says it is right", async () => {
  const storage = await visited(NEW, NEW_AS_OF + 86_400);
  const { options } = given({ storage, now: NEW_AS_OF + 3_600 });
  const keeper = await openKeeper(options);
  assert.deepEqual(
    [keeper.current().reason, keeper.current().isClockBehind],
    ["trust.clock_behind", true],
  );
  const verdict = await keeper.judge(SEALED);
  assert.equal(verdict.checks.at(-1).code, "trust.clock_behind");
  assert.notEqual(verdict.outcome, "VALID");
  await keeper.acceptClock();
  assert.equal(keeper.current().reason, "trust.fresh");
  const again = await openKeeper(options);
  assert.equal(again.current().isClockBehind, false);
});

test("a clock that was set back does not pass by being used", async () => {
  const storage = await visited(NEW, NEW_AS_OF + 86_400);
  const keeper = await opened({ storage, now: NEW_AS_OF + 3_600 });
  await keeper.judge(SEALED);
  await keeper.refresh();
  await keeper.settled();
  assert.equal(keeper.current().latest, NEW_AS_OF + 86_400);
  assert.equal((await keeper.judge(SEALED)).checks.at(-1).code, "trust.clock_behind");
});

test("bears with a clock that is five minutes slow", async () => {
  const storage = await visited(NEW, NEW_AS_OF + 86_400);
  const keeper = await opened({ storage, now: NEW_AS_OF + 86_400 - 300 });
  assert.equal(keeper.current().reason, "trust.fresh");
});

test("writes the clock down while it judges", async () => {
  const storage = await visited(NEW);
  const { options, clock } = given({ storage });
  const keeper = await openKeeper(options);
  clock.now = NOW + 86_400;
  await keeper.judge(SEALED);
  await keeper.settled();
  clock.now = NOW;
  const next = await openKeeper(options);
  assert.equal(next.current().isClockBehind, true);
});

test("does not write for each document that it judges", async () => {
  const storage = inMemory();
  let writes = 0;
  const counting = {
    ...storage,
    change: (step) => {
      writes += 1;
      return storage.change(step);
    },
  };
  const keeper = await opened({ storage: counting });
  for (let i = 0; i < 20; i++) await keeper.judge(SEALED);
  await keeper.settled();
  assert.equal(writes, 1);
});

test("takes a bundle from a file by the same rules", async () => {
  const keeper = await opened({ storage: await visited(NEW) });
  assert.equal((await keeper.takeFile(OLD)).outcome, "rollback");
  assert.equal((await keeper.takeFile(FOREIGN)).outcome, "foreign");
  assert.equal((await keeper.takeFile(new Uint8Array())).outcome, "malformed");
  const empty = await opened();
  assert.equal((await empty.takeFile(NEW)).outcome, "taken");
  assert.equal(empty.current().source, "file");
});

test("remembers how far it has seen each guest, also while a bundle lacks it", async () => {
  const storage = await visited(OLD_WHOLE, OLD_AS_OF);
  const memory = await storage.read();
  assert.equal(memory.guests.length, 2);
  const keeper = await opened({ storage, now: OLD_AS_OF, answers: { [FIRST]: NEW } });
  await keeper.refresh();
  assert.deepEqual((await storage.read()).guests, memory.guests);
});

test("refuses a home bundle with a guest older than one that was seen", async () => {
  const storage = await visited(OLDER, OLD_AS_OF);
  const raised = ([name, floor]) => [name, { ...floor, size: 999 }];
  await storage.change((memory) => ({
    ...memory,
    floor: { ...memory.floor, size: 1 },
    kept: null,
    guests: memory.guests.map(raised),
  }));
  const keeper = await opened({ storage, now: OLD_AS_OF, answers: { [FIRST]: OLDER } });
  assert.equal(outcomes(await keeper.refresh())[0], "rollback");
});

test("two tabs at once: the one that saw less learns of the other's before it writes", async () => {
  const storage = inMemory();
  const slow = await opened({ storage, answers: { [FIRST]: OLD } });
  const quick = await opened({ storage, answers: { [FIRST]: NEW } });
  await quick.refresh(); // after the slow tab has read the storage
  assert.equal((await slow.takeFile(OLD)).outcome, "rollback");
  assert.equal(slow.current().asOf, NEW_AS_OF);
});

test("two tabs at once: none writes over what the other wrote while it opened a bundle", async () => {
  const shared = inMemory();
  const quick = await opened({ storage: shared, answers: { [FIRST]: NEW } });
  let isFirst = true;
  const storage = {
    ...shared,
    change: async (step) => {
      if (isFirst) await quick.refresh();
      isFirst = false;
      await shared.change(step);
    },
  };
  const slow = await opened({ storage });
  assert.equal((await slow.takeFile(OLD)).outcome, "rollback");
  assert.deepEqual([slow.current().asOf, (await shared.read()).floor.size], [NEW_AS_OF, 36]);
});

test("two tabs at once: one hears of what the other took", async () => {
  const shared = inMemory();
  let heard = () => undefined;
  const listening = { ...shared, listen: (call) => (heard = call) };
  const one = await opened({ storage: listening });
  const other = await opened({ storage: shared, answers: { [FIRST]: NEW } });
  await other.refresh();
  heard();
  await one.settled();
  assert.equal(one.current().asOf, NEW_AS_OF);
});

test("works without storage, and says that nothing outlives the page", async () => {
  const refused = async () => {
    throw new DOMException("denied", "SecurityError");
  };
  const storage = { read: refused, change: refused, clear: refused, listen: () => undefined };
  const keeper = await opened({ storage, answers: { [FIRST]: NEW, [SECOND]: OLD } });
  await keeper.refresh();
  assert.deepEqual([keeper.current().reason, keeper.current().storage], ["trust.fresh", "memory"]);
  assert.equal((await keeper.takeFile(OLD)).outcome, "rollback");
});

test("a storage that is full keeps the old state whole, and the page goes on with the new", async () => {
  const storage = await visited(OLD_WHOLE, OLD_AS_OF);
  const before = structuredClone(await storage.read());
  const full = {
    ...storage,
    change: async () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  const keeper = await opened({ storage: full, answers: { [FIRST]: NEW } });
  await keeper.refresh();
  const { asOf, storage: state } = keeper.current();
  assert.deepEqual([asOf, state], [NEW_AS_OF, "memory"]);
  assert.deepEqual(await storage.read(), before);
  assert.equal((await keeper.takeFile(OLD)).outcome, "rollback");
  assert.equal((await keeper.takeFile(NEW)).outcome, "same");
});

test("a storage that fails later forgets nothing of what it had told", async () => {
  const storage = await visited(OLD_WHOLE, OLD_AS_OF);
  const failing = {
    ...storage,
    change: async () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  const keeper = await opened({ storage: failing });
  await keeper.judge(SEALED);
  await keeper.settled();
  assert.equal(keeper.current().storage, "memory");
  assert.equal((await keeper.takeFile(OLDER)).outcome, "rollback");
});

test("bundle and floors are written in one step, or not at all", async () => {
  const storage = inMemory();
  const records = [];
  const watched = {
    ...storage,
    change: async (step) => {
      await storage.change(step);
      records.push(structuredClone(await storage.read()));
    },
  };
  const keeper = await opened({ storage: watched, answers: { [FIRST]: NEW } });
  await keeper.refresh();
  for (const { floor, kept } of records) assert.equal(floor === null, kept === null);
  for (const record of records) {
    const restarted = await opened({ storage: inMemory(record), answers: { [FIRST]: NEW } });
    await restarted.refresh();
    assert.equal(restarted.current().reason, "trust.fresh");
  }
});

for (const [told, spoil] of [
  ["of a later version", (memory) => ({ ...memory, version: 2 })],
  ["without floors", ({ version, kept }) => ({ version, kept })],
  ["with a floor of another form", (memory) => ({ ...memory, floor: { size: "36" } })],
  ["with a time that is none", (memory) => ({ ...memory, latest: "yesterday" })],
  ["that is a text", () => "36"],
  ["that is null", () => null],
])
  test(`judges nothing by a memory ${told}, until somebody begins anew`, async () => {
    const storage = await visited(NEW);
    await storage.change(spoil);
    const keeper = await opened({ storage, answers: { [FIRST]: NEW } });
    await keeper.refresh();
    assert.deepEqual(
      [keeper.current().trust, keeper.current().reason, keeper.current().storage],
      [null, "trust.malformed", "unusable"],
    );
    assert.equal((await keeper.takeFile(NEW)).outcome, "malformed");
    assert.equal((await keeper.judge(SEALED)).outcome, "INDETERMINATE");
    await keeper.forget();
    await keeper.refresh();
    assert.deepEqual([keeper.current().reason, keeper.current().storage], ["trust.fresh", "kept"]);
  });

test("asks once however many ask it to", async () => {
  const { options, fetch } = given({ answers: { [FIRST]: NEW } });
  const keeper = await openKeeper(options);
  await Promise.all([keeper.refresh(), keeper.refresh(), keeper.refresh()]);
  assert.deepEqual(fetch.asked, [FIRST]);
});

test("tells of every change", async () => {
  const keeper = await opened({ answers: { [FIRST]: NEW } });
  let told = 0;
  keeper.addEventListener("change", () => {
    told += 1;
  });
  await keeper.refresh();
  assert.equal(told, 1);
});

test("what is remembered holds no more than the bundle and the floors", async () => {
  const memory = await (await visited(NEW)).read();
  assert.equal(memory.floor.head.buffer.byteLength, 32);
  assert.equal(memory.floor.homes[0].contract.buffer.byteLength, 20);
  assert.deepEqual(memory.kept.bundle, NEW);
});
