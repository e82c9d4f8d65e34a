"""A sealed batch: every credential leads to the one signed root."""

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import decode_sealed
from credential.batch import MAX_BATCH, seal_batch
from credential.errors import LimitError, StructureError
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44, encode_mldsa44_key, load_key
from credential.merkle import leaf_hash
from credential.sealed import encode_sealed, sealed_root
from credential.sign1 import sig_structure
from tests.credential import reference_merkle as reference
from tests.credential.samples import AAD, COSE_KEY, KID, sign_es256


@pytest.mark.parametrize("size", [*range(1, 36), 70, 255, 256, 257, MAX_BATCH])
def test_every_credential_leads_to_the_root_of_the_batch(size: int) -> None:
    entries = [str(number).encode() for number in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]

    batch = seal_batch(entries, alg=ALG_ES256, kid=KID, aad=AAD, sign=sign_es256)

    assert (batch.root, batch.size) == (reference.root(leaves), size)
    for at, data in enumerate(batch.sealed):
        sealed = decode_sealed(data)
        assert sealed_root(sealed) == batch.root
        assert sealed.entry == entries[at]
        assert (sealed.receipt.tree_size, sealed.receipt.leaf_index) == (size, at)
        assert encode_sealed(*sealed) == data


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=40))
def test_one_signature_covers_the_batch(entries: list[bytes]) -> None:
    asked: list[bytes] = []

    batch = seal_batch(
        entries,
        alg=ALG_ES256,
        kid=KID,
        aad=AAD,
        sign=lambda message: sign_es256(asked.append(message) or message),
    )

    receipt = decode_sealed(batch.sealed[0]).receipt
    assert asked == [sig_structure(receipt.protected, AAD, batch.root)]
    load_key(COSE_KEY).verify(batch.signature, asked[0])


def test_a_high_s_is_turned_into_its_low_twin() -> None:
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

    batch = seal_batch(
        [b"entry"],
        alg=ALG_ES256,
        kid=KID,
        aad=AAD,
        sign=lambda _: bytes(32) + (n - 1).to_bytes(32, "big"),
    )

    assert batch.signature == bytes(63) + b"\x01"


def test_a_batch_can_be_signed_with_mldsa44() -> None:
    private_key = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    key = load_key(encode_mldsa44_key(private_key.public_key()))

    batch = seal_batch(
        [b"one", b"two"], alg=ALG_MLDSA44, kid=key.kid, aad=AAD, sign=private_key.sign
    )

    receipt = decode_sealed(batch.sealed[1]).receipt
    key.verify(receipt.signature, sig_structure(receipt.protected, AAD, batch.root))


@pytest.mark.parametrize("size", [0, MAX_BATCH + 1])
def test_refuses_a_batch_of_another_size(size: int) -> None:
    with pytest.raises(LimitError):
        seal_batch([b"entry"] * size, alg=ALG_ES256, kid=KID, aad=AAD, sign=sign_es256)


@pytest.mark.parametrize(
    ("alg", "signature"),
    [(ALG_EDDSA, bytes(64)), (0, bytes(64)), (ALG_ES256, b""), (ALG_MLDSA44, bytes(64))],
)
def test_refuses_an_algorithm_or_a_signature_that_fits_no_receipt(
    alg: int, signature: bytes
) -> None:
    with pytest.raises(StructureError):
        seal_batch([b"entry"], alg=alg, kid=KID, aad=AAD, sign=lambda _: signature)
