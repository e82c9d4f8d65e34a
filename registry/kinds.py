"""The kinds of journal entries and the enumerations their fields use (journal.md)."""

from enum import IntEnum


class Kind(IntEnum):
    """The kind byte of a journal entry."""

    AGENCY_REGISTERED = 0x10
    AGENCY_RENAMED = 0x11
    AGENCY_ACCOUNTS_CHANGED = 0x12
    AGENCY_SUSPENDED = 0x13
    AGENCY_RESUMED = 0x14
    AGENCY_CLOSED = 0x15
    KEY_ADDED = 0x20
    KEY_ENDED = 0x21
    KEY_COMPROMISED = 0x22
    BATCH_CONFIRMED = 0x23
    ACCREDITATION_GRANTED = 0x30
    ACCREDITATION_DELEGATED = 0x31
    ACCREDITATION_ENDED = 0x32
    TYPE_REGISTERED = 0x40
    BATCH_ANCHORED = 0x50
    STATUS_PUBLISHED = 0x60
    ALGORITHM_SET = 0x70
    CHECKPOINT_SIGNERS_SET = 0x80
    SUCCESSOR_REGISTRY_SET = 0x90
    JOURNAL_CARRIED = 0x91
    REGISTRY_RECOGNISED = 0xA0
    RECOGNITION_ENDED = 0xA1

    @property
    def title(self) -> str:
        """The name of the kind as docs/formats/journal.md spells it, such as `agencyRegistered`."""
        first, *rest = self.name.lower().split("_")
        return first + "".join(word.capitalize() for word in rest)


class AgencyState(IntEnum):
    """What an agency may do from a moment on."""

    SUSPENDED = 0
    ACTIVE = 1
    CLOSED = 2


class AlgorithmPhase(IntEnum):
    """Where an algorithm stands at a time; START and WARN allow it, the others do not."""

    NOT_STARTED = 0
    START = 1
    WARN = 2
    STOP = 3


class KeyPurpose(IntEnum):
    """What a registered key may be used for."""

    SIGN_BATCH_ROOTS = 1


class KeySafety(IntEnum):
    """Whether a key's signature or anchor still counts (journal.md, "Questions asked…")."""

    SAFE = 1
    CONFIRMED = 2
    COMPROMISED = 3
