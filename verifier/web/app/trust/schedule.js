/** When the page asks for newer trust data: at the start, when the network is back, when it is shown, and now and then. */

const EVERY = 15 * 60 * 1000;
/** Shown and hidden again and again, it does not ask each time. */
const LEAST_BETWEEN = 60 * 1000;

/**
 * Keeps the trust data fresh while the page is open.
 * @param {Pick<import("./keeper.js").Keeper, "refresh">} keeper
 * @param {Window} window
 * @returns {Promise<import("./keeper.js").RefreshReport>} what came of the first time
 */
export function keepFresh(keeper, window) {
  let askedAt = 0;
  const ask = () => {
    askedAt = Date.now();
    return keeper.refresh();
  };
  const askAgain = () => {
    const since = Date.now() - askedAt;
    if (since >= LEAST_BETWEEN || since < 0) void ask();
  };
  window.addEventListener("online", () => void ask());
  window.document.addEventListener("visibilitychange", () => {
    if (window.document.visibilityState === "visible") askAgain();
  });
  window.setInterval(askAgain, EVERY);
  return ask();
}
