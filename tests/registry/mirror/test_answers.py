"""How a file is answered: whole, zipped, in part, or "not changed" (RFC 9110)."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.mirror.answers import IMMUTABLE, answer, resource

CONTENT = bytes(range(100)) * 20
SMALL = gzip.compress(CONTENT, mtime=0)
FILE = resource(CONTENT, "application/cbor", IMMUTABLE, SMALL)


def test_whole_file_with_its_digest_as_etag() -> None:
    found = answer(FILE, {})

    assert (found.status, found.body) == (200, CONTENT)
    assert found.headers["etag"] == f'"{FILE.etag}"'
    assert found.headers["cache-control"] == IMMUTABLE


@pytest.mark.parametrize("accepted", ["gzip", "deflate, gzip;q=0.5", "*"])
def test_zipped_for_who_accepts_it(accepted: str) -> None:
    found = answer(FILE, {"accept-encoding": accepted})

    assert (found.headers["content-encoding"], found.body) == ("gzip", SMALL)
    assert found.headers["etag"] != answer(FILE, {}).headers["etag"]


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0"])
def test_not_zipped_for_others(accepted: str) -> None:
    assert answer(FILE, {"accept-encoding": accepted}).body == CONTENT


def test_twin_that_is_another_file_is_never_sent() -> None:
    other = resource(CONTENT, "application/cbor", IMMUTABLE, gzip.compress(b"something else"))

    assert answer(other, {"accept-encoding": "gzip"}).body == CONTENT


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"x", "{}-gz"', "*"])
def test_not_changed(tag: str) -> None:
    found = answer(FILE, {"if-none-match": tag.format(FILE.etag)})

    assert (found.status, found.body) == (304, b"")


def test_changed_when_the_tag_is_another() -> None:
    assert answer(FILE, {"if-none-match": '"abc"'}).status == 200


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-9", CONTENT[:10]),
        ("bytes=1990-", CONTENT[1990:]),
        ("bytes=-5", CONTENT[-5:]),
        ("bytes=1995-99999999999", CONTENT[1995:]),
        ("bytes=-99999", CONTENT),
    ],
)
def test_part(asked: str, expected: bytes) -> None:
    found = answer(FILE, {"range": asked, "accept-encoding": "gzip"})

    assert (found.status, found.body) == (206, expected)
    assert "content-encoding" not in found.headers


@pytest.mark.parametrize("asked", ["bytes=2000-", "bytes=5000-6000", "bytes=-0"])
def test_part_that_does_not_exist(asked: str) -> None:
    found = answer(FILE, {"range": asked})

    assert (found.status, found.headers["content-range"]) == (416, "bytes */2000")


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=0-1,4-5", "bytes=-", "lines=1-2", "bytes=١-"]
)
def test_odd_range_is_answered_with_the_whole(asked: str) -> None:
    assert answer(FILE, {"range": asked}).status == 200


def test_range_of_another_version_is_answered_with_the_whole() -> None:
    assert answer(FILE, {"range": "bytes=0-9", "if-range": '"old"'}).status == 200


@given(
    st.dictionaries(
        st.sampled_from(("range", "if-range", "if-none-match", "accept-encoding")),
        st.text(max_size=60),
    )
)
def test_any_headers_are_answered(headers: dict[str, str]) -> None:
    assert answer(FILE, headers).status in {200, 206, 304, 416}
