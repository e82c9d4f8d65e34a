/** The trust data at the desk: shown, renewed by a button or a file, and told of when it changes. */

import { trustPanel } from "./view/trust-panel.js";
import { trustWords } from "./view/trust-standing.js";

/** @typedef {import("./trust/keeper.js").Keeper} Keeper */
/** @typedef {import("./trust/keeper.js").RefreshReport} RefreshReport */
/** @typedef {import("./view/trust-panel.js").Told} Told */
/** @typedef {import("./view/words.js").Words} Words */

/** What a source may answer that is as good as news. */
const NOTHING_NEWER = ["same", "passed_over", "worse"];
const TAKEN = ["taken", "incomplete"];

export class TrustCorner {
  /** @type {Told | null} */
  #told = null;
  #isBusy = false;
  /** @type {Promise<void> | null} */
  #asking = null;
  #keeper;
  #around;
  #words;

  /**
   * @param {Keeper} keeper
   * @param {Pick<import("./desk.js").Surroundings, "config" | "clock">} around
   * @param {() => Words} words
   */
  constructor(keeper, around, words) {
    this.#keeper = keeper;
    this.#around = around;
    this.#words = words;
    keeper.addEventListener("change", () => this.draw());
  }

  words() {
    const { config, clock } = this.#around;
    const { names } = config;
    const known = {
      now: clock(),
      names: /** @type {[string, string]} */ ([names["zh-Hant"], names.en]),
    };
    return trustWords(this.#keeper.current(), config.policy, known, this.#words());
  }

  panel() {
    const { anchorDigest } = this.#around.config;
    return trustPanel(this.words(), this.#told, this.#isBusy, anchorDigest, this.#words(), {
      refresh: () => void this.refresh(),
      takeFile: (file) => void this.#takeFile(file),
      acceptClock: () => void this.#keeper.acceptClock(),
      forget: () => void this.#forget(),
    });
  }

  /** Draws the panel again where it is shown, and tells the page's reader how trust stands. */
  draw() {
    document.documentElement.dataset.trust = this.#keeper.current().reason;
    const shown = document.getElementById("trust");
    if (shown === null) return;
    const focused = document.activeElement?.id ?? "";
    const hadFocus = shown.contains(document.activeElement);
    shown.replaceWith(this.panel());
    if (hadFocus) document.getElementById(focused)?.focus();
  }

  /** Waits for the first trust data while they are being asked for; else for nothing. */
  async arrival() {
    if (this.#keeper.current().trust === null) await this.#asking;
  }

  /** Asks the sources; what each answered is told. */
  refresh() {
    return this.#asking ?? this.follow(this.#keeper.refresh());
  }

  /**
   * Waits for sources that are being asked, and tells what came of it.
   * @param {Promise<RefreshReport>} asking
   */
  follow(asking) {
    this.#asking ??= this.#ask(asking).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** @param {Promise<RefreshReport>} asking */
  async #ask(asking) {
    this.#isBusy = true;
    this.draw();
    const { tried, changed } = await asking;
    this.#isBusy = false;
    const { say, phrase } = this.#words();
    const isCurrent = tried.some(({ outcome }) => NOTHING_NEWER.includes(outcome));
    const text = say(changed ? "trust_changed" : isCurrent ? "trust_unchanged" : "trust_failed");
    const details = tried.map(({ source, outcome }) => `${source}: ${phrase("tried", outcome)}`);
    this.#ended({ text, details });
  }

  /** @param {File} file */
  async #takeFile(file) {
    const { outcome } = await this.#keeper.takeFile(new Uint8Array(await file.arrayBuffer()));
    const { say, phrase } = this.#words();
    const told = phrase("tried", outcome);
    const text = TAKEN.includes(outcome)
      ? say("trust_file_taken")
      : say("trust_file_refused", told);
    this.#ended({ text, details: [] });
  }

  async #forget() {
    await this.#keeper.forget();
    await this.refresh();
  }

  /** @param {Told} told */
  #ended(told) {
    this.#told = told;
    this.draw();
    const { dataset } = document.documentElement;
    dataset.refreshed = String(Number(dataset.refreshed ?? 0) + 1);
  }
}
