/**
 * Prints modules without comments and indents: half of their bytes, and no browser needs them.
 *
 * TypeScript's own printer does it, the one that `make lint` reads the same files with. Statements,
 * names and their order stay as they are; comments of licences (those with an exclamation mark) too.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const COMPILER = fileURLToPath(new URL("../node_modules/.bin/tsc", import.meta.url));
const SETTINGS = {
  compilerOptions: {
    allowJs: true,
    checkJs: false,
    noCheck: true,
    noResolve: true,
    removeComments: true,
    newLine: "lf",
    target: "esnext",
    module: "esnext",
    moduleResolution: "bundler",
    moduleDetection: "force",
    types: [],
    rootDir: "in",
    outDir: "out",
  },
};

/** @typedef {Map<string, Buffer>} Modules by path */

/**
 * The modules as they stand in the site. A module whose indents mean something (a text of several
 * lines) keeps them: without them the printer would print it otherwise.
 * @param {Modules} modules
 * @returns {Modules}
 */
export function printed(modules) {
  const plain = withoutComments(modules);
  const flat = new Map([...plain].map(([path, bytes]) => [path, withoutIndents(bytes)]));
  const again = withoutComments(flat);
  const isSame = (/** @type {string} */ path) =>
    again.get(path)?.equals(/** @type {Buffer} */ (plain.get(path)));
  return new Map([...plain].map(([path, bytes]) => [path, isSame(path) ? flat.get(path) : bytes]));
}

/**
 * A style sheet likewise. No text in one goes over several lines, and none of ours holds what looks
 * like a comment.
 * @param {Buffer} sheet
 */
export function printedStyle(sheet) {
  const text = sheet.toString("utf8");
  if (/["'][^"'\n]*\/\*/u.test(text)) throw new Error("a text of a style sheet holds a comment");
  return withoutIndents(Buffer.from(text.replace(/\/\*.*?\*\/\n*/gsu, "")));
}

/** @param {Buffer} bytes */
function withoutIndents(bytes) {
  return Buffer.from(bytes.toString("utf8").replace(/^ +/gmu, ""));
}

/**
 * @param {Modules} modules
 * @returns {Modules}
 */
function withoutComments(modules) {
  const folder = mkdtempSync(join(tmpdir(), "sealroot-page-"));
  try {
    for (const [path, bytes] of modules) {
      mkdirSync(dirname(join(folder, "in", path)), { recursive: true });
      writeFileSync(join(folder, "in", path), bytes);
    }
    const paths = [...modules.keys()];
    const files = paths.map((path) => join("in", path));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...SETTINGS, files }));
    execFileSync(COMPILER, ["--project", folder], { stdio: ["ignore", "inherit", "inherit"] });
    return new Map(paths.map((path) => [path, readFileSync(join(folder, "out", path))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
