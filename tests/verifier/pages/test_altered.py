"""Altered files with a good code: each is caught, named, and never VALID."""

import pytest

from tests.verifier.pages import issued
from tests.verifier.pages.attacks import ON_A_HOUSEHOLD, ON_A_LICENCE, Attack
from verifier.pages.findings import Grade, PageState
from verifier.verdict import Outcome


@pytest.fixture(scope="module")
def licence() -> issued.Issued:
    return issued.licence()


@pytest.fixture(scope="module")
def household() -> issued.Issued:
    return issued.household(12)


def assert_caught(document: issued.Issued, attack: Attack) -> None:
    finding = document.checked(attack.make(document.pdf))

    verdict = finding.verdict
    assert verdict is not None
    assert verdict.outcome is Outcome.VALID  # the code itself is good
    assert attack.code in issued.codes(finding)
    assert attack.place is None or attack.place in issued.places(finding)
    is_changed = any(one.grade is Grade.CHANGED for one in finding.page_findings)
    assert finding.outcome is (Outcome.INVALID if is_changed else Outcome.INDETERMINATE)
    assert finding.page_state is not PageState.AS_ISSUED


@pytest.mark.parametrize("attack", ON_A_LICENCE, ids=lambda attack: attack.title)
def test_an_altered_licence_is_caught_and_named(licence: issued.Issued, attack: Attack) -> None:
    assert_caught(licence, attack)


@pytest.mark.parametrize("attack", ON_A_HOUSEHOLD, ids=lambda attack: attack.title)
def test_an_altered_household_is_caught_and_named(household: issued.Issued, attack: Attack) -> None:
    assert_caught(household, attack)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("土城區士林路1號", "士城區士林路1號", "Address"),
        ("土城區士林路1號", "土城區土林路1號", "Address"),
        ("土城區士林路1號", "土城區士林路7號", "Address"),
        ("土城區士林路1號", "土城區士林路1號 2F", "Address"),
        ("Yoshida Ryo", "Yoshida Ryu", "Name in English"),
        ("L151307638", "L151307688", "Licence number"),
        ("2027-02-17", "2037-02-17", "Valid to"),
        ("Heavy motorcycle", "Heavy motorcycIe", "Class"),
        ("機關 A15030000C", "機關 A15030000G", "name of the agency"),
    ],
)
def test_one_letter_changed_by_our_own_program_is_caught_and_named(
    old: str, new: str, place: str
) -> None:
    document = issued.licence(address="土城區士林路1號")

    finding = document.checked(document.drawn_with(old, new))

    assert finding.outcome is Outcome.INVALID
    assert place in issued.places(finding)


def test_the_address_in_the_code_is_nobodys_word_and_told_with_the_document() -> None:
    document = issued.licence()
    url = "https://verify.evil.example/"
    altered = document.document.qr_text.replace(issued.URL, url)

    finding = document.checked(document.drawn_around(altered))

    assert finding.page_state is PageState.AS_ISSUED
    assert {held.url for held in finding.places} == {url, None}
