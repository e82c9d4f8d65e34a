"""What anchoring one batch costs in gas, from receipts of real transactions on the local chain."""

import secrets
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from eth_account import Account

from benchmarks.results import Measured
from benchmarks.world import OFFICE, Key
from registry.account_files import FileAccount
from registry.chain import Web3Chain
from registry.council import Council
from registry.deploy import CouncilPlan, deploy
from registry.local_chain import running_local_chain
from registry.payload_codec import encode_agency_code

KEYS: Final = ("anchor_gas",)
_BATCHES: Final = 1_000
_SIZE: Final = 4_096
_ENDS: Final = 20  # how many anchors at each end are compared
_CODE: Final = encode_agency_code(OFFICE)
_NAMES: Final = "監理所\nMotor Vehicle Office"


def measure(*, quick: bool) -> Measured:
    """Return the most gas that any of an agency's first 1,000 anchors took."""
    with tempfile.TemporaryDirectory() as folder, running_local_chain(Path(folder)) as node:
        office = AnchoringOffice(node.url)
        gas = list(office.anchor(_BATCHES // 20 if quick else _BATCHES))
        office.change_key()
        (after_change,) = office.anchor(1)
    return Measured(
        {"anchor_gas": max(gas)},
        {
            "batches anchored": len(gas),
            "gas of batch 1": gas[0],
            "gas of batch 2": gas[1],
            f"gas of batch {len(gas):,}": gas[-1],
            f"median of batches 2 to {_ENDS + 1}": statistics.median(gas[1 : _ENDS + 1]),
            f"median of the last {_ENDS}": statistics.median(gas[-_ENDS:]),
            "first batch after a change of key": after_change,
            "paid by": "gasUsed of each receipt, calldata and base cost included",
        },
    )


class AnchoringOffice:
    """An agency on a freshly deployed registry, with an account that anchors and a batch key."""

    def __init__(self, url: str) -> None:
        members = [_account() for _ in range(2)]
        plan = CouncilPlan([member.address for member in members], threshold=2, delay_seconds=0)
        self._chain = Web3Chain([url], deploy([url], _account(), plan))
        self._members, self._council = members, Council(self._chain)
        self._account = _account()
        self._key = Key()
        self._anchored = 0
        self._decide("startAlgorithm", self._key.alg, 0)
        self._decide("registerAgency", _CODE, *2 * [self._account.address], _NAMES)
        self.change_key()

    def change_key(self) -> None:
        """The agency signs and anchors with another key from now on."""
        key = self._key = Key()
        self._decide("addKey", _CODE, key.kid, key.alg, 1, key.cose_key)

    def _decide(self, function: str, *arguments: object) -> None:
        self._council.decide(function, arguments, self._members, is_done=_not_yet)

    def anchor(self, batches: int) -> Iterator[int]:
        """Yield the gas of each of the next batches as it is anchored, roots drawn at random."""
        first = self._anchored + 1
        self._anchored += batches
        for number in range(first, first + batches):
            arguments = [_CODE, number, secrets.token_bytes(32), _SIZE, self._key.kid]
            sent = self._chain.send("anchor", arguments, self._account, is_done=_not_yet)
            receipt = self._chain.pool.request("eth_getTransactionReceipt", sent.transaction)
            yield int(receipt["gasUsed"], 16)


def _not_yet() -> bool:
    """The chain is new and every act is sent once, so nothing can have been done before."""
    return False


def _account() -> FileAccount:
    return FileAccount(Account.from_key(secrets.token_bytes(32)))
