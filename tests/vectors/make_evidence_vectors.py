"""The evidence vectors: recorded from real networks, and spoilt one fault at a time.

What the nodes answered is kept in evidence/recorded (record_evidence.py). The keys of those
networks are not, so a few faults that need a validator's own seal are simulated.
"""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import rlp
from eth_hash.auto import keccak

from credential import cbor
from registry.anchor_file import TrustAnchor, decode_trust_anchor, encode_trust_anchor
from registry.evidence.consensus import SealEngine
from registry.evidence.file import ChainEvidence, chain_evidence_value, decode_chain_evidence
from registry.evidence.prove import prove
from registry.head import initial_head, next_head
from registry.journal import Journal, read_journal_file, write_journal_file
from registry.signers import make_signers
from tests.simulated_chain import (
    CLIQUE,
    EXTRA,
    QBFT,
    CliqueChain,
    QbftChain,
    State,
    addresses,
    by_address,
    evidence_of,
    people,
    person,
)
from tests.simulated_keys import SimulatedKey
from tests.vectors.make_credential_vectors import Json

RECORDED = Path(__file__).parent / "evidence" / "recorded"
ROLES = ("four", "five", "removed")
FIELDS = (
    "parent_hash",
    "ommers_hash",
    "coinbase",
    "state_root",
    "transactions_root",
    "receipts_root",
    "bloom",
    "difficulty",
    "number",
    "gas_limit",
    "gas_used",
    "timestamp",
    "extra_data",
    "mix_digest",
    "nonce",
)
Fields: TypeAlias = Any
Case: TypeAlias = tuple[str, dict[str, Json]]


class Recording:
    """What one network's nodes answered."""

    def __init__(self, name: str) -> None:
        told = json.loads((RECORDED / f"{name}.json").read_text(encoding="ascii"))
        self.name = name
        self.anchor = decode_trust_anchor(bytes.fromhex(told["trust_anchor"]))
        self.journal = read_journal_file(bytes.fromhex(told["journal"]))
        self.stages = {
            role: decode_chain_evidence(bytes.fromhex(stage["evidence"]))
            for role, stage in zip(ROLES, told["stages"], strict=True)
        }
        self.other_slot = _nodes(told["other_slot"]["storage_proof"])
        self.other_account = _nodes(told["other_contract"]["account_proof"])
        self.other_storage = _nodes(told["other_contract"]["storage_proof"])

    def good(self, role: str) -> dict[str, Json]:
        """A stage, with what it proves."""
        return good(self.stages[role], self.anchor, self.journal)


def _nodes(told: list[str]) -> tuple[bytes, ...]:
    return tuple(map(bytes.fromhex, told))


def evidence_vectors() -> Iterator[Case]:
    """All evidence vectors by name."""
    for name in ("qbft", "clique"):
        recording = Recording(name)
        for role in ROLES:
            yield f"{name}_{role}", recording.good(role)
        for fault, vector in _spoilt(recording):
            yield f"{name}_{fault}_fail", vector
    for fault, vector in _simulated():
        yield f"qbft_simulated_{fault}", vector
    for fault, vector in _simulated_rests():
        yield f"clique_simulated_{fault}", vector


def good(evidence: ChainEvidence, anchor: TrustAnchor, journal: Journal) -> dict[str, Json]:
    """Evidence with what it proves, and the entries that give the head."""
    assert anchor.consensus is not None
    proven = prove(evidence, anchor.validators, anchor.consensus, anchor.contract)
    head, size = initial_head(journal.chain_id, journal.contract), 0
    while head != proven.head:
        head, size = next_head(head, *journal.entries[size]), size + 1
    shown = Journal(journal.chain_id, journal.contract, journal.entries[:size])
    return {
        **_written(evidence, anchor, shown),
        "expect": {
            "head": proven.head.hex(),
            "size": size,
            "as_of": proven.at,
            "block": proven.block,
            "block_hash": proven.block_hash.hex(),
            "validators": [one.hex() for one in proven.validators],
            "sealed_by": [one.hex() for one in proven.sealed_by],
        },
    }


def bad(evidence: ChainEvidence, anchor: TrustAnchor, journal: Journal) -> dict[str, Json]:
    """Evidence that proves nothing, or another head than the entries give."""
    return {**_written(evidence, anchor, journal), "expect": {"refused": "trust.malformed"}}


