"""The reason codes of docs/formats/verdict.md: stable strings, only ever added to."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a check ended as it did; the text for people is in `verifier.words`."""

    FORM_OK = "form.ok"
    FORM_TEXT = "form.text"
    FORM_TOO_LARGE = "form.too_large"
    FORM_ENCODING = "form.encoding"
    FORM_STRUCTURE = "form.structure"
    FORM_TYPE_MISMATCH = "form.type_mismatch"

    PROOF_ANCHORED = "proof.anchored"
    PROOF_SIGNATURE = "proof.signature"
    PROOF_PATH = "proof.path"
    PROOF_TREE_SIZE = "proof.tree_size"
    PROOF_ALGORITHM = "proof.algorithm"
    PROOF_SIGNATURE_INVALID = "proof.signature_invalid"
    PROOF_KEY_UNKNOWN = "proof.key_unknown"
    PROOF_ROOT_UNKNOWN = "proof.root_unknown"

    ISSUER_ACCREDITED = "issuer.accredited"
    ISSUER_AGENCY_UNKNOWN = "issuer.agency_unknown"
    ISSUER_TYPE_UNKNOWN = "issuer.type_unknown"
    ISSUER_MISMATCH = "issuer.mismatch"
    ISSUER_NOT_ACTIVE = "issuer.not_active"
    ISSUER_NOT_ACCREDITED = "issuer.not_accredited"
    ISSUER_NOT_RECOGNISED = "issuer.not_recognised"

    KEY_SAFE = "key.safe"
    KEY_CONFIRMED = "key.confirmed"
    KEY_ALGORITHM_WARNED = "key.algorithm_warned"
    KEY_COMPROMISED = "key.compromised"
    KEY_ALGORITHM_STOPPED = "key.algorithm_stopped"
    KEY_ENDED = "key.ended"
    KEY_UNKNOWN = "key.unknown"

    ANCHOR_ANCHORED = "anchor.anchored"
    ANCHOR_FRESH = "anchor.fresh"
    ANCHOR_MISSING = "anchor.missing"
    ANCHOR_NOT_IN_LITE = "anchor.not_in_lite"

    DATES_IN_FORCE = "dates.in_force"
    DATES_NOT_YET = "dates.not_yet"
    DATES_EXPIRED = "dates.expired"
    DATES_ISSUED_IN_FUTURE = "dates.issued_in_future"

    STATUS_VALID = "status.valid"
    STATUS_REVOKED = "status.revoked"
    STATUS_SUSPENDED = "status.suspended"
    STATUS_NOT_A_SLOT = "status.not_a_slot"
    STATUS_LIST_MISSING = "status.list_missing"
    STATUS_TOO_OLD = "status.too_old"

    TRUST_FRESH = "trust.fresh"
    TRUST_TOO_OLD = "trust.too_old"
    TRUST_CLOCK_BEHIND = "trust.clock_behind"
    TRUST_WEAK = "trust.weak"
    TRUST_FOREIGN = "trust.foreign"
    TRUST_ROLLBACK = "trust.rollback"
    TRUST_MALFORMED = "trust.malformed"
    TRUST_UNAVAILABLE = "trust.unavailable"

    SKIPPED_AFTER_FAILURE = "skipped.after_failure"

    # What was handed over, before any credential was read from it (the commands and services at
    # the rim report these; `verify` itself never does).
    DOCUMENT_READ = "document.read"
    DOCUMENT_NO_CODE = "document.no_code"
    DOCUMENT_IS_RESULT = "document.is_result"
    DOCUMENT_UNREADABLE = "document.unreadable"
    DOCUMENT_TOO_LARGE = "document.too_large"
    DOCUMENT_PAGES_DISAGREE = "document.pages_disagree"
    DOCUMENT_ATTACHMENT_DISAGREES = "document.attachment_disagrees"
    DOCUMENT_RECORD_MISMATCH = "document.record_mismatch"
    DOCUMENT_PAGE_ALTERED = "document.page_altered"
    DOCUMENT_PAGE_UNCONFIRMED = "document.page_unconfirmed"
