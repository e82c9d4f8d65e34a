"""Writes the pictures of pages that differ, for a person to look at."""

import hashlib
import re
from pathlib import Path
from typing import Final

from verifier.errors import UsageError
from verifier.examine import Finding

_UNSAFE: Final = re.compile(r"[^0-9A-Za-z._-]+")
_MOST_STEM: Final = 60


def make_folder(folder: Path) -> None:
    """The folder exists. Raises UsageError where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder for differences cannot be made: {error}") from error


def write_pictures(finding: Finding, content: bytes, folder: Path) -> None:
    """Each boxed page is in the folder, under a name made of the file's name and its digest."""
    stem = _UNSAFE.sub("_", Path(finding.name).stem)[:_MOST_STEM].strip("._") or "document"
    digest = hashlib.sha256(content).hexdigest()[:8]
    for page, picture in finding.page_pictures:
        (folder / f"{stem}-{digest}-page-{page}.png").write_bytes(picture)