def _written(evidence: ChainEvidence, anchor: TrustAnchor, journal: Journal) -> dict[str, Json]:
    return {
        "evidence": cbor.encode(chain_evidence_value(evidence)).hex(),
        "trust_anchor": encode_trust_anchor(anchor).hex(),
        "journal": write_journal_file(journal).hex(),
    }


def _spoilt(recording: Recording) -> Iterator[Case]:
    anchor, journal = recording.anchor, recording.journal
    first, changed = recording.stages["four"], recording.stages["removed"]

    def refused(evidence: ChainEvidence, entries: Journal = journal) -> dict[str, Json]:
        return bad(evidence, anchor, entries)

    for position, field in enumerate(FIELDS):
        yield f"altered_{field}", refused(_with_field(first, position))
    yield "truncated_account_proof", refused(_replaced(first, account=first.account_proof[:-1]))
    yield "truncated_storage_proof", refused(_replaced(first, storage=first.storage_proof[:-1]))
    surplus = (*first.storage_proof, first.account_proof[0])
    yield "surplus_node", refused(_replaced(first, storage=surplus))
    yield "other_slot", refused(_replaced(changed, storage=recording.other_slot))
    yield "other_contract", refused(_replaced(changed, account=recording.other_account))
    whole = _replaced(changed, account=recording.other_account, storage=recording.other_storage)
    yield "all_of_another_contract", refused(whole)
    *kept, last = journal.entries
    forged = Journal(journal.chain_id, journal.contract, (*kept, last._replace(time=last.time - 1)))
    yield "forged_log", refused(changed, forged)
    yield "entry_left_out", refused(changed, Journal(*_registry(journal), tuple(kept)))
    yield "votes_left_out", refused(_replaced(changed, headers=changed.headers[-4:]))
    yield "validators_of_another_chain", bad(first, _of_others(anchor), journal)
    if first.engine is SealEngine.QBFT:
        yield from _spoilt_seals(first, refused)
    else:
        yield from _spoilt_runs(first, changed, refused)


Refused = Callable[[ChainEvidence], dict[str, Json]]


def _spoilt_seals(first: ChainEvidence, refused: Refused) -> Iterator[Case]:
    fields = rlp.decode(first.headers[-1])
    seals = rlp.decode(fields[EXTRA])[4]
    outsider = person("an outsider").seal(keccak(b"any block"))
    yield "two_of_four_seals", refused(_sealed(first, seals[:2]))
    yield "one_seal_twice", refused(_sealed(first, [seals[0], seals[0], seals[1]]))
    yield "outsider", refused(_sealed(first, [*seals[:2], outsider]))
    yield "no_seals", refused(_sealed(first, []))
    sibling = State({bytes(20): sha256(b"a head of its own").digest()})
    yield "sibling_block", refused(_with_field(first, 3, sibling.root))


def _spoilt_runs(first: ChainEvidence, changed: ChainEvidence, refused: Refused) -> Iterator[Case]:
    headers = first.headers
    yield "too_few_behind", refused(_replaced(first, headers=headers[:-1]))
    yield "gap", refused(_replaced(first, headers=(headers[0], *headers[2:])))
    fields = rlp.decode(headers[1])
    fields[0] = keccak(b"another parent")
    orphan = bytes(rlp.encode(fields))
    yield "wrong_parent", refused(_replaced(first, headers=(headers[0], orphan, *headers[2:])))
    twice = (headers[0], headers[0], *headers[1:])
    yield "block_twice", refused(_replaced(first, headers=twice))
    middle = len(changed.headers) // 2
    cut = changed.headers[:middle] + changed.headers[middle + 1 :]
    yield "gap_in_history", refused(_replaced(changed, headers=cut))


