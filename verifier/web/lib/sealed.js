/** The sealed credential, an entry and its receipt, as bytes (docs/formats/sealed.md). */

import { hex } from "./bytes.js";
import { decode, isBytes, isList, isMapOf, Tag } from "./cbor.js";
import { encode } from "./cbor-encode.js";
import { badStructure } from "./errors.js";
import { isIntFrom, isNumberFrom, UINT64_MAX } from "./integers.js";
import { ES256, ML_DSA_44, SIGNATURE_BYTES } from "./keys.js";
import { inclusionRoot, leafHash } from "./merkle.js";
import { readHeader } from "./sign1.js";

/** @typedef {import("./integers.js").Int} Int */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/**
 * @typedef {object} Receipt
 * @property {number} alg
 * @property {string} kid in hex
 * @property {number} treeSize
 * @property {Int} leafIndex
 * @property {Bytes[]} path
 * @property {Bytes} protectedHeader
 * @property {Bytes} signature empty where the root is anchored and the sealer has dropped it
 */
/** @typedef {{ entry: Bytes, receipt: Receipt }} Sealed nothing but the form has been verified */

export const MAX_TREE_SIZE = 1 << 20;
const FURTHER = new Map([[395, 1]]); // vds: RFC 9162 over SHA-256

/**
 * Entry and receipt, strictly; the entry is not parsed and no proof is verified.
 * @param {Uint8Array} bytes
 * @returns {Sealed}
 * @throws {import("./errors.js").FormError}
 */
export function decodeSealed(bytes) {
  // sealed, whole
  const sealed = decode(bytes);
  if (!isList(sealed, 2)) throw badStructure("not an entry and a receipt");
  const [entry, receipt] = sealed;
  if (!isBytes(entry) || !(receipt instanceof Tag)) throw badStructure("no entry or no receipt");
  const [protectedHeader, encodedProof, signature] = membersOf(receipt);
  // protected
  const header = readHeader(protectedHeader, FURTHER);
  if (header === null) throw badStructure("the protected header is not exactly alg, kid and vds");
  const { alg, kid } = header;
  if (alg !== ES256 && alg !== ML_DSA_44) throw badStructure("alg is not one of a receipt");
  // proof
  const proof = readProof(encodedProof);
  if (signature.length !== 0 && signature.length !== SIGNATURE_BYTES.get(alg))
    throw badStructure("the signature does not have the length of its algorithm");
  return { entry, receipt: { alg, kid: hex(kid), ...proof, protectedHeader, signature } };
}

/**
 * @param {Tag} receipt
 * @returns {[Bytes, Bytes, Bytes]} protected header, proof, signature
 */
function membersOf(receipt) {
  const members = receipt.value;
  if (!isList(members, 4)) throw badStructure("a receipt has four members");
  const [protectedHeader, unprotected, payload, signature] = members;
  if (!isBytes(protectedHeader) || payload !== null || !isBytes(signature))
    throw badStructure("a receipt is two headers, null and a signature");
  const proofs = isMapOf(unprotected, [396]) ? unprotected.get(396) : null;
  const inclusion = isMapOf(proofs, [-1]) ? proofs.get(-1) : null;
  if (!isList(inclusion, 1) || !isBytes(inclusion[0]))
    throw badStructure("the receipt has not exactly one inclusion proof");
  return [protectedHeader, inclusion[0], signature];
}

/** @param {Bytes} encoded */
function readProof(encoded) {
  const proof = decode(encoded);
  if (!isList(proof, 3)) throw badStructure("a proof is tree size, leaf index and path");
  const [treeSize, leafIndex, path] = proof;
  if (!isNumberFrom(treeSize, 1, MAX_TREE_SIZE)) throw badStructure("no tree size");
  if (!isIntFrom(leafIndex, 0, UINT64_MAX)) throw badStructure("no leaf index");
  if (!isList(path) || !path.every((step) => isBytes(step, 32)))
    throw badStructure("a step of the path is not 32 bytes");
  return { treeSize, leafIndex, path: /** @type {Bytes[]} */ (path) };
}

/**
 * The batch root that entry and path give.
 * @param {Sealed} sealed
 * @returns {Uint8Array}
 * @throws {import("./errors.js").NotVerified} where index or path is impossible
 */
export function sealedRoot({ entry, receipt }) {
  return inclusionRoot(leafHash(entry), receipt.leafIndex, receipt.treeSize, receipt.path);
}

/**
 * The external_aad that binds a receipt to one registry.
 * @param {import("./lineage.js").Registry} registry
 */
export function registryAad({ chainId, contract }) {
  return encode([chainId, contract]);
}
