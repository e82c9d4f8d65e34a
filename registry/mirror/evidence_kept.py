"""Keeps what a source gave and must not be used, so that people can show it to the registry."""

import json
import shutil
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.folder import CHECKPOINTS, STANDING, MirrorFolder, chunk_name
from registry.mirror.publish import MAX_CHECKPOINTS_BYTES
from registry.mirror.range_file import CHUNK_ENTRIES
from registry.mirror.sources import Source
from registry.mirror.standing import MAX_STANDING_BYTES
from registry.public_folder import write_atomically

MOST_KEPT: Final = 16
MOST_KEPT_BYTES: Final = 68 << 20
_LIMITS: Final = {STANDING: MAX_STANDING_BYTES, CHECKPOINTS: MAX_CHECKPOINTS_BYTES}


def keep_refused(folder: MirrorFolder, source: Source, error: RefusedError) -> None:
    """The evidence against a source is in refused/, once for each source and reason.

    At most sixteen are kept, so that a liar cannot fill the disk.
    """
    name = sha256(f"{source.name}\n{error}".encode()).hexdigest()[:16]
    target = folder.refused / name
    if target.exists() or len(list(folder.refused.glob("*"))) >= MOST_KEPT:
        return
    _keep_ranges(folder, target, error.index)
    for path, most in _LIMITS.items():
        with suppress(SourceError):
            write_atomically(target / path, source.fetch(path, most))
    told = {
        "source": source.name,
        "code": error.code,
        "index": error.index,
        "reason": str(error),
    }
    write_atomically(target / "why.json", json.dumps(told, ensure_ascii=False).encode() + b"\n")


def _keep_ranges(folder: MirrorFolder, target: Path, index: int | None) -> None:
    """The ranges that did not fit, first the one with the wrong entry, as far as there is room."""
    waiting = sorted(folder.incoming.glob("*.bin"))
    named = None if index is None else chunk_name(index - index % CHUNK_ENTRIES)
    room = MOST_KEPT_BYTES
    for path in sorted(waiting, key=lambda path: path.name != named):
        room -= path.stat().st_size
        if room < 0:
            break
        target.mkdir(parents=True, exist_ok=True)
        path.replace(target / path.name)
    clear_incoming(folder)


def clear_incoming(folder: MirrorFolder) -> None:
    """Nothing unproven is left here."""
    shutil.rmtree(folder.incoming, ignore_errors=True)
