/** The snapshot of a trust state as bytes, and the digest a checkpoint signs (docs/formats/bundle.md). */

import { sha256 } from "@noble/hashes/sha2.js";
import { decode } from "./cbor.js";
import { encode } from "./cbor-encode.js";
import { Cursor } from "./cursor.js";
import { malformed, Refusal } from "./errors.js";
import { order, UINT64_MAX } from "./integers.js";
import { readSnapshot } from "./snapshot-reader.js";
import { completeKids } from "./trust-state.js";

/** @typedef {import("./trust-state.js").TrustState} TrustState */
/** @typedef {import("./cbor.js").Value} Value */

/**
 * The complete snapshot of a state.
 * @param {TrustState} state
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeSnapshot(state) {
  requireSnapshot(state);
  const members = new Map(
    /** @type {[number, Value][]} */ ([
      [1, 1],
      [2, state.chainId],
      [3, state.contract],
      [4, state.size],
      [5, state.head],
      [6, state.time],
      ...rowsOf(state),
      [16, signersValue(state.signers)],
      [18, state.successor && [state.successor.chainId, state.successor.contract]],
    ]),
  );
  if (state.earlierHomes.length > 0)
    members.set(
      19,
      state.earlierHomes.map(({ chainId, contract, end }) => [chainId, contract, end]),
    );
  if (state.recognitions.length > 0)
    members.set(
      20,
      state.recognitions.map((row) => [
        row.chainId,
        row.contract,
        row.at,
        row.until,
        row.endedAt,
        row.tail,
      ]),
    );
  return encode(members);
}

/**
 * Returns only if a snapshot can hold the state: no chain id in it is above 64 bits.
 * @param {TrustState} state
 * @throws {import("./errors.js").TrustError}
 */
export function requireSnapshot(state) {
  const registries = [...state.homes, ...(state.successor === null ? [] : [state.successor])];
  if (registries.some(({ chainId }) => chainId > UINT64_MAX))
    throw malformed("a chain id above 64 bits has no snapshot");
}

/**
 * SHA-256 of the complete snapshot.
 * @param {TrustState} state
 */
export function snapshotDigest(state) {
  return sha256(encodeSnapshot(state));
}

/**
 * @param {TrustState} state
 * @returns {[number, Value][]}
 */
function rowsOf(state) {
  const codes = positions(state.agencies.keys());
  const kids = positions(state.keys.keys());
  const complete = completeKids(state);
  const at = (/** @type {string} */ code) => /** @type {number} */ (codes.get(code));
  const status = [...state.status.values()].sort(
    (one, other) => at(one.agency) - at(other.agency) || one.listNo - other.listNo,
  );
  const types = [...state.types].sort(([one], [other]) => order(one, other));
  return [
    [
      10,
      [...state.agencies.values()].map(({ code, names, states, successor }) => [
        code,
        names.map((name) => [name.at, name.zhHant, name.en]),
        states.map((change) => [change.at, change.state]),
        successor,
      ]),
    ],
    [
      11,
      [...state.keys.values()].map(
        ({ publicKey, alg, agency, addedAt, endedAt, compromise, kid }) => [
          publicKey.coseKey,
          alg,
          1,
          at(agency),
          addedAt,
          endedAt,
          compromise && [compromise.since, compromise.at],
          complete.has(kid),
        ],
      ),
    ],
    [
      12,
      state.accreditations.map((row) => [
        row.parent,
        at(row.agency),
        row.typeNo,
        row.depth,
        row.at,
        row.until,
        row.endedAt,
      ]),
    ],
    [
      13,
      types.flatMap(([typeNo, versions]) =>
        versions.map((row, i) => [typeNo, i + 1, row.digest, row.at]),
      ),
    ],
    [14, status.map((row) => [at(row.agency), row.listNo, row.version, row.at, row.digest])],
    [15, state.steps.map((step) => [step.alg, step.phase, step.effectiveAt, step.at])],
    [
      17,
      state.anchors
        .filter(({ kid }) => complete.has(kid))
        .map((row) => [
          at(row.agency),
          row.batchNo,
          row.root,
          row.size,
          /** @type {number} */ (kids.get(row.kid)),
          row.at,
          row.confirmed,
        ]),
    ],
  ];
}

/** @param {Iterable<string>} names */
function positions(names) {
  return new Map([...names].map((name, at) => [name, at]));
}

/** @param {import("./signers.js").Signers | null} signers */
function signersValue(signers) {
  return signers && [signers.threshold, signers.keys.map(({ coseKey }) => decode(coseKey))];
}

/**
 * The state of a complete snapshot.
 * @param {Uint8Array<ArrayBuffer>} source
 * @returns {TrustState}
 * @throws {import("./errors.js").TrustError}
 */
export function decodeSnapshot(source) {
  try {
    const cursor = new Cursor(source);
    const reading = readSnapshot(cursor);
    cursor.end();
    if (reading.gaps.length > 0) throw malformed("a digest of a status list is left out");
    return reading.state;
  } catch (error) {
    if (error instanceof Refusal) throw malformed(error.message);
    throw error;
  }
}
