"""What a recognition holds (docs/formats/journal.md), and from when to when it is in force."""

import pytest

from credential import cbor
from credential.ids import UnixTime
from credential.keys import ALG_EDDSA, ALG_MLDSA44
from registry import payloads as p
from registry.errors import JournalError
from registry.journal import describe_entry
from registry.recognition import RecognisedRegistry, decode_tail, encode_tail
from registry.signers import Signers, signers_value
from tests.simulated_keys import SimulatedKey
from tests.simulated_registries import contents_for, contract_of, end_recognition, recognise
from tests.simulator import Simulator

SIGNERS = Signers(2, (SimulatedKey("a").cose_key, SimulatedKey("b", ALG_MLDSA44).cose_key))
WHOLE = RecognisedRegistry(
    SIGNERS, (1, 7, 4294967295), "鄰國", "Neighbour", (b"\1" * 20, b"\2" * 20), 2, 30000
)
NAMES: cbor.Value = ["鄰國", "Neighbour"]
GOOD: dict[cbor.Key, cbor.Value] = {1: signers_value(SIGNERS), 2: [1, 7], 3: NAMES}
NO_POINT = bytes.fromhex("a401022001215820") + b"\xff" * 32 + b"\x22\xf4"


@pytest.mark.parametrize(
    "contents", [WHOLE, WHOLE._replace(engine=0, epoch_length=0), contents_for(3)]
)
def test_what_is_recognised_survives_its_bytes(contents: RecognisedRegistry) -> None:
    assert decode_tail(encode_tail(contents)) == contents


@pytest.mark.parametrize(
    "change",
    [
        {1: None},
        {1: [3, [cbor.decode(key) for key in SIGNERS.cose_keys]]},
        {1: [1, [cbor.decode(NO_POINT)]]},
        {2: []},
        {2: [0, 1]},
        {2: [7, 1]},
        {2: [1, 1]},
        {2: [1 << 32]},
        {2: list(range(1, 1002))},
        {3: ["鄰國"]},
        {3: ["", "Neighbour"]},
        {3: ["鄰國", "two\nlines"]},
        {4: []},
        {4: [b"\1" * 19]},
        {4: [b"\1" * 20, b"\1" * 20]},
        {4: [number.to_bytes(20, "big") for number in range(1, 102)]},
        {5: [1, 30000]},
        {4: [b"\1" * 20], 5: [0, 30000]},
        {4: [b"\1" * 20], 5: [3, 30000]},
        {4: [b"\1" * 20], 5: [1]},
        {4: [b"\1" * 20], 6: 1},
    ],
)
def test_another_form_recognises_nothing(change: dict[cbor.Key, cbor.Value]) -> None:
    decode_tail(cbor.encode(GOOD))
    with pytest.raises(JournalError):
        decode_tail(cbor.encode({**GOOD, **change}))


@pytest.mark.parametrize("spoil", [lambda tail: tail + b"\0", lambda tail: tail[:-1]])
def test_the_tail_is_whole(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(JournalError, match="cannot be read"):
        decode_tail(spoil(cbor.encode(GOOD)))


def test_nobody_writes_what_no_reader_takes() -> None:
    with pytest.raises(JournalError):
        encode_tail(contents_for(2)._replace(type_nos=()))


def test_a_recognition_that_cannot_be_read_recognises_nothing_and_can_be_ended() -> None:
    sim = Simulator()
    sim.append(p.RegistryRecognised(1, 5, contract_of(5), UnixTime(0), encode_tail(WHOLE)[:-1]))
    found = sim.state().recognitions[0]
    assert (found.contents, found.trust_anchor()) == (None, None)
    end_recognition(sim, 1)
    assert sim.state().recognition_in_force(5, contract_of(5), sim.now) is None


def test_a_recognition_gives_the_trust_anchor_of_that_registry() -> None:
    sim = Simulator()
    recognise(sim, 5, contents=WHOLE)
    anchor = sim.state().recognitions[0].trust_anchor()
    assert anchor is not None
    assert (anchor.chain_id, anchor.contract) == (5, contract_of(5))
    assert (anchor.signers, anchor.validators) == (SIGNERS, WHOLE.validators)
    assert (anchor.name_zh_hant, anchor.name_en) == ("鄰國", "Neighbour")


def test_a_recognition_is_in_force_from_its_entry_up_to_its_end() -> None:
    sim = Simulator()
    recognise(sim, 5)
    begun = sim.now
    sim.wait(100)
    end_recognition(sim, 1)
    state, there = sim.state(), (5, contract_of(5))
    assert state.recognition_in_force(*there, begun - 1) is None
    assert state.recognition_in_force(*there, begun) == state.recognition(1)
    assert state.recognition_in_force(*there, sim.now - 1) == state.recognition(1)
    assert state.recognition_in_force(*there, sim.now) is None
    assert state.recognition_in_force(6, there[1], begun) is None


def test_a_recognition_is_in_force_up_to_its_until() -> None:
    sim = Simulator()
    recognise(sim, 5, until=sim.now + 100)
    state, until, there = sim.state(), sim.now - 12 + 100, (5, contract_of(5))
    assert state.recognition_in_force(*there, until - 1) is not None
    assert state.recognition_in_force(*there, until) is None


def test_recognitions_are_known_by_their_number() -> None:
    sim = Simulator()
    recognise(sim, 5)
    recognise(sim, 6)
    state = sim.state()
    assert [row.number for row in state.recognitions] == [1, 2]
    assert state.recognition(2) == state.recognitions[1]
    assert (state.recognition(0), state.recognition(3)) == (None, None)


def test_an_entry_is_told_with_its_fields() -> None:
    sim = Simulator()
    recognise(
        sim,
        5,
        contents=contents_for(1, signers=Signers(1, (SimulatedKey("ed", ALG_EDDSA).cose_key,))),
    )
    told = describe_entry(sim.entries[-1])
    assert (told["kind"], told["recognition"], told["chain_id"]) == ("registryRecognised", 1, 5)
    assert told["contract"] == contract_of(5).hex()
    end_recognition(sim, 1)
    assert describe_entry(sim.entries[-1])["kind"] == "recognitionEnded"
