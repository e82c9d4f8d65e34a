/** Chain evidence as it stands in a bundle, with its limits (docs/formats/evidence.md). */

import { badStructure } from "../errors.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ engine: number, headers: Bytes[], accountProof: Bytes[], storageProof: Bytes[] }} ChainEvidence */

export const QBFT = 1;
export const CLIQUE = 2;

const MAX_HEADERS = 1000;
const MAX_HEADER_BYTES = 64 << 10;
const MAX_ALL_HEADERS_BYTES = 8 << 20;
const MAX_NODES = 64;
const MAX_NODE_BYTES = 4 << 10;

/**
 * The evidence at the cursor; nothing is checked yet.
 * @param {import("../cursor.js").Cursor} cursor
 * @returns {ChainEvidence}
 */
export function readChainEvidence(cursor) {
  cursor.tuple(4);
  const engine = cursor.number(CLIQUE);
  if (engine < QBFT) throw badStructure("neither QBFT nor Clique");
  let left = MAX_ALL_HEADERS_BYTES;
  const readHeader = () => {
    const header = cursor.bytes(Math.min(MAX_HEADER_BYTES, left));
    left -= header.length;
    return header;
  };
  const headers = cursor.list(readHeader, 1, MAX_HEADERS);
  const accountProof = cursor.list(() => cursor.bytes(MAX_NODE_BYTES), 1, MAX_NODES);
  const storageProof = cursor.list(() => cursor.bytes(MAX_NODE_BYTES), 1, MAX_NODES);
  return { engine, headers, accountProof, storageProof };
}
