import stat
from pathlib import Path
from typing import Any

import pytest

from issuer.errors import SettingsError
from issuer.settings import OfficeSettings, database_url, located, read_settings, write_settings


def settings(**changes: Any) -> OfficeSettings:  # noqa: ANN401  (handed on as they are)
    known = {
        "agency": "A15030000C",
        "batch_key": "batch.key",
        "anchor_account": "anchor.json",
        "registry": "../registry",
    }
    return OfficeSettings(**{**known, **changes})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = settings(list_capacity=4096, verify_url="https://verify.example/")

    write_settings(tmp_path / "home", written)

    assert read_settings(tmp_path / "home") == written


def test_settings_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    write_settings(tmp_path / "home", settings())

    assert stat.S_IMODE((tmp_path / "home" / "issuer.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_a_folder_without_an_office_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="sealroot issuer init"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"agency": "a"}',
        b'{"agency":"A","batch_key":"x","anchor_account":"y","registry":"z","surprise":1}',
        b'{"agency":"A","batch_key":"x","anchor_account":"y","registry":"z","list_capacity":1}',
        b'{"agency":"A","batch_key":"x","anchor_account":"y","registry":"z","verify_url":"a#b"}',
        b"[" * 60_000,
    ],
)
def test_settings_that_are_not_right_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "issuer.json").write_bytes(content)

    with pytest.raises(SettingsError, match="not usable"):
        read_settings(tmp_path)


def test_paths_begin_at_the_home_folder_unless_they_are_absolute(tmp_path: Path) -> None:
    assert located(tmp_path, "keys/batch.key") == tmp_path / "keys" / "batch.key"
    assert str(located(tmp_path, "/etc/batch.key")) == "/etc/batch.key"


def test_a_database_file_lies_in_the_home_folder_unless_it_is_elsewhere(tmp_path: Path) -> None:
    elsewhere = "postgresql://office@db/issuer"

    assert database_url(tmp_path, settings()) == f"sqlite:///{tmp_path}/issuer.sqlite3"
    assert database_url(tmp_path, settings(database=elsewhere)) == elsewhere
    assert database_url(tmp_path, settings(database="sqlite:////x/y.db")) == "sqlite:////x/y.db"
