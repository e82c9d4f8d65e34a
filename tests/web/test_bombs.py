"""Bytes made to crash, to hang or to fill the memory do not hurt the other verifier either."""

import time
from collections.abc import Iterator

import pytest

from tests.hostile.bombs import bombs
from tests.web.corpus import Held, simulated
from tests.web.peer import Json, NodePeer, PythonPeer
from tests.web.questions import DEFAULTS, opening

BOMBS = dict(bombs())
LARGE_BYTES = 1 << 18
TAKE_LARGE_FILES = ("status", "evidence")
READERS = (*TAKE_LARGE_FILES, "details", "type", "anchor", "key", "recognition")
MOST_SECONDS = 20
"""For all doors together, both verifiers, and a busy machine; a bomb that works takes minutes."""


@pytest.fixture(scope="module")
def home() -> Held:
    return next(one for one in simulated() if one.name == "home")


@pytest.fixture(scope="module")
def here(home: Held) -> PythonPeer:
    peer = PythonPeer()
    peer.answer(opening(home.name, home.bundle, home.anchor))
    return peer


@pytest.fixture(scope="module")
def there(home: Held, here: PythonPeer) -> Iterator[NodePeer]:
    with NodePeer() as peer:
        peer.answers([opening(home.name, home.bundle, home.anchor)], here.answer)
        yield peer


@pytest.mark.parametrize("name", BOMBS)
def test_both_verifiers_answer_a_bomb_alike_and_soon(
    name: str, home: Held, here: PythonPeer, there: NodePeer
) -> None:
    began = time.monotonic()
    answers = there.answers(questions(BOMBS[name], home), here.answer)

    assert [ours for ours, _ in answers] == [theirs for _, theirs in answers]
    assert time.monotonic() - began < MOST_SECONDS


def questions(bomb: bytes, home: Held) -> list[Json]:
    """The bomb at every door, or, where it is large, at those that take in large files."""
    is_large = len(bomb) > LARGE_BYTES
    verify = {"op": "verify", "trust": home.name, "at": 1_700_000_200, "policy": DEFAULTS}
    return [
        opening("bomb", bomb, home.anchor),
        {**verify, "sealed": bomb[:LARGE_BYTES].hex()},
        {**verify, "sealed": "", "text": bomb[:LARGE_BYTES].decode(errors="replace")},
        *(
            {"op": "read", "what": what, "file": bomb.hex()}
            for what in (TAKE_LARGE_FILES if is_large else READERS)
        ),
    ]
