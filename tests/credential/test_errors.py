"""The errors carry the codes of docs/formats/verdict.md and hang together as drawn."""

import pytest

from credential import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.TextError, "form.text"),
        (errors.LimitError, "form.too_large"),
        (errors.EncodingError, "form.encoding"),
        (errors.StructureError, "form.structure"),
        (errors.TypeMismatchError, "form.type_mismatch"),
    ],
)
def test_a_format_error_carries_its_reason_code(error: type[errors.FormatError], code: str) -> None:
    assert issubclass(error, errors.FormatError)
    assert error.code == code


@pytest.mark.parametrize(
    "error",
    [errors.PathError, errors.RootMismatchError, errors.SignatureInvalidError],
)
def test_a_proof_error_can_be_caught_as_one(error: type[Exception]) -> None:
    assert issubclass(error, errors.ProofError)
    assert issubclass(error, errors.SealrootError)
