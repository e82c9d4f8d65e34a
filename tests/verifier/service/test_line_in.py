"""Lines of a stream: the short way of reading one, held against the general one."""

import base64
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.verifier.service.worlds import WORLD
from verifier.service.line_in import Line, parsed_any, parsed_usual
from verifier.service.problems import RefusedError

SEALED = base64.b64encode(WORLD.batch.sealed[0]).decode()
PAIR = {"text": "12345678901234567", "sealed": SEALED}


def written(compact: bool, **members: object) -> bytes:  # noqa: FBT001
    return json.dumps(members, separators=(",", ":") if compact else None).encode()


USUAL = [
    written(compact, **ids, **{name: value})
    for compact in (True, False)
    for ids in ({}, {"id": 0}, {"id": 10**17}, {"id": ""}, {"id": "row #1"}, {"id": "x" * 200})
    for name, value in (*PAIR.items(), ("text", WORLD.text(1)))
]


def general(line: bytes) -> Line | None:
    """Return what the general way makes of a line, None where it refuses it."""
    try:
        return parsed_any(line)
    except RefusedError:
        return None


@pytest.mark.parametrize("line", USUAL)
def test_usual_lines_are_read_the_short_way_with_the_same_result(line: bytes) -> None:
    assert parsed_usual(line) == parsed_any(line)


UNUSUAL = {
    "unused bits of base64": b'{"sealed":"gh=="}',
    "no padding": b'{"sealed":"ggA"}',
    "padding too long": b'{"sealed":"ggA=="}',
    "nothing sealed": b'{"sealed":""}',
    "a line end in base64": b'{"sealed":"gg\\nAA"}',
    "no text": b'{"text":""}',
    "a control character": b'{"text":"1\t"}',
    "an escape": b'{"text":"\\u0031"}',
    "not ASCII": '{"text":"１"}'.encode(),
    "delete": b'{"text":"\x7f"}',
    "a name twice": b'{"text":"1","text":"1"}',
    "an id twice": b'{"id":1,"id":2,"text":"1"}',
    "a number with a zero before it": b'{"id":01,"text":"1"}',
    "a negative number": b'{"id":-1,"text":"1"}',
    "a fraction": b'{"id":1.0,"text":"1"}',
    "an exponent": b'{"id":1e2,"text":"1"}',
    "a number too long": b'{"id":' + b"9" * 21 + b',"text":"1"}',
    "an id too long": b'{"id":"' + b"x" * 201 + b'","text":"1"}',
    "the id last": b'{"text":"1","id":1}',
    "the id in brackets": b'{"id":["a"],"text":"1"}',
    "two colons": b'{"text"::"1"}',
    "no colon": b'{"text" "1"}',
    "a comma at the end": b'{"text":"1",}',
    "something after it": b'{"text":"1"}x',
    "something before it": b'x{"text":"1"}',
    "another name": b'{"texts":"1"}',
    "a quote in a text": b'{"text":"1"2"}',
    "an escaped quote": b'{"text":"1\\"}',
    "a space more": b'{ "text":"1"}',
    "a carriage return": b'{"text":"1"}\r',
    "no value": b'{"id":"1","text":1}',
}


@pytest.mark.parametrize("line", UNUSUAL.values(), ids=UNUSUAL)
def test_other_lines_are_left_to_the_general_way(line: bytes) -> None:
    assert parsed_usual(line) is None


@st.composite
def changed_lines(draw: st.DrawFn) -> bytes:
    """Draw a usual line in which a few pieces were taken out, put in or doubled."""
    line = bytearray(draw(st.sampled_from(USUAL)))
    pieces = (
        b'"',
        b'""',
        b":",
        b",",
        b", ",
        b"{",
        b"}",
        b"\\",
        b"=",
        b"\r",
        b"\0",
        b"\xe4\xb8\x80",
    )
    names = (b'"id"', b'"text":"1"', b'"name":"a"', b'"sealed"', b"0", b"-", b".", b"null", b"1e3")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(
            st.integers(0, min(len(line), 60)) | st.integers(max(0, len(line) - 8), len(line))
        )
        end = at + draw(st.integers(0, 8))
        line[at:end] = draw(st.sampled_from((b"", line[at:end] * 2, *pieces, *names)))
    return bytes(line)


@settings(max_examples=1_500)
@given(changed_lines())
@example(b"")
def test_what_the_short_way_reads_the_general_way_reads_alike(line: bytes) -> None:
    short = parsed_usual(line)

    assert short is None or short == general(line)
