/** The page's memory in the browser's database, shared by all tabs that show the page. */

/** @typedef {import("./storage.js").Storage} Storage */

const STORE = "memory";
/** Some browsers never answer where they should refuse. */
const TIME_LIMIT = 5_000;

/**
 * The storage of one registry, by its trust anchor. Opened anew for each act: a browser may close a
 * database under a page that stays open for weeks.
 * @param {string} name
 * @returns {Storage}
 */
export function inDatabase(name) {
  const key = name;
  const channel =
    "BroadcastChannel" in globalThis ? new BroadcastChannel(`sealroot ${name}`) : null;
  return {
    read: () =>
      acted("readonly", (store, done) => {
        const request = store.get(key);
        request.onsuccess = () => done(request.result);
      }),
    change: async (step) => {
      const isChanged = await acted("readwrite", (store, done) => {
        const request = store.get(key);
        request.onsuccess = () => {
          const after = step(request.result);
          if (after !== undefined) store.put(after, key);
          done(after !== undefined);
        };
      });
      if (isChanged) channel?.postMessage("changed");
    },
    clear: async () => {
      await acted("readwrite", (store, done) => {
        store.delete(key);
        done(undefined);
      });
      channel?.postMessage("changed");
    },
    listen: (heard) => {
      if (channel !== null) channel.onmessage = () => heard();
    },
  };
}

/**
 * One transaction: all of it happens, or nothing. It counts once the browser says it is complete.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore, done: (result: T) => void) => void} act
 * @returns {Promise<T>}
 */
async function acted(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      /** @type {T} */
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error ?? new Error("storage gave up"));
      act(transaction.objectStore(STORE), (told) => {
        result = told;
      });
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("storage does not answer")), TIME_LIMIT);
    const request = indexedDB.open("sealroot-trust", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
    request.onblocked = () => reject(new Error("another tab holds an older storage"));
    const settle = () => clearTimeout(timer);
    request.addEventListener("success", settle);
    request.addEventListener("error", settle);
  });
}
