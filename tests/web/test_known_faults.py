"""Every single fault that other tests know, asked of both verifiers: the same, and refused.

Credentials of tests/hostile, snapshots of tests/registry, and the journals that its tests of rules
have refused.
"""

import copy
import inspect
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from credential import cbor
from registry.anchor_file import TrustAnchor, encode_trust_anchor
from registry.evidence.header import BlockHeader
from registry.journal import Journal, JournalEntry, write_journal_file
from registry.snapshot import encode_snapshot
from tests.hostile.desk import Desk
from tests.hostile.test_single_faults import JUDGED_AFTER, signature_faults, trust_faults, written
from tests.registry import (
    refusal,
    test_rules_agencies,
    test_rules_batches,
    test_rules_registries,
    test_rules_scope,
    test_snapshot,
    test_snapshot_registries,
)
from tests.registry.evidence import test_bundle_evidence, test_clique, test_qbft
from tests.simulator import Simulator
from tests.web.peer import Json, NodePeer, PythonPeer
from tests.web.questions import DEFAULTS, opening

RULES = (test_rules_agencies, test_rules_batches, test_rules_registries, test_rules_scope)


def agreed(questions: list[Json]) -> list[Json]:
    """The answers to these questions, which are the same here and there."""
    here = PythonPeer()
    with NodePeer() as there:
        answers = there.answers(questions, here.answer)
    differing = [
        (question, ours, theirs)
        for question, (ours, theirs) in zip(questions, answers, strict=True)
        if ours != theirs
    ]
    assert differing == []
    return [ours for ours, _ in answers]


@pytest.mark.parametrize("anchors_all", [False, True])
def test_every_hostile_credential_has_the_same_verdict(anchors_all: bool) -> None:  # noqa: FBT001
    desk = Desk(anchors_all=anchors_all)
    cases = [*written(desk)]
    desk.anchors_all = False
    cases += trust_faults(desk) if anchors_all else signature_faults(desk)
    desk.sim.checkpoint()
    anchor = encode_trust_anchor(desk.sim.trust_anchor)
    bundles = {"full": desk.sim.full_bundle(), "lite": desk.sim.lite_bundle()}
    asked = {"op": "verify", "at": desk.sim.now + JUDGED_AFTER, "policy": DEFAULTS}
    sealed = [*(case.sealed for case in cases), *(twin for _, twin in desk.twins)]
    questions = [opening(name, bundle, anchor) for name, bundle in bundles.items()]
    for name in bundles:
        questions += [{**asked, "trust": name, "sealed": one.hex()} for one in sealed]

    answers = agreed(questions)

    assert len(answers) > 1_000
    assert sum(answer.get("outcome") == "VALID" for answer in answers) >= 2 * len(desk.twins)


def test_every_faulty_snapshot_is_refused_by_both() -> None:
    asked = [
        snapshot
        for module in (test_snapshot, test_snapshot_registries)
        for snapshot in faulty(module)
    ]

    answers = agreed([{"op": "read", "what": "snapshot", "file": one.hex()} for one in asked])

    assert len(answers) > 90
    assert {answer["refused"] for answer in answers} == {"trust.malformed"}


def faulty(module: ModuleType) -> Iterator[bytes]:
    """The snapshots that a test of snapshots spoils."""
    tree = cbor.decode(
        encode_snapshot(module.STATE), max_bytes=1 << 24, max_depth=12, max_items=1 << 20
    )
    for spoil in module.FAULTS.values():
        spoilt = copy.deepcopy(tree)
        spoil(spoilt)
        yield cbor.encode(spoilt)


def test_every_journal_that_breaks_a_rule_is_refused_by_both_at_its_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken: list[tuple[Journal, JournalEntry]] = []

    def note(sim: Simulator, entry: JournalEntry, _: str) -> None:
        broken.append((sim.journal, entry))

    monkeypatch.setattr(refusal, "refuse_entry", note)
    for module in RULES:
        if hasattr(module, "refuse_entry"):
            monkeypatch.setattr(module, "refuse_entry", note)
        for test in runs_of(module):
            test()
    files = [
        write_journal_file(Journal(journal.chain_id, journal.contract, (*journal.entries, entry)))
        for journal, entry in broken
    ]

    answers = agreed([{"op": "read", "what": "journal", "file": file.hex()} for file in files])

    assert len(answers) > 60
    refused_at = [answer["journal"] for answer in answers]
    assert refused_at == [f"refused at {len(journal.entries)}" for journal, _ in broken]


@pytest.mark.parametrize(("module", "engine"), [(test_qbft, 1), (test_clique, 2)])
def test_every_run_of_headers_is_followed_alike(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, engine: int
) -> None:
    asked: list[Json] = []
    follow = module.follow

    def note(headers: list[BlockHeader], validators: list[bytes], epoch: int) -> object:
        encoded = [header.encoded(header.extra).hex() for header in headers]
        named = [address.hex() for address in validators]
        known = {"engine": engine, "headers": encoded, "validators": named, "epoch": epoch}
        asked.append({"op": "follow", **known})
        return follow(headers, validators, epoch)

    monkeypatch.setattr(module, "follow", note)
    for test in runs_of(module):
        test()

    answers = agreed(asked)

    assert sum("refused" in answer for answer in answers) > 9
    assert any("block" in answer for answer in answers)


def test_every_bundle_with_chain_evidence_opens_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Json] = []
    module = test_bundle_evidence
    open_it = module.open_bundle

    def note(bundle: bytes, *, anchor: TrustAnchor | None = None, **more: object) -> object:
        named = None if anchor is None else encode_trust_anchor(anchor)
        if not more:
            asked.append(opening(f"bundle {len(asked)}", bundle, named))
        return open_it(bundle, anchor=anchor, **more)

    monkeypatch.setattr(module, "open_bundle", note)
    for test in runs_of(module):
        test()

    assert len(agreed(asked)) > 15


def runs_of(module: ModuleType) -> Iterator[Callable[[], None]]:
    """The tests of a module that need at most one parameter, for each of its values."""
    for name, test in vars(module).items():
        if not name.startswith("test_") or not inspect.isfunction(test):
            continue
        marks = getattr(test, "pytestmark", [])
        if not marks and not inspect.signature(test).parameters:
            yield test
        for mark in marks:
            if "," not in mark.args[0] and len(inspect.signature(test).parameters) == 1:
                yield from (lambda test=test, one=one: test(one) for one in mark.args[1])
