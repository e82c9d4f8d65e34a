/** What a picture file is and how large, from its first bytes, before anything decodes it. */

/** @typedef {"PNG" | "JPEG" | "WEBP"} PictureKind */
/** @typedef {{ width: number, height: number }} Size */

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const RIFF = [0x52, 0x49, 0x46, 0x46];

/**
 * @param {Uint8Array} bytes
 * @returns {PictureKind | null}
 */
export function pictureKind(bytes) {
  const starts = (/** @type {number[]} */ start) =>
    start.every((byte, index) => bytes[index] === byte);
  if (starts(PNG)) return "PNG";
  if (starts(JPEG)) return "JPEG";
  return starts(RIFF) ? "WEBP" : null;
}

/**
 * Width and height as the file says, or null where it says nothing that makes sense.
 * @param {Uint8Array} bytes
 * @param {PictureKind} kind
 * @returns {Size | null}
 */
export function pictureSize(bytes, kind) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = SIZES[kind](view);
    return size !== null && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @type {Record<PictureKind, (view: DataView) => Size | null>} */
const SIZES = { PNG: pngSize, JPEG: jpegSize, WEBP: webpSize };

/** @param {DataView} view */
function pngSize(view) {
  if (wordAt(view, 12) !== "IHDR") return null;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/**
 * The first frame header (SOF0 to SOF15, without the three codes that are none).
 * @param {DataView} view
 */
function jpegSize(view) {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return null;
    while (view.getUint8(at) === 0xff) at++;
    const marker = view.getUint8(at++);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 5), height: view.getUint16(at + 3) };
    const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xd9 || marker === 0xda) return null;
    if (!isAlone) {
      const length = view.getUint16(at);
      if (length < 2) return null;
      at += length;
    }
  }
}

/** @param {DataView} view */
function webpSize(view) {
  if (wordAt(view, 8) !== "WEBP") return null;
  const three = (/** @type {number} */ at) =>
    view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
  switch (wordAt(view, 12)) {
    case "VP8X":
      return { width: three(24) + 1, height: three(27) + 1 };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    default:
      return null;
  }
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function wordAt(view, at) {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}
