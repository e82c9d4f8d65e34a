/** Opens a camera with what reading a dense code needs: the back one, fine, in focus. */

/** @typedef {import("./camera.js").CameraCode} CameraCode */

/** A camera that cannot be had, for a reason that no exception of the browser tells. */
class CameraError extends Error {
  /** @param {CameraCode} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @type {Record<string, CameraCode>} */
const CODES = {
  NotAllowedError: "camera.not_allowed",
  SecurityError: "camera.not_allowed",
  NotFoundError: "camera.none",
  OverconstrainedError: "camera.none",
  NotReadableError: "camera.in_use",
  AbortError: "camera.in_use",
};

/**
 * Why a camera could not be opened, as a code.
 * @param {unknown} error
 * @returns {CameraCode}
 */
export function cameraErrorCode(error) {
  if (error instanceof CameraError) return error.code;
  return CODES[error instanceof Error ? error.name : ""] ?? "camera.failed";
}

/**
 * @param {MediaDevices | undefined} devices
 * @param {boolean} isSecure
 * @param {string | undefined} deviceId
 * @returns {Promise<MediaStreamTrack>}
 */
export async function openStream(devices, isSecure, deviceId) {
  if (!isSecure) throw new CameraError("camera.insecure");
  if (devices?.getUserMedia === undefined) throw new CameraError("camera.unsupported");
  const fine = { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 30 } };
  const which =
    deviceId === undefined
      ? { facingMode: { ideal: "environment" } }
      : { deviceId: { exact: deviceId } };
  const stream = await devices.getUserMedia({ audio: false, video: { ...fine, ...which } });
  return stream.getVideoTracks()[0];
}

/**
 * Shows what the camera sees and has it focus all the time, where it can.
 * @param {MediaStreamTrack} track
 * @param {HTMLVideoElement} video
 */
export async function settle(track, video) {
  video.muted = true;
  video.playsInline = true; // else a telephone shows the video over the whole screen
  video.srcObject = new MediaStream([track]);
  await video.play();
  const { focusMode } = /** @type {{ focusMode?: string[] }} */ (track.getCapabilities?.() ?? {});
  if (focusMode?.includes("continuous")) await constrain(track, { focusMode: "continuous" });
}

/**
 * @param {MediaStreamTrack} track
 * @param {boolean} on
 */
export const setTorch = (track, on) => constrain(track, { torch: on });

/**
 * Whether the camera took the setting; one it does not take is no reason to stop.
 * @param {MediaStreamTrack} track
 * @param {object} setting
 */
async function constrain(track, setting) {
  try {
    await track.applyConstraints({ advanced: [setting] });
    return true;
  } catch {
    return false;
  }
}
