"""Everything one issuing office works with.

`cli.py` puts it together, and the flows receive it whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from credential.ids import AgencyCode, Digest
from credential.signer import Signer
from credential.types import CredentialType
from issuer.database import Database
from issuer.errors import SettingsError
from issuer.following import JournalFollower
from issuer.ports import AnchorAccount, Clock, PagePrinter, ReportProgress, Sleep
from issuer.steps import Checkpoint
from registry.chain_protocol import ChainTimes
from registry.public_folder import PublicFolder
from verifier.policy import DEFAULT_POLICY, Policy


@dataclass(frozen=True, slots=True)
class Limits:
    """How large things are made and how long they are waited for."""

    list_capacity: int = 131_072
    finality_seconds: int = 180
    poll_seconds: float = 0.5
    release_chunk: int = 64
    counter_seconds: int = 300
    """At the counter the copy of the journal may be this old.

    A document there cannot wait for the chain.
    """


@dataclass(frozen=True, slots=True)
class Office:
    """One agency, its database, its registry, its key, and the world around them."""

    agency: AgencyCode
    database: Database
    journal: JournalFollower
    account: AnchorAccount
    public_folder: PublicFolder
    signer: Callable[[], Signer]
    types: Mapping[Digest, CredentialType]
    clock: Clock
    sleep: Sleep
    printer: PagePrinter
    checkpoint: Checkpoint
    report: ReportProgress
    limits: Limits = Limits()
    policy: Policy = DEFAULT_POLICY
    chain_times: Callable[[], ChainTimes] | None = None

    def type_of(self, digest: Digest) -> CredentialType:
        """Return the type with this document.

        Raises SettingsError when the office no longer holds it.
        """
        kind = self.types.get(digest)
        if kind is None:
            raise SettingsError(
                f"the type document with digest {digest.hex()} is not here any more, and "
                "unfinished documents were "
                "recorded with it. Put the file back into the folder of type documents, then run "
                "`sealroot issuer run`."
            )
        return kind
