import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  fileKind,
  readCodes,
  readPdfContent,
  readText,
  readTextFile,
  trimmedPaste,
} from "../../verifier/web/app/scan/documents.js";
import { MOST_TEXT_BYTES } from "../../verifier/web/app/scan/limits.js";
import { hex } from "../../verifier/web/lib/bytes.js";
import { codeOf, vectors } from "./vectors.js";

const told = ({ held }) =>
  held.map(({ sealed, url, fault }) => ({ sealed: hex(sealed), url, fault }));
const bytesOf = (text) => new TextEncoder().encode(text);

describe("the vectors of codes", () => {
  for (const [name, vector] of vectors("document-codes", null))
    test(name, () => {
      const read = () =>
        vector.from === "picture" ? readCodes(vector.texts) : readText(vector.texts[0]);
      if (vector.expect !== undefined) assert.equal(codeOf(read), vector.expect);
      else assert.deepEqual(told(read()), vector.held);
    });
});

test("a text file may end with one line end, and no more", () => {
  const faultOf = (text) => readTextFile(bytesOf(text), "").held[0].fault;
  assert.deepEqual(["003", "003\n", "003\r\n"].map(faultOf), [null, null, null]);
  assert.deepEqual(["003\n\n", "003 ", "\n003"].map(faultOf), Array(3).fill("form.text"));
});

test("a text over the limit of bytes is not looked into, whatever its characters", () => {
  assert.equal(
    codeOf(() => readText("1".repeat(MOST_TEXT_BYTES + 1))),
    "document.too_large",
  );
  assert.equal(
    codeOf(() => readText("菜".repeat(MOST_TEXT_BYTES / 2))),
    "document.too_large",
  );
});

test("what was pasted loses the white space around it and nothing else", () => {
  assert.equal(trimmedPaste(" \n https://a/#12 3\u3000\n"), "https://a/#12 3");
});

test("a file is told by its bytes; the name decides only where they say nothing", () => {
  const kinds = [
    ["\x89PNG\r\n\x1a\n", "a.pdf", "picture"],
    ["\xff\xd8\xff\xe0", "", "picture"],
    ["RIFFxxxxWEBP", "", "picture"],
    [`${"x".repeat(1019)}%PDF-`, "a.sealed", "pdf"],
    [`${"x".repeat(1020)}%PDF-`, "", "text"],
    ["\x82\x00", "a.txt", "sealed"],
    ["\x00", "a.sealed", "sealed"],
    ["\x00", "a.txt", "text"],
    ["123#\r\n", "", "text"],
    ["", "", null],
    ["PK\x03\x04", "a.zip", null],
  ];
  for (const [start, name, kind] of kinds)
    assert.equal(
      fileKind(
        Uint8Array.from(start, (one) => one.charCodeAt(0)),
        name,
      ),
      kind,
    );
});

test("a PDF gives its pages' codes, then its attachments, and its records apart", () => {
  const attachments = [
    { name: "record.cbor", bytes: Uint8Array.of(1) },
    { name: "甲.sealed", bytes: Uint8Array.of(2) },
  ];
  const reading = readPdfContent(
    {
      codes: [
        [2, "https://a/#003"],
        [3, "menu"],
      ],
      attachments,
    },
    "x",
  );

  assert.deepEqual(reading.held, [
    { kind: "page", page: 2, sealed: Uint8Array.of(3), url: "https://a/", fault: null },
    { kind: "attachment", page: null, sealed: Uint8Array.of(2), url: null, fault: null },
  ]);
  assert.deepEqual(reading.records, [Uint8Array.of(1)]);
  assert.deepEqual(reading.remarks, ["page.not_compared"]);
});

test("a PDF with a record alone is no document", () => {
  const attachments = [{ name: "record.cbor", bytes: Uint8Array.of(1) }];
  assert.equal(
    codeOf(() => readPdfContent({ codes: [], attachments }, "")),
    "document.no_code",
  );
  const result = { codes: [[1, "SEALROOT-RESULT:"]], attachments };
  assert.equal(
    codeOf(() => readPdfContent(result, "")),
    "document.is_result",
  );
});
