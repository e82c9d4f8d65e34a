"""The errors of the registry's rim.

Files, accounts, the local chain and transactions, beside those of `registry.errors`.

SealrootError
├── HomeError                       the home folder lacks or contradicts what a command needs
├── AccountFileError                a chain account file that cannot be used
├── PublicFolderError               a published document is missing or is not what its digest says
├── LocalChainError                 the local chain does not start or is not ours to stop
├── CouncilError                    a proposal does not exist, or too few members are at hand
└── ChainError (registry.errors)
    ├── ChainLiesError                 a node's entries and its contract disagree; has the `index`
    ├── ChainMismatchError (registry.errors)
    │   └── EndpointsDisagreeError         two nodes tell different histories: neither is believed
    ├── ChainUnavailableError (registry.errors)
    │   ├── NodeRefusedError               the nodes would not, for reasons of their own
    │   └── RegistryNotOpenError           its journal has not been carried to it whole
    ├── TransactionRefusedError (registry.errors)
    │   └── ContractRefusedError           with the `reason`, the name of the contract's error
    └── TransactionPendingError        sent, and not yet in a block: it may still take effect
"""

from credential.errors import SealrootError
from registry.errors import (
    ChainError,
    ChainMismatchError,
    ChainUnavailableError,
    TransactionRefusedError,
)


class HomeError(SealrootError):
    """The home folder lacks or contradicts what a command needs."""


class AccountFileError(SealrootError):
    """A chain account file cannot be read, decrypted or trusted."""


class KeyFileError(SealrootError):
    """A signing key file cannot be read or made."""


class PublicFolderError(SealrootError):
    """A published document is missing, or is not what its digest says."""


class LocalChainError(SealrootError):
    """The local chain does not start, or the process is not ours to stop."""


class CouncilError(SealrootError):
    """A proposal does not exist, or too few members are at hand to decide."""


class UnknownNumberError(SealrootError):
    """A number or name that the registry does not know."""


class ActScheduledError(SealrootError):
    """The council has decided, and the delay of the act has not passed yet."""


class ChainLiesError(ChainError):
    """The entries a node gives and the contract's own head do not agree, first at entry `index`."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(f"journal entry {index}: {message}")
        self.index = index


class EndpointsDisagreeError(ChainMismatchError):
    """Two nodes of the chain tell different histories of what is final: neither is believed."""


class NodeRefusedError(ChainUnavailableError):
    """The nodes answered and would not do it; the contract was not even asked."""


class RegistryNotOpenError(ChainUnavailableError):
    """The registry knows nothing yet: the journal it goes on with has not been carried to it."""


class ContractRefusedError(TransactionRefusedError):
    """The contract refused a change.

    `reason` is the name of its error, such as `RegistryUnknownAgency`.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class TransactionPendingError(ChainError):
    """A transaction was sent and is not in a block yet.

    It may still take effect, so look before sending again.
    """

    def __init__(self, message: str, transaction: str) -> None:
        super().__init__(message)
        self.transaction = transaction
