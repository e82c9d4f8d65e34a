"""Verifying offline opens no socket, whatever the document says; nor could it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from credential.qr_text import qr_encode
from tests.verifier.paper import Counter, page, pdf, symbol

WATCHED = """
import sys

def watch(event, arguments):
    if event.startswith("socket.") or event == "subprocess.Popen":
        sys.stderr.write(f"{event} {arguments}\\n")
        sys.stderr.flush()
        import os
        os._exit(97)

sys.addaudithook(watch)
from verifier.cli import main

status = main(sys.argv[1:])
loaded = {"web3", "httpx", "requests", "aiohttp", "websockets", "eth_account"} & sys.modules.keys()
sys.exit(98 if loaded else status)
"""
WATCH_WORKS = WATCHED.replace("from verifier.cli import main", "import socket; socket.socket()")
URL = "http://127.0.0.1:9/collect"


def in_child(
    program: str, *words: str, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, with these arguments."""
    command = [*before, sys.executable, "-c", program, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def documents(tmp_path: Path) -> list[str]:
    """Bundle and anchor, then every kind of document, its code pointing to somebody's server."""
    counter = Counter(tmp_path)
    picture = symbol(counter.mine, url=URL)
    paper = pdf(page(picture), attachments=[("a.sealed", counter.mine)])
    told = [
        counter.write("a.sealed", counter.mine),
        counter.write("a.txt", qr_encode(counter.mine, URL).encode()),
        counter.write("a.png", picture),
        counter.write("a.pdf", paper),
    ]
    options = ["--bundle", str(counter.bundle), "--trust-anchor", str(counter.anchor_file)]
    return [*options, "--store", str(tmp_path / "store"), *map(str, told)]


def test_the_watch_sees_a_socket() -> None:
    assert in_child(WATCH_WORKS).returncode == 97


def test_verifying_every_kind_of_document_offline_opens_no_socket(documents: list[str]) -> None:
    finished = in_child(WATCHED, *documents)

    assert finished.returncode == 0, finished.stderr + finished.stdout
    assert finished.stderr == ""


def test_a_forged_document_makes_no_connection_either(documents: list[str], tmp_path: Path) -> None:
    forged = tmp_path / "forged.txt"
    genuine = (tmp_path / "a.txt").read_text()
    at = genuine.index("#") + 60
    forged.write_text(genuine[:at] + str((int(genuine[at]) + 1) % 10) + genuine[at + 1 :])

    finished = in_child(WATCHED, *documents[:4], str(forged))

    assert finished.returncode == 1, finished.stderr + finished.stdout


def test_verifying_works_where_there_is_no_network_at_all(documents: list[str]) -> None:
    unshare = shutil.which("unshare")
    alone = (unshare or "unshare", "--net", "--map-root-user")
    if unshare is None or in_child("", before=alone).returncode:
        pytest.skip("this machine does not let us take the network away from a process")

    finished = in_child(WATCHED, *documents, before=alone)

    assert finished.returncode == 0, finished.stderr + finished.stdout
