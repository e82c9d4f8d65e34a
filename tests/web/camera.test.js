import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { runCamera } from "../../verifier/web/app/scan/camera.js";
import { DecoderUnavailable } from "../../verifier/web/app/scan/decoder.js";
import { unreadable } from "../../verifier/web/app/scan/errors.js";

const RUNNING = [{ name: "starting" }, { name: "running" }];
let frames;
let closed;
let open;

beforeEach(() => {
  globalThis.MediaStream = class {};
  open = [];
});
afterEach(() => {
  for (const camera of open) camera.stop();
  frames = [];
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A world with one camera, whose frames show what the reader is told to answer. */
function world({ error, answers = [], capabilities = {}, isSecure = true, devices, ...more } = {}) {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const track = {
    isStopped: false,
    settings: [],
    stop: () => {
      track.isStopped = true;
    },
    getCapabilities: () => capabilities,
    applyConstraints: async ({ advanced }) => {
      track.settings.push(advanced[0]);
      if (more.isStubborn) throw new Error("OverconstrainedError");
    },
  };
  const asked = [];
  const media = {
    getUserMedia: async (wishes) => {
      asked.push(wishes);
      if (error) throw Object.assign(new Error(error), { name: error });
      return { getVideoTracks: () => [track] };
    },
    enumerateDevices: async () => [
      { kind: "audioinput", deviceId: "m", label: "Microphone" },
      { kind: "videoinput", deviceId: "b", label: "Back" },
    ],
  };
  const reader = {
    isBusyNow: false,
    asked: 0,
    warm: async () => {},
    isBusy: () => reader.isBusyNow,
    ask: async () => {
      const answer = answers[reader.asked++] ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...more.reader,
  };
  frames = [];
  closed = [];
  const around = {
    devices: devices === undefined ? media : devices,
    document: page,
    isSecure,
    reader,
    grab: async () => {
      if (more.isBlind) throw new Error("InvalidStateError");
      return { close: () => closed.push(1) };
    },
    now: () => 0,
    nextFrame: () => new Promise((resolve) => frames.push(resolve)),
  };
  const video = { play: async () => {}, srcObject: null };
  const states = [];
  const texts = [];
  const wishes = {
    video,
    onText: (text) => texts.push(text),
    onState: (state) => states.push(state),
  };
  const camera = runCamera({ ...wishes, ...more.wishes }, around);
  open.push(camera);
  return { camera, states, texts, track, page, video, reader, asked };
}

/** Lets so many frames come. */
async function show(count) {
  for (let frame = 0; frame < count; frame++) {
    await settled();
    frames.shift()?.();
  }
  await settled();
}

test("the camera at the back is asked for, fine, without sound", async () => {
  const { states, asked } = world();
  await settled();
  assert.deepEqual(states, RUNNING);
  assert.equal(asked[0].audio, false);
  assert.deepEqual(asked[0].video.facingMode, { ideal: "environment" });
});

test("the camera that was chosen is asked for, and no other", async () => {
  const { asked } = world({ wishes: { deviceId: "b" } });
  await settled();
  assert.deepEqual(asked[0].video.deviceId, { exact: "b" });
  assert.equal(asked[0].video.facingMode, undefined);
});

test("a code that comes into the picture is told once", async () => {
  const { texts } = world({ answers: [[], ["a"], ["a"], ["a", "b"]] });
  await show(4);
  assert.deepEqual(texts, ["a", "b"]);
});

test("the next frame is only taken when the reader has answered the last", async () => {
  let answer;
  const slow = { ask: () => new Promise((resolve) => (answer = resolve)) };
  world({ reader: slow });
  await show(1);
  assert.equal(frames.length, 0);
  answer([]);
  await settled();
  assert.equal(frames.length, 1);
});

test("while the reader is busy with a file, frames pass", async () => {
  const { reader } = world();
  reader.isBusyNow = true;
  await show(3);
  assert.equal(reader.asked, 0);
});

test("a frame that crashes the reader costs that frame", async () => {
  const { texts, states } = world({ answers: [unreadable("crash"), ["a"]] });
  await show(2);
  assert.deepEqual([texts, states], [["a"], RUNNING]);
});

test("a camera that shows nothing yet is asked again", async () => {
  const { reader, states } = world({ isBlind: true });
  await show(3);
  assert.deepEqual([reader.asked, states], [0, RUNNING]);
});

test("every frame is given back to the camera", async () => {
  world({ answers: [[], unreadable("crash"), ["a"]] });
  await show(3);
  assert.equal(closed.length, 3);
});

for (const [name, code] of [
  ["NotAllowedError", "camera.not_allowed"],
  ["NotFoundError", "camera.none"],
  ["OverconstrainedError", "camera.none"],
  ["NotReadableError", "camera.in_use"],
  ["TypeError", "camera.failed"],
])
  test(`${name} of the browser is ${code}`, async () => {
    const { states } = world({ error: name });
    await settled();
    assert.deepEqual(states.at(-1), { name: "failed", code });
  });

test("a page without TLS gets no camera and says why", async () => {
  const { states, asked } = world({ isSecure: false });
  await settled();
  assert.deepEqual(states.at(-1), { name: "failed", code: "camera.insecure" });
  assert.deepEqual(asked, []);
});

test("a browser without cameras says so", async () => {
  const { states } = world({ devices: {} });
  await settled();
  assert.deepEqual(states.at(-1), { name: "failed", code: "camera.unsupported" });
});

test("a reader that cannot start ends the camera", async () => {
  const warm = async () => {
    throw new DecoderUnavailable("404");
  };
  const { states, track } = world({ reader: { warm } });
  await settled();
  assert.deepEqual(states.at(-1), { name: "failed", code: "camera.reader" });
  assert.equal(track.isStopped, true);
});

test("a camera that was pulled out is lost", async () => {
  const { states, track } = world();
  await settled();
  track.onended();
  assert.deepEqual(states.at(-1), { name: "failed", code: "camera.lost" });
});

test("a hidden page lets go of the camera", async () => {
  const { states, page, track, video } = world();
  await settled();
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(states.at(-1), { name: "stopped", code: "camera.hidden" });
  assert.deepEqual([track.isStopped, video.srcObject], [true, null]);
});

test("a stopped camera tells nothing more", async () => {
  const { camera, texts, states, track } = world({ answers: [["a"]] });
  await settled();
  camera.stop();
  camera.stop();
  await show(2);
  assert.deepEqual([texts, track.isStopped], [[], true]);
  assert.deepEqual(states, [...RUNNING, { name: "stopped" }]);
});

test("a camera that is stopped while it is asked for is let go as soon as it comes", async () => {
  const { camera, states, track } = world();
  camera.stop();
  await settled();
  assert.deepEqual(states, [{ name: "starting" }, { name: "stopped" }]);
  assert.equal(track.isStopped, true);
});

test("it focuses all the time where it can", async () => {
  const { track } = world({ capabilities: { focusMode: ["manual", "continuous"] } });
  await settled();
  assert.deepEqual(track.settings, [{ focusMode: "continuous" }]);
});

test("a torch is lit where there is one", async () => {
  const { camera, track } = world({ capabilities: { torch: true } });
  await settled();
  assert.equal(camera.hasTorch, true);
  assert.equal(await camera.setTorch(true), true);
  assert.deepEqual(track.settings, [{ torch: true }]);
});

test("a camera that does not take a setting goes on", async () => {
  const { camera, states } = world({
    capabilities: { focusMode: ["continuous"] },
    isStubborn: true,
  });
  await settled();
  assert.equal(camera.hasTorch, false);
  assert.equal(await camera.setTorch(true), false);
  assert.deepEqual(states, RUNNING);
});

test("the cameras are told by name, microphones are not", async () => {
  assert.deepEqual(await world().camera.cameras(), [{ deviceId: "b", label: "Back" }]);
});
