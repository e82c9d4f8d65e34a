"""How many anchors a second four validators carry on this machine: real QBFT, one-second blocks."""

import secrets
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from eth_account import Account
from web3 import Web3

from benchmarks.results import Measured
from benchmarks.world import Key
from network.engines import has_program
from network.founding import Wish, found_network, usual_hosts
from network.lab import Lab
from network.software import Software
from registry.account_files import FileAccount
from registry.chain import Web3Chain, encode_call
from registry.council import Council
from registry.deploy import CouncilPlan, deploy
from registry.finality import Engine
from registry.payload_codec import encode_agency_code

KEYS: Final = ("network_anchors_per_s",)
NOT_MEASURED: Final = "the validators' program is not here: run `make engines`"
_VALIDATORS: Final = 4
_AGENCIES: Final = 4
_ANCHORS: Final = 500  # of each agency
_AT_ONCE: Final = 25  # transactions in one HTTP request
_SIZE: Final = 4_096
_GAS: Final = 120_000
_CHAIN_ID: Final = 77_002
_PATIENCE_SECONDS: Final = 120


class Office(NamedTuple):
    """An agency that may anchor, its account, and the node it sends through."""

    code: bytes
    account: FileAccount
    kid: bytes
    url: str


def measure(*, quick: bool) -> Measured:
    """Return the anchors a second, from the first one sent to the last one final."""
    if not has_program(Software.GOQUORUM):
        return Measured({}, {"not measured": NOT_MEASURED})
    anchors = _ANCHORS // 5 if quick else _ANCHORS
    with tempfile.TemporaryDirectory() as folder:
        wish = Wish(Software.GOQUORUM, _CHAIN_ID, 1, 4, usual_hosts(_VALIDATORS))
        found_network(Path(folder), wish)
        lab = Lab(Path(folder))
        try:
            urls = lab.up()
            chain, offices = _found_offices(urls)
            signed = [_signed_anchors(chain, office, anchors) for office in offices]
            first_block = lab.height() or 0
            seconds = _send_all(chain, offices, signed, anchors)
            blocks = (lab.height() or 0) - first_block
        finally:
            lab.down()
    total = anchors * len(offices)
    return Measured(
        {"network_anchors_per_s": total / seconds},
        {
            "validators": _VALIDATORS,
            "engine": "GoQuorum 22.7.4, QBFT, one block a second",
            "anchors": total,
            "seconds from first sent to last final": round(seconds, 2),
            "blocks meanwhile": blocks,
            "method": f"{len(offices)} agencies, each through a validator of its own, all anchors "
            f"signed beforehand with rising nonces and sent {_AT_ONCE} in a request; validators "
            "and senders share this machine",
        },
    )


def _found_offices(urls: Sequence[str]) -> tuple[Web3Chain, list[Office]]:
    member = _account()
    plan = CouncilPlan([member.address], threshold=1, delay_seconds=0)
    made = deploy(urls, _account(), plan, engine=Engine.QBFT, validators=_VALIDATORS)
    chain = Web3Chain(urls, made)
    council = Council(chain)

    def decide(function: str, *arguments: object) -> None:
        council.decide(function, arguments, [member], is_done=lambda: False)

    offices = []
    decide("startAlgorithm", Key().alg, 0)
    for number in range(_AGENCIES):
        code, account, key = encode_agency_code(f"OFFICE-{number}"), _account(), Key()
        decide("registerAgency", code, account.address, account.address, f"局{number}\nOffice")
        decide("addKey", code, key.kid, key.alg, 1, key.cose_key)
        offices.append(Office(code, account, key.kid, urls[number % len(urls)]))
    return chain, offices


def _signed_anchors(chain: Web3Chain, office: Office, count: int) -> list[str]:
    """The raw transactions of the agency's first batches, roots drawn at random."""
    signed = []
    for number in range(1, count + 1):
        root = secrets.token_bytes(32)
        call = encode_call("Registry", "anchor", [office.code, number, root, _SIZE, office.kid])
        transaction = {
            "to": Web3.to_checksum_address(chain.contract),
            "data": call,
            "nonce": number - 1,
            "gas": _GAS,
            "gasPrice": 0,
            "value": 0,
            "chainId": chain.chain_id,
        }
        signed.append("0x" + office.account.sign_transaction(transaction).hex())
    return signed


def _send_all(
    chain: Web3Chain, offices: Sequence[Office], signed: Sequence[Sequence[str]], anchors: int
) -> float:
    """Everything is anchored and final; returns the seconds it took."""
    size_before = chain.finalized_size()
    began = time.perf_counter()
    with ThreadPoolExecutor(len(offices)) as threads:
        for refused in threads.map(_send, [office.url for office in offices], signed):
            assert not refused, refused[:3]
    wanted = size_before + anchors * len(offices)
    while chain.finalized_size() < wanted:
        assert time.perf_counter() - began < _PATIENCE_SECONDS, chain.finalized_size()
        time.sleep(0.05)
    return time.perf_counter() - began


def _send(url: str, raw: Sequence[str]) -> list[object]:
    """The transactions were sent in order; returns what the node refused."""
    refused: list[object] = []
    with httpx.Client(timeout=30.0, trust_env=False) as client:
        for first in range(0, len(raw), _AT_ONCE):
            calls = [
                {"jsonrpc": "2.0", "id": index, "method": "eth_sendRawTransaction", "params": [one]}
                for index, one in enumerate(raw[first : first + _AT_ONCE])
            ]
            answers = client.post(url, json=calls).json()
            refused += [answer["error"] for answer in answers if "error" in answer]
    return refused


def _account() -> FileAccount:
    return FileAccount(Account.from_key(secrets.token_bytes(32)))
