/** The page's memory in the browser's database, shared by all tabs that show the page. */

/** @typedef {import("./storage.js").Storage} Storage */

const STORE = "memory";
/** Some browsers never answer where they should refuse. */
const TIME_LIMIT = 5_000;

/**
 * The storage of one registry, by its trust anchor. Opened anew for each act: a browser may close a
 * database under a page that stays open for weeks.
 * @param {string} key
 * @returns {Storage}
 */
export function inDatabase(key) {
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`sealroot ${key}`) : null;
  return {
    read: () => acted("readonly", (store, done) => onResult(store.get(key), done)),
    change: async (step) => {
      const isChanged = await acted("readwrite", (store, done) =>
        onResult(store.get(key), (before) => {
          const after = step(before);
          if (after !== undefined) store.put(after, key);
          done(after !== undefined);
        }),
      );
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
 * @template T
 * @param {IDBRequest<T>} request
 * @param {(result: T) => void} use what it throws undoes the whole transaction
 */
function onResult(request, use) {
  request.onsuccess = () => {
    try {
      use(request.result);
    } catch {
      request.transaction?.abort();
    }
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
