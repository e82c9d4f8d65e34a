"""The vectors of whole registries: journals that moved, and recognitions of other registries."""

from collections.abc import Callable, Iterator

from credential.ids import Digest, UnixTime
from registry import payloads as p
from registry.journal import JournalEntry, make_entry, write_journal_file
from registry.kinds import Kind
from registry.snapshot import encode_snapshot, snapshot_digest
from tests.simulated_registries import (
    contents_for,
    contract_of,
    end_recognition,
    move,
    recognise,
)
from tests.simulator import Simulator
from tests.vectors.make_trust_vectors import Json, answers, journal_vector, small

Journey = Callable[[], Simulator]
OPEN = UnixTime(0)
THERE = contract_of(5)


def moved() -> Simulator:
    """A registry at home on its third chain, which anchored something at each."""
    sim = Simulator(signers=2, threshold=1)
    office = sim.office("A1")
    sim.anchor(sim.issue(office, {1: "王小明"}))
    move(sim, 7)
    sim.anchor(sim.issue(office, {1: "陳美麗"}))
    move(sim, 8)
    sim.anchor(sim.issue(office, {1: "林志明"}))
    return sim


def recognising() -> Simulator:
    """A registry that recognises others: ended, run out, given again, and one that says nothing."""
    sim = Simulator(signers=2, threshold=1)
    recognise(sim, 5, contents=contents_for(1, 3))
    recognise(sim, 6, until=sim.now + 100, contents=contents_for(2))
    end_recognition(sim, 1)
    sim.wait(100)
    recognise(sim, 5, contents=contents_for(1))
    recognise(sim, 6, until=sim.now + 1000)
    sim.append(p.RegistryRecognised(5, 9, contract_of(9), OPEN, b"\xa0"))
    return sim


def registries_journals() -> Iterator[tuple[str, dict[str, Json]]]:
    """The journal vectors of moves and recognitions by name."""
    yield "moved", good("The journal of a registry that moved twice.", moved())
    yield "recognising", good("A registry that recognises three others.", recognising())
    for name, (rule, before, bad) in bad_entries().items():
        sim = before()
        entry = bad
        if not isinstance(entry, JournalEntry):
            entry = make_entry(len(sim.entries), sim.now + 12, entry)
        about = f"The last entry breaks rule {rule}." if rule else "The last entry is malformed."
        vector = journal_vector(about, sim, {"refused_at": len(sim.entries), "rule": rule})
        sim.entries.append(entry)
        vector["file"] = write_journal_file(sim.journal).hex()
        yield f"{name}_fail", vector


def good(about: str, sim: Simulator) -> dict[str, Json]:
    """A journal that is accepted, its snapshot, and the answers it gives."""
    state = sim.state()
    asked: list[Json] = [*answers(sim, state)]
    for size in range(state.size + 1):
        there = sim.state(size)
        asked.append(
            {"ask": "home", "size": size, "is": [there.chain_id, there.contract.hex()]},
        )
    named = dict.fromkeys((row.chain_id, row.contract) for row in state.recognitions)
    for at in sorted({entry.time + around for entry in sim.entries for around in (-1, 0)}):
        for chain_id, contract in named:
            found = state.recognition_in_force(chain_id, contract, at)
            number = None if found is None else found.number
            asked.append(
                {
                    "ask": "recognised",
                    "chain_id": chain_id,
                    "contract": contract.hex(),
                    "at": at,
                    "is": number,
                }
            )
    for row in state.recognitions:
        types: Json = None if row.contents is None else [*row.contents.type_nos]
        asked.append({"ask": "recognises", "recognition": row.number, "is": types})
    return journal_vector(
        about,
        sim,
        {
            "size": state.size,
            "head": state.head.hex(),
            "snapshot": encode_snapshot(state).hex(),
            "snapshot_digest": snapshot_digest(state).hex(),
            "answers": asked,
        },
    )


def bad_entries() -> dict[str, tuple[int, Journey, p.Payload | JournalEntry]]:
    """By name: the rule that is broken, the journal before, and the entry that breaks it."""
    first = small().first_home
    given = p.RegistryRecognised(1, 5, THERE, OPEN, b"\xa0")
    again = p.RegistryRecognised(2, 5, THERE, OPEN, b"\xa0")

    def leaving() -> Simulator:
        sim = small()
        sim.append(p.SuccessorRegistrySet(7, contract_of(7)))
        return sim

    def arrived() -> Simulator:
        sim = small()
        move(sim, 7)
        return sim

    def returning() -> Simulator:
        sim = arrived()
        sim.append(p.SuccessorRegistrySet(*first))
        return sim

    def recognised() -> Simulator:
        sim = small()
        recognise(sim, 5)
        return sim

    def ended() -> Simulator:
        sim = recognised()
        end_recognition(sim, 1)
        return sim

    size, now = len(small().entries), small().now + 12
    empty = (1).to_bytes(8, "big") + (5).to_bytes(32, "big") + THERE + bytes(8)
    return {
        "carried_without_successor": (12, small, p.JournalCarried(*first)),
        "carried_from_another": (12, leaving, p.JournalCarried(first[0], b"\7" * 20)),
        "carried_from_the_successor": (12, leaving, p.JournalCarried(7, contract_of(7))),
        "carried_twice": (12, arrived, p.JournalCarried(*first)),
        "carried_back": (12, returning, p.JournalCarried(7, contract_of(7))),
        "entry_after_successor": (12, leaving, p.TypeRegistered(1, 2, Digest(bytes(32)))),
        "successor_twice": (12, leaving, p.SuccessorRegistrySet(8, contract_of(8))),
        "recognition_skips": (13, small, again),
        "recognition_over_at_once": (
            13,
            small,
            p.RegistryRecognised(1, 5, THERE, UnixTime(now), b"\xa0"),
        ),
        "recognition_of_chain_0": (13, small, p.RegistryRecognised(1, 0, THERE, OPEN, b"\xa0")),
        "recognition_of_itself": (13, small, p.RegistryRecognised(1, *first, OPEN, b"\xa0")),
        "recognition_of_an_earlier_home": (
            13,
            arrived,
            p.RegistryRecognised(1, *first, OPEN, b"\xa0"),
        ),
        "recognised_already": (13, recognised, again),
        "recognition_ended_though_never_given": (13, small, p.RecognitionEnded(1)),
        "recognition_ended_twice": (13, ended, p.RecognitionEnded(1)),
        "recognition_holds_nothing": (
            0,
            small,
            JournalEntry(size, now, Kind.REGISTRY_RECOGNISED, empty),
        ),
        "recognition_holds_too_much": (
            0,
            small,
            make_entry(size, now, given)._replace(data=empty + bytes(8125)),
        ),
    }