def _simulated() -> Iterator[Case]:
    """What only validators with their keys at hand could make."""
    four, fifth = people(4), person("the fifth")
    chain_id, contract = 31_337, bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3")
    key = SimulatedKey("signer 0")
    anchor = TrustAnchor(
        chain_id,
        contract,
        make_signers(1, [key.cose_key]),
        "模擬登錄",
        "Simulated registry",
        addresses(four),
        QBFT,
    )
    journal = Journal(chain_id, contract, ())
    state = State({contract: initial_head(chain_id, contract)})
    chain, three = QbftChain(four), QbftChain(four[1:])

    def shown(*headers: bytes, state: State = state) -> ChainEvidence:
        proofs = state.account_proof(contract), state.storage_proof(contract)
        return ChainEvidence(SealEngine.QBFT, headers, *proofs)

    gone = four[0]
    removal = [
        chain.block(10 + n, proposer=who, vote=(gone.address, False))
        for n, who in enumerate(four[1:])
    ]
    now = three.block(40, state.root)
    yield "removed_validator", good(shown(*removal, now), anchor, journal)
    by_gone = three.block(40, state.root, sealers=[gone, four[1]])
    yield "removed_validators_seal_fail", bad(shown(*removal, by_gone), anchor, journal)
    of_before = chain.block(40, state.root)
    yield "set_of_before_fail", bad(shown(*removal, of_before), anchor, journal)
    addition = [
        chain.block(10 + n, proposer=who, vote=(fifth.address, True))
        for n, who in enumerate(four[:3])
    ]
    five = QbftChain([*four, fifth])
    yield (
        "added_validator",
        good(shown(*addition, five.block(40, state.root, round_no=2)), anchor, journal),
    )
    few = five.block(40, state.root, sealers=five.validators[:3])
    yield "three_of_five_seals_fail", bad(shown(*addition, few), anchor, journal)
    yield "two_votes_fail", bad(shown(*addition[:2], five.block(40, state.root)), anchor, journal)
    over_an_epoch = [
        chain.block(998 + n, proposer=who, vote=(fifth.address, True))
        for n, who in enumerate(four[:3])
    ]
    late = five.block(2_000, state.root)
    yield "votes_over_an_epoch_fail", bad(shown(*over_an_epoch, late), anchor, journal)
    other = State({contract: initial_head(chain_id + 1, contract)})
    yield (
        "another_chain_same_validators_fail",
        bad(shown(chain.block(40, other.root), state=other), anchor, journal),
    )


def _simulated_rests() -> Iterator[Case]:
    """A Clique signer rests for half of the others: of four, two blocks, and no more."""
    four = by_address(people(4))
    chain_id, contract = 31_337, bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3")
    key = SimulatedKey("signer 0")
    signers = make_signers(1, [key.cose_key])
    names = ("模擬登錄", "Simulated registry")
    anchor = TrustAnchor(chain_id, contract, signers, *names, addresses(four), CLIQUE)
    journal = Journal(chain_id, contract, ())
    state = State({contract: initial_head(chain_id, contract)})

    def signed_by(*order: int) -> ChainEvidence:
        chain = CliqueChain(four, number=100)
        for position in order:
            chain.append(state.root, signer=four[position])
        return evidence_of(CLIQUE, chain.headers, state, contract)

    yield "again_after_a_rest", good(signed_by(1, 2, 3, 1), anchor, journal)
    yield "again_without_a_rest_fail", bad(signed_by(0, 2, 3, 2, 1), anchor, journal)


def _replaced(
    evidence: ChainEvidence,
    *,
    headers: tuple[bytes, ...] | None = None,
    account: tuple[bytes, ...] | None = None,
    storage: tuple[bytes, ...] | None = None,
) -> ChainEvidence:
    return ChainEvidence(
        evidence.engine,
        evidence.headers if headers is None else headers,
        evidence.account_proof if account is None else account,
        evidence.storage_proof if storage is None else storage,
    )


def _with_field(
    evidence: ChainEvidence, position: int, value: bytes | None = None
) -> ChainEvidence:
    """The evidence with one field of its first header another."""
    fields: Fields = rlp.decode(evidence.headers[0])
    old = fields[position]
    changed = old[:-1] + bytes((old[-1] ^ 3,)) if old else b"\1"
    fields[position] = changed if value is None else value
    return _replaced(evidence, headers=(bytes(rlp.encode(fields)), *evidence.headers[1:]))


def _sealed(evidence: ChainEvidence, seals: list[bytes]) -> ChainEvidence:
    """The evidence with other seals in its last header."""
    fields: Fields = rlp.decode(evidence.headers[-1])
    parts = rlp.decode(fields[EXTRA])
    parts[4] = seals
    fields[EXTRA] = rlp.encode(parts)
    return _replaced(evidence, headers=(*evidence.headers[:-1], bytes(rlp.encode(fields))))


def _registry(journal: Journal) -> tuple[int, bytes]:
    return journal.chain_id, journal.contract


def _of_others(anchor: TrustAnchor) -> TrustAnchor:
    return TrustAnchor(
        anchor.chain_id,
        anchor.contract,
        anchor.signers,
        anchor.name_zh_hant,
        anchor.name_en,
        addresses(people(4)),
        anchor.consensus,
    )
