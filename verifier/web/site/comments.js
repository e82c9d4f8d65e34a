/**
 * Takes the comments out of modules: half of their bytes, and no browser needs them.
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

/**
 * The modules without comments.
 * @param {Map<string, Buffer>} modules by path
 * @returns {Map<string, Buffer>}
 */
export function withoutComments(modules) {
  const folder = mkdtempSync(join(tmpdir(), "sealroot-page-"));
  try {
    for (const [path, bytes] of modules) {
      mkdirSync(dirname(join(folder, "in", path)), { recursive: true });
      writeFileSync(join(folder, "in", path), bytes);
    }
    const files = [...modules.keys()].map((path) => join("in", path));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...SETTINGS, files }));
    execFileSync(COMPILER, ["--project", folder], { stdio: ["ignore", "inherit", "inherit"] });
    const paths = [...modules.keys()];
    return new Map(paths.map((path) => [path, readFileSync(join(folder, "out", path))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
