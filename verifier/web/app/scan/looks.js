/** Where in a camera's picture to look for a code, and which codes are new. Pure. */

/**
 * A part of the picture, how many pixels it is drawn with, and how far its edges are sharpened.
 * @typedef {{ x: number, y: number, width: number, height: number, wide: number, high: number, radius: number }} Look
 */

const MOST_SIDE = 1600;
const SQUARE_SIDE = 1280;
const SHARP_RADIUS = 2;
const AWAY_MILLISECONDS = 2500;
const AWAY_LOOKS = 6;
const MOST_KEPT = 256;

/**
 * Where to look in one turn. By turns: the middle square, where people hold a code, with every pixel
 * the camera has, up to a size; of a very fine picture the middle of that, where a dense code
 * (version 25 has 117 modules a side) would else be drawn too small; the whole picture, for a code
 * anywhere; and the middle square sharpened, for a camera that cannot focus.
 * @param {number} width of the video
 * @param {number} height
 * @param {number} turn 0, 1, 2, …
 * @returns {Look}
 */
export function lookAt(width, height, turn) {
  const short = Math.min(width, height);
  const squares = short > 1.5 * SQUARE_SIDE ? [short, SQUARE_SIDE] : [short];
  const choice = turn % (squares.length + 2);
  if (choice === squares.length) return part(width, height, width, height, MOST_SIDE);
  const side = squares[choice] ?? short;
  const look = part(width, height, side, side, SQUARE_SIDE);
  return choice < squares.length ? look : { ...look, radius: SHARP_RADIUS };
}

/**
 * The middle of the picture, drawn with at most so many pixels a side.
 * @param {number} width
 * @param {number} height
 * @param {number} across
 * @param {number} down
 * @param {number} most
 * @returns {Look}
 */
function part(width, height, across, down, most) {
  const scale = Math.min(1, most / Math.max(across, down));
  return {
    x: Math.floor((width - across) / 2),
    y: Math.floor((height - down) / 2),
    width: across,
    height: down,
    wide: Math.max(1, Math.round(across * scale)),
    high: Math.max(1, Math.round(down * scale)),
    radius: 0,
  };
}

/**
 * Remembers what was seen lately, so that a code is told once, and again only when it had left the
 * picture for a while: for some time, and for some looks, since a slow device looks seldom.
 */
export class Sightings {
  constructor() {
    /** @type {Map<string, { at: number, look: number }>} */
    this.seen = new Map();
    this.looks = 0;
  }

  /**
   * The texts that are new in this look.
   * @param {string[]} texts
   * @param {number} now milliseconds
   */
  fresh(texts, now) {
    this.looks++;
    const fresh = texts.filter((text) => !this.isStillThere(text, now));
    for (const text of texts) {
      this.seen.delete(text);
      this.seen.set(text, { at: now, look: this.looks });
    }
    for (const [oldest] of this.seen) {
      if (this.seen.size <= MOST_KEPT) break;
      this.seen.delete(oldest);
    }
    return fresh;
  }

  /**
   * @param {string} text
   * @param {number} now
   */
  isStillThere(text, now) {
    const last = this.seen.get(text);
    if (last === undefined) return false;
    return now - last.at < AWAY_MILLISECONDS || this.looks - last.look <= AWAY_LOOKS;
  }
}
