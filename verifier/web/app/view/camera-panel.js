/** The camera as a person sees it: the picture with a frame, its light, and which camera it is. */

import { button, el } from "./elements.js";

/** @typedef {import("./words.js").Words} Words */
/**
 * @typedef {object} CameraActions
 * @property {() => void} stop
 * @property {(deviceId: string) => void} choose
 * @property {(isOn: boolean) => void} setTorch
 */
/** @typedef {{ deviceId: string, label: string }} Camera */

/**
 * The panel; its video is given to the camera, and never moved while it runs.
 * @param {CameraActions} actions
 */
export function cameraPanel(actions) {
  const video = el("video", { muted: true, playsinline: true, "aria-hidden": "true" });
  const note = el("p", { class: "aim", role: "status" });
  const select = el("select", {
    id: "camera-choose",
    onchange: () => actions.choose(select.value),
  });
  const name = el("span");
  const torch = button("", () => actions.setTorch(torch.getAttribute("aria-pressed") !== "true"), {
    id: "torch",
    "aria-pressed": "false",
    hidden: true,
  });
  const stop = button("", actions.stop, { id: "camera-stop" });
  const choice = el("label", { class: "camera-choice", hidden: true }, name, select);
  const root = el(
    "section",
    { id: "camera-panel", hidden: true },
    el("div", { class: "picture" }, video, el("div", { class: "frame", "aria-hidden": "true" })),
    note,
    el("div", { class: "buttons" }, stop, torch, choice),
  );
  return {
    root,
    video,
    /** @param {Words} words */
    setWords({ say }) {
      stop.textContent = say("camera_stop");
      torch.textContent = say("camera_torch");
      name.textContent = say("camera_choose");
      root.setAttribute("aria-label", say("camera_choose"));
    },
    /** @param {string} text */
    say(text) {
      if (note.textContent !== text) note.textContent = text;
    },
    /** @param {{ hasTorch: boolean, isOn: boolean }} state */
    setTorch({ hasTorch, isOn }) {
      torch.hidden = !hasTorch;
      torch.setAttribute("aria-pressed", `${isOn}`);
    },
    /**
     * @param {Camera[]} cameras
     * @param {string | null} chosen
     * @param {Words} words
     */
    setCameras(cameras, chosen, { say }) {
      choice.hidden = cameras.length < 2;
      const options = cameras.map(({ deviceId, label }, at) =>
        el("option", { value: deviceId }, label || say("camera_number", at + 1)),
      );
      select.replaceChildren(...options);
      if (chosen !== null) select.value = chosen;
    },
    /** @param {boolean} isStoppable */
    setStoppable(isStoppable) {
      stop.hidden = !isStoppable;
    },
  };
}
