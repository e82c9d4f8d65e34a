"""The page of the format, the texts and the code name the same findings, of the same grades."""

import re
from pathlib import Path

import pytest

from verifier.pages.findings import Grade, PageCode, PageState, grade_of
from verifier.words import LANGUAGES, Language, _texts

PAGE = Path(__file__).parents[3] / "docs" / "formats" / "verdict.md"
ROW = re.compile(r"^\| (info|note|added|changed) \| (.*) \|$", re.MULTILINE)
CODE = re.compile(r"\b(?:compare|file|page)\.[a-z_]+\b")


def test_the_page_and_the_code_give_every_finding_the_same_grade() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    on_page = {code: grade for grade, codes in rows for code in CODE.findall(codes)}

    assert on_page == {code.value: grade_of(code).value for code in PageCode}
    assert {grade for grade, _ in rows} == {grade.value for grade in Grade}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_and_state_has_its_words(language: Language) -> None:
    texts = _texts(language)

    assert texts["page"].keys() == {code.value for code in PageCode}
    assert texts["page_state"].keys() == {state.value for state in PageState}
