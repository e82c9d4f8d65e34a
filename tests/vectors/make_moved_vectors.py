"""The vectors of a registry that has moved: checkpoints, bundles, and documents of every home."""

from collections.abc import Iterator

from credential.ids import UnixTime
from registry import payloads as p
from registry.anchor_file import encode_trust_anchor
from registry.bundle import make_full_bundle
from registry.bundle_file import ReadAt, write_bundle_file
from registry.checkpoint import Checkpoint, make_checkpoint, sign_statement, state_statement
from registry.journal import Journal, make_entry
from registry.lineage import registries
from registry.snapshot import snapshot_value
from registry.trust_data import BundleKind
from tests.simulated_registries import contract_of, move
from tests.simulator import CHAIN_ID, CONTRACT, SimulatedKey, Simulator
from tests.vectors.make_bundle_vectors import bundle_vector
from tests.vectors.make_trust_vectors import Json, checkpoint_vector
from tests.vectors.make_verdict_vectors import Case, case_vector, judged


class Moved:
    """A registry at its second home. Its signers changed before the move, and again after it."""

    def __init__(self) -> None:
        sim = self.sim = Simulator()
        office = sim.office("A1")
        self.before = sim.issue(office, {1: "王小明"})
        sim.anchor(self.before)
        self.waiting = sim.issue(office, {1: "陳美麗"})
        self._handed_to("second")
        self.seen_before, self.old = sim.trust().floor, sim.lite_bundle()
        move(sim, 7)
        self.after = sim.issue(office, {1: "林志明"})
        sim.anchor(self.after)
        self.fresh = sim.issue(office, {1: "張雅婷"})
        self._handed_to("third")
        stranger = Simulator(chain_id=7, contract=contract_of(8))
        self.elsewhere = stranger.issue(office, {1: "駭客"})

    def _handed_to(self, name: str) -> None:
        self.sim.set_signers(*(SimulatedKey(f"{name} {n}") for n in range(3)))
        self.sim.checkpoint()

    @property
    def lineage(self) -> dict[str, Json]:
        """The registry of the bundle, and all homes, as a reader of checkpoints gets them."""
        homes: list[Json] = [
            [chain_id, contract.hex()] for chain_id, contract in registries(self.sim.state().homes)
        ]
        return {"registry": homes[-1], "homes": homes}


def stolen() -> tuple[Simulator, Checkpoint]:
    """A journal that thieves carried on to a contract of theirs, and a checkpoint by them alone."""
    sim = Simulator()
    sim.checkpoint()
    move(sim, 66)
    thieves = [SimulatedKey(f"thief {n}") for n in range(3)]
    sim.set_signers(*thieves)
    return sim, by(sim, thieves)


def by(sim: Simulator, keys: list[SimulatedKey], **claims: object) -> Checkpoint:
    """A checkpoint of the registry as it is, by these keys; `claims` replace what it states."""
    statement = state_statement(sim.state(), sim.now)
    statement = statement._replace(**claims)  # type: ignore[arg-type]  # named by the caller
    return make_checkpoint(statement, [sign_statement(statement, key) for key in keys])


def moved_checkpoints() -> Iterator[tuple[str, dict[str, Json]]]:
    """Chains of checkpoints across a move, with the homes a bundle tells of."""
    moved = Moved()
    anchor, made = moved.sim.trust_anchor, moved.sim.checkpoints
    yield (
        "moved",
        {**checkpoint_vector("One at each of two homes.", anchor, *made), **moved.lineage},
    )
    sim, by_thieves = stolen()
    thieves: dict[str, Json] = {
        "registry": [66, contract_of(66).hex()],
        "homes": [[CHAIN_ID, CONTRACT.hex()], [66, contract_of(66).hex()]],
    }
    bad = {
        "moved_by_strangers": (
            "New signers at a new home, whom the old ones never vouched for.",
            checkpoint_vector("", sim.trust_anchor, *sim.checkpoints, by_thieves),
            thieves,
            "trust.malformed",
        ),
        "moved_from_elsewhere": (
            "The first checkpoint names a registry that is no home of this journal.",
            checkpoint_vector("", anchor, *made),
            {**moved.lineage, "homes": [[7, contract_of(7).hex()]]},
            "trust.foreign",
        ),
    }
    for name, (about, vector, lineage, code) in bad.items():
        refused: dict[str, Json] = {"about": about, **lineage, "expect": {"refused": code}}
        yield f"{name}_fail", {**vector, **refused}


