/** The first screen: one large way in, the others beside it, and what the answers rest on. */

import { button, el } from "./elements.js";
import { scanIcon } from "./icons.js";

/** @typedef {import("./words.js").Words} Words */
/**
 * @typedef {object} StartActions
 * @property {() => void} openCamera
 * @property {(files: File[]) => void} readFiles
 * @property {(text: string) => void} readText
 * @property {(isStack: boolean) => void} setStack
 */

/**
 * @param {Words} words
 * @param {{ isStack: boolean }} state
 * @param {StartActions} actions
 */
export function startScreen(words, { isStack }, actions) {
  const { say } = words;
  return el(
    "div",
    { class: "start" },
    el("h1", { id: "start-heading", tabindex: -1 }, say("start_heading")),
    el("p", { class: "lead" }, say("start_lead")),
    cameraButton(words, actions),
    el(
      "section",
      { class: "card others", "aria-labelledby": "others-heading" },
      el("h2", { id: "others-heading" }, say("others_heading")),
      fileChoice(words, actions),
      textEntry(words, actions),
      stackChoice(words, isStack, actions),
      el("p", { class: "hint" }, say("wedge_hint")),
    ),
  );
}

/**
 * @param {Words} words
 * @param {StartActions} actions
 */
function cameraButton({ say }, { openCamera }) {
  const large = button(say("camera_start"), openCamera, {
    id: "camera-start",
    class: "primary huge",
  });
  large.prepend(scanIcon());
  return large;
}

/**
 * @param {Words} words
 * @param {StartActions} actions
 */
function fileChoice({ say }, { readFiles }) {
  const input = el("input", {
    type: "file",
    id: "file",
    class: "file",
    multiple: true,
    "aria-describedby": "file-hint",
    onchange: () => {
      const files = [...(input.files ?? [])];
      input.value = ""; // the same file may be chosen again
      if (files.length > 0) readFiles(files);
    },
  });
  return el(
    "div",
    { class: "way" },
    el("label", { class: "button wide" }, input, el("span", {}, say("file_label"))),
    el("p", { class: "hint", id: "file-hint" }, say("file_hint")),
  );
}

/**
 * @param {Words} words
 * @param {StartActions} actions
 */
function textEntry({ say }, { readText }) {
  const area = el("textarea", {
    id: "text",
    rows: 2,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    "aria-describedby": "text-problem",
  });
  const problem = el("p", { id: "text-problem", class: "problem", role: "alert" });
  const check = () => {
    problem.textContent = area.value.trim() === "" ? say("text_empty") : "";
    if (problem.textContent === "") readText(area.value);
    else area.focus();
  };
  return el(
    "div",
    { class: "way" },
    el("label", { for: "text" }, say("text_label")),
    area,
    problem,
    button(say("text_check"), check, { id: "text-check" }),
  );
}

/**
 * @param {Words} words
 * @param {boolean} isStack
 * @param {StartActions} actions
 */
function stackChoice({ say }, isStack, { setStack }) {
  const box = el("input", {
    type: "checkbox",
    id: "stack",
    checked: isStack,
    "aria-describedby": "stack-hint",
    onchange: () => setStack(box.checked),
  });
  return el(
    "div",
    { class: "way" },
    el("label", { class: "choice" }, box, el("span", {}, say("stack_label"))),
    el("p", { class: "hint", id: "stack-hint" }, say("stack_hint")),
  );
}
