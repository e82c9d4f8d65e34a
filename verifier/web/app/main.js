/** Starts the page. */

import { shortDigest } from "../lib/index.js";

const page = /** @type {HTMLElement} */ (document.getElementById("page"));
page.textContent = shortDigest(new Uint8Array());
