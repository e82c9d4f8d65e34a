"""The vectors of journals and checkpoints.

Each has a story (`about`), the bytes as hex, and what a reader must make of them (`expect`). Names
of cases that must be refused end in `_fail`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from credential.ids import AgencyCode, Digest, Kid, UnixTime
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from registry import payloads as p
from registry.anchor_file import TrustAnchor, encode_trust_anchor, short_digest
from registry.checkpoint import (
    Checkpoint,
    encode_checkpoint,
    make_checkpoint,
    sign_statement,
    state_statement,
)
from registry.journal import JournalEntry, describe_entry, make_entry, write_journal_file
from registry.kinds import AlgorithmPhase, KeyPurpose, Kind
from registry.records import Anchor
from registry.snapshot import encode_snapshot, snapshot_digest
from registry.trust import TrustState
from tests.simulator import SimulatedKey, Simulator

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"
A1, B1, C1 = AgencyCode("A1"), AgencyCode("B1"), AgencyCode("C1")
OPEN = UnixTime(0)
ALGORITHMS = (ALG_ES256, ALG_EDDSA, ALG_MLDSA44)


def small() -> Simulator:
    """A registry as it begins, and one office that has anchored one batch."""
    sim = Simulator(signers=2, threshold=1)
    sim.anchor(sim.issue(sim.office("A1"), {1: "王小明"}, {1: "陳美麗"}))
    return sim


def eventful() -> Simulator:
    """A registry in which everything happens once."""
    sim = Simulator()
    ministry = sim.office("A1")
    branch = sim.branch(ministry, "B1")
    closing = sim.office("C1", until=sim.now + 10**6)
    for office in (ministry, branch, closing):
        sim.anchor(sim.issue(office, {1: "a"}, {1: "b"}, {1: "c"}))
        sim.anchor(sim.issue(office, {1: "d"}))
    sim.rename(branch, "新名", "New name")
    sim.append(p.AgencyAccountsChanged(B1, b"\1" * 20, b"\2" * 20))
    sim.revoke(branch, 1)
    sim.compromise(branch.key, since=sim.now - 120)
    sim.confirm(2, branch)
    sim.end_key(closing.key)
    sim.suspend(branch)
    sim.resume(branch)
    sim.close(closing, ministry)
    sim.end_accreditation(branch)
    sim.add_key("A1", alg=ALG_MLDSA44)
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN, effective_at=sim.now + 1000)
    sim.set_algorithm(ALG_MLDSA44, AlgorithmPhase.STOP, effective_at=sim.now + 10**9)
    return sim


# --- journals ---


def journal_vector(about: str, sim: Simulator, expect: dict[str, Json]) -> dict[str, Json]:
    """A journal with the head after each entry."""
    journal = sim.journal
    return {
        "about": about,
        "chain_id": journal.chain_id,
        "contract": journal.contract.hex(),
        "initial_head": journal.head(0).hex(),
        "entries": [entry_vector(sim, entry) for entry in journal.entries],
        "file": write_journal_file(journal).hex(),
        "expect": expect,
    }


def entry_vector(sim: Simulator, entry: JournalEntry) -> Json:
    """One entry, what it says, and the head after it."""
    return {
        "index": entry.index,
        "time": entry.time,
        "kind": f"{entry.kind:02x}",
        "data": entry.data.hex(),
        "head": sim.journal.head(entry.index + 1).hex(),
        "says": {**describe_entry(entry)},
    }


def good_journal(about: str, sim: Simulator) -> dict[str, Json]:
    """A journal that is accepted, its snapshot, and the answers it gives."""
    state = sim.state()
    return journal_vector(
        about,
        sim,
        {
            "size": state.size,
            "head": state.head.hex(),
            "snapshot": encode_snapshot(state).hex(),
            "snapshot_digest": snapshot_digest(state).hex(),
            "answers": list(answers(sim, state)),
        },
    )


def answers(sim: Simulator, state: TrustState) -> Iterator[Json]:
    """Questions as of the times around every entry, with their answers."""
    content = state.content
    for at in sorted({entry.time + around for entry in sim.entries for around in (-1, 0)}):
        for code in content.agencies:
            for ask, answer in (
                ("active", state.active(code, at)),
                ("accredited", state.accredited(code, 1, at)),
            ):
                yield {"ask": ask, "agency": code, "type": 1, "at": at, "is": answer}
    for alg in ALGORITHMS:
        for at in (state.time, state.time + 1000, state.time + 10**9):
            phase = state.algorithm(alg, at).name
            yield {"ask": "algorithm", "alg": alg, "at": at, "is": phase}
    complete = state.complete_kids()
    for kid in content.keys:
        yield {"ask": "complete", "kid": kid.hex(), "is": kid in complete}
        yield safety(state, kid, None)
    for anchor in content.anchors:
        yield safety(state, anchor.kid, anchor)


def safety(state: TrustState, kid: Kid, anchor: Anchor | None) -> Json:
    """Whether a key is safe for a batch, or for something not anchored."""
    return {
        "ask": "key safety",
        "kid": kid.hex(),
        "agency": None if anchor is None else anchor.agency,
        "batch": None if anchor is None else anchor.batch_no,
        "root": None if anchor is None else anchor.root.hex(),
        "is": state.key_safety(kid, anchor).name,
    }


def bad_entries() -> dict[str, tuple[int, Callable[[Simulator], p.Payload | JournalEntry]]]:
    """By name: the rule that is broken, and the entry that breaks it after `small()`."""
    key = SimulatedKey("another")
    stranger = AgencyCode("X9")

    def known(sim: Simulator) -> Kid:
        return next(iter(sim.state().content.keys))

    def anchored(sim: Simulator, **changes: object) -> p.Payload:
        values: dict[str, object] = {
            "agency": A1,
            "batch_no": 2,
            "root": b"\1" * 32,
            "size": 1,
            "kid": known(sim),
        }
        return p.BatchAnchored(**{**values, **changes})  # type: ignore[arg-type]  # named above

    def added(kid: Kid, cose_key: bytes, alg: int = ALG_ES256) -> p.Payload:
        return p.KeyAdded(A1, kid, alg, KeyPurpose.SIGN_BATCH_ROOTS, cose_key)

    def soon(sim: Simulator, seconds: int = 12) -> UnixTime:
        return UnixTime(sim.now + seconds)

    names = p.Names("名", "Name")
    account = b"\1" * 20
    ed25519 = SimulatedKey("e", ALG_EDDSA)
    return {
        "time_falls": (1, lambda s: make_entry(len(s.entries), s.now - 1, p.AgencySuspended(A1))),
        "agency_twice": (2, lambda _: p.AgencyRegistered(A1, account, account, names)),
        "agency_unknown": (2, lambda _: p.AgencyRenamed(stranger, names)),
        "resumed_though_active": (2, lambda _: p.AgencyResumed(A1)),
        "succeeds_itself": (2, lambda _: p.AgencyClosed(A1, A1)),
        "kid_is_not_the_digest": (3, lambda _: added(Kid(bytes(16)), key.cose_key)),
        "key_twice": (3, lambda s: added(known(s), SimulatedKey("A1 key 6").cose_key)),
        "key_of_another_algorithm": (3, lambda _: added(key.kid, key.cose_key, ALG_MLDSA44)),
        "key_of_another_shape": (3, lambda _: added(ed25519.kid, ed25519.cose_key, ALG_EDDSA)),
        "compromise_in_the_future": (4, lambda s: p.KeyCompromised(known(s), soon(s, 13))),
        "accreditation_skips": (5, lambda _: p.AccreditationGranted(3, A1, 1, 0, OPEN)),
        "accreditation_of_unknown_type": (5, lambda _: p.AccreditationGranted(2, A1, 9, 0, OPEN)),
        "accreditation_over_at_once": (5, lambda s: p.AccreditationGranted(2, A1, 1, 0, soon(s))),
        "delegation_too_deep": (5, lambda _: p.AccreditationDelegated(2, 1, A1, 1, 2, OPEN)),
        "type_version_skips": (6, lambda _: p.TypeRegistered(1, 3, Digest(bytes(32)))),
        "batch_skips": (7, lambda s: anchored(s, batch_no=3)),
        "batch_empty": (7, lambda s: anchored(s, size=0)),
        "batch_root_zero": (7, lambda s: anchored(s, root=bytes(32))),
        "batch_with_unknown_key": (7, lambda s: anchored(s, kid=bytes(16))),
        "status_version_again": (8, lambda _: p.StatusPublished(A1, 1, 1, Digest(bytes(32)))),
        "confirmed_though_safe": (9, lambda _: p.BatchConfirmed(A1, 1)),
        "signers_fewer_than_k": (10, lambda _: p.CheckpointSignersSet(2, (key.cose_key,))),
        "signer_twice": (10, lambda _: p.CheckpointSignersSet(1, (key.cose_key,) * 2)),
        "algorithm_twice": (11, lambda s: p.AlgorithmSet(-7, AlgorithmPhase.START, soon(s))),
        "algorithm_backdated": (11, lambda s: p.AlgorithmSet(-7, AlgorithmPhase.WARN, soon(s, 11))),
        "kind_unknown": (0, lambda s: JournalEntry(len(s.entries), s.now, 0x51, b"")),
        "data_too_long": (0, lambda s: JournalEntry(len(s.entries), s.now, 0x13, bytes(17))),
        "code_in_small_letters": (
            0,
            lambda s: JournalEntry(len(s.entries), s.now, Kind.AGENCY_SUSPENDED, b"a1" + bytes(14)),
        ),
    }


def journals() -> Iterator[tuple[str, dict[str, Json]]]:
    """All journal vectors by name."""
    first = Simulator()
    first.entries = first.entries[:1]
    yield (
        "first_entry",
        journal_vector(
            "One entry: ES256 starts. A registry without signers has a snapshot all the same.",
            first,
            {
                "size": 1,
                "head": first.journal.head().hex(),
                "snapshot": encode_snapshot(first.state(1)).hex(),
                "snapshot_digest": snapshot_digest(first.state(1)).hex(),
                "answers": [],
            },
        ),
    )
    yield "small", good_journal("The first days of a registry.", small())
    yield "eventful", good_journal("Nearly every kind of entry.", eventful())
    for name, (rule, make) in bad_entries().items():
        sim = small()
        bad = make(sim)
        if not isinstance(bad, JournalEntry):
            bad = make_entry(len(sim.entries), sim.now + 12, bad)
        about = f"The last entry breaks rule {rule}." if rule else "The last entry is malformed."
        vector = journal_vector(about, sim, {"refused_at": len(sim.entries), "rule": rule})
        sim.entries.append(bad)
        vector["file"] = write_journal_file(sim.journal).hex()
        yield f"{name}_fail", vector


# --- checkpoints ---


def signed(sim: Simulator, *keys: SimulatedKey) -> Checkpoint:
    """A checkpoint of the registry as it is, by these keys."""
    statement = state_statement(sim.state(), sim.now)
    return make_checkpoint(statement, [sign_statement(statement, key) for key in keys])


def checkpoints() -> Iterator[tuple[str, dict[str, Json]]]:
    """All checkpoint vectors by name."""
    old = tuple(SimulatedKey(f"old {alg}", alg) for alg in ALGORITHMS)
    new = tuple(SimulatedKey(f"new {n}") for n in range(3))
    sim = Simulator()
    sim.set_signers(*old)
    anchor = replace(sim.trust_anchor, signers=sim.state().signers)
    before = signed(sim, *old)
    es256_and_ed25519, es256_alone = signed(sim, *old[:2]), signed(sim, old[0])
    sim.set_signers(*new)
    handed_over, old_only, new_only = signed(sim, *old, *new), signed(sim, *old), signed(sim, *new)
    sim.wait(60)
    later = signed(sim, *new[:2])

    yield "two_of_three", checkpoint_vector("ES256 and Ed25519.", anchor, es256_and_ed25519)
    yield "three_of_three", checkpoint_vector("ES256, Ed25519 and ML-DSA-44.", anchor, before)
    yield "rotation", checkpoint_vector("Old signers hand over to new.", anchor, handed_over)
    yield "after_rotation", checkpoint_vector("New signers only.", anchor, handed_over, later)
    false = es256_and_ed25519.signatures[0]
    false = false._replace(signature=false.signature[:40] + bytes(24))
    altered = before._replace(signatures=(false, *before.signatures[1:]))
    turned = before._replace(signatures=before.signatures[::-1])
    twice = es256_alone._replace(signatures=es256_alone.signatures * 2)
    elsewhere = signed_elsewhere(old)
    bad = {
        "one_of_three": ("One signature where two are needed.", [es256_alone]),
        "one_twice": ("One signature, given twice.", [twice]),
        "strangers": ("Signatures by keys nobody named.", [new_only]),
        "old_signers_only": ("Old signers cannot end a chain.", [old_only]),
        "new_signers_only": ("New signers must be handed to by old ones.", [before, new_only]),
        "size_falls": ("The later checkpoint comes first.", [handed_over, before]),
        "false_signature": ("A trusted key's signature does not verify.", [altered]),
        "unsorted": ("Signatures not in the order of their kids.", [turned]),
        "another_registry": ("A checkpoint of another contract.", [elsewhere]),
    }
    yield from cosigned_checkpoints()
    for name, (about, chain) in bad.items():
        vector = checkpoint_vector(about, anchor, *chain)
        code = "trust.foreign" if name == "another_registry" else "trust.malformed"
        yield f"{name}_fail", {**vector, "expect": {"refused": code}}


CLASSICAL = (SimulatedKey("seal 1"), SimulatedKey("seal 2", ALG_EDDSA), SimulatedKey("seal 3"))
QUANTUM_SAFE = (SimulatedKey("lattice 1", ALG_MLDSA44), SimulatedKey("lattice 2", ALG_MLDSA44))


def cosigned_checkpoints() -> Iterator[tuple[str, dict[str, Json]]]:
    """Signers of two families, 2 of each needed, and signers with too few of one."""
    sim = Simulator()
    sim.set_signers(*CLASSICAL, *QUANTUM_SAFE)
    anchor = replace(sim.trust_anchor, signers=sim.state().signers)
    good = {
        "cosigned": ("Two of each family, four in all.", (*CLASSICAL[:2], *QUANTUM_SAFE)),
        "cosigned_by_all": ("All five.", (*CLASSICAL, *QUANTUM_SAFE)),
    }
    for name, (about, keys) in good.items():
        yield name, checkpoint_vector(about, anchor, signed(sim, *keys))
    bad = {
        "cosigned_classical_only": ("Three classical, no ML-DSA-44.", CLASSICAL),
        "cosigned_post_quantum_only": ("Two ML-DSA-44, nothing classical.", QUANTUM_SAFE),
        "cosigned_one_post_quantum": ("One ML-DSA-44.", (*CLASSICAL, QUANTUM_SAFE[0])),
        "cosigned_one_classical": ("One ES256.", (CLASSICAL[0], *QUANTUM_SAFE)),
    }
    for name, (about, keys) in bad.items():
        vector = checkpoint_vector(about, anchor, signed(sim, *keys))
        yield f"{name}_fail", {**vector, "expect": {"refused": "trust.malformed"}}
    before = replace(sim.trust_anchor, signers=sim.state(sim.state().size - 1).signers)
    old = tuple(SimulatedKey(f"signer {n}") for n in range(3))
    handed = signed(sim, *old, *CLASSICAL, *QUANTUM_SAFE)
    yield "cosigned_from_es256", checkpoint_vector("ES256 alone hands on.", before, handed)
    short = checkpoint_vector("The new lack a family.", before, signed(sim, *old, *CLASSICAL))
    yield "cosigned_from_es256_fail", {**short, "expect": {"refused": "trust.malformed"}}
    sim.set_signers(*CLASSICAL, QUANTUM_SAFE[0])
    anchor = replace(anchor, signers=sim.state().signers)
    lone = checkpoint_vector("One ML-DSA-44 key asks nothing.", anchor, signed(sim, *CLASSICAL[:2]))
    yield "lone_post_quantum_key", lone
    mixed = checkpoint_vector(
        "One of each is one classical too few.", anchor, signed(sim, CLASSICAL[0], QUANTUM_SAFE[0])
    )
    yield "lone_post_quantum_key_fail", {**mixed, "expect": {"refused": "trust.malformed"}}


def signed_elsewhere(keys: tuple[SimulatedKey, ...]) -> Checkpoint:
    """A checkpoint by the same keys, of another registry."""
    sim = Simulator(contract=b"\7" * 20)
    sim.set_signers(*keys)
    return signed(sim, *keys)


def checkpoint_vector(about: str, anchor: TrustAnchor, *chain: Checkpoint) -> dict[str, Json]:
    """A chain of checkpoints and what is believed in the end."""
    statement = chain[-1].statement
    file = encode_trust_anchor(anchor)
    return {
        "about": about,
        "trust_anchor": file.hex(),
        "short_digest": short_digest(file),
        "checkpoints": [encode_checkpoint(checkpoint).hex() for checkpoint in chain],
        "expect": {
            "size": statement.size,
            "head": statement.head.hex(),
            "snapshot_digest": statement.snapshot_digest.hex(),
            "time": statement.at,
        },
    }
