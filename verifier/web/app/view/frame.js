/** What stands around every screen: the name, the language, the way to the list, and a voice. */

import { button, el } from "./elements.js";

/** @typedef {import("./words.js").Words} Words */
/** @typedef {"start" | "verdict" | "list" | "kiosk"} ScreenName */
/**
 * @typedef {object} FrameActions
 * @property {() => void} switchLanguage
 * @property {() => void} showList
 * @property {() => void} showStart
 */

const SCREENS = /** @type {const} */ (["start", "verdict", "list", "kiosk"]);
/** Milliseconds between two announcements, so that the same words are heard twice. */
const SILENCE = 60;
const OTHER = { "zh-Hant": ["en", "English"], en: ["zh-Hant", "中文"] };

/**
 * Fills the body with header, main and footer. `page` is where the screens are.
 * @param {HTMLElement} body
 * @param {Node} camera
 * @param {FrameActions} actions
 */
export function openFrame(body, camera, actions) {
  const main = el("main", { id: "page", tabindex: -1 });
  const skip = el("a", {
    class: "skip",
    href: "#page",
    onclick: (/** @type {Event} */ event) => {
      event.preventDefault(); // the fragment belongs to documents
      main.focus();
    },
  });
  const brand = el("p", { class: "brand" });
  const nav = el("nav", {});
  const header = el("header", { class: "top" }, brand, nav);
  const live = el("div", { id: "live", class: "unseen", role: "status", "aria-live": "polite" });
  const drop = el("p", { id: "drop", hidden: true, "aria-hidden": "true" });
  const busy = el("p", { id: "busy", role: "status", hidden: true });
  const sheet = el("div", { id: "sheet", role: "main" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let saying;
  /** @type {{ [name in ScreenName]?: HTMLElement }} */
  const sections = {};
  main.append(camera, busy);
  for (const name of SCREENS) {
    const section = el("section", { "data-screen": name, hidden: true });
    sections[name] = section;
    main.append(section);
  }
  body.replaceChildren(skip, header, main, live, drop, sheet);
  return {
    sheet,
    /**
     * @param {Words} words
     * @param {{ registry: string, count: number, shown: ScreenName }} state
     */
    setWords(words, { registry, count, shown }) {
      const { say, language } = words;
      document.documentElement.lang = language;
      document.title = `${say("title")} · ${registry}`;
      skip.textContent = say("skip");
      drop.textContent = say("drop_here");
      brand.replaceChildren(el("strong", {}, say("brand")), el("bdi", {}, registry));
      nav.setAttribute("aria-label", say("title"));
      const [other, name] = OTHER[language];
      nav.replaceChildren(
        ...(shown === "kiosk" ? [] : ways(words, count, shown)),
        button(name, actions.switchLanguage, { id: "language", lang: other }),
      );
    },
    /**
     * Shows one screen with this content, or with what it had.
     * @param {ScreenName} shown
     * @param {Node[]} [content]
     */
    show(shown, content) {
      for (const name of SCREENS) {
        const section = /** @type {HTMLElement} */ (sections[name]);
        section.hidden = name !== shown;
      }
      if (content !== undefined)
        /** @type {HTMLElement} */ (sections[shown]).replaceChildren(...content);
    },
    /**
     * Forgets what a screen held.
     * @param {ScreenName} name
     */
    empty(name) {
      /** @type {HTMLElement} */ (sections[name]).replaceChildren();
    },
    /**
     * Said by a screen reader, also where it is what was said before.
     * @param {string} text
     */
    announce(text) {
      live.textContent = "";
      clearTimeout(saying);
      saying = setTimeout(() => {
        live.textContent = text;
      }, SILENCE);
    },
    /** @param {string | null} text */
    setBusy(text) {
      busy.textContent = text ?? "";
      busy.hidden = text === null;
    },
    /** @param {boolean} isOver */
    setDrop(isOver) {
      drop.hidden = !isOver;
    },
  };

  /**
   * @param {Words} words
   * @param {number} count
   * @param {ScreenName} shown
   */
  function ways({ say }, count, shown) {
    const current = (/** @type {ScreenName} */ name) => (shown === name ? "page" : null);
    return [
      button(say("nav_start"), actions.showStart, {
        id: "nav-start",
        "aria-current": current("start"),
      }),
      button(say("nav_list", count), actions.showList, {
        id: "nav-list",
        "aria-current": current("list"),
      }),
    ];
  }
}
