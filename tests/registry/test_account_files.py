"""Chain account files: encrypted or named insecure, made once, refused when they do not add up."""

import json
from pathlib import Path

import pytest

from registry.account_files import (
    InsecureAccountFileWarning,
    address_of,
    find_account_file,
    load_account,
    make_encrypted_account,
    make_insecure_account,
)
from registry.rim_errors import AccountFileError


def refuse(path: Path) -> str:
    raise AssertionError(f"nobody should be asked for a password of {path}")


def test_plain_account_warns_whoever_loads_it(tmp_path: Path) -> None:
    path = make_insecure_account(tmp_path, "office")

    with pytest.warns(InsecureAccountFileWarning, match="unencrypted"):
        account = load_account(path, refuse)

    assert account.address == address_of(path)
    assert "insecure" in path.name


def test_account_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    assert make_insecure_account(tmp_path, "office").stat().st_mode & 0o777 == 0o600


def test_account_made_before_is_kept(tmp_path: Path) -> None:
    before = make_insecure_account(tmp_path, "office").read_bytes()

    assert make_insecure_account(tmp_path, "office").read_bytes() == before


def test_encrypted_account_opens_with_its_password_alone(tmp_path: Path) -> None:
    path = make_encrypted_account(tmp_path, "office", "correct horse")

    assert load_account(path, lambda _: "correct horse").address == address_of(path)
    with pytest.raises(AccountFileError, match="password is wrong"):
        load_account(path, lambda _: "wrong")


def test_encrypted_account_is_preferred_to_a_plain_one(tmp_path: Path) -> None:
    make_insecure_account(tmp_path, "office")
    encrypted = make_encrypted_account(tmp_path, "office", "p")

    assert find_account_file(tmp_path, "office") == encrypted


@pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning")
def test_key_of_another_address_is_refused(tmp_path: Path) -> None:
    path = make_insecure_account(tmp_path, "office")
    other = make_insecure_account(tmp_path, "other")
    content = json.loads(path.read_text())
    content["private_key"] = json.loads(other.read_text())["private_key"]
    path.write_text(json.dumps(content))

    with pytest.raises(AccountFileError, match="not that of the address"):
        load_account(path, refuse)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"address": "0x12"}', "\x00"])
def test_file_that_is_no_account_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.account.json"
    path.write_text(content)

    with pytest.raises(AccountFileError):
        load_account(path, lambda _: "")
