/** The built page: every reference leads to a file of the site, and one version names them all. */

import assert from "node:assert/strict";
import { dirname, join } from "node:path/posix";
import { test } from "node:test";
import { reach } from "../../verifier/web/site/reach.js";
import { withReferences } from "../../verifier/web/site/references.js";
import { sealed } from "../../verifier/web/site/seal.js";

const files = reach(["app/index.html", "app/sw.js"]);

const renamed = (text, kind = "module") => withReferences(text, kind, (name) => `<${name}>`);

for (const [text, expected] of [
  ['import { a } from "./a.js";', 'import { a } from "<./a.js>";'],
  ["import a from 'b';", "import a from '<b>';"],
  ['import {\n  a,\n  b,\n} from "c";', 'import {\n  a,\n  b,\n} from "<c>";'],
  ['export { a } from "./a.js";', 'export { a } from "<./a.js>";'],
  ['import "./a.js";', 'import "<./a.js>";'],
  ['const a = await import("./a.js");', 'const a = await import("<./a.js>");'],
  ['const a = import.meta.resolve("b/c.wasm");', 'const a = import.meta.resolve("<b/c.wasm>");'],
  ['new URL("./a.js", import.meta.url)', 'new URL("<./a.js>", import.meta.url)'],
  [
    'new URL(\n  "./a.js",\n  import.meta.url,\n)',
    'new URL(\n  "<./a.js>",\n  import.meta.url,\n)',
  ],
])
  test(`finds the reference in ${JSON.stringify(text)}`, () => {
    assert.equal(renamed(text), expected);
  });

for (const text of [
  '/** @typedef {import("./a.js").A} A */',
  ' * import { a } from "./a.js";',
  '// import("./a.js")',
  'const told = "export from here";',
  'new URL("./a.js", base)',
  "import(name)",
])
  test(`leaves alone ${JSON.stringify(text)}`, () => {
    assert.equal(renamed(text), text);
  });

test("a vendored module keeps what it imports only on Node", () => {
  const text = 'import a from "b";\nconst c = await import("node:fs");';
  assert.equal(renamed(text, "vendored"), text.replace('"b"', '"<b>"'));
});

test("every reference of the site leads to a file of the site", () => {
  for (const [place, { bytes }] of files) {
    if (!/\.(?:js|html|css)$/u.test(place) || place === "sw.js") continue;
    const kind = place.endsWith(".js") ? "module" : place.endsWith(".css") ? "style" : "page";
    const read = place.startsWith("vendor/") ? "vendored" : kind;
    withReferences(bytes.toString("utf8"), read, (reference) => {
      const target = join(dirname(place), reference);
      assert.ok(kind === "page" || reference.startsWith("."), `${place} imports ${reference}`);
      assert.ok(files.has(target), `${place} refers to ${reference}`);
      return reference;
    });
  }
});

test("the page runs no script and no style of its own text", () => {
  const index = files.get("index.html").bytes.toString("utf8");
  assert.doesNotMatch(index, /<style|\son[a-z]+=|\sstyle=|<script(?![^>]*\ssrc=)/u);
  assert.match(index, /default-src 'none'/u);
  assert.match(index, /require-trusted-types-for 'script'/u);
});

/** The same small site as in tests/verifier/test_site.py. */
const SMALL = new Map(
  Object.entries({
    "index.html":
      '<meta content="connect-src \'self\'; x"><meta name="sealroot-version" content="">',
    "sw.js": "// worker\nconst SITE = {};\nrest();\n",
    "app/main.js": "main();\n",
    "app/later.js": "later();\n",
  }).map(([path, text]) => [path, Buffer.from(text)]),
);

test("a site has the version that the command would give it", () => {
  assert.equal(sealed(SMALL, new Set()).version, "1a25edb8beb7458b48ddaa1192cc1453");
});

for (const path of SMALL.keys())
  test(`another ${path} makes another version`, () => {
    const changed = new Map([
      ...SMALL,
      [path, Buffer.concat([SMALL.get(path), Buffer.from("//\n")])],
    ]);
    assert.notEqual(sealed(changed, new Set()).version, sealed(SMALL, new Set()).version);
  });

test("sealing a sealed site changes nothing", () => {
  const { site, version } = sealed(SMALL, new Set(["app/later.js"]));
  const again = sealed(site, new Set(["app/later.js"]));
  assert.equal(again.version, version);
  assert.deepEqual(again.site, site);
});
