"""The files of the tree as resources: which there are, how they are served, and a bounded cache."""

import re
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final, NamedTuple

from registry.mirror.answers import IMMUTABLE, REVALIDATE, Resource, resource

CBOR: Final = "application/cbor"
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
MOST_CACHED_BYTES: Final = 256 << 20
MOST_FILE_BYTES: Final = 80 << 20

_FILES: Final = (
    (re.compile(r"mirror\.json|statistics\.json|registries\.json", re.ASCII), JSON, REVALIDATE),
    (re.compile(r"(checkpoints|evidence|trust-anchor)\.cbor", re.ASCII), CBOR, REVALIDATE),
    (re.compile(r"(journal|heads)/tail\.bin", re.ASCII), BYTES, REVALIDATE),
    (re.compile(r"(journal|heads)/[0-9]{10,20}\.bin", re.ASCII), BYTES, IMMUTABLE),
    (re.compile(r"bundles/(full|lite)(\.srb|-[0-9]{1,20}\.srd)", re.ASCII), BYTES, REVALIDATE),
    (re.compile(r"(status|details)/[0-9a-f]{64}\.cbor", re.ASCII), CBOR, IMMUTABLE),
    (re.compile(r"types/[0-9a-f]{64}\.json", re.ASCII), JSON, IMMUTABLE),
)


class _Seen(NamedTuple):
    """What a file looked like when it was read; another look means another content."""

    inode: int
    changed_ns: int
    size: int


class FileTree:
    """The files under a root. A file that is not of the tree does not exist, whatever its name."""

    def __init__(self, root: Path, most_bytes: int = MOST_CACHED_BYTES) -> None:
        self.root = root
        self._most_bytes = most_bytes
        self._cache: OrderedDict[str, tuple[_Seen, Resource]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, path: str) -> Resource | None:
        """Return the resource at a path of the tree, or None where there is none."""
        kind = next((kind for kind in _FILES if kind[0].fullmatch(path)), None)
        if kind is None:
            return None
        file = self.root / path
        seen = _look(file)
        if seen is None:
            return None
        cached = self._cache.get(path)
        if cached is not None and cached[0] == seen:
            return cached[1]
        content = _read(file, MOST_FILE_BYTES)
        if content is None:
            return None
        zipped = _read(file.with_name(f"{file.name}.gz"), len(content))
        found = resource(content, kind[1], kind[2], zipped)
        self._remember(path, seen, found)
        return found

    def _remember(self, path: str, seen: _Seen, found: Resource) -> None:
        with self._lock:
            before = self._cache.pop(path, None)
            self._bytes -= 0 if before is None else _weight(before[1])
            self._cache[path] = (seen, found)
            self._bytes += _weight(found)
            while self._bytes > self._most_bytes and self._cache:
                _, (_, oldest) = self._cache.popitem(last=False)
                self._bytes -= _weight(oldest)


def _weight(found: Resource) -> int:
    return len(found.content) + len(found.zipped or b"")


def _look(file: Path) -> _Seen | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return _Seen(found.st_ino, found.st_mtime_ns, found.st_size)


def _read(file: Path, most: int) -> bytes | None:
    """The file, or None where it is not there or has more bytes than that."""
    try:
        with file.open("rb") as opened:
            content = opened.read(most + 1)
    except OSError:
        return None
    return content if len(content) <= most else None
