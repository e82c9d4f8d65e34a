/** A scanner that types like a keyboard: told from a person by its speed and by what it types. */

import { isOurs, isResultText } from "./documents.js";

/** An old office computer may stop for this long between two keys of one scan. */
const MOST_GAP_MILLISECONDS = 1_000;
const LEAST_CHARACTERS = 16;
const MOST_CHARACTERS = 42_000;
const ENDS = ["Enter", "Tab"];
const DIGIT_KEY = /^(?:Digit|Numpad)([0-9])$/;

/**
 * @typedef {object} Key what is used of a KeyboardEvent
 * @property {string} key
 * @property {string} code
 * @property {number} timeStamp
 * @property {boolean} ctrlKey
 * @property {boolean} altKey
 * @property {boolean} metaKey
 * @property {unknown} target
 * @property {() => void} preventDefault
 * @property {() => void} stopPropagation
 */

/**
 * Listens for a hand scanner: fast keys ended by Enter or Tab that spell digits, or a URL, `#` and
 * digits. Whoever is typing into a field is left alone.
 * @param {EventTarget} target
 * @param {(text: string) => void} onText
 * @returns {() => void} ends it
 */
export function listenForScanner(target, onText) {
  const typed = new Typed();
  const heard = (/** @type {any} */ event) => {
    const text = typed.press(event);
    if (text !== null) onText(text);
  };
  target.addEventListener("keydown", heard, { capture: true });
  return () => target.removeEventListener("keydown", heard, { capture: true });
}

/** What was typed without a pause. */
export class Typed {
  constructor() {
    this.text = "";
    this.at = 0;
    /** Part of a scan was lost in a pause: what is left must not be judged as if it were whole. */
    this.isBroken = false;
  }

  /**
   * The text that this key ends, or null.
   * @param {Key} event
   */
  press(event) {
    const isLate = event.timeStamp - this.at > MOST_GAP_MILLISECONDS;
    if (isField(event.target)) this.clear();
    else if (isLate) this.pause();
    if (isField(event.target)) return null;
    if (ENDS.includes(event.key)) return this.end(event);
    const character = characterOf(event);
    if (character === null) return null;
    this.at = event.timeStamp;
    this.text = this.text.length < MOST_CHARACTERS ? this.text + character : "";
    return null;
  }

  clear() {
    this.text = "";
    this.isBroken = false;
  }

  pause() {
    this.isBroken = this.text.length >= LEAST_CHARACTERS;
    this.text = "";
  }

  /** @param {Key} event */
  end(event) {
    const { text, isBroken } = this;
    this.clear();
    if (isBroken) return null; // whoever scanned sees nothing happen, and scans again
    const isScanned = text.length >= LEAST_CHARACTERS && (isOurs(text) || isResultText(text));
    if (!isScanned) return null;
    event.preventDefault(); // or the button that has the focus would be pressed
    event.stopPropagation();
    return text;
  }
}

/**
 * The character a key types, by its place where an input method has taken the key; null for none.
 * @param {Key} event
 */
function characterOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if ([...event.key].length === 1) return event.key;
  const isTaken = event.key === "Process" || event.key === "Unidentified";
  return isTaken ? (DIGIT_KEY.exec(event.code)?.[1] ?? null) : null;
}

/** @param {any} target */
function isField(target) {
  return target?.isContentEditable === true || ["INPUT", "TEXTAREA"].includes(target?.tagName);
}
