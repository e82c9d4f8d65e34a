/**
 * The verifier in JavaScript as a process: one question in JSON a line on standard input, one
 * answer a line on standard output, in order. tests/web/peer.py answers the same questions.
 */

import { createInterface } from "node:readline";
import { readCodes, readPdfContent, readText } from "../../verifier/web/app/scan/documents.js";
import { examine } from "../../verifier/web/app/scan/examine.js";
import { openBundle } from "../../verifier/web/lib/bundle.js";
import { fromHex, hex } from "../../verifier/web/lib/bytes.js";
import { encode } from "../../verifier/web/lib/cbor-encode.js";
import { Cursor } from "../../verifier/web/lib/cursor.js";
import { JournalError, Refusal } from "../../verifier/web/lib/errors.js";
import { followClique } from "../../verifier/web/lib/evidence/clique.js";
import { readChainEvidence } from "../../verifier/web/lib/evidence/file.js";
import { decodeHeader } from "../../verifier/web/lib/evidence/header.js";
import { claimed } from "../../verifier/web/lib/evidence/prove.js";
import { followQbft } from "../../verifier/web/lib/evidence/qbft.js";
import { openJournalFile } from "../../verifier/web/lib/journal-file.js";
import { isUsable, readKey } from "../../verifier/web/lib/keys.js";
import { policyOf } from "../../verifier/web/lib/policy.js";
import { decodeQrText } from "../../verifier/web/lib/qr-text.js";
import { recognised } from "../../verifier/web/lib/recognition.js";
import { replay } from "../../verifier/web/lib/replay.js";
import { decodeSnapshot, snapshotDigest } from "../../verifier/web/lib/snapshot.js";
import { decodeStatusDetails } from "../../verifier/web/lib/status-details.js";
import { decodeStatusList } from "../../verifier/web/lib/status-list.js";
import { decodeTrustAnchor } from "../../verifier/web/lib/trust-anchor.js";
import { loadType } from "../../verifier/web/lib/type-document.js";
import { malformedForm, verify, verifyWithoutTrust } from "../../verifier/web/lib/verify.js";

/** Trust data by name, or the code it was refused with. */
const opened = new Map();

/** The digest of the snapshot, or the index of the first entry that breaks a rule. */
function replayed(file) {
  try {
    return hex(snapshotDigest(replay(openJournalFile(file))));
  } catch (error) {
    if (error instanceof JournalError) return `refused at ${error.index}`;
    if (error instanceof Refusal) return "no snapshot";
    throw error;
  }
}

/** What chain evidence shows by itself, or that it shows nothing. */
function shown(file) {
  try {
    const cursor = new Cursor(file);
    const evidence = readChainEvidence(cursor);
    cursor.end();
    claimed(evidence, new Uint8Array(20));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw Object.assign(new Error(), { code: "no evidence" });
  }
}

const READERS = {
  evidence: shown,
  journal: replayed,
  snapshot: (file) => void decodeSnapshot(file),
  status: decodeStatusList,
  details: decodeStatusDetails,
  type: loadType,
  anchor: decodeTrustAnchor,
  key: (file) => {
    const key = readKey(file);
    if (key === null || !isUsable(key)) throw Object.assign(new Error(), { code: "no key" });
  },
  recognition: (tail) => {
    const contents = recognised({ chainId: 1, contract: new Uint8Array(20), tail });
    if (contents === null) throw Object.assign(new Error(), { code: "nothing" });
  },
};

function summary({ state, evidence }) {
  const numbers = [state.size, evidence.asOf, evidence.strength].map(String);
  return [...numbers, hex(state.head)];
}

async function open({ as, bundle, anchor, floor }) {
  const seen = floor && { size: floor.size, head: fromHex(floor.head), asOf: floor.as_of };
  try {
    const trust = await openBundle(fromHex(bundle), {
      anchor: anchor === null ? null : decodeTrustAnchor(fromHex(anchor)),
      floor: seen,
    });
    opened.set(as, trust);
    return { opened: [summary(trust), ...trust.guests.map((guest) => summary(guest.trust))] };
  } catch (refusal) {
    if (refusal.code === undefined) throw refusal;
    opened.set(as, refusal.code);
    return { refused: refusal.code };
  }
}

