"""Keeps what a source gave and must not be used, so that people can show it to the registry."""

import json
import shutil
from contextlib import suppress
from hashlib import sha256
from typing import Final

from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.folder import CHECKPOINTS, STANDING, MirrorFolder
from registry.mirror.publish import MAX_CHECKPOINTS_BYTES
from registry.mirror.sources import Source
from registry.mirror.standing import MAX_STANDING_BYTES
from registry.public_folder import write_atomically

MOST_KEPT: Final = 16
_LIMITS: Final = {STANDING: MAX_STANDING_BYTES, CHECKPOINTS: MAX_CHECKPOINTS_BYTES}


def keep_refused(folder: MirrorFolder, source: Source, error: RefusedError) -> None:
    """The evidence against a source is in refused/, once for each source and reason.

    At most sixteen are kept, so that a liar cannot fill the disk.
    """
    name = sha256(f"{source.name}\n{error}".encode()).hexdigest()[:16]
    target = folder.refused / name
    if target.exists() or len(list(folder.refused.glob("*"))) >= MOST_KEPT:
        return
    if folder.incoming.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.incoming.replace(target)
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


def clear_incoming(folder: MirrorFolder) -> None:
    """Nothing unproven is left here."""
    shutil.rmtree(folder.incoming, ignore_errors=True)
