"""Documents of many agencies: one bad file is left out, and the rest make a bundle."""

import pytest

from registry.bundle import make_lite_bundle, open_bundle
from registry.errors import BundleError
from registry.trust_data import Documents
from registry.usable_documents import usable_documents
from tests.simulator import PERMIT, Simulator


def registry() -> Simulator:
    sim = Simulator()
    for code in ("A1", "A2"):
        sim.revoke(sim.office(code), 3)
    sim.checkpoint()
    return sim


SIM = registry()
GOOD = SIM.documents()


def test_good_documents_are_all_usable() -> None:
    assert usable_documents(SIM.state(), GOOD) == (GOOD, ())


BAD = {
    "a malformed list": (Documents((*GOOD.status_lists, b"x"), GOOD.details, GOOD.types), GOOD),
    "an unknown list": (
        GOOD._replace(
            status_lists=(*GOOD.status_lists, GOOD.status_lists[0].replace(b"A1", b"A3"))
        ),
        GOOD,
    ),
    "malformed details": (GOOD._replace(details=(*GOOD.details, b"x")), GOOD),
    "details without their list": (
        GOOD._replace(status_lists=GOOD.status_lists[1:]),
        GOOD._replace(status_lists=GOOD.status_lists[1:], details=GOOD.details[1:]),
    ),
    "a malformed type": (GOOD._replace(types=(PERMIT, b"{}")), GOOD),
    "an unregistered type": (GOOD._replace(types=(PERMIT + b" ", PERMIT)), GOOD),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_left_out_and_named(name: str) -> None:
    offered, expected = BAD[name]
    usable, refused = usable_documents(SIM.state(), offered)
    assert usable == expected
    assert len(refused) == 1


@pytest.mark.parametrize("name", BAD)
def test_what_is_left_makes_a_bundle(name: str) -> None:
    usable, _ = usable_documents(SIM.state(), BAD[name][0])
    bundle = make_lite_bundle(SIM.state(), usable, made_at=0, checkpoints=SIM.checkpoints)
    assert open_bundle(bundle, anchor=SIM.trust_anchor).state.head == SIM.state().head


def test_a_document_twice_is_used_once() -> None:
    twice = Documents(GOOD.status_lists * 2, GOOD.details * 2, GOOD.types * 2)
    assert usable_documents(SIM.state(), twice) == (GOOD, ())


def test_a_reader_refuses_what_was_not_sorted_out() -> None:
    offered, _ = BAD["an unknown list"]
    bundle = make_lite_bundle(SIM.state(), offered, made_at=0, checkpoints=SIM.checkpoints)
    with pytest.raises(BundleError):
        open_bundle(bundle, anchor=SIM.trust_anchor)
