"""The end of the demonstration: page and API on the loopback, with a document ready to open."""

import json
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console

from credential.qr_text import qr_encode
from sealroot.demo.offices import VERIFY_URL
from sealroot.demo.story import Told
from verifier.client import Client, ClientError
from verifier.receipt import decode_key_set, open_receipt
from verifier.receipt_keys import new_receipt_key

PORT: Final = 8080
_ANSWERS_WITHIN_SECONDS: Final = 60.0
_ENDS_WITHIN_SECONDS: Final = 30.0
_MOST_PAGE_BYTES: Final = 1 << 20


class Served(NamedTuple):
    """A service that answers."""

    url: str
    has_page: bool
    process: "subprocess.Popen[str]"


def serve_at_the_end(told: Told, console: Console, *, stays: bool) -> bool:
    """Page and API have answered, and their links are told; True where all was as it should be.

    On a terminal they stay until Ctrl-C; otherwise they are stopped once they have proven
    themselves, so that a script ends.
    """
    store = told.bundle.parent / "service"
    key = store / "receipts.key"
    if not key.is_file():
        new_receipt_key(str(key))
    command = [
        *(str(Path(sys.executable).with_name("sealroot")), "verifier", "serve"),
        *("--bundle", str(told.bundle), "--trust-anchor", str(told.trust_anchor)),
        *("--store", str(store), "--receipt-key", str(key), "--official-url", VERIFY_URL),
    ]
    with _running([*command, "--no-log", "--port", str(_free_port(stays=stays))]) as served:
        sealed = told.sample.with_suffix(".sealed").read_bytes()
        is_right = _proven(served, qr_encode(sealed, VERIFY_URL), console)
        _tell_links(served, sealed, command, console, stays=stays)
        if stays:
            _wait(served.process)
    return is_right


@contextmanager
def _running(command: list[str]) -> Iterator[Served]:
    """The service runs within the block; what it says at its start was read."""
    with subprocess.Popen(
        [*command, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C is ours: we end it in order
    ) as process:
        try:
            told = _first_words(process)
            yield Served(told["url"], told["page"] is not None, process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _first_words(process: "subprocess.Popen[str]") -> dict[str, str]:
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(line)
        if line.rstrip() == "}":
            told: dict[str, str] = json.loads("".join(lines))
            return told
    raise RuntimeError("the service ended at its start; run its command to see why")


def _proven(served: Served, text: str, console: Console) -> bool:
    """Return whether the page, the API, one verdict and its receipt answered over HTTP."""
    client = Client(served.url, timeout=_ANSWERS_WITHIN_SECONDS)
    try:
        ready = client.ready()
        answer = client.verify_text(text, receipt=True)
        opened = open_receipt(answer.receipt or b"", decode_key_set(client.receipt_keys()))
        page = _page(served) if served.has_page else b"<html"
    except (ClientError, OSError) as error:
        console.print(f"[red]The service did not answer: {error}[/]")
        return False
    told = (ready["code"], answer.outcome, opened.receipt.outcome)
    if told != ("trust.fresh", "VALID", "VALID") or b"<html" not in page.lower():
        console.print(f"[red]The service answered otherwise than it should: {told}[/]")
        return False
    shown = "Page, API" if served.has_page else "The API"
    console.print(f"\n{shown}, a verdict (VALID) and its signed receipt answered over HTTP.")
    return True


def _page(served: Served) -> bytes:
    with urllib.request.urlopen(  # noqa: S310  (our own address on the loopback)
        f"{served.url}page/", timeout=_ANSWERS_WITHIN_SECONDS
    ) as answer:
        found: bytes = answer.read(_MOST_PAGE_BYTES)
        return found


def _tell_links(
    served: Served, sealed: bytes, command: list[str], console: Console, *, stays: bool
) -> None:
    """The links are told: those that answer now, or those of the command that starts it again."""
    url = served.url if stays else f"http://127.0.0.1:{PORT}/"
    again = ["再次啟動 Start it again", f"  {shlex.join(command)}", ""]
    lines = ["", *([] if stays else again)]
    if served.has_page:
        lines += [
            "查驗頁面 Scan page",
            f"  {url}page/",
            "直接開啟一份文件 Open it with a document, as a phone camera does that reads the QR",
            f"  {qr_encode(sealed, f'{url}page/')}",
        ]
    else:
        lines += ["The scan page is not built: `make page`, then start the service again."]
    lines += ["查驗介面 API", f"  {url}docs", ""]
    lines += [*again, "按 Ctrl-C 停止 They answer until Ctrl-C"] if stays else []
    console.print("\n".join(lines), soft_wrap=True, highlight=False, markup=False)


def _wait(process: "subprocess.Popen[str]") -> None:
    try:
        process.wait()
    except KeyboardInterrupt:
        return


def _free_port(*, stays: bool) -> int:
    """Return the usual port for a person, any free one for a script or where that is taken."""
    if not stays:
        return 0
    with closing(socket.socket()) as tried:
        try:
            tried.bind(("127.0.0.1", PORT))
        except OSError:
            return 0
    return PORT
