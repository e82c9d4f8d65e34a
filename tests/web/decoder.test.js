import assert from "node:assert/strict";
import { test } from "node:test";
import { DecoderUnavailable, openDecoder } from "../../verifier/web/app/scan/decoder.js";
import { noCode } from "../../verifier/web/app/scan/errors.js";
import { serve } from "../../verifier/web/app/scan/serve.js";
import { codeOfLater } from "./vectors.js";

/** A worker in this thread that answers as it is told: by serve.js, as the real ones do. */
function worker(answer, prepare = async () => answer) {
  const made = { isOver: false, onmessage: null, onerror: null };
  const scope = {
    onmessage: null,
    postMessage: (data) => queueMicrotask(() => made.isOver || made.onmessage?.({ data })),
  };
  made.postMessage = (data) => queueMicrotask(() => made.isOver || scope.onmessage({ data }));
  made.terminate = () => {
    made.isOver = true;
  };
  serve(scope, prepare);
  return made;
}

/** A decoder over such workers, and all that were started. */
function decoderOf(answer, prepare) {
  const started = [];
  const decoder = openDecoder(() => {
    started.push(worker(answer, prepare));
    return started.at(-1);
  });
  return { decoder, started };
}

const never = () => new Promise(() => {});

test("questions are answered in order, by one worker", async () => {
  const { decoder, started } = decoderOf(async ({ number }) => 2 * number);
  const asked = [1, 2, 3].map((number) => decoder.ask({ number }, [], 60));
  assert.deepEqual(await Promise.all(asked), [2, 4, 6]);
  assert.equal(started.length, 1);
});

test("the second question waits until the first is answered", async () => {
  let running = 0;
  let most = 0;
  const { decoder } = decoderOf(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return running--;
  });
  const both = [decoder.ask({}, [], 60), decoder.ask({}, [], 60)];
  assert.equal(decoder.isBusy(), true);
  await Promise.all(both);
  assert.deepEqual([most, decoder.isBusy()], [1, false]);
});

test("a refusal keeps its code, and the worker", async () => {
  const { decoder, started } = decoderOf(async () => {
    throw noCode("nothing");
  });
  assert.equal(await codeOfLater(decoder.ask({}, [], 60)), "document.no_code");
  assert.equal(await codeOfLater(decoder.ask({}, [], 60)), "document.no_code");
  assert.deepEqual([started.length, started[0].isOver], [1, false]);
});

test("a worker that is late is ended, and the next question gets a new one", async () => {
  const { decoder, started } = decoderOf(({ hangs }) =>
    hangs ? never() : Promise.resolve("read"),
  );
  assert.equal(await codeOfLater(decoder.ask({ hangs: true }, [], 0.01)), "document.unreadable");
  assert.equal(await decoder.ask({}, [], 60), "read");
  assert.deepEqual(
    started.map(({ isOver }) => isOver),
    [true, false],
  );
});

test("a worker whose memory crashed is ended, and the next question gets a new one", async () => {
  const { decoder, started } = decoderOf(async ({ crashes }) => {
    if (crashes) throw new WebAssembly.RuntimeError("unreachable");
    return "read";
  });
  assert.equal(await codeOfLater(decoder.ask({ crashes: true }, [], 60)), "document.unreadable");
  assert.equal(await decoder.ask({}, [], 60), "read");
  assert.equal(started[0].isOver, true);
});

test("a worker that dies without a word is ended too", async () => {
  const { decoder, started } = decoderOf(never);
  await decoder.warm();
  const asked = codeOfLater(decoder.ask({}, [], 60));
  setImmediate(() => started[0].onerror({ message: "out of memory" }));
  assert.equal(await asked, "document.unreadable");
  assert.equal(started[0].isOver, true);
});

test("a worker that cannot start is tried again by the next question", async () => {
  let tries = 0;
  const { decoder } = decoderOf(null, async () => {
    if (++tries === 1) throw new Error("404");
    return async () => "read";
  });
  await assert.rejects(decoder.ask({}, [], 60), DecoderUnavailable);
  assert.equal(await decoder.ask({}, [], 60), "read");
});

test("a closed decoder ends its worker", async () => {
  const { decoder, started } = decoderOf(async () => "read");
  await decoder.ask({}, [], 60);
  decoder.close();
  assert.equal(started[0].isOver, true);
});
