/**
 * The desk: takes what people hold out, has it judged, and shows what came of it. It keeps the list
 * of this sitting in memory and nothing anywhere else.
 */

import { Eye } from "./eye.js";
import { cameraRead, findingOf } from "./intake.js";
import { Results } from "./results.js";
import { readFile, readText, trimmedPaste } from "./scan/index.js";
import { TrustCorner } from "./trust-corner.js";
import { oneLine } from "./view/display.js";
import { openFrame } from "./view/frame.js";
import { listScreen } from "./view/list-screen.js";
import { offersPanel } from "./view/offers.js";
import { reportOf } from "./view/report.js";
import { itemLine, withFinding } from "./view/running-list.js";
import { startScreen } from "./view/start-screen.js";
import { verdictScreen } from "./view/verdict-screen.js";

/** @typedef {import("./config.js").PageConfig} PageConfig */
/** @typedef {import("./scan/examine.js").Finding} Finding */
/** @typedef {import("./trust/keeper.js").Keeper} Keeper */
/** @typedef {import("./view/frame.js").ScreenName} ScreenName */
/** @typedef {import("./view/running-list.js").Item} Item */
/** @typedef {import("./view/words.js").Language} Language */
/** @typedef {import("./view/words.js").Words} Words */
/** @typedef {"camera" | "file" | "text" | "link"} Way how a document came */
/**
 * @typedef {object} Surroundings
 * @property {HTMLElement} body
 * @property {Keeper} keeper
 * @property {PageConfig} config
 * @property {typeof import("./kiosk.js").Kiosk | null} Kiosk
 * @property {boolean} isStack one after another, from the start
 * @property {{ [language in Language]: Words }} words
 * @property {Language} language
 * @property {() => number} clock Unix seconds
 * @property {(language: Language) => void} remember
 * @property {(name: string, type: string, content: string) => void} save
 * @property {() => void} print
 */

