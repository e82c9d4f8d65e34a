"""The vectors under tests/vectors/.

Journals, checkpoints and bundles as other programs meet them.
"""

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from registry.anchor_file import decode_trust_anchor, encode_trust_anchor, short_digest
from registry.belief import believe
from registry.bundle import open_bundle
from registry.checkpoint import decode_checkpoint, encode_checkpoint
from registry.errors import JournalError, TrustDataError
from registry.journal import (
    Journal,
    JournalEntry,
    describe_entry,
    initial_head,
    next_head,
    read_journal_file,
    write_journal_file,
)
from registry.lineage import home_at
from registry.snapshot import decode_snapshot, encode_snapshot, snapshot_digest
from registry.trust import TrustState, replay
from registry.trust_data import Floor, TrustData

VECTORS = Path(__file__).parents[1] / "vectors"
Vector: TypeAlias = Any


def vectors(folder: str, *, bad: bool) -> Vector:
    """Every vector of a folder, with its name as the id of the test."""
    files = sorted((VECTORS / folder).glob("*.json"))
    chosen = [file for file in files if file.stem.endswith("_fail") == bad]
    assert chosen, f"no vectors in {folder}; run python -m tests.vectors.generate"
    return pytest.mark.parametrize(
        "vector",
        [
            pytest.param(json.loads(file.read_text(encoding="utf-8")), id=file.stem)
            for file in chosen
        ],
    )


def entries_of(vector: Vector) -> tuple[JournalEntry, ...]:
    return tuple(
        JournalEntry(
            entry["index"], entry["time"], int(entry["kind"], 16), bytes.fromhex(entry["data"])
        )
        for entry in vector["entries"]
    )


@vectors("journal", bad=False)
def test_the_heads_of_a_journal_are_those_of_the_vector(vector: Vector) -> None:
    head = initial_head(vector["chain_id"], bytes.fromhex(vector["contract"]))
    assert head.hex() == vector["initial_head"]
    for entry, stated in zip(entries_of(vector), vector["entries"], strict=True):
        head = next_head(head, *entry)
        assert head.hex() == stated["head"]
        assert describe_entry(entry) == stated["says"]


@vectors("journal", bad=False)
def test_a_journal_file_is_that_of_the_vector(vector: Vector) -> None:
    journal = Journal(vector["chain_id"], bytes.fromhex(vector["contract"]), entries_of(vector))
    assert write_journal_file(journal).hex() == vector["file"]


@vectors("journal", bad=False)
def test_a_journal_replays_to_the_snapshot_of_the_vector(vector: Vector) -> None:
    journal = read_journal_file(bytes.fromhex(vector["file"]))
    state = replay(journal.chain_id, journal.contract, journal.entries)
    expect = vector["expect"]
    assert (state.size, state.head.hex()) == (expect["size"], expect["head"])
    assert encode_snapshot(state).hex() == expect["snapshot"]
    assert snapshot_digest(state).hex() == expect["snapshot_digest"]
    assert decode_snapshot(bytes.fromhex(expect["snapshot"])).head == state.head


def answer(state: TrustState, asked: Vector) -> object:
    """What a state says to one question of a vector."""
    match asked["ask"]:
        case "active":
            return state.active(AgencyCode(asked["agency"]), asked["at"])
        case "accredited":
            return state.accredited(AgencyCode(asked["agency"]), asked["type"], asked["at"])
        case "algorithm":
            return state.algorithm(asked["alg"], asked["at"]).name
        case "complete":
            return Kid(bytes.fromhex(asked["kid"])) in state.complete_kids()
        case "home":
            home = home_at(state.homes, asked["size"])
            return [home.chain_id, home.contract.hex()]
        case "recognised":
            contract = bytes.fromhex(asked["contract"])
            found = state.recognition_in_force(asked["chain_id"], contract, asked["at"])
            return None if found is None else found.number
        case "recognises":
            recognition = state.recognition(asked["recognition"])
            assert recognition is not None
            contents = recognition.contents
            return None if contents is None else [*contents.type_nos]
    kid = Kid(bytes.fromhex(asked["kid"]))
    anchor = None
    if asked["root"] is not None:
        anchor = state.anchor(Root(bytes.fromhex(asked["root"])), AgencyCode(asked["agency"]), kid)
        assert anchor is not None
        assert anchor.batch_no == asked["batch"]
    return state.key_safety(kid, anchor).name


