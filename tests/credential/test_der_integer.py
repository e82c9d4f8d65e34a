import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from credential.keys import der_integer

_NUMBERS = st.one_of(st.integers(1, 2**256 - 1), st.integers(1, 2**20))


@given(_NUMBERS, _NUMBERS)
@settings(max_examples=200)
def test_writes_signatures_as_the_library_does(r: int, s: int) -> None:
    numbers = der_integer(r.to_bytes(32, "big")) + der_integer(s.to_bytes(32, "big"))

    assert b"\x30" + bytes((len(numbers),)) + numbers == encode_dss_signature(r, s)


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        ("01", "020101"),
        ("0001", "020101"),
        ("7f", "02017f"),
        ("80", "02020080"),
        ("0080", "02020080"),
        ("ff00", "020300ff00"),
    ],
)
def test_the_first_bit_of_an_integer_is_its_sign(number: str, encoded: str) -> None:
    assert der_integer(bytes.fromhex(number)).hex() == encoded
