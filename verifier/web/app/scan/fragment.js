/** A telephone's camera opens the link of a code: the credential is in the fragment. */

import { isOurs, isResultText } from "./documents.js";

/** @typedef {Pick<Location, "hash" | "pathname" | "search">} Place */

/**
 * The text of a code in the fragment, which is at once taken out of the address bar and of the
 * page's history; null where the fragment is none, and is left as it is.
 * @param {Place} location
 * @param {Pick<History, "replaceState" | "state">} history
 * @returns {string | null}
 */
export function takeFragment(location, history) {
  const text = decoded(location.hash.slice(1));
  if (!isOurs(text) && !isResultText(text)) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return text;
}

/**
 * Takes the fragment there is now, and each that comes while the page is open: the next code may be
 * opened in the same window.
 * @param {Window} window
 * @param {(text: string) => void} onText
 * @returns {() => void} ends it
 */
export function listenForFragment(window, onText) {
  const take = () => {
    const text = takeFragment(window.location, window.history);
    if (text !== null) onText(text);
  };
  take();
  window.addEventListener("hashchange", take);
  return () => window.removeEventListener("hashchange", take);
}

/** @param {string} fragment */
function decoded(fragment) {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
