"""The bench: judges credentials by what the desk holds now, and remembers no longer than that.

Work that credentials of one batch share is done once (verifier/batch.py). Grounds are remembered
for one second of one trust data, since both are among what they depend on; paths up the tree are
plain hashing, and stay until there are too many.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from credential.ids import UnixTime
from verifier.batch import RememberedPaths, judge_of_many
from verifier.documents import Reading
from verifier.errors import DocumentError
from verifier.examine import Finding, Judge, examine, unread
from verifier.policy import Policy
from verifier.reasons import Reason
from verifier.service.report_writer import ReportWriter
from verifier.service.trust_desk import Standing, TrustDesk
from verifier.verify import verify_without_trust
from verifier.words import LANGUAGES, Language

MOST_REMEMBERED_NODES = 40_000


class Sitting(NamedTuple):
    """What everything is judged by within one second."""

    judge: Judge
    paths: RememberedPaths
    writers: Mapping[Language, ReportWriter]
    standing: Standing
    at: UnixTime


class Bench:
    """Gives the sitting of this moment; a new one when a second has passed or the trust changed."""

    def __init__(self, desk: TrustDesk, policy: Policy, clock: Callable[[], int]) -> None:
        self.policy = policy
        self._desk = desk
        self._clock = clock
        self._paths = RememberedPaths(MOST_REMEMBERED_NODES)
        self._sitting: Sitting | None = None

    def sitting(self) -> Sitting:
        """Return what to judge by now."""
        now, standing, sitting = UnixTime(self._clock()), self._desk.current(), self._sitting
        if sitting is None or sitting.at != now or sitting.standing is not standing:
            sitting = self._sitting = self._new_sitting(standing, now)
        return sitting

    def _new_sitting(self, standing: Standing, now: UnixTime) -> Sitting:
        trust, paths = standing.trust, self._paths
        if trust is None:
            return Sitting(
                lambda sealed: verify_without_trust(sealed, standing.reason, now),
                paths,
                _writers(),
                standing,
                now,
            )
        judge = judge_of_many(trust, now, self.policy, paths)
        return Sitting(judge, paths, _writers(), standing, now)


def _writers() -> dict[Language, ReportWriter]:
    return {language: ReportWriter() for language in LANGUAGES}


def finding_of(name: str, reading: Reading | DocumentError, sitting: Sitting) -> Finding:
    """Return the finding on what was read, or that nothing was."""
    if isinstance(reading, DocumentError):
        return unread(name, reading)
    try:
        return examine(name, reading, sitting.judge, sitting.at)
    except Exception as error:  # noqa: BLE001  (one document must not end the others)
        fault = f"our own fault, please report it: {type(error).__name__}"
        return unread(name, DocumentError(Reason.DOCUMENT_UNREADABLE, fault))
