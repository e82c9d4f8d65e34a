"""No damage to twenty QR texts is VALID, unless the signed bytes are the same."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from credential.errors import FormatError
from credential.qr_text import qr_decode, qr_encode
from credential.sealed import decode_sealed
from tests.hostile.sample_texts import Genuine, samples
from verifier import DEFAULT_POLICY, Outcome
from verifier.batch import judge_of_many

DIGITS = "0123456789"
OTHERS = " \n\t+-_.,#Aa０٣²\u200b\u202e\0"
SAMPLED_STEP = 31
NAMES = [genuine.name for genuine in samples().texts]
EVERY_TEXT = pytest.mark.parametrize("genuine", samples().texts, ids=NAMES)

Judge = Callable[[bytes], bool]


def is_harmless_for(genuine: Genuine) -> Judge:
    """Says of sealed bytes whether they are not VALID, or hold the genuine entry."""
    judge = judge_of_many(samples().trust, samples().at, DEFAULT_POLICY)
    entry = decode_sealed(genuine.sealed).entry

    def is_harmless(sealed: bytes) -> bool:
        if judge(sealed).outcome is not Outcome.VALID:
            return True
        return decode_sealed(sealed).entry == entry

    return is_harmless


def harmful(texts: Iterable[str], genuine: Genuine) -> list[str]:
    """The texts that are read as something VALID and different."""
    is_harmless = is_harmless_for(genuine)
    found = []
    for text in texts:
        try:
            sealed = qr_decode(text).sealed
        except FormatError:
            continue
        if not is_harmless(sealed):
            found.append(text)
    return found


def flipped(sealed: bytes, step: int = 1) -> Iterator[bytes]:
    """Every flipped bit of every `step`-th byte."""
    for at in range(0, len(sealed), step):
        for bit in range(8):
            yield sealed[:at] + bytes((sealed[at] ^ 1 << bit,)) + sealed[at + 1 :]


def changed(text: str, step: int = 1) -> Iterator[str]:
    """Every deletion, substitution and insertion of one character, at every `step`-th place."""
    for at in range(text.rfind("#") + 1, len(text) + 1, step):
        before, after = text[:at], text[at:]
        yield before + after[1:]
        for other in DIGITS + OTHERS:
            yield before + other + after
            if other != after[:1]:
                yield before + other + after[1:]


def bits_of_characters(text: str, step: int = 1) -> Iterator[str]:
    """Every flipped bit of every `step`-th character, as a faulty reader might give it."""
    for at in range(text.rfind("#") + 1, len(text), step):
        for bit in range(8):
            yield text[:at] + chr(ord(text[at]) ^ 1 << bit) + text[at + 1 :]


def transposed(text: str) -> Iterator[str]:
    """Every two neighbours swapped, and every group of 17 digits left out or doubled."""
    for at in range(len(text) - 1):
        if text[at] != text[at + 1]:
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    start = text.rfind("#") + 1
    for at in range(start, len(text), 17):
        yield text[:at] + text[at + 17 :]
        yield text[:at] + text[at : at + 17] + text[at:]


def test_all_twenty_texts_are_valid_as_they_are() -> None:
    judge = judge_of_many(samples().trust, samples().at, DEFAULT_POLICY)

    verdicts = {genuine.name: judge(qr_decode(genuine.text).sealed) for genuine in samples().texts}

    assert len(verdicts) == 20
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.VALID}
    assert all(verdict.kind is not None for verdict in verdicts.values())


@EVERY_TEXT
def test_sampled_changes_of_a_text_are_harmless(genuine: Genuine) -> None:
    texts = [
        *(qr_encode(sealed) for sealed in flipped(genuine.sealed, SAMPLED_STEP)),
        *changed(genuine.text, SAMPLED_STEP),
        *bits_of_characters(genuine.text, SAMPLED_STEP),
        *(genuine.text[:length] for length in range(0, len(genuine.text), SAMPLED_STEP)),
    ]

    assert len(texts) > 800
    assert harmful(texts, genuine) == []


@pytest.mark.slow
@EVERY_TEXT
def test_every_flipped_bit_of_a_text_is_harmless(genuine: Genuine) -> None:
    is_harmless = is_harmless_for(genuine)

    assert all(map(is_harmless, flipped(genuine.sealed)))
    assert harmful(bits_of_characters(genuine.text), genuine) == []


@pytest.mark.slow
@EVERY_TEXT
def test_every_truncation_of_a_text_is_harmless(genuine: Genuine) -> None:
    is_harmless = is_harmless_for(genuine)
    text, sealed = genuine.text, genuine.sealed

    assert harmful((text[:length] for length in range(len(text))), genuine) == []
    assert harmful((text[length:] for length in range(1, len(text))), genuine) == []
    assert all(is_harmless(sealed[:length]) for length in range(len(sealed)))


@pytest.mark.slow
@EVERY_TEXT
def test_every_change_of_one_character_of_a_text_is_harmless(genuine: Genuine) -> None:
    assert harmful(changed(genuine.text), genuine) == []
    assert harmful(transposed(genuine.text), genuine) == []