export class Desk {
  /** @type {readonly Item[]} */
  #items = [];
  /** @type {Item | null} what the verdict screen shows */
  #current = null;
  /** @type {ScreenName} */
  #shown = "start";
  /** @type {Way} */
  #way = "text";
  #isStack;
  /** @type {import("./view/offers.js").Offers} */
  #offers = { isOffline: false, install: null, isInstalled: false, update: null };
  /** @type {(() => Promise<void>) | null} takes what is shown in once more */
  #again = null;
  /** Each document taken in; an answer that comes after a later question is listed, not shown. */
  #turn = 0;

  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.#isStack = around.isStack;
    this.words = around.words[around.language];
    this.eye = new Eye({
      onText: (text) => void this.takeCamera(text),
      onFailed: () => this.#restart(),
      onStopped: () => this.#cameraStopped(),
    });
    this.frame = openFrame(around.body, this.eye.root, {
      switchLanguage: () => this.#switchLanguage(),
      showList: () => this.#showList(true),
      showStart: () => this.showStart(true),
    });
    this.results = new Results(this.frame, around);
    this.trust = new TrustCorner(around.keeper, around, () => this.words);
    this.kiosk = around.Kiosk === null ? null : new around.Kiosk(this);
    document.documentElement.classList.toggle("kiosk", this.kiosk !== null);
  }

  /** Shows the first screen. */
  open() {
    this.eye.setWords(this.words);
    if (this.kiosk === null) this.showStart(false);
    else this.kiosk.invite();
  }

  // --- taking in --------------------------------------------------------------------------------

  /** @param {File[]} files */
  async takeFiles(files) {
    for (const file of files) {
      this.frame.setBusy(this.words.say("file_reading", oneLine(file.name, 60)));
      await this.#take("file", file.name, () => readFile(file, file.name), files.length > 1);
    }
    this.frame.setBusy(null);
  }

  /**
   * A text that was pasted, typed by a hand scanner, or came in the address.
   * @param {string} text
   * @param {Way} way
   */
  async takeText(text, way = "text") {
    const told = way === "text" ? trimmedPaste(text) : text;
    await this.#take(way, this.words.phrase("label", "path_text"), () => readText(told), false);
  }

  /** @param {string} text that the camera saw */
  async takeCamera(text) {
    const read = cameraRead(text);
    if (read === null) return this.eye.say(this.words.say("camera_foreign"));
    return this.#take("camera", this.words.phrase("label", "path_camera"), read, false);
  }

  /**
   * @param {Way} way
   * @param {string} name
   * @param {import("./intake.js").Read} read
   * @param {boolean} isOneOfMany
   */
  async #take(way, name, read, isOneOfMany) {
    const turn = ++this.#turn;
    const { finding, ...seen } = await this.#find(name, read);
    const { anchor, officialUrls } = this.around.config;
    const made = { ...seen, anchor, officialUrls };
    if (this.kiosk !== null) {
      if (turn === this.#turn) this.kiosk.show({ no: 1, finding, made, sameAs: null, entry: null });
      return;
    }
    this.#items = withFinding(this.#items, finding, made);
    const item = /** @type {Item} */ (this.#items.at(-1));
    this.#way = way;
    this.#again = () => this.#take(way, name, read, false);
    if (isOneOfMany || this.#isStack) this.#listed(item);
    else if (turn === this.#turn) this.#showVerdict(item);
    else this.#drawFrame();
  }

  /**
   * @param {string} name
   * @param {import("./intake.js").Read} read
   */
  async #find(name, read) {
    const { keeper, clock } = this.around;
    const arrival = () => {
      this.frame.setBusy(this.words.say("trust_refreshing"));
      return this.trust.arrival();
    };
    try {
      return await findingOf(name, read, { keeper, clock, arrival });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.frame.setBusy(this.words.say("failed", oneLine(message)));
      throw error;
    }
  }

  // --- showing ----------------------------------------------------------------------------------

  /** @param {boolean} isAsked by a person, whose focus follows */
  showStart(isAsked) {
    this.#shown = "start";
    this.#current = null;
    this.#drawFrame();
    const start = startScreen(
      this.words,
      { isStack: this.#isStack },
      {
        openCamera: () => this.#openCamera(),
        readFiles: (files) => void this.takeFiles(files),
        readText: (text) => void this.takeText(text),
        setStack: (isStack) => {
          this.#isStack = isStack;
        },
      },
    );
    this.frame.empty("verdict");
    this.results.clear();
    this.frame.show("start", [start, this.trust.panel(), this.#offersElement()]);
    this.#drawCamera();
    if (isAsked) document.getElementById("start-heading")?.focus();
  }

  /** @param {Item} item */
  #showVerdict(item) {
    this.#shown = "verdict";
    this.#current = item;
    if (!this.#isStack) this.eye.stop();
    this.#drawFrame();
    this.frame.show("verdict", [this.verdict(item, true)]);
    this.#drawCamera();
    this.settle(item);
  }

  /**
   * What a person does next: reads the heading, hears it, and finds the code of the result below.
   * @param {Item} item
   */
  settle({ finding, made }) {
    const { words } = this;
    window.scrollTo(0, 0);
    document.getElementById("verdict-heading")?.focus({ preventScroll: true });
    const reasons = reportOf(finding, { ...made, words }).reasons.map(({ says }) => says);
    const told = [words.say(finding.outcome), words.say(`${finding.outcome}_says`), ...reasons];
    this.frame.announce(told.join(" "));
    this.results.draw(finding, { ...made, words });
  }

  /**
   * @param {Item} item
   * @param {boolean} hasButtons
   */
  verdict({ finding, made }, hasButtons) {
    const setting = { ...made, words: this.words };
    const actions = {
      next: () => this.#next(),
      ...this.#canBeAsked(finding),
      ...(this.#items.length > 1 ? { "to-list": () => this.#showList(true) } : {}),
      "receipt-save": () => void this.results.save(finding, setting),
      "receipt-print": () => void this.results.print(finding, setting),
    };
    return verdictScreen(reportOf(finding, setting), this.words, hasButtons ? actions : {});
  }

  /**
   * Where newer trust data may settle it: one button that renews them and asks again.
   * @param {Finding} finding
   */
  #canBeAsked({ outcome, verdicts }) {
    const again = this.#again;
    const isOpen = outcome === "INDETERMINATE" && verdicts.length > 0;
    if (!isOpen || again === null || this.#items.at(-1)?.finding.verdicts !== verdicts) return {};
    const ask = async () => {
      this.frame.setBusy(this.words.say("trust_refreshing"));
      await this.trust.refresh();
      this.frame.setBusy(null);
      await again();
    };
    return { again: () => void ask() };
  }

  #next() {
    const wasCamera = this.#way === "camera";
    this.showStart(!wasCamera);
    if (wasCamera) this.#openCamera();
  }

  /** @param {boolean} isAsked */
  #showList(isAsked) {
    this.#shown = "list";
    this.#current = null;
    this.frame.empty("verdict");
    this.results.clear();
    this.#drawFrame();
    const screen = listScreen(this.#items, this.words, {
      next: () => this.#next(),
      open: (item) => this.#showVerdict(item),
      exportCsv: () => void this.results.exportList("csv", this.#items, this.#listSetting()),
      exportJson: () => void this.results.exportList("json", this.#items, this.#listSetting()),
      clear: () => {
        this.#items = [];
        this.frame.announce(this.words.say("list_cleared"));
        this.#showList(true);
      },
    });
    const focused = document.activeElement?.id ?? "";
    this.frame.show("list", [screen]);
    this.#drawCamera();
    if (isAsked) document.getElementById("list-heading")?.focus();
    else if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true });
  }

  #listSetting() {
    return { words: this.words, at: this.around.clock() };
  }

  /**
   * One more of a stack: the list is shown and its line is said; nobody's focus is taken.
   * @param {Item} item
   */
  #listed(item) {
    const { words } = this;
    this.#showList(false);
    const { number } = itemLine(item, words);
    this.frame.announce(words.say("announce", item.no, words.say(item.finding.outcome), number));
  }

  /** @param {Partial<import("./view/offers.js").Offers>} offers */
  offer(offers) {
    this.#offers = { ...this.#offers, ...offers };
    document.querySelector(".offers")?.replaceWith(this.#offersElement());
  }

  #offersElement() {
    return offersPanel(this.#offers, this.words);
  }

  /**
   * A new version of the page waits; a kiosk changes to it by itself, between two visitors.
   * @param {() => void} apply
   */
  update(apply) {
    if (this.kiosk === null) this.offer({ update: apply });
    else this.kiosk.update(apply);
  }

  #drawFrame() {
    this.frame.setBusy(null);
    const { names } = this.around.config;
    const shown = this.kiosk === null ? this.#shown : "kiosk";
    const state = { registry: names[this.words.language], count: this.#items.length, shown };
    this.frame.setWords(this.words, /** @type {typeof state & { shown: ScreenName }} */ (state));
  }

  #switchLanguage() {
    const language = this.words.language === "en" ? "zh-Hant" : "en";
    this.words = this.around.words[language];
    this.around.remember(language);
    this.eye.setWords(this.words);
    this.redraw();
    document.getElementById("language")?.focus();
  }

  /** Draws what is shown again, in the language of now. */
  redraw() {
    if (this.kiosk !== null) return this.kiosk.redraw();
    const text = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("text"))?.value;
    if (this.#shown === "verdict" && this.#current !== null) this.#showVerdict(this.#current);
    else if (this.#shown === "list") this.#showList(false);
    else this.showStart(false);
    const area = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("text"));
    if (area !== null && text !== undefined) area.value = text;
  }

  // --- the camera -------------------------------------------------------------------------------

  #openCamera() {
    this.eye.open(this.words);
    this.#drawCamera();
    this.eye.focus();
  }

  /** The camera is seen where a document can be held out to it. */
  #drawCamera() {
    this.eye.show(this.#shown !== "verdict");
    const start = document.getElementById("camera-start");
    if (start !== null) start.hidden = this.eye.isOpen;
  }

  #cameraStopped() {
    this.#drawCamera();
    if (this.#shown === "start") document.getElementById("camera-start")?.focus();
  }

  #restart() {
    if (this.kiosk !== null) this.kiosk.restartCamera();
    else this.#drawCamera();
  }

  /** For the kiosk, which has its own screen. */
  drawFrame() {
    this.#drawFrame();
  }
}
