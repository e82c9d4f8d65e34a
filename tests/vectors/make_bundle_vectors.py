"""The bundle vectors: bundles with the trust anchor they open from, good ones and bad ones."""

from collections.abc import Iterator
from dataclasses import replace

from credential.ids import Digest, UnixTime
from credential.keys import ALG_ES256, ALG_MLDSA44
from registry import payloads as p
from registry.anchor_file import TrustAnchor, encode_trust_anchor
from registry.bundle import make_full_bundle, make_lite_bundle
from registry.bundle_file import ReadAt
from registry.checkpoint import make_checkpoint, sign_statement, state_statement
from registry.kinds import AlgorithmPhase
from registry.signers import make_signers
from registry.trust_data import Floor
from tests.simulated_chain import QBFT, QbftChain, State, addresses, evidence_of, people
from tests.simulator import SimulatedKey, Simulator
from tests.vectors.make_trust_vectors import CLASSICAL, QUANTUM_SAFE, Json, eventful


def bundles() -> Iterator[tuple[str, dict[str, Json]]]:
    """All bundle vectors by name."""
    sim = eventful()
    sim.set_signers(*(SimulatedKey(f"signer {n}") for n in range(3)))
    sim.checkpoint()
    anchor, lite, full = sim.trust_anchor, sim.lite_bundle(), sim.full_bundle()
    seen = sim.trust().floor
    read = make_full_bundle(
        sim.journal,
        sim.documents(),
        made_at=sim.now,
        read_at=ReadAt(len(sim.entries), UnixTime(sim.now)),
    )
    far = eventful()
    far.append(p.SuccessorRegistrySet(2**64, b"\7" * 20))
    beyond = make_full_bundle(
        far.journal,
        far.documents(),
        made_at=far.now,
        read_at=ReadAt(len(far.entries), UnixTime(far.now)),
    )
    state = sim.state()
    early = state_statement(state, state.time)._replace(at=UnixTime(state.time - 1))
    signed = make_checkpoint(early, [sign_statement(early, key) for key in sim.signer_keys])
    older = make_full_bundle(sim.journal, sim.documents(), made_at=sim.now, checkpoints=[signed])
    usurper = SimulatedKey("usurper")
    lying = state_statement(state, sim.now)._replace(signers=make_signers(1, (usurper.cose_key,)))
    keys = (*sim.signer_keys, usurper)
    lied = make_checkpoint(lying, [sign_statement(lying, key) for key in keys])
    usurped = make_full_bundle(sim.journal, sim.documents(), made_at=sim.now, checkpoints=[lied])
    fewer = make_full_bundle(
        sim.journal,
        sim.documents(),
        made_at=sim.now,
        read_at=ReadAt(len(sim.entries) - 1, UnixTime(sim.now)),
    )
    endless = make_full_bundle(
        sim.journal, sim.documents(), made_at=sim.now, read_at=ReadAt(2**64 - 1, UnixTime(sim.now))
    )
    marked = make_full_bundle(
        sim.journal,
        sim.documents(),
        made_at=sim.now,
        checkpoints=sim.checkpoints,
        with_waymarks=True,
    )
    behind = eventful()
    behind.set_signers(*(SimulatedKey(f"signer {n}") for n in range(3)))
    behind.checkpoint()
    behind.office("D1")
    newer = seen._replace(size=seen.size + 1)
    forked = seen._replace(head=Digest(bytes(32)))
    later = seen._replace(as_of=UnixTime(seen.as_of + 1))
    others = replace(anchor, signers=make_signers(1, (SimulatedKey("other").cose_key,)))
    foreign = replace(anchor, contract=b"\7" * 20)
    first, *rest = sim.entries
    backdated = replace(sim.journal, entries=(first._replace(time=first.time - 1), *rest))
    changed = make_full_bundle(
        backdated, sim.documents(), made_at=sim.now, checkpoints=sim.checkpoints
    )
    flipped = lite[:-5] + bytes([lite[-5] ^ 1]) + lite[-4:]

    good = {
        "lite": (lite, anchor, None),
        "full": (full, anchor, None),
        "full_read_from_a_node": (read, anchor, None),
        "full_with_waymarks": (marked, anchor, None),
        "full_with_entries_behind": (behind.full_bundle(), anchor, None),
        "lite_without_anchor": (lite, None, None),
        "lite_as_seen_before": (lite, anchor, seen),
    }
    for name, (bundle, held, floor) in good.items():
        strength = 2 if held is not None and name != "full_read_from_a_node" else 1
        yield (
            name,
            bundle_vector(
                bundle,
                held,
                floor,
                {
                    "size": seen.size,
                    "head": seen.head.hex(),
                    "as_of": seen.as_of,
                    "strength": strength,
                },
            ),
        )
    bad = {
        "flipped_bit": (flipped, anchor, None, "trust.malformed"),
        "read_after_endless_entries": (endless, anchor, None, "trust.malformed"),
        "successor_beyond_64_bits": (beyond, anchor, None, "trust.malformed"),
        "read_after_fewer_entries": (fewer, anchor, None, "trust.malformed"),
        "statement_older_than_an_entry": (older, anchor, None, "trust.malformed"),
        "statement_of_signers_nobody_set": (usurped, anchor, None, "trust.malformed"),
        "cut_short": (lite[:-1], anchor, None, "trust.malformed"),
        "other_signers": (full, others, None, "trust.malformed"),
        "another_registry": (lite, foreign, None, "trust.foreign"),
        "fewer_entries_than_seen": (lite, anchor, newer, "trust.rollback"),
        "changed_and_another_than_seen": (
            changed,
            anchor,
            forked._replace(size=1),
            "trust.malformed",
        ),
        "earlier_than_seen": (full, anchor, later, "trust.rollback"),
        "another_head_than_seen": (lite, anchor, forked, "trust.rollback"),
    }
    for name, (bundle, held, floor, code) in bad.items():
        yield f"{name}_fail", bundle_vector(bundle, held, floor, {"refused": code})
    yield from calendar_bundles()
    yield "chain_left_behind", chain_left_behind()


