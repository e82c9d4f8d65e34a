"""The programs of the validators on this machine: where they are, and of which release."""

import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from network.errors import EngineMissingError
from network.settings import engines_folder
from network.software import Software
from registry.plain_words import explained


class Release(NamedTuple):
    """The release of a program that this network's files are written for."""

    version: str
    says: str
    """What its command `version` prints when it is that release."""


RELEASES: Final = {
    Software.GOQUORUM: Release("22.7.4", "Quorum Version: 22.7.4"),
    Software.GETH: Release("1.13.15", "Version: 1.13.15-stable"),
}
SECONDS_TO_ANSWER: Final = 30


def find_program(software: Software) -> Path:
    """Return the program, having asked it for its version; raises `EngineMissingError`."""
    if software not in RELEASES:
        raise explained(
            EngineMissingError(f"{software.value} cannot be started by this command"),
            means="Its files can be copied to hosts that have it; nothing was started here.",
            way_out="Make a network with `--software goquorum` to try things out on this machine.",
        )
    path = engines_folder() / software.value
    if not path.is_file():
        raise explained(
            EngineMissingError(f"the program of the validators is not here: {path}"),
            means="No validator was started. Documents already issued are not concerned.",
            way_out="Build it with `make engines` (needs Go 1.21 or newer and takes about 3 "
            "minutes), or name the folder that holds it in SEALROOT_ENGINES.",
        )
    release = RELEASES[software]
    if release.says not in _version_text(path):
        raise explained(
            EngineMissingError(f"{path} is not {software.value} {release.version}"),
            means="No validator was started: another release may read the files differently.",
            way_out="Build the right one with `make engines`.",
        )
    return path


def has_program(software: Software) -> bool:
    """Return whether the program is here and is the right release."""
    try:
        find_program(software)
    except EngineMissingError:
        return False
    return True


def _version_text(path: Path) -> str:
    try:
        asked = subprocess.run(
            [str(path), "version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_TO_ANSWER,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise explained(
            EngineMissingError(f"{path} cannot be run: {error}"),
            means="No validator was started.",
            way_out="Build it again on this machine with `make engines`.",
        ) from error
    return asked.stdout + asked.stderr
