import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import cbor
from credential.errors import SealrootError
from credential.keys import load_key
from registry.bundle import open_bundle
from registry.bundle_file import GuestFile
from tests.simulated_keys import SimulatedKey
from tests.simulator import Simulator
from tests.vectors.generate import HERE
from tests.vectors.make_guest_vectors import NORTH, abroad
from tests.vectors.make_receipt_vectors import (
    KEY,
    KEYS,
    OLDER,
    World,
    _signed,
    receipt_as_json,
)
from verifier.documents import Held, PlaceKind, Reading
from verifier.errors import (
    ReceiptError,
    ReceiptFormatError,
    ReceiptKeyUnknownError,
    ReceiptNotGenuineError,
)
from verifier.examine import examine
from verifier.policy import DEFAULT_POLICY
from verifier.receipt import (
    decode_key_set,
    encode_key_set,
    open_receipt,
    sign_receipt,
)
from verifier.receipt_findings import MOST_CREDENTIALS
from verifier.receipt_of import receipt_of
from verifier.verdict import Outcome
from verifier.verify import verify

Vector: TypeAlias = Any
STEPS = {
    "malformed": ReceiptFormatError,
    "key_unknown": ReceiptKeyUnknownError,
    "not_genuine": ReceiptNotGenuineError,
}
FILES = sorted((HERE / "check-receipt").glob("*.json"))
WORLD = World()
GENUINE = sign_receipt(WORLD.receipt(WORLD.finding(WORLD.sealed)), KEY)
KNOWN = decode_key_set(KEYS)


def vectors(*, bad: bool) -> list[Any]:
    found = [file for file in FILES if file.stem.endswith("_fail") is bad]
    assert found
    return [pytest.param(json.loads(file.read_text("utf-8")), id=file.stem) for file in found]


@pytest.mark.parametrize("vector", vectors(bad=False))
def test_a_receipt_says_what_the_vector_says(vector: Vector) -> None:
    keys = decode_key_set(bytes.fromhex(vector["keys"]))

    opened = open_receipt(bytes.fromhex(vector["receipt"]), keys)

    assert receipt_as_json(opened.receipt) == vector["says"]


@pytest.mark.parametrize("vector", vectors(bad=True))
def test_a_bad_receipt_is_refused_at_its_step(vector: Vector) -> None:
    keys = decode_key_set(bytes.fromhex(vector["keys"]))

    with pytest.raises(ReceiptError) as refusal:
        open_receipt(bytes.fromhex(vector["receipt"]), keys)

    assert type(refusal.value) is STEPS[vector["expect"]]


def test_the_bytes_on_the_page_are_those_of_the_vector() -> None:
    page = Path("docs/formats/check-receipt.md").read_text("utf-8")
    example = page[page.index("    d2 84") : page.index("## Format")]
    shown = "".join(line.partition(";")[0] for line in example.splitlines()).replace(" ", "")
    whole = json.loads((HERE / "check-receipt" / "valid.json").read_text("utf-8"))["receipt"]

    parts = [part for part in shown.split("…") if part]
    places = [whole.find(part) for part in parts]

    assert -1 not in places
    assert places == sorted(places)
    assert places[0] == 0


@given(st.integers(0, len(GENUINE) * 8 - 1))
def test_no_flipped_bit_is_accepted(bit: int) -> None:
    changed = bytearray(GENUINE)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(ReceiptError):
        open_receipt(bytes(changed), KNOWN)


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_only_our_errors_are_raised(source: bytes) -> None:
    with pytest.raises(ReceiptError):
        open_receipt(source, KNOWN)


LEAVES = st.integers() | st.binary() | st.text() | st.booleans() | st.none()
VALUES = st.recursive(LEAVES, lambda one: st.lists(one) | st.dictionaries(st.integers(0, 9), one))


@given(VALUES)
def test_whatever_the_service_signed_only_our_errors_are_raised(value: cbor.Value) -> None:
    try:
        payload = cbor.encode(value)
    except SealrootError:
        return

    with pytest.raises(ReceiptFormatError):
        open_receipt(_signed(payload), KNOWN)


def test_a_receipt_holds_nothing_of_what_the_document_says() -> None:
    assert "王小明".encode() not in GENUINE
    assert b"A15030000C" not in GENUINE


def test_a_receipt_by_a_service_with_an_older_key_still_opens() -> None:
    old = sign_receipt(WORLD.receipt(WORLD.finding(WORLD.sealed)), OLDER)

    assert open_receipt(old, KNOWN).kid == OLDER.kid


def test_a_foreign_credential_names_the_registry_that_judged_it() -> None:
    north, offices = abroad(886, NORTH, "N1")
    home = Simulator()
    number = home.recognise(north)
    batch = north.issue(offices["N1"], {1: "Ann"})
    north.anchor(batch)
    north.checkpoint()
    home.checkpoint()
    guest = GuestFile(number, north.lite_bundle())
    trust = open_bundle(home.lite_bundle([guest]), anchor=home.trust_anchor)
    reading = Reading((Held(PlaceKind.FILE, None, batch.sealed[0]),))
    finding = examine("x", reading, lambda one: verify(one, trust, home.now), home.now)

    receipt = receipt_of(finding, trust, DEFAULT_POLICY, home.now)
    (credential,) = open_receipt(sign_receipt(receipt, KEY), KNOWN).receipt.credentials

    assert receipt.journal is not None
    assert receipt.journal.chain_id == home.chain_id
    assert credential.guest is not None
    assert (credential.guest.chain_id, credential.guest.size) == (886, len(north.entries))


def test_no_receipt_is_made_for_more_credentials_than_one_can_hold() -> None:
    held = tuple(Held(PlaceKind.FILE, None, bytes((0x82, n))) for n in range(MOST_CREDENTIALS + 1))
    finding = examine("x", Reading(held), lambda one: verify(one, WORLD.trust, WORLD.at), WORLD.at)

    with pytest.raises(ReceiptFormatError, match="at most 64"):
        receipt_of(finding, WORLD.trust, DEFAULT_POLICY, WORLD.at)


def test_no_receipt_is_made_that_says_better_than_was_found() -> None:
    found = WORLD.receipt(WORLD.finding(WORLD.sealed[:-1]))

    with pytest.raises(ReceiptFormatError):
        sign_receipt(found._replace(outcome=Outcome.VALID), KEY)


class TestKeySets:
    def test_a_single_key_is_a_set_of_one(self) -> None:
        assert [key.kid for key in decode_key_set(KEY.cose_key)] == [KEY.kid]

    def test_a_set_keeps_its_order(self) -> None:
        keys = decode_key_set(encode_key_set([OLDER.cose_key, KEY.cose_key]))

        assert [key.kid for key in keys] == [OLDER.kid, KEY.kid]

    @pytest.mark.parametrize(
        "source",
        [
            b"",
            b"\x80",
            cbor.encode([1]),
            KEYS + b"\0",
            cbor.head(4, 2) + KEY.cose_key * 2,
            cbor.head(4, 17) + KEY.cose_key * 17,
            SimulatedKey("edwards", -8).cose_key,
        ],
    )
    def test_anything_else_is_refused(self, source: bytes) -> None:
        with pytest.raises(ReceiptFormatError):
            decode_key_set(source)

    @pytest.mark.parametrize("keys", [[], [KEY.cose_key] * 2])
    def test_no_set_is_made_of_none_or_of_one_key_twice(self, keys: list[bytes]) -> None:
        with pytest.raises(ReceiptFormatError):
            encode_key_set(keys)

    def test_the_kid_is_that_of_the_key(self) -> None:
        assert load_key(KEY.cose_key).kid == KEY.kid