@vectors("journal", bad=False)
def test_the_answers_of_a_state_are_those_of_the_vector(vector: Vector) -> None:
    journal = read_journal_file(bytes.fromhex(vector["file"]))
    state = replay(journal.chain_id, journal.contract, journal.entries)
    for asked in vector["expect"]["answers"]:
        assert answer(state, asked) == asked["is"], asked


@vectors("journal", bad=True)
def test_a_bad_journal_is_refused_at_the_entry_of_the_vector(vector: Vector) -> None:
    journal = read_journal_file(bytes.fromhex(vector["file"]))
    with pytest.raises(JournalError) as refusal:
        replay(journal.chain_id, journal.contract, journal.entries)
    assert refusal.value.index == vector["expect"]["refused_at"]


def believed(vector: Vector) -> Vector:
    anchor = decode_trust_anchor(bytes.fromhex(vector["trust_anchor"]))
    chain = [decode_checkpoint(bytes.fromhex(source)) for source in vector["checkpoints"]]
    chain_id, contract = vector.get("registry", [anchor.chain_id, anchor.contract.hex()])
    statement = believe(
        chain,
        anchor.signers,
        chain_id=chain_id,
        contract=bytes.fromhex(contract),
        earlier=[(number, bytes.fromhex(told)) for number, told in vector.get("homes", [])],
    ).statement
    return {
        "size": statement.size,
        "head": statement.head.hex(),
        "snapshot_digest": statement.snapshot_digest.hex(),
        "time": statement.at,
    }


@vectors("checkpoint", bad=False)
def test_a_chain_of_checkpoints_is_believed_as_the_vector_says(vector: Vector) -> None:
    assert believed(vector) == vector["expect"]


@vectors("checkpoint", bad=False)
def test_checkpoints_and_trust_anchor_survive_their_bytes(vector: Vector) -> None:
    file = bytes.fromhex(vector["trust_anchor"])
    assert encode_trust_anchor(decode_trust_anchor(file)) == file
    assert short_digest(file) == vector["short_digest"]
    for source in vector["checkpoints"]:
        assert encode_checkpoint(decode_checkpoint(bytes.fromhex(source))).hex() == source


@vectors("checkpoint", bad=True)
def test_a_bad_chain_of_checkpoints_is_refused(vector: Vector) -> None:
    with pytest.raises(TrustDataError) as refusal:
        believed(vector)
    assert refusal.value.code == vector["expect"]["refused"]


def opened(vector: Vector) -> Vector:
    anchor, seen = vector["trust_anchor"], vector["seen_before"]
    floor = None
    if seen is not None:
        head = Digest(bytes.fromhex(seen["head"]))
        homes = tuple((chain, bytes.fromhex(told)) for chain, told in seen.get("homes", []))
        floor = Floor(seen["size"], head, UnixTime(seen["as_of"]), homes)
    trust = open_bundle(
        bytes.fromhex(vector["bundle"]),
        anchor=None if anchor is None else decode_trust_anchor(bytes.fromhex(anchor)),
        floor=floor,
        guest_floors={
            (held["chain_id"], bytes.fromhex(held["contract"])): Floor(
                held["size"], Digest(bytes.fromhex(held["head"])), UnixTime(held["as_of"])
            )
            for held in vector.get("guests_seen_before", [])
        },
    )
    told = as_told(trust)
    if "guests" in vector["expect"]:
        told["guests"] = [
            {"recognition": guest.number, **as_told(guest.trust)} for guest in trust.guests
        ]
    return told


def as_told(trust: TrustData) -> dict[str, Vector]:
    return {
        "size": trust.state.size,
        "head": trust.state.head.hex(),
        "as_of": trust.evidence.as_of,
        "strength": int(trust.evidence.strength),
    }


@vectors("bundle", bad=False)
def test_a_bundle_opens_as_the_vector_says(vector: Vector) -> None:
    assert opened(vector) == vector["expect"]


@vectors("bundle", bad=True)
def test_a_bad_bundle_is_refused_with_the_code_of_the_vector(vector: Vector) -> None:
    with pytest.raises(TrustDataError) as refusal:
        opened(vector)
    assert refusal.value.code == vector["expect"]["refused"]
