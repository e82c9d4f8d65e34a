/** Who made a seal: ECDSA on secp256k1 with its recovery id, and nothing laxer. */

import { keccak_256 } from "@noble/hashes/sha3.js";
import { hex } from "../bytes.js";
import { SECP256K1 } from "../curves.js";
import { malformed } from "../errors.js";

export const SEAL_BYTES = 65;
const HALF_ORDER = SECP256K1.Point.Fn.ORDER / 2n;

/**
 * The address, in hex, of whoever sealed this digest.
 * @param {Uint8Array} digest
 * @param {Uint8Array} seal r || s || v
 * @returns {string}
 * @throws {import("../errors.js").TrustError}
 */
export function sealer(digest, seal) {
  if (seal.length !== SEAL_BYTES || seal[64] > 1) throw malformed("not the form of a seal");
  const [r, s] = [seal.subarray(0, 32), seal.subarray(32, 64)].map((half) =>
    BigInt(`0x${hex(half)}`),
  );
  if (s > HALF_ORDER) throw malformed("a seal with its s in the upper half");
  let key;
  try {
    key = new SECP256K1.Signature(r, s, seal[64]).recoverPublicKey(digest).toBytes(false);
  } catch {
    throw malformed("a seal is no signature at all");
  }
  return hex(keccak_256(key.subarray(1)).subarray(12));
}
