/** Files and texts that are dropped on the page, or pasted into it. */

/**
 * @typedef {object} Takers
 * @property {(files: File[]) => void} onFiles
 * @property {(text: string) => void} onText
 * @property {(isOver: boolean) => void} onOver something is being dragged over the page, or no more
 */

/**
 * Takes what is dropped anywhere on the target, or pasted outside a field; without this a browser
 * would leave the page and open the file.
 * @param {EventTarget} target
 * @param {Takers} takers
 * @returns {() => void} ends it
 */
export function acceptDrops(target, { onFiles, onText, onOver }) {
  let inside = 0;
  const over = (/** @type {number} */ now) => {
    const was = inside > 0;
    inside = Math.max(0, now);
    if (was !== inside > 0) onOver(inside > 0);
  };
  const take = (/** @type {DataTransfer | null} */ data) => {
    const files = [...(data?.files ?? [])];
    const text = data?.getData("text/plain") ?? "";
    if (files.length > 0) onFiles(files);
    else if (text !== "") onText(text);
    return files.length > 0 || text !== "";
  };
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {
    dragenter: () => over(inside + 1),
    dragleave: () => over(inside - 1),
    dragover: (event) => event.preventDefault(),
    drop: (event) => {
      event.preventDefault();
      over(0);
      take(event.dataTransfer);
    },
    paste: (event) => {
      if (!isField(event.target) && take(event.clipboardData)) event.preventDefault();
    },
  };
  const entries = Object.entries(listeners);
  for (const [name, listener] of entries) target.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of entries) target.removeEventListener(name, listener);
  };
}

/** @param {any} target */
function isField(target) {
  return target?.isContentEditable === true || ["INPUT", "TEXTAREA"].includes(target?.tagName);
}
