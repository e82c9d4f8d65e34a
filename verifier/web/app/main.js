/** Starts the page: the only place that wires its parts, and reads clock, address and storage. */

import { loadConfig } from "./config.js";
import { Desk } from "./desk.js";
import { keepOffline } from "./offline.js";
import {
  acceptDrops,
  listenForFragment,
  listenForScanner,
  prepareReader,
  takeFragment,
} from "./scan/index.js";
import { inDatabase } from "./trust/indexed-db.js";
import { openKeeper } from "./trust/keeper.js";
import { keepFresh } from "./trust/schedule.js";
import { languageOf, wordsOf } from "./view/words.js";

/** @typedef {import("./view/words.js").Language} Language */
/** @typedef {import("./view/words.js").Texts} Texts */

const TEXTS = {
  "zh-Hant": [
    new URL("../../texts/zh-Hant.json", import.meta.url),
    new URL("./texts/zh-Hant.json", import.meta.url),
  ],
  en: [
    new URL("../../texts/en.json", import.meta.url),
    new URL("./texts/en.json", import.meta.url),
  ],
};
const LANGUAGE_KEY = "sealroot.language";

const clock = () => Math.floor(Date.now() / 1000);
const asked = new URLSearchParams(location.search);
/** Out of the address bar before anything else happens. */
const landed = takeFragment(location, history);

try {
  await start();
} catch (error) {
  broken(error);
}

async function start() {
  if (!window.isSecureContext)
    throw new Error(
      "請以 https 開啟本頁。 Open this page by https: browsers sign and check nowhere else.",
    );
  const base = document.baseURI;
  const language = languageOf({
    asked: asked.get("lang"),
    remembered: remembered(),
    preferred: navigator.languages,
  });
  const fetching = fetch.bind(window);
  const [zh, en, config] = await Promise.all([
    wordsFor("zh-Hant"),
    wordsFor("en"),
    loadConfig(fetching, base),
  ]);
  const storage = inDatabase(config.anchorDigest);
  const keeper = await openKeeper({ config, storage, fetch: fetching, clock });
  const isKiosk = config.isKiosk || asked.has("kiosk");
  const desk = new Desk({
    body: document.body,
    keeper,
    config,
    Kiosk: isKiosk ? (await import("./kiosk.js")).Kiosk : null,
    isStack: asked.has("continuous"),
    words: { "zh-Hant": zh, en },
    language,
    clock,
    remember,
    save,
    print: () => window.print(),
  });
  desk.open();
  listen(desk);
  // What is held answers at once, and the sources are asked meanwhile; who holds nothing waits for them.
  const asking = desk.trust.follow(keepFresh(keeper, window));
  if (landed !== null) await desk.takeText(landed, "link");
  if (keeper.current().trust === null) await asking;
  desk.trust.draw();
  document.documentElement.dataset.ready = "true";
  prepareReader().catch(() => undefined); // whoever needs it is told then
  keepOffline({
    onReady: () => desk.offer({ isOffline: true }),
    onUpdate: (apply) => desk.update(apply),
  });
}

/** @param {Desk} desk */
function listen(desk) {
  listenForScanner(window, (text) => void desk.takeText(text, "link"));
  listenForFragment(window, (text) => void desk.takeText(text, "link"));
  // A kiosk takes no files, and must not leave the page for one that is dropped.
  const isOpen = desk.kiosk === null;
  acceptDrops(window, {
    onFiles: (files) => void (isOpen && desk.takeFiles(files)),
    onText: (text) => void (isOpen && desk.takeText(text)),
    onOver: (isOver) => desk.frame.setDrop(isOver && isOpen),
  });
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const offer = /** @type {Event & { prompt: () => Promise<unknown> }} */ (event);
    desk.offer({ install: () => void offer.prompt() });
  });
  window.addEventListener("appinstalled", () => desk.offer({ isInstalled: true }));
  desk.offer({ isInstalled: matchMedia("(display-mode: standalone)").matches });
}

/** @param {Language} language */
async function wordsFor(language) {
  const [shared, page] = await Promise.all(TEXTS[language].map(textsAt));
  return wordsOf(language, shared, page);
}

/**
 * @param {URL} address
 * @returns {Promise<Texts>}
 */
async function textsAt(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.pathname}: ${response.status}`);
  return response.json();
}

/** @returns {string | null} */
function remembered() {
  try {
    return localStorage.getItem(LANGUAGE_KEY);
  } catch {
    return null; // storage is denied: the browser's own language it is
  }
}

/** @param {Language} language */
function remember(language) {
  try {
    localStorage.setItem(LANGUAGE_KEY, language);
  } catch {
    // storage is denied: it holds until the page is closed
  }
}

/**
 * Hands a file to whoever uses the page.
 * @param {string} name
 * @param {string} type
 * @param {string} content
 */
function save(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * Says that the page could not start, in both languages: whichever words there are may be missing.
 * @param {unknown} error
 */
function broken(error) {
  const message = error instanceof Error ? error.message : String(error);
  const told = document.createElement("p");
  told.setAttribute("role", "alert");
  told.className = "broken";
  told.textContent =
    `本頁無法啟動，未查驗任何文件。請重新載入；若仍如此，請通知本頁的管理者。 ` +
    `This page could not start. Nothing was checked. Reload it; if it stays so, tell whoever runs it. (${message})`;
  document.body.replaceChildren(told);
}
