/** The verifier: what a page, a kiosk or a program on Node needs of it. */

export { openBundle } from "./bundle.js";
export { FormError, Refusal, TrustError } from "./errors.js";
export { registryName } from "./lineage.js";
export { DEFAULT_POLICY, policyOf } from "./policy.js";
export { decodeQrText, encodeQrText } from "./qr-text.js";
export { decodeTrustAnchor, shortDigest } from "./trust-anchor.js";
export { malformedForm, verify, verifyWithoutTrust } from "./verify.js";
