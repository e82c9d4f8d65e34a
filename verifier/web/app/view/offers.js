/** What the page offers about itself: to be installed, to be renewed, whether it needs a network. */

import { button, el } from "./elements.js";

/** @typedef {import("./words.js").Words} Words */
/**
 * @typedef {object} Offers
 * @property {boolean} isOffline whether everything is here
 * @property {(() => void) | null} install where the browser can do it
 * @property {boolean} isInstalled
 * @property {(() => void) | null} update a new version waits
 */

/**
 * @param {Offers} offers
 * @param {Words} words
 */
export function offersPanel({ isOffline, install, isInstalled, update }, { say }) {
  return el(
    "section",
    { class: "card offers", "aria-label": say("install") },
    el("p", {}, say(isOffline ? "offline_ready" : "offline_waiting")),
    update === null
      ? null
      : el(
          "div",
          { class: "buttons" },
          el("p", {}, say("update_ready")),
          button(say("update_now"), update, { id: "update" }),
        ),
    isInstalled ? null : installOffer(install, say),
  );
}

/**
 * @param {(() => void) | null} install
 * @param {Words["say"]} say
 */
function installOffer(install, say) {
  return install === null
    ? el("p", { class: "hint" }, say("install_hint"))
    : button(say("install"), install, { id: "install" });
}
