"""Trust data for one run of the command, or the reason code for having none."""

from typing import NamedTuple

from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor
from registry.errors import (
    ChainError,
    ChainMismatchError,
    ChainUnavailableError,
    JournalError,
    TrustDataError,
)
from registry.public_folder import PublicFolder
from registry.trust_data import TrustData
from verifier import sources
from verifier.arguments import Request
from verifier.reasons import Reason
from verifier.store import TrustStore


class Trusted(NamedTuple):
    """The trust data; or None with the reason code and a sentence of what went wrong.

    `anchor` is the trust anchor that was given, whose names are those of home.
    """

    trust: TrustData | None
    reason: Reason = Reason.TRUST_FRESH
    because: str = ""
    anchor: TrustAnchor | None = None


def fetch_trust(request: Request, clock: UnixTime) -> Trusted:
    """Return the trust data the request names.

    Raises SourceError, StoreError or TrustAnchorError for what the person has to put right. Data
    that must not be used is an answer, no error: nothing can be found out about any document.
    """
    anchor = None
    if request.trust_anchor is not None:
        anchor = sources.read_trust_anchor(request.trust_anchor)
    store = TrustStore(request.store) if request.store is not None else None
    try:
        return Trusted(_fetched(request, anchor, store, clock), anchor=anchor)
    except TrustDataError as error:
        return Trusted(None, Reason(error.code), str(error))
    except ChainUnavailableError as error:
        return Trusted(None, Reason.TRUST_UNAVAILABLE, str(error))
    except ChainMismatchError as error:
        return Trusted(None, Reason.TRUST_FOREIGN, str(error))
    except (ChainError, JournalError) as error:
        return Trusted(None, Reason.TRUST_MALFORMED, str(error))


def _fetched(
    request: Request, anchor: TrustAnchor | None, store: TrustStore | None, clock: UnixTime
) -> TrustData:
    bundle = None
    if request.bundle is not None:
        kept = store if request.online is None else None  # online, the chain's word is remembered
        bundle = sources.trust_from_bundle(request.bundle, anchor, kept)
        if request.online is None:
            return bundle
    registry = sources.registry_of(anchor, bundle)
    folder = PublicFolder(request.public) if request.public is not None else None
    chain = sources.open_chain(request.online or "", registry)
    return sources.trust_from_chain(
        chain,
        sources.Helpers(folder=folder, bundle=bundle, store=store, first_home=registry.first_home),
        clock,
    )
