/** What a relying party asks for beyond the formats (docs/formats/verdict.md, "Policy"). */

/**
 * Ages in seconds.
 * @typedef {object} Policy
 * @property {number} maxTrustAge
 * @property {number} maxStatusAge
 * @property {number} maxUnanchoredAge
 * @property {boolean} requireAnchor
 * @property {1 | 2 | 3} minEvidence
 */

const DAY = 86_400;
const HOUR = 3_600;

/** @type {Readonly<Policy>} */
export const DEFAULT_POLICY = Object.freeze({
  maxTrustAge: 7 * DAY,
  maxStatusAge: 7 * DAY,
  maxUnanchoredAge: 72 * HOUR,
  requireAnchor: false,
  minEvidence: 1,
});

/**
 * The policy with some settings of one's own; refuses what would silently mean something else.
 * @param {Partial<Policy>} settings
 * @returns {Readonly<Policy>}
 * @throws {RangeError}
 */
export function policyOf(settings) {
  const policy = { ...DEFAULT_POLICY, ...settings };
  for (const age of [policy.maxTrustAge, policy.maxStatusAge, policy.maxUnanchoredAge])
    if (!Number.isSafeInteger(age) || age < 0)
      throw new RangeError("an age is whole seconds, 0 or more");
  if (typeof policy.requireAnchor !== "boolean")
    throw new RangeError("requireAnchor is true or false");
  if (![1, 2, 3].includes(policy.minEvidence)) throw new RangeError("minEvidence is 1, 2 or 3");
  return Object.freeze(policy);
}
