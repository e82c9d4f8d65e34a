/**
 * Whether the address in a code is the official one. Whoever printed the code chose it: it is
 * compared and shown, never opened.
 */

import { oneLine } from "./display.js";
import { punycodeDecoded } from "./punycode.js";

/**
 * What is wrong with an address, or nothing. `none`: no official address is known to compare with.
 * @typedef {"official" | "none" | "other" | "look-alike" | "unreadable" | "not-https"
 *   | "userinfo" | "port" | "path" | "disguised"} AddressState
 */
/** @typedef {{ url: string, state: AddressState, host: string, resembles: string | null }} Address */

/** Letters and digits that are taken for others, each with the one it is taken for. */
const TAKEN_FOR = new Map(
  [
    ..."0o 1l 3e 5s 8b |l ɡg ɑa ıi".split(" "),
    ..."аa еe оo рp сc уy хx іi јj ѕs ԁd ѵv һh ӏl вb гr тt мm кk нh".split(" "),
    ..."οo αa νv τt ρp υu κk ιi ηn ոn".split(" "),
  ].map((pair) => /** @type {[string, string]} */ ([...pair])),
);
const PLAIN = /^https:\/\/[a-z0-9.-]+(?::[0-9]+)?((?:\/[\w.~-]*)*)$/i;
const MARKS = /\p{M}/gu;

/**
 * @param {string} url what stood before the last # of the code
 * @param {readonly string[]} official addresses of the form `https://host/path/`
 * @returns {Address}
 */
export function judgeAddress(url, official) {
  const parsed = parsedUrl(url);
  const host = parsed === null ? "" : parsed.host;
  const told = (
    /** @type {AddressState} */ state,
    /** @type {string | null} */ resembles = null,
  ) => ({
    url: oneLine(url, 512),
    state,
    host,
    resembles,
  });
  if (parsed === null || parsed.host === "") return told("unreadable");
  if (official.length === 0) return told("none");
  if (parsed.username !== "" || parsed.password !== "") return told("userinfo");
  const known = official.map((text) => new URL(text));
  if (known.some((one) => isWithin(parsed, one)))
    return told(isPlainlyWritten(url) ? "official" : "disguised");
  if (known.every((one) => one.hostname !== parsed.hostname)) {
    const double = known.find((one) => looksLike(parsed.hostname, one.hostname));
    return double === undefined ? told("other") : told("look-alike", double.host);
  }
  if (parsed.protocol !== "https:") return told("not-https");
  return told(known.some((one) => one.origin === parsed.origin) ? "path" : "port");
}

/** @param {string} url */
function parsedUrl(url) {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

/**
 * The same origin, and a path below the official one.
 * @param {URL} url
 * @param {URL} official
 */
function isWithin(url, official) {
  if (url.origin !== official.origin || url.origin === "null") return false;
  const folder = official.pathname;
  const below = folder.endsWith("/") ? folder : `${folder}/`;
  return `${url.pathname}/` === below || url.pathname.startsWith(below);
}

/**
 * Whether every program reads the text as this one did: programs differ about backslashes, white
 * space, what is percent-encoded, dots in paths, and who follows what a query says.
 * @param {string} url
 */
function isPlainlyWritten(url) {
  const path = PLAIN.exec(url)?.[1];
  return path !== undefined && !path.split("/").some((name) => /^\.+$/.test(name));
}

/**
 * Whether a person may take one host for the other.
 * @param {string} host
 * @param {string} official
 */
function looksLike(host, official) {
  const [one, other] = [skeleton(host), skeleton(official)];
  if (one === other || one.includes(other)) return true;
  const [plain, own] = [one, other].map((text) => text.replaceAll(/[.-]/g, ""));
  return plain.includes(own) || isNear(one, other, Math.max(1, Math.floor(other.length / 8)));
}

/**
 * A host as it looks: decoded, without accents, each letter as the one it is taken for.
 * @param {string} host
 */
function skeleton(host) {
  const labels = host.toLowerCase().split(".").map(punycodeDecoded);
  const letters = labels.join(".").normalize("NFKD").replace(MARKS, "");
  return [...letters]
    .map((letter) => TAKEN_FOR.get(letter) ?? letter)
    .join("")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w");
}

/**
 * Whether at most so many letters have to be changed, added or left out.
 * @param {string} one
 * @param {string} other
 * @param {number} most
 */
function isNear(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return false;
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = above[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      row.push(Math.min(changed, above[j] + 1, row[j - 1] + 1));
    }
    above = row;
  }
  return above[other.length] <= most;
}
