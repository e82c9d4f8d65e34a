/**
 * Installs the service worker, has it fetch what is not needed at first, and tells when a newer version
 * of the page waits.
 */

const WORKER = "sw.js";

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
    if (active !== null && (await fetchTheRest(active))) {
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

/**
 * @param {ServiceWorker} worker
 * @returns {Promise<boolean>} whether everything is here now
 */
function fetchTheRest(worker) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === "whole");
    worker.postMessage("fetch the rest", [port2]);
  });
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {(apply: () => void) => void} onUpdate
 */
function watchForUpdates(registration, onUpdate) {
  const tell = () => {
    const { waiting } = registration;
    // A first worker waits for nobody; where one is in charge already, this one is newer.
    if (waiting === null || navigator.serviceWorker.controller === null) return;
    onUpdate(() => {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), {
        once: true,
      });
      waiting.postMessage("take over");
    });
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", tell);
  });
  tell();
}
