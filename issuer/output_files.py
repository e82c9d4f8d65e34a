"""Files that appear whole.

Written beside their place, forced to disk, then renamed, many at a time.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from issuer.steps import Checkpoint, Step

_PARTIAL = ".partial"


def write_together(content: Mapping[Path, bytes], checkpoint: Checkpoint) -> None:
    """Every file holds exactly its content and is on disk.

    A crash leaves the old file or the new, never a part.

    Syncing happens after everything is written: the disk then takes many files in one go. Files
    hold personal data and are readable by their owner alone.
    """
    for folder in {path.parent for path in content}:
        folder.mkdir(parents=True, exist_ok=True)
    partial = {path: path.with_name(f".{path.name}{_PARTIAL}") for path in content}
    for path, made in content.items():
        _write(partial[path], made)
    for path in partial.values():
        _sync(path)
    checkpoint(Step.AFTER_FILES_WRITTEN)
    for path, temporary in partial.items():
        temporary.replace(path)
    for folder in {path.parent for path in content}:
        _sync(folder)
    checkpoint(Step.AFTER_FILES_RENAMED)


def _write(path: Path, made: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
