"""The text of the QR symbol, `<url>#<digits>`: 7 bytes as 17 digits, dense and safe in a URL."""

import re
from binascii import unhexlify
from functools import lru_cache
from typing import Final, NamedTuple

from credential.errors import LimitError, TextError

MAX_TEXT: Final = 42_000
_DIGITS_OF: Final = (0, 3, 5, 8, 10, 13, 15)  # how many digits a last group of 0 to 6 bytes has
_BYTES_OF: Final = {digits: count for count, digits in enumerate(_DIGITS_OF)}
_URL: Final = re.compile(r"[!-~]{0,512}")
_NO_DIGIT: Final = 0xFF
# What one ASCII digit stands for, and what two read as one hexadecimal byte do: 0x42 is 42.
_ONE_DIGIT: Final = bytes(byte - 48 if 48 <= byte < 58 else _NO_DIGIT for byte in range(256))
_TWO_DIGITS: Final = bytes(
    (byte >> 4) * 10 + (byte & 0x0F) if byte >> 4 < 10 > byte & 0x0F else _NO_DIGIT
    for byte in range(256)
)


class QrText(NamedTuple):
    """What a QR text holds: sealed bytes, and the URL, which whoever printed it chose."""

    sealed: bytes
    url: str | None


def qr_encode(sealed: bytes, url: str = "") -> str:
    """Return `<url>#<digits>`, or the digits alone without a URL (docs/formats/qr-text.md).

    sealed  the bytes to carry, at least one
    url     at most 512 characters of printable ASCII without `#`

    Raises TextError for another URL or no bytes, LimitError where the text would be longer than
    42,000 characters.
    """
    if not sealed or "#" in url or not _URL.fullmatch(url):
        raise TextError(
            "a QR text needs bytes to carry, and a URL of printable ASCII without # or none"
        )
    whole = len(sealed) - len(sealed) % 7
    digits = "".join(
        f"{int.from_bytes(sealed[at : at + 7], 'big'):017d}" for at in range(0, whole, 7)
    )
    if whole != len(sealed):
        width = _DIGITS_OF[len(sealed) - whole]
        digits += f"{int.from_bytes(sealed[whole:], 'big'):0{width}d}"
    text = f"{url}#{digits}" if url else digits
    if len(text) > MAX_TEXT:
        raise LimitError(
            f"a QR text of {len(text)} characters, where at most {MAX_TEXT} are permitted"
        )
    return text


def qr_decode(text: str) -> QrText:
    """Return the bytes and the URL of a QR text; each byte string has exactly one digit string.

    The URL is None where the text is digits alone. It is reported and otherwise ignored: it may be
    a phisher's. The bytes are not parsed (`decode_sealed` does). Raises LimitError for a text of
    more than 42,000 characters, TextError for any other fault.
    """
    if len(text) > MAX_TEXT:
        raise LimitError(
            f"a QR text of {len(text)} characters, where at most {MAX_TEXT} are permitted"
        )
    url, separator, digits = text.rpartition("#")
    if separator and ("#" in url or not _URL.fullmatch(url)):
        raise TextError("the part before # is not a URL of at most 512 printable ASCII characters")
    octets = digits.encode(
        errors="replace"
    )  # whatever is not ASCII becomes other bytes than digits
    groups, rest = divmod(len(octets), 17)
    if not octets or (rest and not octets[-rest:].isdigit()):  # of bytes: ASCII digits alone
        raise _not_digits()
    if rest not in _BYTES_OF:
        raise TextError("the digits are not as many as any number of bytes has")
    sealed = _whole_groups(octets, groups) if groups else b""
    if rest:
        last = int(octets[-rest:])
        if last >> (8 * _BYTES_OF[rest]):
            raise TextError("the last group of digits is larger than its bytes can hold")
        sealed += last.to_bytes(_BYTES_OF[rest], "big")
    return QrText(sealed, url if separator else None)


def _whole_groups(octets: bytes, groups: int) -> bytes:
    """Return 7 bytes for each of the first groups of 17 ASCII digits, all groups at once.

    One long integer holds each group in a lane of 64 bits, so that a few operations do what a loop
    would do for every group: the last 16 digits of each, two by two, are read as hexadecimal bytes,
    then neighbours are joined to numbers below 10^4, 10^8 and 10^16, the first digit added on the
    way. A lane holds less than 10^17 < 2^64, so none spills over. It takes half the time of `int`
    for each group. Raises TextError for other bytes than digits, or a group above 7 bytes.
    """
    digits = bytearray(octets[: 17 * groups])
    leading = bytearray(8 * groups)
    leading[3::8] = digits[::17].translate(_ONE_DIGIT)
    del digits[::17]
    try:
        pairs = unhexlify(digits).translate(_TWO_DIGITS)
    except ValueError:
        raise _not_digits() from None
    if _NO_DIGIT in pairs or _NO_DIGIT in leading:
        raise _not_digits()
    low_bytes, low_pairs, low_halves, overflow = _lanes(groups)
    lanes = int.from_bytes(pairs, "big")
    lanes -= (lanes >> 8 & low_bytes) * (2**8 - 10**2)  # a · 2^8 + b becomes a · 10^2 + b
    lanes -= (lanes >> 16 & low_pairs) * (2**16 - 10**4)
    lanes += int.from_bytes(leading, "big") * 10**8
    lanes -= (lanes >> 32 & low_halves) * (2**32 - 10**8)
    if lanes & overflow:
        raise TextError("a group of 17 digits is larger than 7 bytes can hold")
    grouped = bytearray(lanes.to_bytes(8 * groups, "big"))
    del grouped[::8]
    return bytes(grouped)


def _not_digits() -> TextError:
    return TextError("after # there must be the digits 0 to 9 and nothing else")


@lru_cache(maxsize=128)
def _lanes(groups: int) -> tuple[int, ...]:
    """Return what `_whole_groups` needs, in every lane of 64 bits.

    The low one of every two bytes, the low two of every four, the low four, and the byte that stays
    zero where a group fits 7 bytes.
    """
    patterns = (
        b"\0\xff" * 4,
        b"\0\0\xff\xff" * 2,
        b"\0\0\0\0\xff\xff\xff\xff",
        b"\xff\0\0\0\0\0\0\0",
    )
    return tuple(int.from_bytes(pattern * groups, "big") for pattern in patterns)
