/** The camera and its panel: opened, closed, with light and a choice, and what it has to say. */

import { openCamera } from "./scan/index.js";
import { cameraPanel } from "./view/camera-panel.js";

/** @typedef {import("./scan/camera.js").Camera} Camera */
/** @typedef {import("./scan/camera.js").CameraState} CameraState */
/** @typedef {import("./view/words.js").Words} Words */
/**
 * @typedef {object} EyeEvents
 * @property {(text: string) => void} onText
 * @property {() => void} onFailed it stopped by itself, and has said why
 * @property {() => void} onStopped a person stopped it
 */

export class Eye {
  /** @type {Camera | null} */
  #camera = null;
  /** @type {string | null} */
  #chosen = null;
  /** @type {Words | null} */
  #words = null;
  /** @type {string} the code of what went wrong last */
  #trouble = "";
  #isShown = true;
  #isAlone = false;
  #events;
  #panel;

  /** @param {EyeEvents} events */
  constructor(events) {
    this.#events = events;
    this.#panel = cameraPanel({
      stop: () => {
        this.stop();
        events.onStopped();
      },
      choose: (deviceId) => this.#choose(deviceId),
      setTorch: (isOn) => void this.#light(isOn),
    });
  }

  get root() {
    return this.#panel.root;
  }

  get isOpen() {
    return this.#camera !== null;
  }

  /** @param {Words} words */
  setWords(words) {
    this.#words = words;
    this.#panel.setWords(words);
    if (this.#trouble !== "") this.say(this.#troubleText(words));
    else if (this.isOpen) this.say(words.say("camera_aim"));
    if (this.isOpen) void this.#listCameras();
  }

  /** @param {string} text */
  say(text) {
    this.#panel.say(text);
  }

  /** @param {Words} words */
  open(words) {
    if (this.isOpen) return;
    this.#words = words;
    this.#trouble = "";
    const deviceId = this.#chosen === null ? {} : { deviceId: this.#chosen };
    const { video } = this.#panel;
    let isMine = true;
    const onState = (/** @type {CameraState} */ state) => {
      if (isMine) this.#onState(state);
      if (state.name === "stopped" || state.name === "failed") isMine = false;
    };
    this.#camera = openCamera({ video, onText: this.#events.onText, onState, ...deviceId });
    this.#draw();
  }

  stop() {
    const camera = this.#camera;
    this.#camera = null;
    this.#trouble = "";
    camera?.stop();
    this.#draw();
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.#isShown = isShown;
    this.#draw();
  }

  focus() {
    document.getElementById("camera-stop")?.focus();
  }

  /** For a kiosk, where nobody stops the camera or chooses a file instead. */
  serveItself() {
    this.#isAlone = true;
    this.#panel.setStoppable(false);
  }

  /** @param {Words} words */
  #troubleText(words) {
    return this.#isAlone ? words.say("kiosk_camera") : words.phrase("camera", this.#trouble);
  }

  #draw() {
    if (this.#trouble === "") this.root.removeAttribute("data-camera-fault");
    else this.root.setAttribute("data-camera-fault", this.#trouble);
    this.root.hidden = !this.#isShown || (!this.isOpen && this.#trouble === "");
    this.root.classList.toggle("dark", !this.isOpen);
  }

  /** @param {CameraState} state */
  #onState({ name, code }) {
    const words = /** @type {Words} */ (this.#words);
    if (name === "starting") this.say(words.say("camera_starting"));
    if (name === "running") {
      this.say(words.say("camera_aim"));
      const camera = this.#camera;
      this.#panel.setTorch({ hasTorch: camera?.hasTorch ?? false, isOn: false });
      void this.#listCameras();
    }
    if (code === undefined) return;
    this.#camera = null;
    this.#trouble = code;
    this.say(this.#troubleText(words));
    this.#draw();
    this.#events.onFailed();
  }

  async #listCameras() {
    const cameras = (await this.#camera?.cameras()) ?? [];
    this.#panel.setCameras(cameras, this.#chosen, /** @type {Words} */ (this.#words));
  }

  /** @param {string} deviceId */
  #choose(deviceId) {
    this.#chosen = deviceId;
    this.stop();
    this.open(/** @type {Words} */ (this.#words));
  }

  /** @param {boolean} isOn */
  async #light(isOn) {
    const isLit = ((await this.#camera?.setTorch(isOn)) ?? false) && isOn;
    this.#panel.setTorch({ hasTorch: true, isOn: isLit });
  }
}