def chain_left_behind() -> dict[str, Json]:
    """A chain that goes on sealing blocks after the registry named a successor says nothing new."""
    sim = Simulator()
    sim.append(p.SuccessorRegistrySet(7, b"\7" * 20))
    state = State({sim.contract: sim.state().head})
    header = QbftChain(people(4)).block(5_000, state.root)
    bundle = make_full_bundle(
        sim.journal,
        sim.documents(),
        made_at=sim.now,
        chain=evidence_of(QBFT, [header], state, sim.contract),
    )
    anchor = replace(sim.trust_anchor, validators=addresses(people(4)), consensus=QBFT)
    told: Json = {
        "size": len(sim.entries),
        "head": sim.state().head.hex(),
        "as_of": sim.now,
        "strength": 3,
    }
    return bundle_vector(bundle, anchor, None, told)


def calendar_bundles() -> Iterator[tuple[str, dict[str, Json]]]:
    """The calendar of the vouched state at the last statement (checkpoint.md, step 7)."""
    stop_after = 10**6
    for name, keys, stopped, waited, refused in (
        ("warned_only", (*CLASSICAL, *QUANTUM_SAFE), None, stop_after, False),
        ("before_the_stop", (*CLASSICAL, *QUANTUM_SAFE), ALG_ES256, stop_after - 1, False),
        ("cosigned_after_the_stop", (*CLASSICAL, *QUANTUM_SAFE), ALG_ES256, stop_after, False),
        ("mldsa44_stopped", (*CLASSICAL, *QUANTUM_SAFE), ALG_MLDSA44, stop_after, False),
        ("es256_stopped", (CLASSICAL[0], CLASSICAL[2]), ALG_ES256, stop_after, True),
        ("one_left_after_the_stop", CLASSICAL, ALG_ES256, stop_after, True),
        ("only_mldsa44_stopped", QUANTUM_SAFE, ALG_MLDSA44, stop_after, True),
    ):
        sim = Simulator()
        sim.set_signers(*keys)
        signers = sim.state().signers
        assert signers is not None
        sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN)
        if stopped is not None:
            sim.set_algorithm(stopped, AlgorithmPhase.STOP, effective_at=sim.now + stop_after)
        sim.checkpoint(by=keys, at=sim.now - (sim.block_seconds if stopped else 0) + waited)
        anchor = replace(sim.trust_anchor, signers=signers)
        bundle = make_lite_bundle(
            sim.state(), sim.documents(), made_at=sim.now, checkpoints=sim.checkpoints
        )
        state, at = sim.state(), sim.checkpoints[-1].statement.at
        good: dict[str, Json] = {"size": state.size, "head": state.head.hex(), "as_of": at}
        expect: dict[str, Json] = {**good, "strength": 2}
        if refused:
            expect = {"refused": "trust.malformed"}
        suffix = "_fail" if refused else ""
        yield f"calendar_{name}{suffix}", bundle_vector(bundle, anchor, None, expect)


def bundle_vector(
    bundle: bytes, anchor: TrustAnchor | None, floor: Floor | None, expect: dict[str, Json]
) -> dict[str, Json]:
    """A bundle, who opens it with what in hand, and what comes out."""
    seen: Json = None
    if floor is not None:
        seen = {"size": floor.size, "head": floor.head.hex(), "as_of": floor.as_of}
        if len(floor.homes) > 1:
            seen["homes"] = [[chain_id, contract.hex()] for chain_id, contract in floor.homes]
    return {
        "bundle": bundle.hex(),
        "trust_anchor": None if anchor is None else encode_trust_anchor(anchor).hex(),
        "seen_before": seen,
        "expect": expect,
    }
