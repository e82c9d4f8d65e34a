/** What the page takes in: files, pictures, PDFs, texts, a camera, a hand scanner, a link. */

import { runCamera } from "./camera.js";
import { openDecoder } from "./decoder.js";
import { fileKind, heldBytes, readCodes, readPdfContent, readTextFile } from "./documents.js";
import { tooMuch, unreadable } from "./errors.js";
import { MOST_FILE_BYTES, PDF_SECONDS, PICTURE_SECONDS } from "./limits.js";
import { startPdfReader, startReader } from "./workers.js";

export { readCameraText, readText, trimmedPaste } from "./documents.js";
export { acceptDrops } from "./drop.js";
export { DocumentError } from "./errors.js";
export { examine, unread } from "./examine.js";
export { listenForFragment, takeFragment } from "./fragment.js";
export { listenForScanner } from "./wedge.js";

/** @typedef {import("./documents.js").Reading} Reading */
/** @typedef {import("./documents.js").Held} Held */
/** @typedef {import("./examine.js").Finding} Finding */

const HEAD_BYTES = 1024;

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").CameraWishes} CameraWishes */

/** One reader for camera and pictures; a PDF gets a worker of its own, which ends with it. */
const reader = openDecoder(startReader);

/** Has the reader ready before it is needed: the first frame need not wait for its megabyte. */
export const prepareReader = () => reader.warm();

/**
 * The sealed credentials in a file, whose kind is told by its bytes.
 * @param {Blob} file
 * @param {string} name
 * @returns {Promise<Reading>}
 * @throws {import("./errors.js").DocumentError}
 */
export async function readFile(file, name) {
  if (file.size > MOST_FILE_BYTES) throw tooMuch(`the file has more than ${MOST_FILE_BYTES} bytes`);
  const head = await bytesOf(file.slice(0, HEAD_BYTES));
  switch (fileKind(head, name)) {
    case "picture":
      return readCodes(await reader.ask({ op: "picture", file }, [], PICTURE_SECONDS), { name });
    case "pdf":
      return readPdfContent(await pdfContent(await bytesOf(file)), name);
    default:
      return readOther(await bytesOf(file), name);
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} name
 * @returns {Reading}
 */
function readOther(bytes, name) {
  switch (fileKind(bytes, name)) {
    case "sealed":
      return { name, held: [heldBytes(bytes, "file")], records: [], remarks: [] };
    case "text":
      return readTextFile(bytes, name);
    default:
      throw unreadable("this is not a PNG, JPEG or WebP picture, a PDF, a sealed file or a text");
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function pdfContent(bytes) {
  const decoder = openDecoder(startPdfReader);
  try {
    return await decoder.ask({ bytes }, [bytes.buffer], PDF_SECONDS);
  } finally {
    decoder.close();
  }
}

/** @param {Blob} file */
async function bytesOf(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw unreadable("the file cannot be read; was it moved or changed?", error);
  }
}

/**
 * Starts a camera; see camera.js.
 * @param {CameraWishes} wishes
 * @returns {Camera}
 */
export function openCamera(wishes) {
  return runCamera(wishes, {
    devices: navigator.mediaDevices,
    document,
    isSecure: window.isSecureContext,
    reader,
    grab,
    now: () => performance.now(),
    nextFrame,
  });
}

/**
 * What the video shows now: where there are video frames, the camera's own memory.
 * @param {HTMLVideoElement} video
 */
async function grab(video) {
  return "VideoFrame" in globalThis ? new VideoFrame(video) : createImageBitmap(video);
}

/**
 * Resolves with the next picture of the video, or after a moment where a browser cannot tell.
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
function nextFrame(video) {
  return new Promise((resolve) => {
    setTimeout(resolve, 500); // a camera that has stopped sends no picture
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(() => resolve());
    else requestAnimationFrame(() => resolve());
  });
}
