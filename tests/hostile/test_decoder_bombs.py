"""Whatever the bytes are, a decoder answers soon, in little memory, or raises one of our errors."""

import contextlib
import random
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from credential.errors import SealrootError
from tests.hostile.bombs import bombs
from tests.hostile.doors import Door, doors
from tests.hostile.sample_texts import samples
from verifier import verify

# A bomb that works takes minutes. What an honest decoder takes is for the benchmarks to say: here
# coverage measures along, and the machine may be busy.
MOST_SECONDS = 10
MOST_BYTES = 64 << 20
ROUNDS = 300
EVERY_DOOR = pytest.mark.parametrize("door", doors(), ids=[door.name for door in doors()])
BOMBS = dict(bombs())


def knock(door: Door, source: bytes) -> float:
    """The seconds a decoder takes; anything but a value or one of our errors comes through."""
    began = time.process_time()
    with contextlib.suppress(SealrootError):
        door.opens(source)
    return time.process_time() - began


def damaged(genuine: bytes, chance: random.Random) -> bytes:
    """The genuine bytes after one to three accidents."""
    source = bytearray(genuine)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(source) + 1)
        length = chance.choice((1, 1, 2, 4, 8, 32))
        match chance.randrange(6):
            case 0 if at < len(source):
                source[at] ^= 1 << chance.randrange(8)
            case 1:
                source[at : at + length] = chance.randbytes(length)
            case 2:
                source[at:at] = chance.randbytes(length)
            case 3:
                del source[at : at + length]
            case 4:
                source[at:at] = source[at : at + length]
            case _:
                source[at : at + 1] = chance.choice((b"\xff", b"\x9f", b"\x5f", b"\x1b", b"\xd2"))
    return bytes(source)


def sources(door: Door, seed: int) -> Iterator[bytes]:
    """Random bytes, the input of other decoders, and damaged input of its own."""
    chance = random.Random(f"{door.name} {seed}")
    for size in range(0, 200, 2):
        yield chance.randbytes(size)
    for other in doors():
        yield from other.genuine
    for _ in range(ROUNDS):
        yield damaged(chance.choice(door.genuine), chance)


@EVERY_DOOR
def test_a_decoder_takes_its_genuine_input(door: Door) -> None:
    for source in door.genuine:
        assert door.opens(source) is not None


@EVERY_DOOR
def test_a_decoder_answers_damaged_input_soon_and_with_our_errors_alone(door: Door) -> None:
    slowest = max(knock(door, source) for source in sources(door, 0))

    assert slowest < MOST_SECONDS


@pytest.mark.slow
@EVERY_DOOR
def test_a_decoder_answers_much_damaged_input_soon_and_with_our_errors_alone(door: Door) -> None:
    slowest = max(knock(door, source) for seed in range(1, 6) for source in sources(door, seed))

    assert slowest < MOST_SECONDS


@EVERY_DOOR
def test_a_decoder_defuses_every_bomb_soon(door: Door) -> None:
    slow = {
        name: seconds
        for name, bomb in BOMBS.items()
        if (seconds := knock(door, bomb)) > MOST_SECONDS
    }

    assert slow == {}


@EVERY_DOOR
def test_a_decoder_defuses_every_bomb_in_little_memory(door: Door) -> None:
    large = {}
    for name, bomb in BOMBS.items():
        tracemalloc.start()
        knock(door, bomb)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if peak > MOST_BYTES:
            large[name] = peak

    assert large == {}


def test_a_bomb_for_a_credential_is_a_verdict() -> None:
    for name, bomb in BOMBS.items():
        verdict = verify(bomb, samples().trust, samples().at)

        assert verdict.outcome.value == "INVALID", name
        assert verdict.checks[0].reason.value.startswith("form."), name
