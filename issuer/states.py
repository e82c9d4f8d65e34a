"""The states of jobs, credentials, batches and status versions.

And the transitions between them.
"""

from enum import StrEnum


class JobState(StrEnum):
    """OPEN until every credential of the input is released."""

    OPEN = "open"
    DONE = "done"


class CredentialState(StrEnum):
    """How far one document is: each state is reached from the one above it and from no other."""

    RECORDED = "recorded"  # has its number, slot and cti; nothing is signed
    IN_BATCH = "in-batch"  # its entry is fixed and is a leaf of a batch
    SEALED = "sealed"  # its receipt is stored
    RELEASED = "released"  # its files are in the output folder


class BatchState(StrEnum):
    """How far one batch is: each state is reached from the one above it and from no other."""

    TO_SIGN = "to-sign"  # root and entries are written down
    SIGNED = "signed"  # signature and receipts are stored
    CHECKED = "checked"  # they were read back, hashed again and accepted by the verifier
    ANCHORING = "anchoring"  # its number on the chain is written down; it may have been sent
    ANCHORED = "anchored"  # the anchor is final


class VersionState(StrEnum):
    """How far one version of a status list is."""

    PLANNED = "planned"  # its bytes are written down; it may have been stored and sent
    PUBLISHED = "published"  # its publication on the chain is final


class CredentialStatus(StrEnum):
    """What the agency says of a document it has issued (docs/formats/status-list.md)."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class StatusAction(StrEnum):
    """What an officer asks for."""

    REVOKE = "revoke"
    SUSPEND = "suspend"
    RESUME = "resume"
    SUPERSEDE = "supersede"


class StatusReason(StrEnum):
    """The reasons of docs/formats/status-list.md."""

    SUPERSEDED = "superseded"
    KEY_COMPROMISE = "key-compromise"
    ISSUED_IN_ERROR = "issued-in-error"
    CEASED = "ceased"
    WITHDRAWN = "withdrawn"
    DEATH = "death"
    FRAUD = "fraud"
    OTHER = "other"


class WaitFor(StrEnum):
    """When a document may leave: after sealing, or after its anchor is final."""

    NONE = "none"
    ANCHOR = "anchor"


class OutputFile(StrEnum):
    """What is written for each credential; the sealed file always is."""

    SEALED = "sealed"
    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


# Revoked is for ever: a document that comes back to life would make every earlier check a lie.
STATUS_AFTER: dict[tuple[CredentialStatus, StatusAction], CredentialStatus] = {
    (CredentialStatus.VALID, StatusAction.REVOKE): CredentialStatus.REVOKED,
    (CredentialStatus.VALID, StatusAction.SUPERSEDE): CredentialStatus.REVOKED,
    (CredentialStatus.VALID, StatusAction.SUSPEND): CredentialStatus.SUSPENDED,
    (CredentialStatus.SUSPENDED, StatusAction.RESUME): CredentialStatus.VALID,
    (CredentialStatus.SUSPENDED, StatusAction.REVOKE): CredentialStatus.REVOKED,
    (CredentialStatus.SUSPENDED, StatusAction.SUPERSEDE): CredentialStatus.REVOKED,
}
