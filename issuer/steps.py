"""The named steps of the pipeline.

So that a test can stop the process at each of them and nowhere else.
"""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """A place where the process may die; the comment at each place says what that leaves."""

    BEFORE_RECORD_COMMIT = "before-record-commit"
    AFTER_RECORD_COMMIT = "after-record-commit"
    AFTER_VERSION_PLANNED = "after-version-planned"
    AFTER_VERSION_STORED = "after-version-stored"
    BEFORE_STATUS_SEND = "before-status-send"
    AFTER_STATUS_SEND = "after-status-send"
    AFTER_VERSION_PUBLISHED = "after-version-published"
    AFTER_BATCH_PLANNED = "after-batch-planned"
    AFTER_TRIAL = "after-trial"
    AFTER_SIGN = "after-sign"
    BEFORE_SIGNATURE_COMMIT = "before-signature-commit"
    AFTER_SIGNATURE_COMMIT = "after-signature-commit"
    AFTER_RECHECK = "after-recheck"
    AFTER_ANCHOR_NUMBERED = "after-anchor-numbered"
    BEFORE_ANCHOR_SEND = "before-anchor-send"
    AFTER_ANCHOR_SEND = "after-anchor-send"
    AFTER_ANCHOR_FINAL = "after-anchor-final"
    AFTER_SELF_VERIFY = "after-self-verify"
    AFTER_FILES_WRITTEN = "after-files-written"
    AFTER_FILES_RENAMED = "after-files-renamed"
    BEFORE_RELEASE_COMMIT = "before-release-commit"
    AFTER_RELEASE_COMMIT = "after-release-commit"
    AFTER_SUMMARY = "after-summary"
    AFTER_CHANGE_RECORDED = "after-change-recorded"


Checkpoint = Callable[[Step], None]


def no_checkpoint(step: Step) -> None:
    """Do nothing: what production passes as its checkpoint."""
