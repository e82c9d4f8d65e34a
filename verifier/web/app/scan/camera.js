/** A camera from start to stop: one frame at a time goes to the reader, new codes are told. */

import { cameraErrorCode, openStream, setTorch, settle } from "./camera-stream.js";
import { DecoderUnavailable } from "./decoder.js";
import { FRAME_SECONDS } from "./limits.js";
import { Sightings } from "./looks.js";

/**
 * @typedef {"camera.not_allowed" | "camera.none" | "camera.in_use" | "camera.insecure" |
 *   "camera.unsupported" | "camera.failed" | "camera.lost" | "camera.hidden" | "camera.reader"} CameraCode
 */
/** @typedef {{ name: "starting" | "running" | "stopped" | "failed", code?: CameraCode }} CameraState */
/**
 * @typedef {object} Camera
 * @property {() => void} stop
 * @property {() => Promise<{ deviceId: string, label: string }[]>} cameras names are only known
 *   once a camera was allowed
 * @property {boolean} hasTorch
 * @property {(on: boolean) => Promise<boolean>} setTorch false where it did not do so
 */
/**
 * @typedef {object} CameraWishes
 * @property {HTMLVideoElement} video shows what the camera sees
 * @property {(text: string) => void} onText of any QR code that came into the picture
 * @property {(state: CameraState) => void} onState
 * @property {string} [deviceId] of `cameras()`; else the one at the back
 */
/**
 * The world that a camera needs; tests bring their own.
 * @typedef {object} Surroundings
 * @property {MediaDevices | undefined} devices
 * @property {Document} document
 * @property {boolean} isSecure
 * @property {import("./decoder.js").Decoder} reader
 * @property {(video: HTMLVideoElement) => Promise<ImageBitmap | VideoFrame>} grab what the video shows; rejects where
 *   it shows nothing
 * @property {() => number} now
 * @property {(video: HTMLVideoElement) => Promise<void>} nextFrame
 */

/**
 * Starts a camera; what comes of it is told to `onState`. It stops by itself when the page is
 * hidden, and says so.
 * @param {CameraWishes} wishes
 * @param {Surroundings} around
 * @returns {Camera}
 */
export function runCamera({ video, onText, onState, deviceId }, around) {
  /** @type {MediaStreamTrack | null} */
  let track = null;
  let isOver = false;

  /** @param {CameraState} state */
  function end(state) {
    if (isOver) return;
    isOver = true;
    around.document.removeEventListener("visibilitychange", hide);
    if (track !== null) release(track, video);
    onState(state);
  }

  function hide() {
    if (around.document.visibilityState === "hidden")
      end({ name: "stopped", code: "camera.hidden" });
  }

  async function run() {
    const opened = await openStream(around.devices, around.isSecure, deviceId);
    if (isOver) return opened.stop();
    track = opened;
    track.onended = () => end({ name: "failed", code: "camera.lost" });
    await settle(track, video);
    if (isOver) return;
    await around.reader.warm();
    if (isOver) return;
    onState({ name: "running" });
    await watch(video, onText, around, () => isOver);
  }

  around.document.addEventListener("visibilitychange", hide);
  onState({ name: "starting" });
  run().catch((error) => end({ name: "failed", code: codeOf(error) }));
  return {
    stop: () => end({ name: "stopped" }),
    cameras: async () => {
      const all = (await around.devices?.enumerateDevices()) ?? [];
      return all
        .filter(({ kind }) => kind === "videoinput")
        .map(({ deviceId, label }) => ({ deviceId, label }));
    },
    get hasTorch() {
      const capabilities = /** @type {{ torch?: boolean }} */ (track?.getCapabilities?.() ?? {});
      return capabilities.torch === true;
    },
    setTorch: async (on) => track !== null && setTorch(track, on),
  };
}

/**
 * Looks at one frame after the other until it is over. The next is only taken when the reader has
 * answered; while it is busy with a file, frames pass.
 * @param {HTMLVideoElement} video
 * @param {(text: string) => void} onText
 * @param {Surroundings} around
 * @param {() => boolean} isOver
 */
async function watch(video, onText, { grab, now, nextFrame, reader }, isOver) {
  const sightings = new Sightings();
  for (let turn = 0; !isOver(); ) {
    await nextFrame(video);
    if (isOver() || reader.isBusy()) continue;
    const image = await grab(video).catch(() => null);
    if (image === null) continue; // the camera has just changed its size, or gone
    const texts = await glimpse(reader, { op: "frame", image, turn: turn++ });
    if (isOver()) return;
    for (const text of sightings.fresh(texts, now())) onText(text);
  }
}

/**
 * The texts in one frame. A frame that crashes the reader costs that frame; one reader after the
 * other that cannot even start ends it.
 * @param {import("./decoder.js").Decoder} reader
 * @param {{ op: string, image: ImageBitmap | VideoFrame, turn: number }} question
 * @returns {Promise<string[]>}
 */
async function glimpse(reader, question) {
  try {
    return await reader.ask(question, [question.image], FRAME_SECONDS);
  } catch (error) {
    if (error instanceof DecoderUnavailable) throw error;
    return [];
  } finally {
    question.image.close(); // where it never came to the reader
  }
}

/**
 * @param {MediaStreamTrack} track
 * @param {HTMLVideoElement} video
 */
function release(track, video) {
  track.onended = null;
  track.stop();
  video.srcObject = null;
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof DecoderUnavailable ? "camera.reader" : cameraErrorCode(error);
}
