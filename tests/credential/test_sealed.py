"""A sealed credential is read in one form only, and the quick way reads what the general does."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor, decode_sealed, sealed
from credential.cbor import Tag, Value
from credential.entry import encode_entry
from credential.errors import (
    EncodingError,
    FormatError,
    LimitError,
    PathError,
    StructureError,
)
from credential.keys import ALG_ES256, ALG_MLDSA44, load_key
from credential.merkle import inclusion_paths, leaf_hash
from credential.sealed import (
    Receipt,
    Sealed,
    encode_sealed,
    receipt_header,
    registry_aad,
    sealed_root,
    without_signature,
)
from credential.sign1 import sig_structure
from tests.credential.samples import AAD, COSE_KEY, KID, batch_of, damaged, driver_licence

BATCH = batch_of(16)
GOOD = BATCH.sealed[5]
ENTRY = encode_entry(driver_licence(5))
PATH = decode_sealed(GOOD).receipt.path


@st.composite
def sealed_credentials(draw: st.DrawFn) -> Sealed:
    """Draw a sealed credential of any form, whether or not its proof could hold."""
    alg, length = draw(st.sampled_from([(ALG_ES256, 64), (ALG_MLDSA44, 2420)]))
    kid = draw(st.binary(min_size=16, max_size=16))
    receipt = Receipt(
        alg=alg,
        kid=kid,
        tree_size=draw(st.integers(1, 30) | st.integers(1, 1 << 20)),
        leaf_index=draw(st.integers(0, 30) | st.integers(0, (1 << 64) - 1)),
        path=tuple(draw(st.lists(st.binary(min_size=32, max_size=32), max_size=30))),
        protected=receipt_header(alg, kid),
        signature=draw(st.sampled_from([b"", bytes(length)])),
    )
    return Sealed(draw(st.binary(max_size=300)), receipt)


def _outcome(decoder: Callable[[bytes], Sealed], data: bytes) -> Sealed | type[FormatError]:
    try:
        return decoder(data)
    except FormatError as error:
        return type(error)


@settings(max_examples=200)
@given(sealed_credentials())
def test_decode_after_encode_is_identity(drawn: Sealed) -> None:
    encoded = encode_sealed(*drawn)

    assert decode_sealed(encoded) == drawn
    assert sealed._decode_any(encoded) == drawn


@settings(max_examples=300)
@given(st.data())
def test_the_quick_way_accepts_the_same_language_as_the_general_one(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(BATCH.sealed)
        | sealed_credentials().map(lambda drawn: encode_sealed(*drawn))
    )
    broken = data.draw(damaged(whole))

    assert _outcome(decode_sealed, broken) == _outcome(sealed._decode_any, broken)


@pytest.mark.parametrize("at", range(len(GOOD)))
def test_every_changed_byte_is_refused_or_changes_what_is_read(at: int) -> None:
    for byte in {0, 0x17, 0x18, 0x1F, 0x40, 0xFF, GOOD[at] ^ 1, GOOD[at] ^ 0x80} - {GOOD[at]}:
        changed = GOOD[:at] + bytes((byte,)) + GOOD[at + 1 :]
        outcome = _outcome(decode_sealed, changed)

        assert outcome == _outcome(sealed._decode_any, changed)
        assert outcome != decode_sealed(GOOD)


@settings(max_examples=200)
@given(st.binary(max_size=120))
def test_any_bytes_are_refused_with_our_errors(data: bytes) -> None:
    assert isinstance(_outcome(decode_sealed, data), type)


@pytest.mark.parametrize(
    "data",
    [GOOD, without_signature(GOOD), batch_of(1).sealed[0], batch_of(30).sealed[27]],
    ids=["usual", "without signature", "batch of one", "two-byte size"],
)
def test_the_usual_layouts_take_the_quick_way(data: bytes) -> None:
    assert sealed._decode_usual(data) == sealed._decode_any(data)


def test_entry_and_path_give_the_root_of_the_batch() -> None:
    assert {sealed_root(decode_sealed(data)) for data in BATCH.sealed} == {BATCH.root}


def test_the_signature_covers_the_root_for_one_registry() -> None:
    receipt = decode_sealed(GOOD).receipt

    load_key(COSE_KEY).verify(receipt.signature, sig_structure(receipt.protected, AAD, BATCH.root))


def test_without_signature_only_the_signature_is_gone() -> None:
    entry, receipt = decode_sealed(GOOD)

    smaller = without_signature(GOOD)

    assert decode_sealed(smaller) == (entry, receipt._replace(signature=b""))
    assert len(smaller) == len(GOOD) - 65
    assert without_signature(smaller) == smaller


@pytest.mark.parametrize("changes", [{"leaf_index": 16}, {"tree_size": 17}, {"path": PATH[:-1]}])
def test_a_proof_that_cannot_be_gives_no_root(changes: dict[str, Any]) -> None:
    entry, receipt = decode_sealed(GOOD)

    with pytest.raises(PathError):
        sealed_root(Sealed(entry, receipt._replace(**changes)))


def _receipt(**changes: Value) -> list[Value]:
    """Make a receipt member by member, with some changed."""
    parts: dict[str, Value] = {
        "protected": {1: -7, 4: KID, 395: 1},
        "proof": [16, 5, [*PATH]],
        "unprotected": None,
        "payload": None,
        "signature": bytes(64),
        **changes,
    }
    unprotected = parts["unprotected"] or {396: {-1: [cbor.encode(parts["proof"])]}}
    return [cbor.encode(parts["protected"]), unprotected, parts["payload"], parts["signature"]]


def _sealed(entry: Value = ENTRY, tag: int | None = 18, **changes: Value) -> bytes:
    receipt: Value = _receipt(**changes)
    return cbor.encode([entry, receipt if tag is None else Tag(tag, receipt)])


PROOF = cbor.encode([16, 5, [*PATH]])
REFUSED: dict[str, bytes] = {
    "a map": b"\xa0",
    "the entry alone": ENTRY,
    "one member": cbor.encode([ENTRY]),
    "three members": cbor.encode([ENTRY, Tag(18, _receipt()), None]),
    "entry not wrapped": _sealed(entry={}),
    "no tag": _sealed(tag=None),
    "tag around both": cbor.encode(Tag(18, [ENTRY, _receipt()])),
    "receipt of three": cbor.encode([ENTRY, Tag(18, _receipt()[:3])]),
    "receipt is a map": cbor.encode([ENTRY, Tag(18, {})]),
    "payload attached": _sealed(payload=bytes(32)),
    "payload false": _sealed(payload=False),
    "protected is a list": _sealed(protected=[]),
    "protected empty": _sealed(protected={}),
    "algorithm Ed25519": _sealed(protected={1: -8, 4: KID, 395: 1}),
    "algorithm ES384": _sealed(protected={1: -35, 4: KID, 395: 1}),
    "algorithm by name": _sealed(protected={1: "ES256", 4: KID, 395: 1}),
    "algorithm absent": _sealed(protected={4: KID, 395: 1}),
    "kid absent": _sealed(protected={1: -7, 395: 1}),
    "kid of 15 bytes": _sealed(protected={1: -7, 4: KID[:15], 395: 1}),
    "kid of 17 bytes": _sealed(protected={1: -7, 4: KID + b"\0", 395: 1}),
    "kid text": _sealed(protected={1: -7, 4: "0123456789abcdef", 395: 1}),
    "vds absent": _sealed(protected={1: -7, 4: KID}),
    "vds 2": _sealed(protected={1: -7, 4: KID, 395: 2}),
    "vds true": _sealed(protected={1: -7, 4: KID, 395: True}),
    "critical header": _sealed(protected={1: -7, 2: [4], 4: KID, 395: 1}),
    "another protected header": _sealed(protected={1: -7, 4: KID, 395: 1, 396: 1}),
    "kid unprotected, too": _sealed(unprotected={4: KID, 396: {-1: [PROOF]}}),
    "unprotected a list": _sealed(unprotected=[1]),
    "consistency proof, too": _sealed(unprotected={396: {-1: [PROOF], -2: [PROOF]}}),
    "consistency proof instead": _sealed(unprotected={396: {-2: [PROOF]}}),
    "no proof": _sealed(unprotected={396: {-1: []}}),
    "two proofs": _sealed(unprotected={396: {-1: [PROOF, PROOF]}}),
    "proof not wrapped": _sealed(unprotected={396: {-1: [[16, 5, [*PATH]]]}}),
    "proof not in an array": _sealed(unprotected={396: {-1: PROOF}}),
    "proof of two": _sealed(proof=[16, 5]),
    "proof of four": _sealed(proof=[16, 5, [*PATH], 0]),
    "proof is a map": _sealed(proof={1: 2}),
    "tree size 0": _sealed(proof=[0, 5, [*PATH]]),
    "tree size 2^20 + 1": _sealed(proof=[(1 << 20) + 1, 5, [*PATH]]),
    "tree size true": _sealed(proof=[True, 0, []]),
    "tree size negative": _sealed(proof=[-1, 5, [*PATH]]),
    "leaf index negative": _sealed(proof=[16, -1, [*PATH]]),
    "leaf index false": _sealed(proof=[16, False, [*PATH]]),
    "path not an array": _sealed(proof=[16, 5, bytes(32)]),
    "path with a short node": _sealed(proof=[16, 5, [bytes(31)] * 4]),
    "path with text": _sealed(proof=[16, 5, ["x" * 32] * 4]),
    "signature of 63 bytes": _sealed(signature=bytes(63)),
    "signature of 65 bytes": _sealed(signature=bytes(65)),
    "signature of ML-DSA-44 length": _sealed(signature=bytes(2420)),
    "signature of ES256 length for ML-DSA-44": _sealed(protected={1: -48, 4: KID, 395: 1}),
    "signature null": _sealed(signature=None),
}


def test_the_parts_make_the_good_twin_of_the_cases_below() -> None:
    assert decode_sealed(_sealed()).receipt.path == PATH


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_refuses_another_shape(data: bytes) -> None:
    with pytest.raises(StructureError):
        decode_sealed(data)


@pytest.mark.parametrize(
    "data",
    [
        GOOD + b"\0",
        GOOD[:-1],
        b"",
        _sealed(tag=98),
        GOOD.replace(b"\xd2\x84", b"\xd2\xd2\x84"),
        GOOD.replace(b"\x83\x10\x05", b"\x83\x18\x10\x05"),
        GOOD.replace(b"\x83\x10\x05", b"\x83\x10\x18\x05"),
        cbor.encode([ENTRY, Tag(18, [b"\xa0\x00", {396: {-1: [PROOF]}}, None, b""])]),
        cbor.encode([ENTRY, Tag(18, [b"\xff", {396: {-1: [PROOF]}}, None, b""])]),
        _sealed(unprotected={396: {-1: [PROOF + b"\0"]}}),
    ],
)
def test_refuses_what_is_not_deterministic(data: bytes) -> None:
    with pytest.raises(EncodingError):
        decode_sealed(data)


def test_refuses_more_than_16384_bytes() -> None:
    with pytest.raises(LimitError):
        decode_sealed(_sealed(entry=bytes(16_384)))


def test_refuses_a_path_of_65_steps() -> None:
    with pytest.raises(LimitError):
        decode_sealed(_sealed(proof=[16, 5, [bytes(32)] * 65]))


def test_a_batch_of_one_has_an_empty_path() -> None:
    root, _ = inclusion_paths([leaf_hash(ENTRY)])

    assert sealed_root(decode_sealed(_sealed(proof=[1, 0, []]))) == root == leaf_hash(ENTRY)


def test_the_external_data_name_chain_and_contract() -> None:
    assert registry_aad(31337, bytes(20)).hex() == "82197a6954" + "00" * 20


@pytest.mark.parametrize(
    ("chain_id", "contract"), [(1, bytes(19)), (1, bytes(32)), (-1, bytes(20))]
)
def test_no_registry_has_another_address_or_a_negative_chain(
    chain_id: int, contract: bytes
) -> None:
    with pytest.raises(StructureError):
        registry_aad(chain_id, contract)
