/** Decodes one label of an internationalised host name (RFC 3492), only to see what it looks like. */

const [BASE, T_MIN, T_MAX, SKEW, DAMP, FIRST_BIAS, FIRST_CODE] = [36, 1, 26, 38, 700, 72, 128];
const LAST_CODE = 0x10ffff;
const PREFIX = "xn--";

/**
 * The label as people would see it; the label itself where it is none of these or is damaged.
 * @param {string} label in lower case
 */
export function punycodeDecoded(label) {
  if (!label.startsWith(PREFIX)) return label;
  const decoded = decode(label.slice(PREFIX.length));
  return decoded === null || decoded === "" ? label : decoded;
}

/** @param {string} text */
function decode(text) {
  const hyphen = text.lastIndexOf("-");
  const output = hyphen > 0 ? [...text.slice(0, hyphen)].map((letter) => letter.charCodeAt(0)) : [];
  let [code, at, bias] = [FIRST_CODE, 0, FIRST_BIAS];
  for (let read = hyphen > 0 ? hyphen + 1 : 0; read < text.length; ) {
    const before = at;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitOf(text.charCodeAt(read++));
      if (digit === null) return null;
      at += digit * weight;
      const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (weight > LAST_CODE * BASE) return null;
    }
    bias = adapted(at - before, output.length + 1, before === 0);
    code += Math.floor(at / (output.length + 1));
    at %= output.length + 1;
    if (code > LAST_CODE) return null;
    output.splice(at++, 0, code);
  }
  return String.fromCodePoint(...output);
}

/** @param {number} unit */
function digitOf(unit) {
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x61;
  return unit >= 0x30 && unit <= 0x39 ? unit - 0x30 + 26 : null;
}

/**
 * @param {number} delta
 * @param {number} length
 * @param {boolean} isFirst
 */
function adapted(delta, length, isFirst) {
  let left = Math.floor(delta / (isFirst ? DAMP : 2));
  left += Math.floor(left / length);
  let k = 0;
  for (; left > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) left = Math.floor(left / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * left) / (left + SKEW));
}
