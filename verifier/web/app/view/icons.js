/** Shapes that differ without any colour: a ring, an octagon, a triangle; for checks, smaller ones. */

import { svg } from "./elements.js";

/** @typedef {import("../../lib/verdict.js").Outcome} Outcome */
/** @typedef {import("../../lib/verdict.js").Result} Result */

/** @type {{ [outcome in Outcome]: [outline: string, sign: string] }} */
const OUTCOMES = {
  VALID: ["M24 3a21 21 0 1 0 0 42a21 21 0 1 0 0-42z", "M14 25l7 7 13-15"],
  INVALID: ["M16 4h16l12 12v16L32 44H16L4 32V16z", "M16 16l16 16M32 16L16 32"],
  INDETERMINATE: [
    "M24 4L46 43H2z",
    "M19.5 22a4.5 4.5 0 1 1 6.5 4c-1.400.7-2 1.600-2 3.200M24 35v.6",
  ],
};
/** @type {{ [result in Result]: string }} */
const RESULTS = {
  PASS: "M4 11l5 5 9-11",
  FAIL: "M5 5l12 12M17 5L5 17",
  UNKNOWN: "M7.500 8a3.500 3.500 0 1 1 5 3.200c-1.100.600-1.500 1.200-1.500 2.500M11 17.500v.4",
  SKIPPED: "M5 11h12",
};

/** @param {Outcome} outcome */
export function outcomeIcon(outcome) {
  const [outline, sign] = OUTCOMES[outcome];
  return svg(
    "svg",
    { class: "outcome-icon", viewBox: "0 0 48 48", "aria-hidden": "true", focusable: "false" },
    svg("path", { class: "outline", d: outline }),
    svg("path", { class: "sign", d: sign }),
  );
}

/** @param {Result} result */
export function resultIcon(result) {
  return svg(
    "svg",
    { class: "result-icon", viewBox: "0 0 22 22", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: RESULTS[result] }),
  );
}

/** A code in a finder: what the large button does. */
export function scanIcon() {
  return svg(
    "svg",
    { viewBox: "0 0 48 48", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: "M4 14V4h10M34 4h10v10M44 34v10H34M14 44H4V34" }),
    svg("path", {
      d: "M13 13h8v8h-8zM27 13h8v8h-8zM13 27h8v8h-8zM27 27h3M35 27v3M30 32v3M35 35v.1",
    }),
  );
}
