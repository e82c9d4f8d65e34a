"""Range files and heads files: what goes in comes out, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import JournalError
from registry.head import initial_head
from registry.journal import JournalEntry
from registry.mirror.range_file import (
    CHUNK_ENTRIES,
    RegistryId,
    chunk_firsts,
    decode_heads,
    decode_range,
    encode_heads,
    encode_range,
    heads_of,
    range_head,
)

OURS = RegistryId(31337, bytes(range(20)))
HEAD = bytes(32)
rows = st.lists(
    st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 255), st.binary(max_size=60)),
    max_size=12,
)


@given(first=st.integers(0, 2**60), found=rows)
def test_decode_after_encode_is_identity(first: int, found: list[tuple[int, int, bytes]]) -> None:
    entries = [JournalEntry(first + place, *row) for place, row in enumerate(found)]

    decoded = decode_range(encode_range(OURS, first, entries, HEAD))

    assert decoded == (OURS, first, tuple(entries), HEAD)


@given(source=st.binary(max_size=300))
def test_any_bytes_raise_only_our_error(source: bytes) -> None:
    with pytest.raises(JournalError):
        decode_range(source)
    with pytest.raises(JournalError):
        decode_heads(source)


@given(cut=st.integers(0, 153))
def test_range_that_ends_too_soon_is_refused(cut: int) -> None:
    whole = encode_range(
        OURS, 5, [JournalEntry(5, 1, 2, b"x" * 20), JournalEntry(6, 1, 2, b"")], HEAD
    )

    with pytest.raises(JournalError):
        decode_range(whole[: min(cut, len(whole) - 1)])


def test_bytes_behind_the_last_entry_are_refused() -> None:
    with pytest.raises(JournalError, match="bytes follow"):
        decode_range(encode_range(OURS, 0, [], HEAD) + b"\0")


def test_count_above_the_limit_is_refused_before_anything_is_read() -> None:
    with pytest.raises(JournalError, match="at most 1024"):
        decode_range(range_head(OURS, 0, CHUNK_ENTRIES + 1, HEAD))


def test_heads_come_out_as_they_went_in() -> None:
    entries = [JournalEntry(0, 1, 0x10, b"a"), JournalEntry(1, 2, 0x11, b"b")]
    heads = heads_of(initial_head(*OURS), entries)

    assert decode_heads(encode_heads(OURS, 0, heads)) == (OURS, 0, tuple(heads))


def test_heads_file_of_another_length_is_refused() -> None:
    with pytest.raises(JournalError, match="another length"):
        decode_heads(encode_heads(OURS, 0, [HEAD, HEAD])[:-1])


@pytest.mark.parametrize(
    ("start", "stop", "firsts"),
    [
        pytest.param(0, 1, [0], id="the first"),
        pytest.param(1023, 1025, [0, 1024], id="over a border"),
        pytest.param(1024, 2048, [1024], id="a whole chunk"),
        pytest.param(1500, 1500, [1024], id="nothing, within a chunk"),
    ],
)
def test_chunks_that_hold_entries(start: int, stop: int, firsts: list[int]) -> None:
    assert list(chunk_firsts(start, stop)) == firsts
