"""The office's home folder.

Issuer.json names everything it works with, and says so plainly when something is missing.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from issuer.errors import SettingsError
from registry.public_folder import write_atomically

SETTINGS_NAME = "issuer.json"
_MAX_SETTINGS_BYTES = 65_536


class OfficeSettings(BaseModel):
    """What issuer.json holds.

    Relative paths begin at the home folder. It names keys, it holds none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    agency: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,15}$")]
    batch_key: str
    anchor_account: str
    registry: str
    database: str = "sqlite:///issuer.sqlite3"
    public_folder: str | None = None
    types_folder: str | None = None
    verify_url: Annotated[str, Field(max_length=512, pattern=r"^[\x21\x22\x24-\x7e]*$")] = ""
    batch_size: Annotated[int, Field(ge=1, le=4_096)] = 4_096
    list_capacity: Annotated[int, Field(ge=64, le=67_108_864)] = 131_072
    finality_seconds: Annotated[int, Field(ge=1, le=86_400)] = 180


def read_settings(home: Path) -> OfficeSettings:
    """Return the settings of the office in this folder.

    Raises SettingsError, which says what to do.
    """
    path = home / SETTINGS_NAME
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_SETTINGS_BYTES + 1)
    except FileNotFoundError as error:
        raise SettingsError(
            f"there is no office in {home}: {SETTINGS_NAME} is missing. Name its folder with "
            "--home, or make one "
            "with `sealroot issuer init`."
        ) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return OfficeSettings.model_validate(json.loads(content))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not usable: {_first_fault(error)}") from error


def write_settings(home: Path, settings: OfficeSettings) -> None:
    """The settings stand in the folder, whole, readable by their owner alone."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = settings.model_dump_json(indent=1, exclude_none=True) + "\n"
    write_atomically(home / SETTINGS_NAME, content.encode(), mode=0o600)


def located(home: Path, path: str) -> Path:
    """Return where a path of the settings leads: from the home folder, unless it is absolute."""
    return (home / Path(path).expanduser()).resolve()


def database_url(home: Path, settings: OfficeSettings) -> str:
    """Return the database address; an SQLite file with a relative path lies in the home folder."""
    scheme, marker, path = settings.database.partition(":///")
    if scheme != "sqlite" or not marker or path.startswith("/"):
        return settings.database
    return f"sqlite:///{located(home, path)}"


def _first_fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        fault = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
    return "it is not JSON"
