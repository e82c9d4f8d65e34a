"""The desk of one worker: what the folder holds, opened here beside the requests, never in one."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor
from registry.bundle import open_bundle
from registry.errors import TrustDataError
from registry.trust_data import TrustData
from verifier.reasons import Reason
from verifier.service.refresh_folder import FolderStanding, TrustFolder
from verifier.service.trust_desk import Look, Refreshing, Standing

LOOK_SECONDS: Final = 1.0
_SHORT_TURNS_SECONDS: Final = 0.0005


class WatchingDesk:
    """A TrustDesk that follows a folder which another process keeps fresh.

    A bundle is opened in a thread. While that runs, threads take turns of half a millisecond, so
    that a request waits for less than one and not for five (docs/adr/026).
    """

    def __init__(
        self, folder: TrustFolder, anchor: TrustAnchor, tell: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._anchor = anchor
        self._tell = tell
        self._mark: tuple[int, int] | None = None
        self._told = FolderStanding()
        self._standing = Standing(None, Reason.TRUST_UNAVAILABLE)
        self._bundle: bytes | None = None
        self._opened: str | None = None
        self._handed: str | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def anchor(self) -> TrustAnchor | None:
        """Where trust begins."""
        return self._anchor

    def current(self) -> Standing:
        """Return what documents are judged by now; the same object while nothing has changed."""
        return self._standing

    def bundle(self) -> bytes | None:
        """Return the lite bundle to hand on; None while there is none."""
        return self._bundle

    def refreshing(self) -> Refreshing | None:
        """Return how refreshing goes: what was tried, what failed, when it is next."""
        told = self._told
        return Refreshing(
            _time(told.tried_at),
            _time(told.next_at),
            told.failures,
            tuple(Look(one.label, one.outcome, one.code) for one in told.tried),
        )

    def look(self) -> None:
        """The desk holds what the folder holds. Takes as long as opening a bundle does."""
        mark = self._folder.mark()
        if mark is None or mark == self._mark:
            return
        told = self._folder.standing()
        if told.judged is not None and told.judged != self._opened:
            self._take_in(told)
        elif told.judged is None and self._standing.trust is None:
            self._standing = Standing(None, _reason(told.code))
        if told.handed != self._handed:
            found = self._folder.read(told.handed)
            if found is not None:
                self._bundle, self._handed = found, told.handed
        self._told, self._mark = told, mark

    def _take_in(self, told: FolderStanding) -> None:
        source = self._folder.read(told.judged)
        if source is None:
            return
        try:
            with _short_turns():
                trust = open_bundle(source, anchor=self._anchor)
        except TrustDataError as error:
            self._tell(f"the bundle in the folder cannot be used: {error}")
            if self._standing.trust is None:
                self._standing = Standing(None, Reason(error.code))
            return
        if self._is_behind(trust):
            self._tell("the bundle in the folder is older than what this worker holds")
            return
        self._opened = told.judged
        as_of = trust.evidence.as_of
        since = _time(told.taken_at)
        self._standing = Standing(trust, Reason.TRUST_FRESH, as_of, told.source, since)

    def _is_behind(self, trust: TrustData) -> bool:
        held = self._standing.trust
        return held is not None and (
            trust.state.size < held.state.size or trust.evidence.as_of < held.evidence.as_of
        )

    def start(self, every_seconds: float = LOOK_SECONDS) -> None:
        """The folder is looked at again and again until `stop`, in a thread of its own."""

        def run() -> None:
            while not self._stopped.wait(every_seconds):
                self.look()

        self._thread = threading.Thread(target=run, name="watch trust data", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """The folder is looked at no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=60)


def _time(at: int | None) -> UnixTime | None:
    return None if at is None else UnixTime(at)


def _reason(code: str) -> Reason:
    try:
        return Reason(code)
    except ValueError:
        return Reason.TRUST_UNAVAILABLE


@contextmanager
def _short_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SHORT_TURNS_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
