"""What the two verifiers are asked about before anything is spoilt: registries, bundles, documents.

One registry to which everything happens that a journal knows, kept with the keys of its offices and
signers, so that what was changed can be signed again; and the bundles of the committed vectors.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from credential.status import SlotState
from registry.anchor_file import encode_trust_anchor
from registry.bundle import make_full_bundle
from registry.bundle_file import GuestFile
from registry.evidence.file import ChainEvidence, decode_chain_evidence
from registry.journal import read_journal_file
from registry.kinds import AlgorithmPhase
from registry.trust_data import Documents
from tests.hostile.desk import EVERY_KIND
from tests.simulated_chain import (
    CLIQUE,
    QBFT,
    START,
    CliqueChain,
    QbftChain,
    State,
    addresses,
    evidence_of,
    people,
    person,
)
from tests.simulated_keys import SimulatedKey
from tests.simulated_registries import move
from tests.simulator import Office, Simulator

VECTORS: Final = Path(__file__).parents[1] / "vectors"
CATALOG: Final = VECTORS.parents[1] / "credential" / "catalog"
Json: TypeAlias = Any
DAY: Final = 86_400
_TITLE: Final = {"zh-Hant": "名", "en": "Name"}
_ROW: Final = {"label": 1, "key": "name", "kind": "text", "title": _TITLE, "required": True}
ONE_OF_MANY: Final = json.dumps(
    {
        "format": 1,
        "id": "one-of-many",
        "type": 3,
        "version": 1,
        "title": {"zh-Hant": "多中之一", "en": "One of many"},
        "group_by": 1,
        "record": 9,
        "fields": [
            {
                "label": label,
                "key": f"key_{label}",
                "kind": kind,
                "title": {"zh-Hant": "欄", "en": "Field"},
                **more,
            }
            for label, kind, more in (
                (1, "text", {"required": True}),
                (6, "number", {"required": True, "count_of": 7}),
                (7, "rows", {"max_rows_in_entry": 2, "fields": [_ROW]}),
                (8, "rows", {"first_of": 7}),
                (9, "digest", {"required": True}),
            )
        ],
        "layout": {},
    }
).encode()
"""Type 3, version 1: rows that are too many for an entry, which then holds the first of them."""


@dataclass(frozen=True)
class Held:
    """A bundle with the anchor it opens from, and what can be sealed or signed in its registry."""

    name: str
    bundle: bytes
    anchor: bytes | None
    sealed: tuple[bytes, ...] = ()
    sim: Simulator | None = None


def eventful() -> tuple[Simulator, list[bytes], Office]:
    """A registry with a bit of everything, what its offices sealed, and one in good health."""
    sim = Simulator(signers=2)
    keys = [SimulatedKey("e0"), SimulatedKey("e1"), SimulatedKey("e2", ALG_EDDSA)]
    sim.set_signers(*keys, SimulatedKey("e3", ALG_MLDSA44), SimulatedKey("e4", ALG_MLDSA44))
    sim.register_type(EVERY_KIND)
    sim.register_type(ONE_OF_MANY)
    office, closed, leaked = sim.office("A1"), sim.office("C1"), sim.office("L1")
    branch = sim.branch(office, "A1-X", until=sim.now + 99 * DAY)
    slow = sim.office("Q1", alg=ALG_MLDSA44)
    sealed: list[bytes] = []

    def batch(by: Office, *, anchored: bool = True) -> None:
        made = sim.issue(by, {1: "王小明"}, {1: "陳美麗", 2: "2020-02-29"}, exp=sim.now + 50 * DAY)
        sealed.extend(made.sealed)
        if anchored:
            sim.anchor(made)

    for by in (office, closed, leaked, branch, slow):
        batch(by)
        batch(by, anchored=False)
    sim.rename(closed, "舊機關", "Old agency")
    sim.suspend(branch)
    batch(office)
    sim.resume(branch)
    sim.compromise(leaked.key, since=sim.now - 40)
    sim.confirm(1, leaked)
    sim.compromise(leaked.key, since=sim.now - 300)
    sim.publish_status(office, {0: SlotState.REVOKED, 3: SlotState.SUSPENDED}, slots=9)
    sim.close(closed, office)
    sim.end_accreditation(branch)
    sim.end_key(sim.add_key("A1"))
    abroad = Simulator(chain_id=886, contract=b"\x22" * 20, signers=2)
    number = sim.recognise(abroad, 1)
    sim.end_recognition(number)
    sim.recognise(abroad, 1, 2, until=sim.now + 30 * DAY)
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN)
    move(sim, 7)
    batch(office)
    batch(office, anchored=False)
    sim.checkpoint()
    return sim, sealed, office


def simulated() -> Iterator[Held]:
    """The eventful registry full and lite, with a guest, and registries with chain evidence."""
    sim, sealed, _ = eventful()
    anchor = encode_trust_anchor(sim.trust_anchor)
    yield Held("eventful", sim.full_bundle(), anchor, tuple(sealed), sim)
    yield Held("eventful lite", sim.lite_bundle(), anchor, tuple(sealed), sim)
    abroad = Simulator(chain_id=886, contract=b"\x22" * 20, signers=2)
    foreign = abroad.issue(abroad.office("A1"), {1: "外國"}, {1: "人"})
    abroad.anchor(foreign)
    abroad.checkpoint()
    home = Simulator()
    own = home.issue(home.office("A1"), {1: "王小明"})
    home.anchor(own)
    number = home.recognise(abroad, 1)
    home.checkpoint()
    guest = [GuestFile(number, abroad.lite_bundle())]
    known = (*own.sealed, *foreign.sealed)
    yield Held("home", home.lite_bundle(guest), encode_trust_anchor(home.trust_anchor), known, home)
    yield from with_evidence()


def with_evidence() -> Iterator[Held]:
    """Full bundles by QBFT and by Clique, through a change of validators."""
    sim = Simulator()
    batch = sim.issue(sim.office("A1"), {1: "a"}, {1: "b"})
    sim.anchor(batch)
    state = State({sim.contract: sim.state().head})
    for name, evidence, anchor in (
        ("qbft", qbft_evidence(state, sim), QBFT),
        ("clique", clique_evidence(state, sim), CLIQUE),
    ):
        bundle = make_full_bundle(sim.journal, sim.documents(), made_at=START, chain=evidence)
        named = replace(sim.trust_anchor, validators=addresses(people(4)), consensus=anchor)
        yield Held(name, bundle, encode_trust_anchor(named), batch.sealed, sim)


def qbft_evidence(state: State, sim: Simulator) -> ChainEvidence:
    """Three of four vote a fifth in; then the block of the state."""
    four, fifth = people(4), person("validator 4")
    chain = QbftChain(four)
    votes = [chain.block(5_001 + n, proposer=four[n], vote=(fifth.address, True)) for n in range(3)]
    later = QbftChain([*four, fifth]).block(5_010, state.root, round_no=3)
    return evidence_of(QBFT, [*votes, later], state, sim.contract)


def clique_evidence(state: State, sim: Simulator) -> ChainEvidence:
    """A run that votes a signer in, a gap, and the block of the state with the run behind it."""
    chain = CliqueChain(people(4), number=5_000)
    fifth = person("validator 4")
    signers = [chain.validators[(5_001 + n) % 4] for n in range(3)]
    for _ in signers:
        chain.append(vote=(fifth.address, True))
    chain.validators.append(fifth)
    for root in (*[bytes(32)] * 4, None, state.root, *[bytes(32)] * 4):
        if root is None:
            chain.skip(20)
            continue
        rested = [one for one in chain.validators if one not in signers[-2:]]
        signers.append(rested[0])
        chain.append(root, signer=rested[0])
    return evidence_of(CLIQUE, chain.headers, state, sim.contract)


def of_vectors() -> Iterator[Held]:
    """The bundles of the committed vectors, with the credentials judged by them."""
    cases = [read(file) for file in sorted((VECTORS / "verdict").glob("case_*.json"))]
    for file in sorted((VECTORS / "verdict").glob("bundle_*.json")):
        held = read(file)
        judged = {
            case["sealed"] for case in cases if case["bundle"] == file.name and "sealed" in case
        }
        sealed = tuple(bytes.fromhex(one) for one in sorted(judged))
        yield Held(file.stem, *_bundle_and_anchor(held), sealed)
    for file in sorted((VECTORS / "bundle").glob("*.json")):
        yield Held(file.stem, *_bundle_and_anchor(read(file)))
    for file in sorted((VECTORS / "evidence").glob("*.json")):
        if not file.stem.endswith("_fail"):
            yield Held(file.stem, *_bundle_around(read(file)))


def recorded_evidence() -> Iterator[bytes]:
    """The evidence of real networks."""
    for file in sorted((VECTORS / "evidence").glob("*.json")):
        if not file.stem.endswith("_fail"):
            yield bytes.fromhex(read(file)["evidence"])


def _bundle_and_anchor(held: Json) -> tuple[bytes, bytes | None]:
    anchor = held["trust_anchor"]
    return bytes.fromhex(held["bundle"]), None if anchor is None else bytes.fromhex(anchor)


def _bundle_around(held: Json) -> tuple[bytes, bytes]:
    bundle = make_full_bundle(
        read_journal_file(bytes.fromhex(held["journal"])),
        Documents(),
        made_at=0,
        chain=decode_chain_evidence(bytes.fromhex(held["evidence"])),
    )
    return bundle, bytes.fromhex(held["trust_anchor"])


def read(file: Path) -> Json:
    """A vector file."""
    return json.loads(file.read_text(encoding="utf-8"))