async function judged({ trust: name, sealed, text, at, policy }) {
  let bytes;
  try {
    bytes = text === undefined ? fromHex(sealed) : decodeQrText(text).sealed;
  } catch (refusal) {
    if (refusal.code === undefined) throw refusal;
    return malformedForm(refusal.code, at);
  }
  const trust = opened.get(name);
  if (typeof trust === "string") return verifyWithoutTrust(bytes, trust, at);
  const { max_trust_age: maxTrustAge, max_status_age: maxStatusAge } = policy;
  const { max_unanchored_age: maxUnanchoredAge, require_anchor: requireAnchor } = policy;
  const ages = { maxTrustAge, maxStatusAge, maxUnanchoredAge };
  const asked = policyOf({ ...ages, requireAnchor, minEvidence: policy.min_evidence });
  return verify(bytes, trust, at, asked);
}

async function told(question) {
  const { outcome, checks, guest } = await judged(question);
  const asOf = (time) => (time === null ? "" : String(time));
  const answers = checks.map((check) => [check.name, check.result, check.code, asOf(check.asOf)]);
  return { outcome, checks: answers, recognition: guest?.recognition.number ?? null };
}

function read({ what, file }) {
  try {
    const told = READERS[what](fromHex(file));
    return { refused: null, journal: typeof told === "string" ? told : null };
  } catch (refusal) {
    if (refusal.code === undefined) throw refusal;
    return { refused: refusal.code };
  }
}

/** Which block of these headers counts, from these validators on. */
function followed({ engine, headers, validators, epoch }) {
  try {
    const decoded = headers.map((header) => decodeHeader(fromHex(header)));
    const { header, hash, sealedBy } = (engine === 1 ? followQbft : followClique)(
      decoded,
      validators,
      epoch,
    );
    return { block: header.number, hash: hex(hash), sealed_by: sealedBy };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return { refused: "no evidence" };
  }
}

/** What one document amounts to: what was read from it, and what each verdict in it is. */
async function examined({ places, records, ...asked }) {
  const held = places.map((one) => ({ ...one, url: null, sealed: fromHex(one.sealed) }));
  const reading = { name: "", held, records: records.map(fromHex), remarks: [] };
  const judge = (sealed) => judged({ ...asked, sealed: hex(sealed) });
  const found = await examine(reading, judge, asked.at);
  return {
    outcome: found.outcome,
    document: [found.document.result, found.document.code],
    verdicts: found.verdicts.map(({ held, verdict }) => [
      held.kind,
      held.page,
      verdict.outcome,
      verdict.checks.map((check) => check.code),
    ]),
    record_state: found.recordState,
    record: found.record === null ? null : hex(encode(found.record)),
  };
}

/** What these texts hold, of the codes in a picture or typed. */
function held({ source, texts }) {
  try {
    const reading = source === "picture" ? readCodes(texts) : readText(texts[0]);
    const told = ({ sealed, url, fault }) => ({ sealed: hex(sealed), url, fault });
    return { held: reading.held.map(told) };
  } catch (refusal) {
    if (refusal.code === undefined) throw refusal;
    return { refused: refusal.code };
  }
}

/** What a PDF holds, read by the pdf.js that the page runs too. */
async function document({ file }) {
  const { pdfTools } = await import("./pdf-tools.js");
  const { readPdf } = await import("../../verifier/web/app/scan/pdf-pages.js");
  try {
    const content = await readPdf(fromHex(file), await pdfTools());
    const { held, records } = readPdfContent(content, "");
    const told = held.map((one) => [one.kind, one.page, hex(one.sealed), one.url, one.fault]);
    return { held: told, records: records.map(hex) };
  } catch (refusal) {
    if (refusal.code === undefined) throw refusal;
    return { refused: refusal.code };
  }
}

const OPERATIONS = {
  open,
  verify: told,
  read,
  follow: followed,
  examine: examined,
  held,
  document,
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = await OPERATIONS[question.op](question);
  } catch (error) {
    answer = { crash: `${error.stack}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
