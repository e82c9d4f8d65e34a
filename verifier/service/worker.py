"""One worker of the service, put together: its desk, its keys, its signer, its page."""

import sys
from dataclasses import dataclass
from pathlib import Path

from registry.anchor_file import TrustAnchor
from verifier.policy import Policy
from verifier.receipt import MOST_KEY_SET_BYTES, decode_key_set
from verifier.receipt_keys import receipt_signer
from verifier.service.app import NoLog, create_app, make_log
from verifier.service.buckets import Allowance
from verifier.service.exchange import Application
from verifier.service.key_store import KeyStore
from verifier.service.proxies import Proxies
from verifier.service.refresh_desk import WatchingDesk
from verifier.service.refresh_folder import TrustFolder
from verifier.site import Site


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What all workers of a service have in common."""

    folder: Path
    anchor: TrustAnchor
    policy: Policy
    site: Site | None = None
    keys: Path | None = None
    strangers: Allowance | None = None
    proxies: Proxies = Proxies()  # noqa: RUF009  (frozen)
    receipt_key: str | None = None
    older_receipt_keys: Path | None = None
    are_several: bool = False
    logs_requests: bool = True
    logs_addresses: bool = False


def make_worker(settings: WorkerSettings) -> Application:
    """Return the service, to be made in each worker process for itself.

    Its desk looks at the folder before the first request, then in a thread. The signer is opened
    here, since a session with a hardware module does not outlive a fork.
    """
    desk = WatchingDesk(TrustFolder(settings.folder), settings.anchor, _tell)
    key, older = settings.receipt_key, settings.older_receipt_keys
    return create_app(
        desk=desk,
        policy=settings.policy,
        key_store=None if settings.keys is None else KeyStore(settings.keys),
        strangers=settings.strangers,
        proxies=settings.proxies,
        receipts=None if key is None else receipt_signer(key),
        older_receipt_keys=() if older is None else older_keys(older),
        site=settings.site,
        are_several=settings.are_several,
        log=make_log() if settings.logs_requests else NoLog(),
        log_addresses=settings.logs_addresses,
        begin=[desk.look, desk.start],
        end=[desk.stop],
    )


def older_keys(path: Path) -> list[bytes]:
    """Return the COSE_Keys of a key set file. Raises ReceiptFormatError or OSError."""
    with path.open("rb") as file:
        return [key.cose_key for key in decode_key_set(file.read(MOST_KEY_SET_BYTES + 1))]


def _tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
