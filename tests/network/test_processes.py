"""Only our own processes are found, and only those are killed."""

import sys
import time
from pathlib import Path

import pytest

from network import processes
from network.engines import find_program
from network.errors import EngineMissingError
from network.software import Software

SLEEPS = "import time; time.sleep(60)"


def sleeper(tmp_path: Path, data: Path) -> int:
    command = [sys.executable, "-c", SLEEPS, "--mine", "--datadir", str(data)]
    return processes.spawn(command, tmp_path / "log")


def test_a_process_is_found_by_its_data_folder_and_stopped(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    pid, stranger = sleeper(tmp_path, own), sleeper(tmp_path, other)
    try:
        deadline = time.monotonic() + 10
        while processes.find_process(own) is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert processes.find_process(own) == pid

        assert processes.stop(own, at_once=True)

        assert processes.find_process(own) is None
        assert not processes.stop(own)
        assert processes.find_process(other) == stranger
    finally:
        processes.stop(other, at_once=True)


def test_a_missing_program_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEALROOT_ENGINES", str(tmp_path))

    with pytest.raises(EngineMissingError) as caught:
        find_program(Software.GOQUORUM)

    assert "make engines" in caught.value.__notes__[1]


def test_another_release_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "geth"
    program.write_text("#!/bin/sh\necho Version: 1.12.0-stable\n", "ascii")
    program.chmod(0o755)
    monkeypatch.setenv("SEALROOT_ENGINES", str(tmp_path))

    with pytest.raises(EngineMissingError, match=r"is not geth 1\.13\.15"):
        find_program(Software.GETH)


def test_besu_is_not_started_here() -> None:
    with pytest.raises(EngineMissingError, match="cannot be started"):
        find_program(Software.BESU)
