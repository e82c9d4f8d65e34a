"""Arguments typed for a council's proposal: what fits the ABI, and words for what does not."""

import pytest

from registry.call_arguments import parse_arguments
from registry.rim_errors import CouncilError


def test_agency_code_may_be_typed_as_text() -> None:
    contract, arguments = parse_arguments("Registry", "suspendAgency", '["A15"]')

    assert (contract, arguments) == ("Registry", [b"A15" + bytes(13)])


def test_lists_and_numbers_are_taken_by_their_types() -> None:
    member = "0x" + "11" * 20

    _, arguments = parse_arguments("Council", "changeMembers", f'[["{member}"], 1, 1]')

    assert arguments == [[member], 1, 1]


@pytest.mark.parametrize(
    ("contract", "function", "arguments"),
    [
        ("Nothing", "suspendAgency", "[]"),
        ("Registry", "noSuchFunction", "[]"),
        ("Registry", "suspendAgency", "not json"),
        ("Registry", "suspendAgency", "[]"),
        ("Registry", "suspendAgency", '{"a": 1}'),
        ("Registry", "suspendAgency", '["0x12"]'),
        ("Registry", "suspendAgency", '["0xzz"]'),
        ("Registry", "suspendAgency", '["TOO-LONG-FOR-A-CODE"]'),
        ("Registry", "endAccreditation", "[true]"),
        ("Registry", "endAccreditation", '["1"]'),
        ("Registry", "setSuccessor", '[1, "0x12"]'),
        ("Council", "changeMembers", '["0x11", 1, 1]'),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_words(
    contract: str, function: str, arguments: str
) -> None:
    with pytest.raises(CouncilError) as caught:
        parse_arguments(contract, function, arguments)

    assert len(caught.value.__notes__) == 2
