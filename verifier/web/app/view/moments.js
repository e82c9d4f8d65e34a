/** Times and days as people in Taiwan read them, and as programs do. */

/** @typedef {import("../../lib/integers.js").Int} Int */
/** @typedef {import("./words.js").Language} Language */

const TAIPEI_SECONDS = 8 * 3600;
const LAST_SECOND = 253_402_300_799;
const FIRST_ROC_YEAR = 1912;
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

/**
 * A time with the offset it is written in; in Chinese with the day of the Republic's calendar.
 * @param {Int} at Unix seconds
 * @param {Language} language
 */
export function momentText(at, language) {
  const iso = isoOf(Number(at) + TAIPEI_SECONDS);
  if (at > LAST_SECOND || iso === null) return String(at);
  const text = `${iso.slice(0, 19).replace("T", " ")}+08:00`;
  return language === "zh-Hant" ? `${text}（${rocText(iso.slice(0, 10))}）` : text;
}

/**
 * A time as RFC 3339 in UTC; one beyond the year 9999 as its number.
 * @param {Int} at
 */
export function rfc3339(at) {
  const iso = at > LAST_SECOND ? null : isoOf(Number(at));
  return iso === null ? String(at) : `${iso.slice(0, 19)}Z`;
}

/**
 * The day in Taipei of a second, as `YYYY-MM-DD`, or null beyond the year 9999.
 * @param {number} at
 */
export function dayInTaipei(at) {
  return isoOf(at + TAIPEI_SECONDS)?.slice(0, 10) ?? null;
}

/**
 * A day `YYYY-MM-DD` in the calendar of the Republic of China, such as `民國 99 年 1 月 1 日`.
 * @param {string} day
 */
export function rocText(day) {
  const [, year, month, date] = /** @type {RegExpExecArray} */ (DAY.exec(day)).map(Number);
  const counted = year - FIRST_ROC_YEAR + 1;
  const era = counted > 0 ? `民國 ${counted}` : `民國前 ${1 - counted}`;
  return `${era} 年 ${month} 月 ${date} 日`;
}

/**
 * A length of time in the largest unit that says enough.
 * @param {number} seconds
 * @param {import("./words.js").Words} words
 */
export function lengthText(seconds, words) {
  const units = /** @type {const} */ ([
    ["days", 86_400],
    ["hours", 3600],
    ["minutes", 60],
  ]);
  const past = Math.max(0, seconds);
  const [unit, size] = units.find(([, size]) => past >= 2 * size) ?? ["minutes", 60];
  const count = Math.floor(past / size);
  return words.phrase("length", count === 1 ? `one_${unit}` : unit, count);
}

/** @param {number} at */
function isoOf(at) {
  return at < 0 || at > LAST_SECOND ? null : new Date(at * 1000).toISOString();
}
