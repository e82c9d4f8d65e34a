/**
 * What goes wrong here, and nothing else is ever thrown for bytes from outside:
 *
 *     Refusal                 code: a reason code of docs/formats/verdict.md
 *       FormError             form.*: the bytes are not of the one permitted form
 *       TrustError            trust.*: trust data that must not be used
 *         JournalError        trust.malformed, with the index of the first entry that breaks a rule
 *     NotVerified             a signature, path or root that does not hold
 */

/** Bytes or trust data that are refused, with the reason code of the refusal. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The bytes are not of the one permitted form (docs/formats/sealed.md). */
export class FormError extends Refusal {}

/** Trust data that must not be used, with a `trust.` code (docs/formats/bundle.md). */
export class TrustError extends Refusal {}

/** A journal that breaks a rule at an entry (docs/formats/journal.md). */
export class JournalError extends TrustError {
  /**
   * @param {number} index
   * @param {string} message
   */
  constructor(index, message) {
    super("trust.malformed", `entry ${index}: ${message}`);
    this.index = index;
  }
}

/** A signature, inclusion path or root does not hold. */
export class NotVerified extends Error {}

/** @param {string} message */
export const tooLarge = (message) => new FormError("form.too_large", message);

/** @param {string} message */
export const badEncoding = (message) => new FormError("form.encoding", message);

/** @param {string} message */
export const badStructure = (message) => new FormError("form.structure", message);

/** @param {string} message */
export const malformed = (message) => new TrustError("trust.malformed", message);