def moved_bundles() -> Iterator[tuple[str, dict[str, Json]]]:
    """Bundles of moved registries, opened from the trust anchor of the first home."""
    moved = Moved()
    sim, anchor, seen = moved.sim, moved.sim.trust_anchor, moved.seen_before
    now = sim.trust().floor
    expect: dict[str, Json] = {
        "size": now.size,
        "head": now.head.hex(),
        "as_of": now.as_of,
        "strength": 2,
    }
    for name, bundle, floor in (
        ("moved_full", sim.full_bundle(), None),
        ("moved_lite", sim.lite_bundle(), None),
        ("moved_lite_seen_at_its_first_home", sim.lite_bundle(), seen),
    ):
        yield name, bundle_vector(bundle, anchor, floor, expect)
    for name, bundle, code in bad_bundles(moved):
        floor = now if name == "moved_back" else None
        yield f"{name}_fail", bundle_vector(bundle, anchor, floor, {"refused": code})


def bad_bundles(moved: Moved) -> Iterator[tuple[str, bytes, str]]:
    """By name: a bundle that must not be taken, and the code of the refusal."""
    sim, by_thieves = stolen()
    checkpoints = [*sim.checkpoints, by_thieves]
    taken = make_full_bundle(sim.journal, sim.documents(), made_at=1, checkpoints=checkpoints)
    yield "moved_by_strangers", taken, "trust.malformed"
    yield "moved_back", moved.old, "trust.rollback"

    other = Simulator(chain_id=7, contract=contract_of(7))
    other.checkpoint()
    yield "another_registry_by_the_same_signers", other.lite_bundle(), "trust.foreign"
    value = snapshot_value(other.state())
    assert isinstance(value, dict)
    claimed = write_bundle_file(
        BundleKind.LITE,
        (7, contract_of(7)),
        {**value, 19: [[CHAIN_ID, CONTRACT, 1]]},
        other.documents(),
        made_at=1,
        checkpoints=other.checkpoints,
    )
    yield "earlier_home_only_claimed", claimed, "trust.malformed"

    wrong = Simulator()
    first = wrong.signer_keys
    move(wrong, 7)
    wrong.set_signers(*(SimulatedKey(f"second {n}") for n in range(3)))
    both = [*first, *wrong.signer_keys]
    wrong.checkpoints.append(by(wrong, both, chain_id=CHAIN_ID, contract=CONTRACT))
    wrong.checkpoint()
    yield "statement_of_another_home", wrong.lite_bundle(), "trust.malformed"

    carried = p.JournalCarried
    leaving = Simulator()
    leaving.append(p.SuccessorRegistrySet(7, contract_of(7)))
    here = (CHAIN_ID, CONTRACT)
    yield "carried_from_another", with_entries(leaving, carried(7, CONTRACT)), "trust.malformed"
    yield "carried_twice", with_entries(leaving, *[carried(*here)] * 2), "trust.malformed"
    yield "carried_without_successor", with_entries(Simulator(), carried(*here)), "trust.malformed"


def with_entries(sim: Simulator, *payloads: p.Payload) -> bytes:
    """A full bundle of the journal with these entries behind it, as read from a node."""
    size = len(sim.entries)
    added = [make_entry(size + place, sim.now, payload) for place, payload in enumerate(payloads)]
    journal = Journal(*sim.first_home, (*sim.entries, *added))
    head = ReadAt(len(journal.entries), UnixTime(sim.now))
    return make_full_bundle(journal, sim.documents(), made_at=1, read_at=head)


def moved_verdicts() -> Iterator[tuple[str, Json]]:
    """Documents of every home, judged by the bundle made after the move."""
    moved = Moved()
    sim, anchor = moved.sim, moved.sim.trust_anchor
    bundle = sim.full_bundle()
    held: Json = {"bundle": bundle.hex(), "trust_anchor": encode_trust_anchor(anchor).hex()}
    yield "bundle_moved", held
    rows = {
        "anchored_before_the_move": (moved.before, "VALID", "anchor.anchored"),
        "signed_before_the_move": (moved.waiting, "VALID", "proof.signature"),
        "anchored_after_the_move": (moved.after, "VALID", "anchor.anchored"),
        "signed_after_the_move": (moved.fresh, "VALID", "proof.signature"),
        "signed_for_no_home_fail": (moved.elsewhere, "INVALID", "proof.signature_invalid"),
    }
    for name, (batch, outcome, code) in rows.items():
        case = Case(batch.sealed[0], outcome, code, bundle="moved", after_seconds=60)
        at = sim.now + case.after_seconds
        verdict = judged(case.sealed, bundle, anchor, at=at, policy=case.policy, seen=None)
        codes = [check.reason.value for check in verdict.checks]
        assert (verdict.outcome.value, code in codes) == (outcome, True), (name, codes)
        yield f"case_{name}", case_vector(case, at, verdict)
