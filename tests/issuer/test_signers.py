import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44, load_key
from issuer.errors import SettingsError
from issuer.signers import InsecureFileSigner, ThrowawaySigner, create_key_file
from registry.key_files import InsecureKeyFileWarning, make_insecure_key
from registry.rim_errors import KeyFileError

BOTH = pytest.mark.parametrize("alg", [ALG_ES256, ALG_MLDSA44])


@BOTH
def test_what_a_file_key_signs_verifies_with_its_cose_key(tmp_path: Path, alg: int) -> None:
    kid = create_key_file(tmp_path / "batch.key", alg)
    with pytest.warns(InsecureKeyFileWarning):
        signer = InsecureFileSigner(tmp_path / "batch.key")

    signature = signer.sign(b"message")

    load_key(signer.cose_key).verify(signature, b"message")
    assert (signer.kid, signer.alg) == (kid, alg)


@BOTH
def test_what_a_throwaway_key_signs_verifies_and_every_key_is_new(alg: int) -> None:
    first, second = ThrowawaySigner(alg), ThrowawaySigner(alg)

    load_key(first.cose_key).verify(first.sign(b"message"), b"message")
    assert first.kid != second.kid


def test_es256_signatures_are_always_low_s() -> None:
    signer = ThrowawaySigner(ALG_ES256)
    half = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 // 2

    values = [int.from_bytes(signer.sign(bytes([n]))[32:], "big") for n in range(40)]

    assert max(values) <= half


def test_a_key_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    create_key_file(tmp_path / "batch.key", ALG_ES256)

    assert stat.S_IMODE((tmp_path / "batch.key").stat().st_mode) == 0o600


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    create_key_file(tmp_path / "batch.key", ALG_ES256)
    (tmp_path / "batch.key").chmod(0o640)

    with pytest.raises(KeyFileError, match="chmod 600"):
        InsecureFileSigner(tmp_path / "batch.key")


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    create_key_file(tmp_path / "batch.key", ALG_ES256)
    before = (tmp_path / "batch.key").read_bytes()

    with pytest.raises(KeyFileError):
        create_key_file(tmp_path / "batch.key", ALG_ES256)

    assert (tmp_path / "batch.key").read_bytes() == before


def test_an_ed25519_key_signs_no_batches(tmp_path: Path) -> None:
    make_insecure_key(tmp_path / "checkpoint.key", ALG_EDDSA)

    with (
        pytest.warns(InsecureKeyFileWarning),
        pytest.raises(SettingsError, match="ES256 or ML-DSA-44"),
    ):
        InsecureFileSigner(tmp_path / "checkpoint.key")


@pytest.mark.parametrize("make", [ThrowawaySigner, lambda alg: create_key_file(None, alg)])
def test_no_batch_key_of_another_algorithm_is_made(make: Callable[[int], object]) -> None:
    with pytest.raises(SettingsError):
        make(ALG_EDDSA)
