"""Chain addresses as people give them: hexadecimal text in, the checksummed form (EIP-55) out."""

import re
from typing import Final

from eth_utils.address import to_checksum_address

_FORM: Final = re.compile("0x[0-9a-fA-F]{40}")


def checked_address(text: str) -> str:
    """The address with its checksum; one typed in both cases must have it already.

    Raises ValueError, with words for whoever typed it.
    """
    if not _FORM.fullmatch(text):
        message = f"{text!r} is no address: 0x and 40 hexadecimal digits"
        raise ValueError(message)
    checked = str(to_checksum_address(text.lower()))
    if text[2:] not in {text[2:].lower(), text[2:].upper(), checked[2:]}:
        message = f"{text} has a wrong checksum: a letter or digit was mistaken"
        raise ValueError(message)
    return checked
