"""Addresses as people type them."""

import pytest

from registry.addresses import checked_address

GOOD = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


@pytest.mark.parametrize("typed", [GOOD, GOOD.lower(), "0x" + GOOD[2:].upper()])
def test_an_address_comes_out_with_its_checksum(typed: str) -> None:
    assert checked_address(typed) == GOOD


@pytest.mark.parametrize(
    "typed",
    ["", GOOD[:-1], GOOD + "0", GOOD[2:], "0x" + "g" * 40, GOOD + "\n", "0x" + "\u0661" * 40],
)
def test_what_is_no_address_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="40 hexadecimal digits"):
        checked_address(typed)


def test_a_mistaken_letter_shows_in_the_checksum() -> None:
    with pytest.raises(ValueError, match="wrong checksum"):
        checked_address(GOOD.replace("Fd6e", "fd6e"))
