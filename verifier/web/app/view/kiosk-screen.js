/** A screen that serves itself: one document after the other, each gone after a countdown. */

import { button, el, section } from "./elements.js";

/** @typedef {import("./words.js").Words} Words */

export const KIOSK_SECONDS = 30;
export const KIOSK_MORE_SECONDS = 60;

/**
 * What invites, while the camera runs beside it.
 * @param {Words} words
 * @param {{ level: string, lines: string[] }} standing
 * @param {(() => void) | null} fullScreen null where there is none, or it is on
 */
export function kioskScreen(words, standing, fullScreen) {
  const { say } = words;
  return el(
    "div",
    { class: "invitation" },
    el("h1", { id: "kiosk-heading", tabindex: -1 }, say("kiosk_heading")),
    el("p", { class: "lead" }, say("kiosk_lead")),
    standing.level === "good"
      ? null
      : section(
          say("trust_heading"),
          { class: "card trust", "data-level": standing.level },
          ...standing.lines.map((line) => el("p", {}, line)),
        ),
    fullScreen === null
      ? null
      : button(say("kiosk_full"), fullScreen, { id: "kiosk-full", class: "full" }),
  );
}

/**
 * The countdown above a verdict; whoever reads slowly takes more time.
 * @param {Words} words
 * @param {{ more: () => void, done: () => void }} actions
 */
export function countdown(words, { more, done }) {
  const { say } = words;
  const text = el("p", { id: "kiosk-reset" });
  const bar = el("progress", { max: KIOSK_SECONDS, "aria-hidden": "true" });
  const root = el(
    "div",
    { class: "countdown" },
    text,
    bar,
    el(
      "div",
      { class: "buttons" },
      button(say("kiosk_next"), done, { id: "next", class: "primary" }),
      button(say("kiosk_more"), more, { id: "kiosk-more" }),
    ),
  );
  return {
    root,
    /** @param {number} left seconds */
    set(left) {
      text.textContent = say("kiosk_reset", left);
      bar.value = Math.min(left, KIOSK_SECONDS);
    },
  };
}
