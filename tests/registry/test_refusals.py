"""What the contracts refuse is told in words: every error has them, and they name its arguments."""

import string

import pytest
from eth_abi.abi import encode
from web3.exceptions import ContractCustomError, ContractLogicError

from registry.artifacts import artifact, selector_of
from registry.refusal_words import REFUSALS
from registry.refusals import decode_revert, refusal

OUR_ERRORS = [
    item
    for name in ("Registry", "Council")
    for item in artifact(name).abi  # type: ignore[arg-type]
    if item["type"] == "error" and item["name"].startswith(name)
]


@pytest.mark.parametrize("error", OUR_ERRORS, ids=lambda error: error["name"])
def test_every_error_of_our_contracts_has_words_that_name_only_its_arguments(
    error: dict[str, list[dict[str, str]]],
) -> None:
    words, _ = REFUSALS[str(error["name"])]

    named = {field for _, field, _, _ in string.Formatter().parse(words) if field}

    assert named <= {item["name"] for item in error["inputs"]}


def test_agency_code_is_told_as_text_and_a_time_as_one() -> None:
    (error,) = (item for item in OUR_ERRORS if item["name"] == "RegistrySinceTooLate")
    values = encode(["bytes16", "uint64", "uint64"], [bytes(range(16)), 20, 10])
    revert = "0x" + (selector_of(error) + values).hex()

    told = refusal(ContractCustomError(revert, data=revert))

    assert told.reason == "RegistrySinceTooLate"
    assert bytes(range(16)).hex() in str(told)
    assert "10 (Unix seconds)" in str(told)


@pytest.mark.parametrize("revert", [b"", b"\x01", b"\x12\x34\x56\x78", bytes(100)])
def test_unknown_revert_bytes_are_no_error_of_ours(revert: bytes) -> None:
    assert decode_revert(revert) is None


def test_cut_off_arguments_are_no_error_of_ours() -> None:
    (error,) = (item for item in OUR_ERRORS if item["name"] == "RegistrySinceTooLate")

    assert decode_revert(selector_of(error) + bytes(40)) is None


def test_revert_without_a_reason_is_said_to_be_one() -> None:
    assert refusal(ContractLogicError("execution reverted")).reason == "unknown"


def test_error_of_a_contract_that_we_did_not_write_is_told_by_its_name() -> None:
    (error,) = (
        item
        for item in artifact("AccessManager").abi
        if item["type"] == "error" and item["name"] == "AccessManagerNotScheduled"
    )
    revert = "0x" + (selector_of(error) + bytes([7] * 32)).hex()

    told = refusal(ContractCustomError(revert, data=revert))

    assert told.reason == "AccessManagerNotScheduled"
    assert "07" * 32 in str(told)
