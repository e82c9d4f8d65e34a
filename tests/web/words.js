/** The words of both languages, as the page puts them together. */

import { readFileSync } from "node:fs";
import { LANGUAGES, wordsOf } from "../../verifier/web/app/view/words.js";
import { ROOT } from "./vectors.js";

function texts(path) {
  return JSON.parse(readFileSync(ROOT + path, "utf8"));
}

export const WORDS = Object.fromEntries(
  LANGUAGES.map((language) => [
    language,
    wordsOf(
      language,
      texts(`verifier/texts/${language}.json`),
      texts(`verifier/web/app/texts/${language}.json`),
    ),
  ]),
);
