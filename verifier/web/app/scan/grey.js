/** Pictures in grey, a byte a pixel: what a code is looked for in. Pure; nothing is changed in place. */

/** @typedef {{ width: number, height: number, pixels: Uint8Array<ArrayBuffer> }} Grey */

const WHITE = 255;

/**
 * The picture as it looks on white paper: a code drawn on nothing is still a code.
 * @param {number} width
 * @param {number} height
 * @param {Uint8Array | Uint8ClampedArray} rgba not premultiplied
 * @returns {Grey}
 */
export function greyOf(width, height, rgba) {
  const pixels = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < pixels.length; at++, from += 4) {
    const light = 19595 * rgba[from] + 38470 * rgba[from + 1] + 7471 * rgba[from + 2] + 0x8000;
    const alpha = rgba[from + 3];
    const grey = light >>> 16;
    pixels[at] = alpha === WHITE ? grey : Math.round(WHITE + ((grey - WHITE) * alpha) / WHITE);
  }
  return { width, height, pixels };
}

/**
 * At most `side` pixels wide and high, each the mean of those it stands for.
 * @param {Grey} grey
 * @param {number} side
 * @returns {Grey}
 */
export function shrunk({ width, height, pixels }, side) {
  const scale = Math.max(width, height) / side;
  if (scale <= 1) return { width, height, pixels };
  const wide = Math.max(1, Math.round(width / scale));
  const high = Math.max(1, Math.round(height / scale));
  const small = new Uint8Array(wide * high);
  const sums = new Float64Array(wide);
  const columns = Uint32Array.from({ length: wide + 1 }, (_, x) => Math.floor((x * width) / wide));
  for (let y = 0; y < high; y++) {
    const top = Math.floor((y * height) / high);
    const bottom = Math.floor(((y + 1) * height) / high);
    sums.fill(0);
    for (let row = top; row < bottom; row++)
      for (let x = 0; x < wide; x++)
        for (let at = columns[x]; at < columns[x + 1]; at++) sums[x] += pixels[row * width + at];
    for (let x = 0; x < wide; x++)
      small[y * wide + x] = sums[x] / ((bottom - top) * (columns[x + 1] - columns[x])) + 0.5;
  }
  return { width: wide, height: high, pixels: small };
}

/**
 * The darkest and lightest hundredth made black and white, all between them spread evenly.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function evened({ width, height, pixels }) {
  const counts = new Uint32Array(256);
  for (const light of pixels) counts[light]++;
  const cut = Math.floor(pixels.length / 100);
  let [low, high] = [0, WHITE];
  for (let passed = counts[0]; passed <= cut && low < WHITE; passed += counts[low]) low++;
  for (let passed = counts[WHITE]; passed <= cut && high > 0; passed += counts[high]) high--;
  if (high <= low) return { width, height, pixels };
  const table = new Uint8ClampedArray(256).map(
    (_, light) => ((light - low) * WHITE) / (high - low),
  );
  return { width, height, pixels: pixels.map((light) => table[light]) };
}

/**
 * Twice as wide and high.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function doubled(grey) {
  const map = (/** @type {number} */ x, /** @type {number} */ y) =>
    /** @type {[number, number]} */ ([x / 2 - 0.25, y / 2 - 0.25]);
  return resampled(grey, 2 * grey.width, 2 * grey.height, map);
}

/**
 * Turned about its middle, on a sheet that holds all of it. A fresh sampling grid helps where the
 * lines of a sensor and of a code interfere.
 * @param {Grey} grey
 * @param {number} degrees
 * @returns {Grey}
 */
export function turned(grey, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const wide = Math.ceil(grey.width * Math.abs(cos) + grey.height * Math.abs(sin));
  const high = Math.ceil(grey.width * Math.abs(sin) + grey.height * Math.abs(cos));
  const map = (/** @type {number} */ x, /** @type {number} */ y) => {
    const [across, down] = [x - wide / 2, y - high / 2];
    return /** @type {[number, number]} */ ([
      across * cos + down * sin + grey.width / 2,
      down * cos - across * sin + grey.height / 2,
    ]);
  };
  return resampled(grey, wide, high, map);
}

/**
 * A new sheet, each pixel of which is between the four where the map says it comes from.
 * @param {Grey} grey
 * @param {number} wide
 * @param {number} high
 * @param {(x: number, y: number) => [number, number]} map
 * @returns {Grey}
 */
function resampled({ width, height, pixels }, wide, high, map) {
  const sheet = new Uint8Array(wide * high);
  const light = (/** @type {number} */ x, /** @type {number} */ y) =>
    x < 0 || y < 0 || x >= width || y >= height ? WHITE : pixels[y * width + x];
  for (let y = 0; y < high; y++)
    for (let x = 0; x < wide; x++) {
      const [fromX, fromY] = map(x, y);
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [right, low] = [fromX - left, fromY - top];
      const upper = light(left, top) * (1 - right) + light(left + 1, top) * right;
      const lower = light(left, top + 1) * (1 - right) + light(left + 1, top + 1) * right;
      sheet[y * wide + x] = upper * (1 - low) + lower * low + 0.5;
    }
  return { width: wide, height: high, pixels: sheet };
}

/**
 * Edges made steeper, by what a blur of this radius takes from the picture.
 * @param {Grey} grey
 * @param {number} radius
 * @returns {Grey}
 */
export function sharpened({ width, height, pixels }, radius) {
  let blurred = new Float32Array(pixels);
  for (let pass = 0; pass < 2; pass++) blurred = meansOf(blurred, width, height, radius);
  const sharp = new Uint8ClampedArray(pixels.length);
  for (let at = 0; at < sharp.length; at++)
    sharp[at] = pixels[at] + 2.5 * (pixels[at] - blurred[at]);
  return { width, height, pixels: new Uint8Array(sharp.buffer) };
}

/**
 * Means over a square around each pixel, by rows and then by columns.
 * @param {Float32Array} values
 * @param {number} width
 * @param {number} height
 * @param {number} radius
 */
function meansOf(values, width, height, radius) {
  const across = new Float32Array(values.length);
  for (let y = 0; y < height; y++) slide(values, across, y * width, 1, width, radius);
  const down = new Float32Array(values.length);
  for (let x = 0; x < width; x++) slide(across, down, x, width, height, radius);
  return down;
}

/**
 * Means along one line; past its ends its last pixel goes on.
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} start
 * @param {number} step
 * @param {number} length
 * @param {number} radius
 */
function slide(from, to, start, step, length, radius) {
  const at = (/** @type {number} */ index) =>
    from[start + step * Math.min(Math.max(index, 0), length - 1)];
  let sum = 0;
  for (let index = -radius; index <= radius; index++) sum += at(index);
  for (let index = 0; index < length; index++) {
    to[start + step * index] = sum / (2 * radius + 1);
    sum += at(index + radius + 1) - at(index - radius);
  }
}

/**
 * Each pixel the middle one of the nine around it: specks go, edges stay.
 * @param {Grey} grey
 * @returns {Grey}
 */
export function unspecked({ width, height, pixels }) {
  const clean = new Uint8Array(pixels);
  const nine = new Uint8Array(9);
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      let count = 0;
      for (let row = y - 1; row <= y + 1; row++)
        for (let column = x - 1; column <= x + 1; column++) {
          const light = pixels[row * width + column];
          let place = count++;
          for (; place > 0 && nine[place - 1] > light; place--) nine[place] = nine[place - 1];
          nine[place] = light;
        }
      clean[y * width + x] = nine[4];
    }
  return { width, height, pixels: clean };
}
