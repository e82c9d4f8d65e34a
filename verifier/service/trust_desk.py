"""Where the service gets its trust data: one look that never waits, whoever keeps it fresh."""

from typing import NamedTuple, Protocol

from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor
from registry.trust_data import TrustData
from verifier.reasons import Reason


class Standing(NamedTuple):
    """What the desk holds at one moment.

    `trust` is None where there is none that may be used, and `reason` then says why (a `trust.*`
    code). `since` is when this service took it in, `source` where from.
    """

    trust: TrustData | None
    reason: Reason = Reason.TRUST_FRESH
    as_of: UnixTime | None = None
    source: str = ""
    since: UnixTime | None = None


class Look(NamedTuple):
    """What one source said at the last look: `new`, `same`, `refused` or `unavailable`."""

    source: str
    outcome: str
    code: str


class Refreshing(NamedTuple):
    """How looking for newer trust data goes; no address and no message of a source is in it."""

    tried_at: UnixTime | None
    next_at: UnixTime | None
    failures: int
    looks: tuple[Look, ...]


class TrustDesk(Protocol):
    """Keeps trust data; both questions are answered from memory, at once, on any thread."""

    @property
    def anchor(self) -> TrustAnchor | None:
        """Where trust begins, whose names are those of home; None where nobody gave one."""

    def current(self) -> Standing:
        """What documents are judged by now. The same object while nothing has changed."""

    def bundle(self) -> bytes | None:
        """The bytes of the bundle that is held, lite where there is one, to hand on to others."""

    def refreshing(self) -> Refreshing | None:
        """How looking for newer data goes; None for a desk that never looks."""


class FixedDesk:
    """A desk that holds what it was given: for tests, and for a service told not to refresh."""

    def __init__(
        self, standing: Standing, bundle: bytes | None = None, anchor: TrustAnchor | None = None
    ) -> None:
        self.standing = standing
        self._bundle = bundle
        self._anchor = anchor

    @property
    def anchor(self) -> TrustAnchor | None:
        """Where trust begins."""
        return self._anchor

    def current(self) -> Standing:
        """What it was given."""
        return self.standing

    def bundle(self) -> bytes | None:
        """The bundle it was given."""
        return self._bundle

    def refreshing(self) -> Refreshing | None:
        """It never looks."""
        return None
