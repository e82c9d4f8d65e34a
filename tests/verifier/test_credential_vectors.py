"""The vectors of CBOR, QR text, status, credentials and verdicts, as other programs meet them."""

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from credential import (
    cbor,
    decode_sealed,
    inclusion_root,
    qr_decode,
    qr_encode,
    status_of,
    verify_inclusion,
)
from credential.entry import certificate_number, decode_entry, encode_entry
from credential.errors import FormatError
from credential.keys import kid_of, load_key
from credential.merkle import leaf_hash
from registry.anchor_file import decode_trust_anchor
from registry.trust_data import Floor
from tests.vectors.make_verdict_vectors import judged
from verifier import Policy, Reason

VECTORS = Path(__file__).parents[1] / "vectors"
Vector: TypeAlias = Any


def vectors(folder: str, start: str = "", *, bad: bool | None = None) -> Vector:
    """Every vector of a folder, with its name as the id of the test."""
    files = [
        file
        for file in sorted((VECTORS / folder).glob(f"{start}*.json"))
        if bad is None or file.stem.endswith("_fail") == bad
    ]
    assert files, f"no vectors in {folder}; run python -m tests.vectors.generate"
    loaded = [(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in files]
    return pytest.mark.parametrize("vector", [pytest.param(one, id=name) for name, one in loaded])


@vectors("cbor", bad=False)
def test_reads_an_item_and_writes_it_the_same(vector: Vector) -> None:
    item = bytes.fromhex(vector["item"])

    assert cbor.encode(cbor.decode(item)) == item


@vectors("cbor", bad=True)
def test_refuses_an_item(vector: Vector) -> None:
    with pytest.raises(FormatError) as refused:
        cbor.decode(bytes.fromhex(vector["item"]))

    assert refused.value.code == vector["expect"]


@vectors("qr-text", bad=False)
def test_reads_a_text_and_writes_it_the_same(vector: Vector) -> None:
    decoded = qr_decode(vector["text"])

    assert decoded.sealed.hex() == vector["bytes"]
    assert qr_encode(decoded.sealed, decoded.url or "") == vector["text"]


@vectors("qr-text", bad=True)
def test_refuses_a_text(vector: Vector) -> None:
    with pytest.raises(FormatError) as refused:
        qr_decode(vector["text"])

    assert refused.value.code == vector["expect"]


@vectors("status")
def test_reads_status_bits(vector: Vector) -> None:
    bits, width = bytes.fromhex(vector["bits"]), vector["width"]

    assert [status_of(bits, i, width) for i in range(len(vector["values"]))] == vector["values"]


@vectors("credential")
def test_every_stage_of_a_credential_follows_from_the_one_before(vector: Vector) -> None:
    entry = bytes.fromhex(vector["entry"])
    path = [bytes.fromhex(step) for step in vector["inclusion_path"]]
    position = vector["leaf_index"], vector["tree_size"]
    key = load_key(bytes.fromhex(vector["cose_key"]))

    assert encode_entry(decode_entry(entry)) == entry
    assert certificate_number(decode_entry(entry)) == vector["certificate_number"]
    assert leaf_hash(entry).hex() == vector["leaf"]
    assert inclusion_root(leaf_hash(entry), *position, path).hex() == vector["root"]
    verify_inclusion(leaf_hash(entry), *position, path, bytes.fromhex(vector["root"]))
    assert kid_of(key.cose_key).hex() == vector["kid"]
    key.verify(bytes.fromhex(vector["signature"]), bytes.fromhex(vector["sig_structure"]))
    assert decode_sealed(qr_decode(vector["qr_text"]).sealed).entry == entry
    assert qr_decode(vector["qr_text"]).sealed.hex() == vector["sealed"]


@vectors("verdict", "case_")
def test_gives_the_verdict(vector: Vector) -> None:
    data = json.loads((VECTORS / "verdict" / vector["bundle"]).read_text(encoding="utf-8"))
    seen = vector.get("seen_before")

    verdict = judged(
        vector["text"] if "text" in vector else bytes.fromhex(vector["sealed"]),
        bytes.fromhex(data["bundle"]),
        decode_trust_anchor(bytes.fromhex(data["trust_anchor"])),
        at=vector["at"],
        policy=Policy(**vector["policy"]),
        seen=seen and Floor(seen["size"], bytes.fromhex(seen["head"]), seen["as_of"]),
    )

    expected = vector["expect"]
    checks = [[check.name, check.result, check.reason] for check in verdict.checks]
    assert (verdict.outcome, checks) == (expected["outcome"], expected["checks"])
    assert expected["code"] in [check.reason for check in verdict.checks]
    assert (verdict.guest and verdict.guest.number) == expected.get("recognition")


def test_a_vector_has_every_code_that_bytes_can_give() -> None:
    cases = [json.loads(file.read_text()) for file in (VECTORS / "verdict").glob("case_*.json")]
    given = {code for case in cases for _, _, code in case["expect"]["checks"]}

    missing = {reason.value for reason in Reason} - given

    around = {code for code in missing if code.startswith("document.")}
    assert missing - around == {"trust.unavailable"}  # there is no source that could answer
