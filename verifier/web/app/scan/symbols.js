/** From pixels to the texts of QR codes: quickly first, patiently where that finds none. */

import { prepareZXingModule } from "zxing-wasm/reader";
import { doubled, evened, sharpened, shrunk, turned, unspecked } from "./grey.js";
import { PATIENT_SECONDS, PATIENT_SIDE } from "./limits.js";

/** @typedef {import("./grey.js").Grey} Grey */
/**
 * zxing-cpp and its memory, as Emscripten makes them.
 * @typedef {object} Memory
 * @property {(bytes: number) => number} _malloc
 * @property {(place: number) => void} _free
 * @property {Uint8Array} HEAPU8
 * @property {(place: number, width: number, height: number, options: typeof OPTIONS) => Found} readBarcodesFromPixmap
 */
/**
 * @typedef {object} Found
 * @property {() => number} size
 * @property {(at: number) => { isValid: boolean, text: string } | undefined} get
 * @property {() => void} delete
 */

const SMALL_SIDE = 1200;
const [LOCAL_AVERAGE, GLOBAL_HISTOGRAM] = [0, 1];

/** What zxing-cpp is asked for; its text mode 0 is "plain": the text as it stands, nothing added. */
const OPTIONS = {
  formats: "QRCode",
  textMode: 0,
  binarizer: LOCAL_AVERAGE,
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  tryDenoise: false,
  isPure: false,
  downscaleFactor: 3,
  downscaleThreshold: 500,
  minLineCount: 2,
  maxNumberOfSymbols: 255,
  validateOptionalChecksum: false,
  returnErrors: false,
  eanAddOnSymbol: 0,
  characterSet: 0,
  tryCode39ExtendedMode: false,
};
const GLIMPSE = { ...OPTIONS, tryRotate: false, tryInvert: false };
const UPRIGHT = { ...GLIMPSE, tryDownscale: false };

/**
 * A reader of QR codes in memory of its own. What it throws is a crash of that memory: it must
 * then be thrown away with the worker it runs in.
 * @typedef {object} Symbols
 * @property {(grey: Grey) => string[]} glimpsed in one frame of many, of a code in any direction
 * @property {(grey: Grey) => string[]} quickly of an upright, clean picture; empty where it is none
 * @property {(grey: Grey) => string[]} turned that may be turned, inverted, or finer than needed
 * @property {(grey: Grey, now: () => number) => string[]} patiently by the first treatment that
 *   lets any be read, within bounded time; `now` in milliseconds
 */

/**
 * @param {ArrayBuffer} wasm zxing_reader.wasm of zxing-wasm, from our own origin
 * @returns {Promise<Symbols>}
 */
export async function openSymbols(wasm) {
  const overrides = /** @type {{}} */ ({ wasmBinary: wasm });
  const prepared = await prepareZXingModule({ overrides, fireImmediately: true });
  const module = /** @type {Memory} */ (/** @type {unknown} */ (prepared));

  /**
   * The package's own call does not give back the list of results: a camera would fill the memory.
   * @param {Grey} grey
   * @param {typeof OPTIONS} options
   */
  function read({ width, height, pixels }, options) {
    const place = module._malloc(pixels.length);
    if (!place) throw new RangeError("no memory for the picture");
    try {
      module.HEAPU8.set(pixels, place);
      const found = module.readBarcodesFromPixmap(place, width, height, options);
      const texts = new Set();
      for (let at = 0; at < found.size(); at++) {
        const code = found.get(at);
        if (code?.isValid) texts.add(code.text);
      }
      found.delete();
      return /** @type {string[]} */ ([...texts]);
    } finally {
      module._free(place);
    }
  }

  const symbols = {
    glimpsed: (/** @type {Grey} */ grey) => read(grey, GLIMPSE),
    quickly: (/** @type {Grey} */ grey) => read(grey, UPRIGHT),
    turned: (/** @type {Grey} */ grey) => {
      const found = read(grey, OPTIONS);
      return found.length > 0 ? found : read(grey, { ...OPTIONS, binarizer: GLOBAL_HISTOGRAM });
    },
    patiently: (/** @type {Grey} */ grey, /** @type {() => number} */ now) => {
      const began = now();
      for (const treated of treatments(grey)) {
        const texts = symbols.turned(treated);
        if (texts.length > 0 || now() - began > 1000 * PATIENT_SECONDS) return texts;
      }
      return [];
    },
  };
  return symbols;
}

/**
 * The picture as it is, then with light, number of pixels and blur amended.
 * @param {Grey} grey
 * @returns {Generator<Grey>}
 */
function* treatments(grey) {
  yield grey;
  const longest = Math.max(grey.width, grey.height);
  const fewer = shrunk(grey, PATIENT_SIDE);
  if (longest > PATIENT_SIDE) yield fewer;
  // out of focus is the commonest fault
  for (const radius of [1, 2]) yield sharpened(fewer, radius);
  let even = evened(fewer);
  yield even;
  if (longest < SMALL_SIDE) {
    even = doubled(even);
    yield even;
  }
  for (const radius of [2, 4, 6]) yield sharpened(even, radius);
  yield unspecked(even);
  for (const degrees of [15, 30, 45]) yield turned(even, degrees);
}
