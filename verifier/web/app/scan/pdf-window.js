/**
 * A window for pdf.js in a worker. It waits for the screen between two steps of drawing, and a page
 * that nobody looks at has no screen; and its second half would take a worker without a window for
 * its own, and answer our questions.
 */

Object.assign(globalThis, {
  window: {
    requestAnimationFrame: (/** @type {() => void} */ step) => setTimeout(step, 0),
    cancelAnimationFrame: (/** @type {number} */ timer) => clearTimeout(timer),
  },
});
