"""The head: the one word that commits to a whole journal (docs/formats/journal.md, "The head")."""

from hashlib import sha256
from struct import Struct

from credential.ids import Digest

_PURPOSE = b"sealroot/journal/1"
STEP = Struct(">QQB")
"""index, time and kind as they stand between the old head and the digest of the data."""


def initial_head(chain_id: int, contract: bytes) -> Digest:
    """The head of a journal without entries: bound to one contract on one chain."""
    return Digest(sha256(_PURPOSE + chain_id.to_bytes(32, "big") + contract).digest())


def next_head(head: bytes, index: int, time: int, kind: int, data: bytes) -> Digest:
    """The head after one more entry."""
    return Digest(sha256(head + STEP.pack(index, time, kind) + sha256(data).digest()).digest())
