/**
 * Installs the service worker, has it fetch what is not needed at first, and tells when a newer version
 * of the page waits.
 */

const WORKER = "sw.js";
/** A kiosk stays open for weeks; a browser looks for a newer worker only when a page is opened. */
const LOOK_EVERY = 60 * 60 * 1000;

/**
 * Without a service worker (a private window, an old browser) the page works, but only with a network.
 * @param {{ onReady?: () => void, onUpdate?: (apply: () => void) => void }} [heard] `onReady`: all is
 *   here, PDFs too; `onUpdate`: a newer version waits, and `apply` changes to it and loads anew
 * @returns {Promise<boolean>} whether there is one
 */
export async function keepOffline({ onReady = () => {}, onUpdate = () => {} } = {}) {
  if (!("serviceWorker" in navigator)) return false;
  const { serviceWorker } = navigator;
  try {
    const registration = await serviceWorker.register(/** @type {string} */ (trustedWorker()), {
      scope: "./",
      updateViaCache: "none",
    });
    watchForUpdates(registration, onUpdate);
    const { active } = await serviceWorker.ready;
    if (active === null) return false;
    // The page came from the server while that was changing to another version.
    if ((await answerTo("version", active)) !== ownVersion()) onUpdate(() => location.reload());
    // What an installed page has seen shall not be swept away when space is short.
    if (matchMedia("(display-mode: standalone)").matches) void navigator.storage.persist();
    if ((await answerTo("fetch the rest", active)) === "whole") {
      document.documentElement.dataset.offline = "ready";
      onReady();
    }
    return true;
  } catch {
    return false; // refused, or not on a secure origin
  }
}

/** The worker's address, as a page under Trusted Types must hand it over. */
function trustedWorker() {
  const address = new URL(WORKER, document.baseURI).href;
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (types === undefined) return address;
  const policy = types.createPolicy("sealroot-service-worker", {
    createScriptURL: (/** @type {string} */ url) => {
      if (url !== address) throw new TypeError("not the service worker");
      return url;
    },
  });
  return policy.createScriptURL(address);
}

function ownVersion() {
  return document.querySelector('meta[name="sealroot-version"]')?.getAttribute("content");
}

/**
 * @param {string} question
 * @param {ServiceWorker} worker
 * @returns {Promise<string>}
 */
function answerTo(question, worker) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(question, [port2]);
  });
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {(apply: () => void) => void} onUpdate
 */
function watchForUpdates(registration, onUpdate) {
  const tell = () => {
    // A first worker waits for nobody; where one is in charge already, this one is newer.
    if (registration.waiting === null || navigator.serviceWorker.controller === null) return;
    onUpdate(() => {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), {
        once: true,
      });
      registration.waiting?.postMessage("take over");
    });
  };
  // The browser's own look comes seconds after a page was opened, and never where it was short.
  const look = () => registration.update().catch(() => undefined);
  setInterval(look, LOOK_EVERY);
  if (registration.active !== null) void look();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", tell);
  });
  tell();
}
