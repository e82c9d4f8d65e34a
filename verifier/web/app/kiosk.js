/** A kiosk: the camera is always on, and each document is gone after a countdown. */

import { countdown, KIOSK_MORE_SECONDS, KIOSK_SECONDS, kioskScreen } from "./view/kiosk-screen.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./view/running-list.js").Item} Item */

const SECOND = 1_000;
/** A camera that was unplugged is tried again, as long as the kiosk stands. */
const RETRY = 10_000;

export class Kiosk {
  /** @type {Item | null} */
  #item = null;
  #left = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;
  #retrying = false;
  /** @type {(() => void) | null} */
  #update = null;
  #desk;
  /** @type {ReturnType<typeof countdown> | null} */
  #countdown = null;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    desk.eye.serveItself();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") desk.eye.open(desk.words);
    });
    document.addEventListener("fullscreenchange", () => this.redraw());
    desk.around.keeper.addEventListener("change", () => {
      if (this.#item === null) this.#drawInvitation();
    });
  }

  /** The invitation; what was shown before is gone. */
  invite() {
    clearInterval(this.#ticking);
    this.#item = null;
    this.#countdown = null;
    document.documentElement.classList.remove("answering");
    const { frame, eye, words } = this.#desk;
    this.#desk.drawFrame();
    frame.announce("");
    this.#desk.results.clear();
    if (this.#update !== null) return this.#update();
    this.#drawInvitation();
    eye.show(true);
    eye.open(words);
    document.getElementById("kiosk-heading")?.focus();
  }

  #drawInvitation() {
    const { frame, words, trust } = this.#desk;
    frame.show("kiosk", [kioskScreen(words, trust.words(), this.#fullScreen())]);
  }

  /**
   * Changes to a new version of the page: at once, or when the result is gone.
   * @param {() => void} apply
   */
  update(apply) {
    this.#update = apply;
    if (this.#item === null) apply();
  }

  /** @param {Item} item */
  show(item) {
    this.#item = item;
    this.#left = KIOSK_SECONDS;
    this.#draw(item);
    this.#desk.settle(item);
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#tick(), SECOND);
  }

  redraw() {
    if (this.#item === null) this.invite();
    else this.#draw(this.#item);
  }

  restartCamera() {
    if (this.#retrying) return;
    this.#retrying = true;
    setTimeout(() => {
      this.#retrying = false;
      this.#desk.eye.open(this.#desk.words);
    }, RETRY);
  }

  /** @param {Item} item */
  #draw(item) {
    const { frame, words } = this.#desk;
    this.#desk.drawFrame();
    const counted = countdown(words, {
      more: () => {
        this.#left = KIOSK_MORE_SECONDS;
        counted.set(this.#left);
      },
      done: () => this.invite(),
    });
    this.#countdown = counted;
    document.documentElement.classList.add("answering");
    counted.set(this.#left);
    frame.show("kiosk", [counted.root, this.#desk.verdict(item, false)]);
  }

  #tick() {
    this.#left -= 1;
    this.#countdown?.set(this.#left);
    if (this.#left <= 0) this.invite();
  }

  #fullScreen() {
    if (document.fullscreenElement !== null || !document.fullscreenEnabled) return null;
    return () => void document.documentElement.requestFullscreen();
  }
}
