import string

import pytest

from verifier.reasons import Reason
from verifier.verdict import CheckName, Outcome, Result
from verifier.words import LANGUAGES, Language, _texts, language_of, phrase, reason_words

GOOD_NEWS = {
    *["form.ok", "proof.anchored", "proof.signature", "issuer.accredited", "key.safe"],
    *["key.confirmed", "key.algorithm_warned", "anchor.anchored", "anchor.fresh"],
    *["anchor.not_in_lite", "dates.in_force", "status.valid", "trust.fresh", "document.read"],
    "skipped.after_failure",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_code_has_a_sentence_and_bad_news_say_what_to_do(
    reason: Reason, language: Language
) -> None:
    words = reason_words(reason, language)

    assert words.says.endswith((".", "。"))
    assert (words.advice == "") == (reason.value in GOOD_NEWS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_of_a_code_that_does_not_exist(language: Language) -> None:
    assert _texts(language)["reason"].keys() == {reason.value for reason in Reason}


def test_both_languages_have_the_same_phrases() -> None:
    chinese, english = (_texts(language) for language in LANGUAGES)

    assert {group: texts.keys() for group, texts in chinese.items()} == {
        group: texts.keys() for group, texts in english.items()
    }


@pytest.mark.parametrize("reason", Reason)
def test_the_chinese_sentence_is_chinese_and_the_english_one_is_not(reason: Reason) -> None:
    chinese, english = (reason_words(reason, language).says for language in LANGUAGES)

    assert not set(chinese) <= set(string.printable)
    assert set(english) <= set(string.printable)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_outcome_and_result_has_a_name(language: Language) -> None:
    assert all(phrase("check", name.value, language) for name in CheckName)
    assert all(phrase("outcome", outcome.value, language) for outcome in Outcome)
    assert all(phrase("result", result.value, language) for result in Result)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("zh_TW.UTF-8", "zh-Hant"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en")],
)
def test_the_language_follows_the_environment(setting: str, expected: str) -> None:
    assert language_of(setting) == expected
