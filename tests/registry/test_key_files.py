"""Signing key files: each algorithm signs what its public key verifies, and no file is replaced."""

import json
from pathlib import Path

import pytest

from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44, load_key
from registry.key_files import InsecureKeyFile, InsecureKeyFileWarning, make_insecure_key
from registry.rim_errors import KeyFileError

QUIET = pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning")


@QUIET
@pytest.mark.parametrize("alg", [ALG_ES256, ALG_MLDSA44, ALG_EDDSA])
def test_signature_of_a_key_file_verifies_with_its_public_key(tmp_path: Path, alg: int) -> None:
    kid = make_insecure_key(tmp_path / "a.key", alg)
    key = InsecureKeyFile(tmp_path / "a.key")

    public = load_key(key.cose_key)
    public.verify(key.sign(b"message"), b"message")

    assert (key.kid, key.alg) == (kid, alg) == (public.kid, public.alg)


def test_loading_a_plain_key_warns(tmp_path: Path) -> None:
    make_insecure_key(tmp_path / "a.key", ALG_ES256)

    with pytest.warns(InsecureKeyFileWarning, match="unencrypted"):
        InsecureKeyFile(tmp_path / "a.key")


def test_key_file_is_never_replaced(tmp_path: Path) -> None:
    make_insecure_key(tmp_path / "a.key", ALG_ES256)
    before = (tmp_path / "a.key").read_bytes()

    with pytest.raises(KeyFileError, match="never replaced"):
        make_insecure_key(tmp_path / "a.key", ALG_ES256)

    assert (tmp_path / "a.key").read_bytes() == before


def test_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    make_insecure_key(tmp_path / "a.key", ALG_ES256)
    (tmp_path / "a.key").chmod(0o644)

    with pytest.raises(KeyFileError, match="chmod 600"):
        InsecureKeyFile(tmp_path / "a.key")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("format", "other"),
        ("alg", -257),
        ("private", "00" * 32),
        ("private", "12"),
        ("kid", "00" * 16),
    ],
)
def test_key_file_with_one_wrong_member_is_refused(
    tmp_path: Path, member: str, value: object
) -> None:
    path = tmp_path / "a.key"
    make_insecure_key(path, ALG_ES256)
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, member: value}))

    with pytest.raises(KeyFileError):
        InsecureKeyFile(path)
