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
  const half = { across: 0.5, down: 0 };
  return resampled(grey, 2 * grey.width, 2 * grey.height, { x: -0.25, y: -0.25 }, half);
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
  const start = {
    x: grey.width / 2 - (wide * cos + high * sin) / 2,
    y: grey.height / 2 - (high * cos - wide * sin) / 2,
  };
  return resampled(grey, wide, high, start, { across: cos, down: -sin });
}

/**
 * A new sheet. Its first pixel comes from `start`; one step to the right on it is `step` in the
 * picture, one step down the same turned by a right angle. Each pixel is between its four
 * neighbours there; around the picture the paper is white.
 * @param {Grey} grey
 * @param {number} wide
 * @param {number} high
 * @param {{ x: number, y: number }} start
 * @param {{ across: number, down: number }} step
 * @returns {Grey}
 */
function resampled({ width, height, pixels }, wide, high, start, step) {
  const sheet = new Uint8Array(wide * high).fill(WHITE);
  for (let row = 0; row < high; row++) {
    let x = start.x - row * step.down;
    let y = start.y + row * step.across;
    for (let at = row * wide; at < (row + 1) * wide; at++, x += step.across, y += step.down) {
      if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) continue;
      const [left, top] = [x | 0, y | 0];
      const from = top * width + left;
      const [right, low] = [x - left, y - top];
      const upper = pixels[from] + (pixels[from + 1] - pixels[from]) * right;
      const below = from + width;
      const lower = pixels[below] + (pixels[below + 1] - pixels[below]) * right;
      sheet[at] = upper + (lower - upper) * low + 0.5;
    }
  }
  return { width: wide, height: high, pixels: sheet };
}

/**
 * Edges made steeper, by what a blur of this radius takes from the picture: a code out of focus.
 * @param {Grey} grey
 * @param {number} radius
 * @returns {Grey}
 */
export function sharpened({ width, height, pixels }, radius) {
  let blurred = new Float32Array(pixels);
  for (let pass = 0; pass < 2; pass++)
    blurred = meansDown(meansAcross(blurred, width, radius), width, radius);
  const sharp = new Uint8ClampedArray(pixels.length);
  for (let at = 0; at < sharp.length; at++) sharp[at] = 3.5 * pixels[at] - 2.5 * blurred[at];
  return { width, height, pixels: new Uint8Array(sharp.buffer) };
}

/**
 * Means over `radius` pixels to either side; past its ends the last pixel of a row goes on.
 * @param {Float32Array} values
 * @param {number} width
 * @param {number} radius
 */
function meansAcross(values, width, radius) {
  const means = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    const last = start + width - 1;
    let sum = 0;
    for (let at = start - radius - 1; at < start + radius; at++)
      sum += values[Math.min(Math.max(at, start), last)];
    for (let at = start; at <= last; at++) {
      sum += values[Math.min(at + radius, last)] - values[Math.max(at - radius - 1, start)];
      means[at] = sum / (2 * radius + 1);
    }
  }
  return means;
}

/**
 * Likewise, up and down: the sums of all columns go down together, row by row.
 * @param {Float32Array} values
 * @param {number} width
 * @param {number} radius
 */
function meansDown(values, width, radius) {
  const means = new Float32Array(values.length);
  const last = values.length - width;
  const row = (/** @type {number} */ start) => Math.min(Math.max(start, 0), last);
  const sums = new Float32Array(width);
  for (let step = -radius - 1; step < radius; step++)
    for (let x = 0, from = row(step * width); x < width; x++) sums[x] += values[from + x];
  for (let start = 0; start <= last; start += width) {
    const [gone, come] = [row(start - (radius + 1) * width), row(start + radius * width)];
    for (let x = 0; x < width; x++) {
      sums[x] += values[come + x] - values[gone + x];
      means[start + x] = sums[x] / (2 * radius + 1);
    }
  }
  return means;
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
