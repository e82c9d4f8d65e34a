/** Trust data on the start screen: its state, and how to renew it. */

import { bullets, button, el, section } from "./elements.js";

/** @typedef {import("./trust-standing.js").TrustWords} TrustWords */
/** @typedef {import("./words.js").Words} Words */
/**
 * @typedef {object} TrustActions
 * @property {() => void} refresh
 * @property {(file: File) => void} takeFile
 * @property {() => void} acceptClock
 * @property {() => void} forget
 */
/** @typedef {{ text: string, details: string[] }} Told what came of the last refresh */

/**
 * @param {TrustWords} standing
 * @param {Told | null} outcome
 * @param {boolean} isBusy
 * @param {string} digest of the trust anchor, to be compared aloud
 * @param {Words} words
 * @param {TrustActions} actions
 */
export function trustPanel(standing, outcome, isBusy, digest, words, actions) {
  const { say } = words;
  const file = el("input", {
    type: "file",
    id: "trust-file",
    class: "file",
    onchange: () => {
      const [chosen] = file.files ?? [];
      if (chosen !== undefined) actions.takeFile(chosen);
    },
  });
  return section(
    say("trust_heading"),
    { class: "card trust", id: "trust", "data-level": standing.level },
    ...standing.lines.map((line) => el("p", {}, line)),
    outcome === null ? null : el("p", { class: "outcome" }, outcome.text),
    el(
      "details",
      {},
      el("summary", {}, say("trust_details")),
      bullets([...standing.facts, say("trust_digest", digest), ...(outcome?.details ?? [])]),
    ),
    el(
      "div",
      { class: "buttons" },
      button(say(isBusy ? "trust_refreshing" : "trust_refresh"), actions.refresh, {
        id: "trust-refresh",
        "aria-disabled": isBusy ? "true" : null,
      }),
      el("label", { class: "button" }, file, el("span", {}, say("trust_file"))),
      standing.needs.includes("clock")
        ? button(say("clock_accept"), actions.acceptClock, { id: "clock-accept" })
        : null,
      standing.needs.includes("forget")
        ? button(say("trust_forget"), actions.forget, { id: "trust-forget" })
        : null,
    ),
  );
}
