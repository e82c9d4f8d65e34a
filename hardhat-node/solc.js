#!/usr/bin/env node
// The npm package `solc` behaving as the native `solc` does for `--version` and `--standard-json`.
//
// Its own command `solcjs` cannot stand in: it writes remarks about SMT solvers between the caller and the JSON.
// Imports that the input does not carry are read from this folder's node_modules, and from nowhere else.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const solc = require("solc");
const packages = join(dirname(fileURLToPath(import.meta.url)), "node_modules");

function readImport(name) {
  const path = resolve(packages, name);
  if (!path.startsWith(packages + sep)) {
    return { error: `${name} lies outside node_modules` };
  }
  try {
    return { contents: readFileSync(path, "utf8") };
  } catch (error) {
    return { error: String(error) };
  }
}

async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

if (process.argv.includes("--version")) {
  process.stdout.write(`solc, the solidity compiler\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes("--standard-json")) {
  process.stdout.write(solc.compile(await readAll(process.stdin), { import: readImport }));
} else {
  process.stderr.write("usage: solc.js --version | --standard-json < input.json\n");
  process.exitCode = 1;
}
