/**
 * Public keys as the formats write them, and the signatures they check.
 *
 * The caller, or the record of a key, chooses the algorithm; a message never does. Shapes: a batch
 * key is ES256 or ML-DSA-44 (docs/formats/sealed.md), a checkpoint signer also Ed25519
 * (docs/formats/checkpoint.md).
 */

import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { concat, equal, hex } from "./bytes.js";
import { decode, isBytes, isMapOf } from "./cbor.js";
import { ED25519, P256 } from "./curves.js";
import { NotVerified, Refusal } from "./errors.js";

export const ES256 = -7;
export const EDDSA = -8;
export const ML_DSA_44 = -48;

/** Length of a signature, by algorithm. */
export const SIGNATURE_BYTES = new Map([
  [ES256, 64],
  [EDDSA, 64],
  [ML_DSA_44, 2420],
]);

const MLDSA44_KEY_BYTES = 1312;
const P256_FIELD = P256.Fp.ORDER;
const P256_ORDER = P256.Fn.ORDER;
const ED25519_ORDER = ED25519.Fn.ORDER;
const LIMITS = { bytes: 2048, depth: 8, items: 64, tag18: false };

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{ coseKey: Bytes, alg: number, kid: string, point: Bytes }} PublicKey `kid` in hex; `point` as in the COSE_Key */
/** @typedef {(signature: Bytes, message: Bytes) => Promise<boolean>} Check */

/**
 * The key id: the first 16 bytes of SHA-256 over the COSE_Key, as hex.
 * @param {Uint8Array} coseKey
 * @returns {string}
 */
export function kidOf(coseKey) {
  return hex(sha256(coseKey).subarray(0, 16));
}

/**
 * The key of a COSE_Key in one of the three shapes, or null for any other bytes. Whether its point
 * is on the curve is not asked.
 * @param {Bytes} coseKey
 * @returns {PublicKey | null}
 */
export function readKey(coseKey) {
  /** @type {unknown} */
  let members;
  try {
    members = decode(coseKey, LIMITS);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
  const found = algAndPoint(members);
  return found && { coseKey, alg: found[0], kid: kidOf(coseKey), point: found[1] };
}

/**
 * @param {unknown} members
 * @returns {[number, Bytes] | null}
 */
function algAndPoint(members) {
  if (isMapOf(members, [1, -1, -2, -3])) {
    const [kty, curve, x, odd] = [1, -1, -2, -3].map((label) => members.get(label));
    if (kty !== 2 || curve !== 1 || !isBytes(x, 32) || typeof odd !== "boolean") return null;
    return [ES256, concat(Uint8Array.of(odd ? 3 : 2), x)];
  }
  if (isMapOf(members, [1, 3, -1])) {
    const pub = members.get(-1);
    if (members.get(1) !== 7 || members.get(3) !== ML_DSA_44) return null;
    return isBytes(pub, MLDSA44_KEY_BYTES) ? [ML_DSA_44, pub] : null;
  }
  if (isMapOf(members, [1, -1, -2])) {
    const x = members.get(-2);
    if (members.get(1) !== 1 || members.get(-1) !== 6) return null;
    return isBytes(x, 32) ? [EDDSA, x] : null;
  }
  return null;
}

/**
 * Says whether a key can be used: its point is on the curve, canonical and not of small order.
 * @param {PublicKey} key
 * @returns {boolean}
 */
export function isUsable(key) {
  if (key.alg === ES256) return p256Point(key.point) !== null;
  return key.alg === ML_DSA_44 || ed25519Point(key.point) !== null;
}

/**
 * Returns only if a signature over a message verifies with the key.
 *
 * ES256: r || s, 1 <= r < n and 1 <= s <= (n-1)/2. Ed25519: s < L, R and key canonical and not of
 * small order, no cofactor. ML-DSA-44: empty context.
 * @param {PublicKey} key
 * @param {Bytes} signature
 * @param {Bytes} message
 * @returns {Promise<void>}
 * @throws {NotVerified}
 */
export async function verifySignature(key, signature, message) {
  if (signature.length !== SIGNATURE_BYTES.get(key.alg))
    throw new NotVerified("the signature does not have the length of its algorithm");
  let check = CHECKS.get(key);
  if (check === undefined) {
    check = checkOf(key);
    CHECKS.set(key, check);
  }
  if (!(await check(signature, message)))
    throw new NotVerified("the signature does not verify with this key");
}

/** A key is made ready once: a point of P-256 costs a square root and an import. @type {WeakMap<PublicKey, Check>} */
const CHECKS = new WeakMap();

/**
 * @param {PublicKey} key
 * @returns {Check}
 */
function checkOf(key) {
  if (key.alg === ES256) return es256Check(key.point);
  if (key.alg === EDDSA) return async (signature, message) => ed25519Holds(key, signature, message);
  return async (signature, message) => ml_dsa44.verify(signature, message, key.point);
}

/** @param {Bytes} compressed */
function p256Point(compressed) {
  if (bigEndian(compressed.subarray(1)) >= P256_FIELD) return null;
  try {
    return P256.fromBytes(compressed);
  } catch {
    return null;
  }
}

/**
 * @param {Bytes} compressed
 * @returns {Check}
 */
function es256Check(compressed) {
  const point = p256Point(compressed);
  if (point === null) return async () => false;
  const uncompressed = new Uint8Array(point.toBytes(false));
  const name = { name: "ECDSA", namedCurve: "P-256" };
  const ready = crypto.subtle.importKey("raw", uncompressed, name, false, ["verify"]);
  return async (signature, message) => {
    const r = bigEndian(signature.subarray(0, 32));
    const s = bigEndian(signature.subarray(32));
    if (r < 1n || r >= P256_ORDER || s < 1n || s > P256_ORDER / 2n) return false;
    const how = { name: "ECDSA", hash: "SHA-256" };
    return crypto.subtle.verify(how, await ready, signature, message);
  };
}

/**
 * The equation of RFC 8032 §5.1.7 without the cofactor, as other implementations check it: the
 * encoding of [s]B - [k]A is R itself.
 * @param {PublicKey} key
 * @param {Bytes} signature
 * @param {Bytes} message
 */
function ed25519Holds(key, signature, message) {
  const encodedR = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const A = ed25519Point(key.point);
  if (A === null || s >= ED25519_ORDER || ed25519Point(encodedR) === null) return false;
  const k = littleEndian(sha512(concat(encodedR, key.point, message))) % ED25519_ORDER;
  const kA = A.multiplyUnsafe(k);
  const sB = s === 0n ? ED25519.ZERO : ED25519.BASE.multiplyUnsafe(s);
  return equal(sB.subtract(kA).toBytes(), encodedR);
}

/**
 * The point of 32 bytes, or null: not canonical, not on the curve, or of small order.
 * @param {Uint8Array} encoded
 */
function ed25519Point(encoded) {
  try {
    const point = ED25519.fromBytes(encoded); // strict: y is less than p (RFC 8032 §5.1.3)
    return point.isSmallOrder() ? null : point;
  } catch {
    return null;
  }
}

/** @param {Uint8Array} bytes */
function bigEndian(bytes) {
  return BigInt(`0x${hex(bytes)}`);
}

/** @param {Uint8Array} bytes */
function littleEndian(bytes) {
  return bigEndian(bytes.slice().reverse());
}
