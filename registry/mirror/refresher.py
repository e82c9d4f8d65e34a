"""Keeps a home's mirror folder current while it is served; when the chain is gone it serves on."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from credential.errors import SealrootError
from registry.anchor_file import decode_trust_anchor
from registry.errors import ChainUnavailableError, TrustAnchorError
from registry.evidence.file import ChainEvidence
from registry.home import RegistryHome
from registry.journal import Journal
from registry.mirror.folder import MirrorFolder
from registry.mirror.from_home import refresh_from_home
from registry.mirror.health import Upstream
from registry.open_registry import OpenRegistry

if TYPE_CHECKING:
    from registry.chain import Web3Chain

_UNREACHABLE: Final = "no node of the chain answers; this mirror serves what it has"
_REFUSED: Final = "the chain or the home folder cannot be used; see the log of the service"


class Refresher:
    """Reads the chain every so often, in a thread of its own."""

    def __init__(
        self,
        home: RegistryHome,
        folder: MirrorFolder,
        clock: Callable[[], int],
        tell: Callable[[str], None],
    ) -> None:
        self._home = home
        self._folder = folder
        self._clock = clock
        self._tell = tell
        self._chain: Web3Chain | None = None
        self._read_at_block: int | None = None
        self._upstream = Upstream()
        self._stopped = threading.Event()

    def upstream(self) -> Upstream:
        """Return what is known of the chain since the last look at it."""
        return self._upstream

    def refresh(self) -> None:
        """The folder is as new as the chain, or it is known why not."""
        checked_at = self._clock()
        try:
            self._read_chain(checked_at)
        except ChainUnavailableError as error:
            self._tell(str(error))
            self._upstream = self._upstream_of("unreachable", checked_at, _UNREACHABLE)
        except (SealrootError, OSError) as error:
            self._tell(str(error))
            self._upstream = self._upstream_of("reachable", checked_at, _REFUSED)

    def _read_chain(self, checked_at: int) -> None:
        if self._chain is None:
            self._chain = self._home.open_chain()
        block = self._chain.newest_block()
        refreshed = refresh_from_home(
            self._home, self._chain, self._folder, checked_at, self._collector(self._chain)
        )
        self._read_at_block = block
        for missing in refreshed.missing:
            self._tell(f"not mirrored: {missing}")
        self._upstream = Upstream("reachable", checked_at, 0, 0)

    def _collector(self, chain: "Web3Chain") -> Callable[[Journal], ChainEvidence] | None:
        """Asks for the seals of a chain that has any, where the trust anchor names its validators.

        Where it names none, nobody could check them.
        """
        from registry.operations import chain_evidence  # noqa: PLC0415 - web3 takes over a second

        if self._home.settings().engine not in chain_evidence.SEAL_ENGINES:
            return None
        try:
            anchor = decode_trust_anchor(self._home.trust_anchor.read_bytes())
        except (OSError, TrustAnchorError):
            return None
        if anchor.consensus is None:
            return None
        registry = OpenRegistry(self._home, chain)
        return lambda journal: chain_evidence.collect(registry, len(journal.entries)).evidence

    def _upstream_of(self, state: str, checked_at: int, trouble: str) -> Upstream:
        lag = None
        if self._chain is not None and self._read_at_block is not None:
            try:
                lag = max(self._chain.newest_block() - self._read_at_block, 0)
            except (SealrootError, OSError):
                lag = None  # nobody knows how far the chain has gone on
        return Upstream(state, checked_at, None, lag, trouble)

    def start(self, every_seconds: float) -> threading.Thread:
        """The chain is read again and again until `stop`, in the thread that is returned."""

        def run() -> None:
            while not self._stopped.wait(every_seconds):
                self.refresh()

        thread = threading.Thread(target=run, name="refresh from chain", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """The chain is read no more."""
        self._stopped.set()
