"""An entry is read in exactly one form, and what is written is what is read."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor, entry
from credential.cbor import Key, Value
from credential.entry import (
    Entry,
    certificate_number,
    decode_entry,
    encode_entry,
    is_agency_code,
    parse_certificate_number,
)
from credential.errors import EncodingError, FormatError, LimitError, StructureError, TextError
from tests.credential.samples import damaged, driver_licence, entries

GOOD = encode_entry(driver_licence())
CLAIMS: dict[Key, Value] = {
    1: "A15030000C",
    4: 1_900_000_000,
    5: 1_700_000_000,
    6: 1_700_000_000,
    7: bytes(16),
    -65537: [2, 1, 1, 4711],
    -65538: {1: "DL-000123456"},
}
NESTED: Value = [[[[[{}]]]]]  # six levels, the deepest an entry may hold in a field


def _claims(**changes: Value) -> bytes:
    """Encode the claims with some changed: `c` and the label, m for minus; absent takes it out."""
    claims = dict(CLAIMS)
    for name, value in changes.items():
        label = int(name[1:].replace("m", "-"))
        claims[label] = value
    return cbor.encode({label: value for label, value in claims.items() if value != "absent"})


def _outcome(decoder: Callable[[bytes], Entry], encoded: bytes) -> Entry | type[FormatError]:
    try:
        return decoder(encoded)
    except FormatError as error:
        return type(error)


@settings(max_examples=200)
@given(entries())
def test_decode_after_encode_is_identity(drawn: Entry) -> None:
    encoded = encode_entry(drawn)

    assert decode_entry(encoded) == drawn
    assert entry._decode_any(encoded) == drawn
    assert cbor.encode(cbor.decode(encoded)) == encoded


@settings(max_examples=300)
@given(st.data())
def test_the_quick_way_accepts_the_same_language_as_the_general_one(data: st.DataObject) -> None:
    whole = data.draw(st.just(GOOD) | entries().map(encode_entry))
    broken = data.draw(damaged(whole))

    assert _outcome(decode_entry, broken) == _outcome(entry._decode_any, broken)


@pytest.mark.parametrize("at", range(len(GOOD)))
def test_every_changed_byte_is_refused_or_changes_the_meaning(at: int) -> None:
    for byte in {0, 1, 0x17, 0x18, 0x60, 0xFF, GOOD[at] ^ 1, GOOD[at] ^ 0x80} - {GOOD[at]}:
        changed = GOOD[:at] + bytes((byte,)) + GOOD[at + 1 :]
        outcome = _outcome(decode_entry, changed)

        assert outcome == _outcome(entry._decode_any, changed)
        assert outcome != driver_licence()


@pytest.mark.parametrize(
    ("shortest", "longer"),
    [
        ("041a713fb300", "041a0000ffff"),
        ("041a713fb300", "041b00000000713fb300"),
        ("051a6553f100", "051a00000001"),
        ("051a6553f100", "051b000000006553f100"),
        ("061a6553f100", "061a0000ffff"),
        ("061a6553f100", "061b000000006553f100"),
        ("840201", "84180201"),
        ("840201", "84021801"),
        ("840201", "8419000201"),
        ("840201", "841a0000000201"),
        ("191267", "1a00001267"),
        ("191267", "1b0000000000001267"),
        ("191267", "190011"),
        ("191267", "1811"),
        ("016a41", "01780a41"),
        ("0750", "075810"),
        ("3a00010000", "3b0000000000010000"),
        ("a7016a", "b807016a"),
    ],
)
def test_refuses_a_claim_that_is_not_in_its_shortest_form(shortest: str, longer: str) -> None:
    changed = GOOD.replace(bytes.fromhex(shortest), bytes.fromhex(longer), 1)

    assert changed != GOOD
    with pytest.raises(EncodingError):
        decode_entry(changed)


def test_refuses_an_early_exp_that_is_not_in_its_shortest_form() -> None:
    encoded = encode_entry(driver_licence(exp=65_536, nbf=None))

    with pytest.raises(EncodingError):
        decode_entry(encoded.replace(b"\x04\x1a\0\1\0\0", b"\x04\x1a\0\0\xff\xff"))


def test_the_usual_layout_takes_the_quick_way() -> None:
    assert entry._decode_usual(GOOD) == driver_licence()
    assert entry._decode_usual(_claims(c4="absent", c5="absent")) is not None


@settings(max_examples=200)
@given(st.binary(max_size=80))
def test_any_bytes_are_refused_with_our_errors(encoded: bytes) -> None:
    assert isinstance(_outcome(decode_entry, encoded), type)


REFUSED: dict[str, bytes] = {
    "a list": b"\x80",
    "no claims": b"\xa0",
    "iss absent": _claims(c1="absent"),
    "iss empty": _claims(c1=""),
    "iss in small letters": _claims(c1="a15030000c"),
    "iss begins with a hyphen": _claims(c1="-A1"),
    "iss of 17 characters": _claims(c1="A" * 17),
    "iss with padding": _claims(c1="A15030000C\0"),
    "iss with a line break": _claims(c1="A15030000C\n"),
    "iss in full-width letters": _claims(c1="Ａ"),
    "iss as bytes": _claims(c1=b"A15030000C"),
    "iat absent": _claims(c6="absent"),
    "iat null": _claims(c6=None),
    "iat negative": _claims(c6=-1),
    "iat text": _claims(c6="1700000000"),
    "iat true": _claims(c6=True),
    "iat past the year 9999": _claims(c6=253_402_300_800, c4="absent"),
    "exp null": _claims(c4=None),
    "exp past the year 9999": _claims(c4=253_402_300_800),
    "nbf null": _claims(c5=None),
    "nbf at exp": _claims(c5=1_900_000_000),
    "nbf negative": _claims(c5=-1),
    "nbf past the year 9999": _claims(c5=253_402_300_800, c4="absent"),
    "cti absent": _claims(c7="absent"),
    "cti of 15 bytes": _claims(c7=bytes(15)),
    "cti of 17 bytes": _claims(c7=bytes(17)),
    "cti text": _claims(c7="0123456789abcdef"),
    "slot absent": _claims(cm65537="absent"),
    "slot of three": _claims(cm65537=[2, 1, 1]),
    "slot of five": _claims(cm65537=[2, 1, 1, 1, 1]),
    "slot is a map": _claims(cm65537={1: 2}),
    "slot with true": _claims(cm65537=[2, True, 1, 1]),
    "slot with text": _claims(cm65537=["2", 1, 1, 1]),
    "type 0": _claims(cm65537=[0, 1, 1, 1]),
    "type 2^32": _claims(cm65537=[2**32, 1, 1, 1]),
    "version 0": _claims(cm65537=[2, 0, 1, 1]),
    "version 65536": _claims(cm65537=[2, 65_536, 1, 1]),
    "list 0": _claims(cm65537=[2, 1, 0, 1]),
    "list 2^32": _claims(cm65537=[2, 1, 2**32, 1]),
    "index 2^26": _claims(cm65537=[2, 1, 1, 2**26]),
    "index negative": _claims(cm65537=[2, 1, 1, -1]),
    "fields absent": _claims(cm65538="absent"),
    "fields empty": _claims(cm65538={}),
    "fields a list": _claims(cm65538=[1]),
    "label 0": _claims(cm65538={0: "x"}),
    "label 65536": _claims(cm65538={1: "x", 65_536: "x"}),
    "label negative": _claims(cm65538={1: "x", -1: "x"}),
    "label text": _claims(cm65538={1: "x", "y": "x"}),
    "field null": _claims(cm65538={1: None}),
    "field null inside": _claims(cm65538={1: [None]}),
    "label 0 inside": _claims(cm65538={1: [{0: "x"}]}),
    "label text inside": _claims(cm65538={1: [{"y": "x"}]}),
    "claim with a text label": _claims(c9="x").replace(b"\x09\x61x", b"\x61x\x00"),
    "other claim null": _claims(c9=None),
    "other claim with label 0 inside": _claims(c9={0: 1}),
}


@pytest.mark.parametrize("encoded", REFUSED.values(), ids=REFUSED)
def test_refuses_another_shape(encoded: bytes) -> None:
    with pytest.raises((StructureError, EncodingError)):
        decode_entry(encoded)


def test_refuses_a_claim_labelled_with_text() -> None:
    claims: dict[Key, Value] = {**CLAIMS, "iss": "x"}

    with pytest.raises(StructureError):
        decode_entry(cbor.encode(claims))


def test_takes_a_field_at_the_deepest_level_and_no_deeper() -> None:
    deep = driver_licence(fields={1: NESTED})

    assert decode_entry(encode_entry(deep)) == deep
    with pytest.raises(LimitError):
        decode_entry(_claims(cm65538={1: [NESTED]}))


def test_keeps_claims_of_a_later_version() -> None:
    later = driver_licence(other={9: "x", -300: [1, {2: True}]})

    assert decode_entry(encode_entry(later)) == later


def test_takes_an_entry_without_times_but_iat() -> None:
    timeless = driver_licence(exp=None, nbf=None, iat=0)

    assert decode_entry(encode_entry(timeless)) == timeless


@pytest.mark.parametrize("exp", [0, 65_535, 65_536, 1_699_999_999, 1_700_000_000])
def test_takes_an_entry_that_had_run_out_before_it_was_sealed(exp: int) -> None:
    old = driver_licence(exp=exp, nbf=None)

    assert decode_entry(encode_entry(old)) == old


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "a"},
        {"iat": -1},
        {"iat": None},
        {"exp": 253_402_300_800},
        {"nbf": 1_900_000_000},
        {"cti": bytes(15)},
        {"type_no": 0},
        {"type_version": 65_536},
        {"list_no": True},
        {"index": 2**26},
        {"fields": {}},
        {"fields": [1]},
        {"fields": {0: "x"}},
        {"fields": {1: None}},
        {"fields": {1: {70_000: 1, 3: 1}}},
        {"other": {4: 1}},
        {"other": {-65537: 1}},
        {"other": {"x": 1}},
        {"other": {9: None}},
    ],
    ids=repr,
)
def test_writes_no_entry_of_another_shape(changes: dict[str, Any]) -> None:
    with pytest.raises(StructureError):
        encode_entry(driver_licence(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": {1: [NESTED]}},
        {"fields": {1: [0] * 65}},
        {"fields": dict.fromkeys(range(1, 66), 0)},
        {"fields": {1: bytes(16_384)}},
        {"other": dict.fromkeys(range(10, 70), 0)},
    ],
    ids=["nested too deep", "too many rows", "too many fields", "too long", "too many claims"],
)
def test_writes_no_entry_over_a_limit(changes: dict[str, Any]) -> None:
    with pytest.raises(LimitError):
        encode_entry(driver_licence(**changes))


@pytest.mark.parametrize("fields", [{1: 1.5}, {1: "\ud800"}, {1: 2**64}])
def test_writes_no_value_that_has_no_encoding(fields: dict[int, Any]) -> None:
    with pytest.raises(FormatError):
        encode_entry(driver_licence(fields=fields))


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("A15030000C-1-004711", ("A15030000C", 1, 4711)),
        ("A-B-4294967295-67108863", ("A-B", 4_294_967_295, 67_108_863)),
        ("0-1-000000", ("0", 1, 0)),
    ],
)
def test_a_certificate_number_names_the_status_slot(
    number: str, parts: tuple[str, int, int]
) -> None:
    iss, list_no, index = parts

    assert parse_certificate_number(number) == parts
    assert certificate_number(driver_licence(index, iss=iss, list_no=list_no)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A15030000C-1-4711",
        "A15030000C-1-0004711",
        "A15030000C-01-004711",
        "A15030000C-0-004711",
        "A15030000C-4294967296-004711",
        "A15030000C-1-67108864",
        "a15030000c-1-004711",
        "-1-004711",
        "A15030000C-1-004711\n",
        "A15030000C-1-００４７１１",
        "AAAAAAAAAAAAAAAAA-1-004711",
    ],
)
def test_a_certificate_number_has_one_form_only(text: str) -> None:
    with pytest.raises(TextError):
        parse_certificate_number(text)


def test_an_agency_code_is_one_to_sixteen_capitals_digits_and_hyphens() -> None:
    assert is_agency_code("A-1")
    assert not is_agency_code("A 1")
