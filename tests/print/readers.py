"""The readers that are measured: the product's own two, and zbar as a stranger's."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from PIL import Image

from verifier.errors import DocumentError
from verifier.scan import read_picture

ROOT = Path(__file__).parents[2]
NODE = ROOT / ".venv" / "bin" / "node"
PAGE_READER = ROOT / "verifier" / "web" / "read-pictures.mjs"
_A_CALL = 40
_MOST_SECONDS = 600

Reader = Callable[[Sequence[Image.Image]], list[list[str]]]


class Reading(NamedTuple):
    """How many pictures were read exactly, and how often a text came that nobody printed."""

    read: int
    wrong: int
    seconds: float


def measured(reader: Reader, pictures: Sequence[Image.Image], texts: Sequence[str]) -> Reading:
    """What this reader makes of pictures on which these texts are printed."""
    began = time.perf_counter()
    found = reader(pictures)
    seconds = time.perf_counter() - began
    pairs = [*zip(found, texts, strict=True)]
    return Reading(
        read=sum(text in one for one, text in pairs),
        wrong=sum(any(other != text for other in one) for one, text in pairs),
        seconds=seconds,
    )


def by_scan(pictures: Sequence[Image.Image]) -> list[list[str]]:
    """`sealroot verify`: verifier/scan.py with zxing-cpp."""
    return [_scanned(picture) for picture in pictures]


def _scanned(picture: Image.Image) -> list[str]:
    held = BytesIO()
    picture.save(held, "PNG", compress_level=1)
    try:
        return read_picture(held.getvalue())
    except DocumentError:
        return []


def by_zbar(pictures: Sequence[Image.Image]) -> list[list[str]]:
    """zbarimg of Debian's zbar-tools."""
    found: list[list[str]] = []
    for some in _in_calls(pictures):
        with _written(some) as (folder, names):
            command = ["zbarimg", "--quiet", "--xml", "-Sdisable", "-Sqrcode.enable", *names]
            done = _run(command, folder)
        by_name = {name: [] for name in names} | dict(_zbar_texts(done.stdout))
        found += [by_name[name] for name in names]
    return found


def _zbar_texts(told: str) -> Iterator[tuple[str, list[str]]]:
    name = "{http://zbar.sourceforge.net/2008/barcode}"
    for source in ET.fromstring(told).iter(f"{name}source"):  # noqa: S314  (of our own pictures)
        yield source.get("href", ""), [data.text or "" for data in source.iter(f"{name}data")]


def by_page(pictures: Sequence[Image.Image]) -> list[list[str]]:
    """The scan page's reader, zxing-wasm, on Node."""
    found: list[list[str]] = []
    for some in _in_calls(pictures):
        with _written(some) as (folder, names):
            done = _run([str(NODE), str(PAGE_READER), *names], folder)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert [line["file"] for line in lines] == names, done.stderr
        found += [line["texts"] for line in lines]
    return found


def has_zbar() -> bool:
    return shutil.which("zbarimg") is not None


def _in_calls(pictures: Sequence[Image.Image]) -> Iterable[Sequence[Image.Image]]:
    return (pictures[at : at + _A_CALL] for at in range(0, len(pictures), _A_CALL))


class _written:  # noqa: N801  (used like a function)
    """The pictures as PGM files of a folder, for the length of a `with` block."""

    def __init__(self, pictures: Sequence[Image.Image]) -> None:
        self._pictures = pictures
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> tuple[Path, list[str]]:
        folder = Path(self._folder.name)
        names = [f"{at}.pgm" for at in range(len(self._pictures))]
        for name, picture in zip(names, self._pictures, strict=True):
            picture.save(folder / name)
        return folder, names

    def __exit__(self, *_error: object) -> None:
        self._folder.cleanup()


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=_MOST_SECONDS
    )


READERS: dict[str, Reader] = {
    "verify": by_scan,
    "page": by_page,
    "zbar": by_zbar,
}
OURS = ("verify", "page")
