/** Results to take away: a file, a printed sheet, and the code that says what they are not. */

import { reportOf } from "./view/report.js";

/** @typedef {import("./scan/examine.js").Finding} Finding */
/** @typedef {import("./view/report.js").Setting} Setting */

/** Milliseconds after the verdict, when its reader has something to read. */
const LATER = 250;

export class Results {
  #frame;
  #around;
  /** Which verdict it is: a sheet that comes late is of none that is shown. */
  #turn = 0;

  /**
   * @param {ReturnType<typeof import("./view/frame.js").openFrame>} frame
   * @param {Pick<import("./desk.js").Surroundings, "save" | "print">} around
   */
  constructor(frame, around) {
    this.#frame = frame;
    this.#around = around;
  }

  /**
   * @param {Finding} finding
   * @param {Setting} setting
   */
  save(finding, setting) {
    return this.#orSay(setting, async () => {
      const { resultFile, resultName } = await import("./view/result-file.js");
      const content = resultFile(finding, setting);
      this.#around.save(resultName(finding, setting.at), "application/json", content);
    });
  }

  /**
   * The list as a file.
   * @param {"csv" | "json"} suffix
   * @param {readonly import("./view/running-list.js").Item[]} items
   * @param {Pick<Setting, "words" | "at">} setting
   */
  exportList(suffix, items, { words, at }) {
    return this.#orSay({ words }, async () => {
      const { listCsv, listJson, listName } = await import("./view/list-export.js");
      const content = suffix === "csv" ? listCsv(items, words) : listJson(items, words);
      const type = suffix === "csv" ? "text/csv" : "application/json";
      this.#around.save(listName(at, suffix), type, content);
    });
  }

  /**
   * @param {Finding} finding
   * @param {Setting} setting
   */
  print(finding, setting) {
    return this.#orSay(setting, async () => {
      await this.#fill(finding, setting);
      this.#around.print();
    });
  }

  /**
   * Says so where a part of the page could not be loaded any more.
   * @param {Pick<Setting, "words">} setting
   * @param {() => Promise<void>} act
   */
  async #orSay({ words }, act) {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // what import() throws without a network
      this.#frame.setBusy(words.say("part_missing"));
    }
  }

  /**
   * The code below the verdict, and the sheet for whoever prints by the menu: drawn after the
   * verdict is seen, since nobody waits for them.
   * @param {Finding} finding
   * @param {Setting} setting
   */
  draw(finding, setting) {
    this.clear();
    const turn = this.#turn;
    setTimeout(async () => {
      try {
        if (turn !== this.#turn) return;
        const { resultCode, result, isShown } = await this.#fill(finding, setting);
        if (isShown)
          document.querySelector("article.verdict")?.append(resultCode(result, setting.words));
      } catch {
        // not loaded yet and no network: the verdict stands without it
      }
    }, LATER);
  }

  /** Nothing is left of a verdict that is not shown any more. */
  clear() {
    this.#turn += 1;
    this.#frame.sheet.replaceChildren();
  }

  /**
   * @param {Finding} finding
   * @param {Setting} setting
   */
  async #fill(finding, setting) {
    const turn = this.#turn;
    const { resultText } = await import("./view/result-file.js");
    const { resultCode, sheet } = await import("./view/sheet.js");
    const result = resultText(finding, setting.at);
    const drawn = sheet(reportOf(finding, setting), result, setting.words);
    if (turn === this.#turn) this.#frame.sheet.replaceChildren(drawn);
    return { resultCode, result, isShown: turn === this.#turn };
  }
}
