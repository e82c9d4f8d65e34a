"""The home folder: settings that fit, accounts by name, and words where something is missing."""

from pathlib import Path

import pytest

from registry.account_files import make_encrypted_account, make_insecure_account
from registry.home import RegistryHome, RegistrySettings
from registry.rim_errors import HomeError

SETTINGS = RegistrySettings(
    name_zh_hant="登錄處",
    name_en="Registry",
    rpc_urls=("http://127.0.0.1:1",),
    chain_id=31337,
    registry="0x" + "11" * 20,
    manager="0x" + "22" * 20,
    council="0x" + "33" * 20,
    first_block=3,
)


def test_settings_are_read_as_they_were_saved(tmp_path: Path) -> None:
    home = RegistryHome(tmp_path)

    home.save_settings(SETTINGS)

    assert home.settings() == SETTINGS
    assert SETTINGS.contract == bytes([0x11] * 20)


def test_folder_without_settings_says_how_to_make_a_registry(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="is not the home of a registry") as caught:
        RegistryHome(tmp_path).settings()

    assert "sealroot registry deploy" in caught.value.__notes__[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0x" + "11" * 20, "0x1234"),
        ('"chain_id": 31337', '"chain_id": 0'),
        ('"first_block": 3', '"first_block": 3, "more": 1'),
        ("{", ""),
    ],
)
def test_settings_with_one_wrong_member_are_refused(tmp_path: Path, old: str, new: str) -> None:
    home = RegistryHome(tmp_path)
    home.save_settings(SETTINGS)
    file = tmp_path / "registry.json"
    file.write_text(file.read_text().replace(old, new, 1))

    with pytest.raises(HomeError, match="cannot be used"):
        home.settings()


def test_council_members_are_found_in_order(tmp_path: Path) -> None:
    home = RegistryHome(tmp_path)
    for number in (10, 2, 1):
        make_insecure_account(home.accounts, f"council-{number}")

    assert home.council_names() == ["council-1", "council-2", "council-10"]


def test_missing_account_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="no account OFFICE-anchor"):
        RegistryHome(tmp_path).account("OFFICE-anchor")


def test_encrypted_account_without_a_password_is_said_with_a_way_out(tmp_path: Path) -> None:
    home = RegistryHome(tmp_path)
    make_encrypted_account(home.accounts, "office", "p")

    with pytest.raises(HomeError, match="encrypted") as caught:
        home.account("office")

    assert "SEALROOT_ACCOUNT_PASSWORD" in caught.value.__notes__[1]
