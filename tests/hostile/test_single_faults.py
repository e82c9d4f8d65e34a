"""Inputs with one fault, signed by a trusted key and anchored where that makes sense.

None is VALID; each gets the outcome and the code that docs/formats/ promises; every good twin, of
the same batch and under the same signature, is VALID. `-s` prints how many there are.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import pytest

from credential.errors import FormatError
from credential.qr_text import qr_decode
from registry.trust_data import TrustData
from tests.hostile.desk import Case, Desk, refused
from tests.hostile.entry_faults import entry_faults, good_entries
from tests.hostile.kind_faults import kind_faults
from tests.hostile.receipt_faults import form_faults
from tests.hostile.signature_faults import signature_faults
from tests.hostile.trust_faults import code_of_text, text_faults, trust_faults
from verifier import Outcome, Result, Verdict, verify, verify_many

JUDGED_AFTER = 100
NOTHING_SAID = {"anchor.fresh", "anchor.not_in_lite"}
SEEN_IN_THE_JOURNAL_ALONE = "proof.tree_size"
"""A lite bundle has no anchors of a healthy key: there its signature over the root is enough."""


class World(NamedTuple):
    """All that one desk wrote, and two verifiers that hold its registry's bundles."""

    cases: tuple[Case, ...]
    twins: tuple[tuple[str, bytes], ...]
    full: TrustData
    lite: TrustData
    at: int


def written(desk: Desk) -> Iterable[Case]:
    """Every case the desk can make."""
    for faults in (entry_faults, kind_faults):
        for name, entry, code in faults(desk):
            yield refused(name, desk.seal(desk.pair(entry)), code)
    yield from form_faults(desk)


def world(desk: Desk, cases: Iterable[Case]) -> World:
    told = tuple(cases)
    odd = tuple((name, desk.seal(desk.pair(entry))) for name, entry in good_entries(desk))
    desk.sim.checkpoint()
    full, lite = desk.sim.trust(full=True), desk.sim.trust()
    return World(told, (*desk.twins, *odd), full, lite, desk.sim.now + JUDGED_AFTER)


@pytest.fixture(scope="module")
def signed() -> World:
    """Faults in batches that are signed and nowhere anchored."""
    desk = Desk()
    return world(desk, [*written(desk), *signature_faults(desk)])


@pytest.fixture(scope="module")
def anchored() -> World:
    """The same faults of form in batches that are anchored, and what only the journal shows."""
    desk = Desk(anchors_all=True)
    cases = [*written(desk)]
    desk.anchors_all = False
    return world(desk, [*cases, *trust_faults(desk)])


def decisive(verdict: Verdict) -> str:
    """The code of the first check that stands against VALID."""
    against = [
        check.reason.value
        for check in verdict.checks
        if check.result is not Result.PASS and check.reason.value not in NOTHING_SAID
    ]
    undecided = "proof.root_unknown"
    if against[:1] == [undecided] and verdict.outcome is Outcome.INVALID:
        del against[0]
    return against[0] if against else "nothing"


def surprises(cases: Iterable[Case], trust: TrustData, at: int) -> list[tuple[str, str, str]]:
    """The cases whose answer is not the promised one, with the answer."""
    return [
        (case.name, verdict.outcome.value, decisive(verdict))
        for case in cases
        for verdict in [verify(case.sealed, trust, at)]
        if (verdict.outcome, decisive(verdict)) != (case.outcome, case.code)
    ]


def doubted(twins: Iterable[tuple[str, bytes]], trust: TrustData, at: int) -> list[str]:
    """The good twins that are not VALID."""
    return [
        name for name, sealed in twins if verify(sealed, trust, at).outcome is not Outcome.VALID
    ]


def test_every_signed_fault_has_the_promised_answer(signed: World) -> None:
    assert surprises(signed.cases, signed.full, signed.at) == []


def test_every_signed_fault_has_the_same_answer_by_a_lite_bundle(signed: World) -> None:
    assert surprises(signed.cases, signed.lite, signed.at) == []


def test_every_anchored_fault_has_the_promised_answer(anchored: World) -> None:
    assert surprises(anchored.cases, anchored.full, anchored.at) == []


def test_every_anchored_fault_is_refused_by_a_lite_bundle_where_it_can_see_it(
    anchored: World,
) -> None:
    seen = [case for case in anchored.cases if case.code != SEEN_IN_THE_JOURNAL_ALONE]

    assert surprises(seen, anchored.lite, anchored.at) == []


def test_every_good_twin_is_valid(signed: World, anchored: World) -> None:
    assert doubted(signed.twins, signed.full, signed.at) == []
    assert doubted(signed.twins, signed.lite, signed.at) == []
    assert doubted(anchored.twins, anchored.full, anchored.at) == []


def test_many_at_once_get_the_same_verdicts_as_one_by_one(signed: World, anchored: World) -> None:
    for each in (signed, anchored):
        sealed = [case.sealed for case in each.cases] + [good for _, good in each.twins]
        alone = [verify(one, each.full, each.at) for one in sealed]

        assert verify_many(sealed, each.full, each.at) == alone


def test_every_spoilt_text_is_refused_with_its_code(signed: World) -> None:
    genuine = signed.twins[0][1]

    wrong = []
    for name, spoilt in text_faults(genuine):
        try:
            wrong.append((name, qr_decode(spoilt)))
        except FormatError as error:
            if error.code != code_of_text(spoilt):
                wrong.append((name, error.code))

    assert wrong == []


def test_there_are_well_over_two_thousand_cases_and_no_two_of_a_desk_are_the_same(
    signed: World, anchored: World
) -> None:
    codes = Counter(case.code for each in (signed, anchored) for case in each.cases)
    codes["form.text"] += len(list(text_faults(signed.twins[0][1])))
    counted = [f"{count:6} {code}" for code, count in sorted(codes.items())]
    told = f"{codes.total()} single faults, {len(signed.twins) + len(anchored.twins)} good twins"
    sys.stdout.write("\n".join(["", told, *counted, ""]))

    assert codes.total() > 2_000
    for each in (signed, anchored):
        assert len({case.sealed for case in each.cases}) == len(each.cases)
