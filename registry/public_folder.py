"""A folder of published documents by digest: what a mirror serves and what a bundle is made from.

    status/<digest>.cbor    status lists        types/<digest>.json    type documents
    details/<digest>.cbor   status details

`<digest>` is SHA-256 of the file in hex, as the journal has it: any plain web server can serve the
folder.
"""

import hashlib
import os
import tempfile
from enum import Enum
from pathlib import Path

from credential.ids import Digest
from registry.plain_words import explained
from registry.rim_errors import PublicFolderError


class Document(Enum):
    """A kind of published document; the value is its subfolder and the end of its file names."""

    STATUS_LIST = ("status", ".cbor")
    STATUS_DETAILS = ("details", ".cbor")
    TYPE = ("types", ".json")


class PublicFolder:
    """Documents that were published, each under the digest of its bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, kind: Document, digest: Digest) -> Path:
        """Return where a document of this digest stands, whether or not it is there."""
        folder, suffix = kind.value
        return self.root / folder / f"{digest.hex()}{suffix}"

    def publish(self, kind: Document, document: bytes) -> Digest:
        """The document is on disk, whole, under the digest that is returned."""
        digest = Digest(hashlib.sha256(document).digest())
        path = self.path(kind, digest)
        if not self.holds(kind, digest):
            write_atomically(path, document)
            self.read(kind, digest)  # what the disk gives back is what the journal will promise
        return digest

    def holds(self, kind: Document, digest: Digest) -> bool:
        """Return whether the document is there and is what its digest says."""
        try:
            content = self.path(kind, digest).read_bytes()
        except OSError:
            return False
        return hashlib.sha256(content).digest() == digest

    def read(self, kind: Document, digest: Digest) -> bytes:
        """Return the document with this digest, re-hashed; raises `PublicFolderError`."""
        path = self.path(kind, digest)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise _unusable(path, "is not there") from error
        if hashlib.sha256(content).digest() != digest:
            raise _unusable(
                path, "has been changed: its bytes no longer give the digest in its name"
            )
        return content

    def digests(self, kind: Document) -> list[Digest]:
        """Return the digests in the names of all files of this kind, in order."""
        folder, suffix = kind.value
        names = (path.name.removesuffix(suffix) for path in (self.root / folder).glob(f"*{suffix}"))
        return sorted(Digest(bytes.fromhex(name)) for name in names if _is_digest(name))


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> None:
    """The file holds exactly `content` and is on disk.

    A reader, or a crash, sees the old file or the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError:
        # A crash right here leaves only the temporary file, which no reader looks at.
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_digest(name: str) -> bool:
    return len(name) == 64 and all(character in "0123456789abcdef" for character in name)


def _unusable(path: Path, why: str) -> PublicFolderError:
    return explained(
        PublicFolderError(f"the published document {path} {why}"),
        means="The journal promises this document; without it nobody can say whether the "
        "credentials it covers still hold.",
        way_out="Copy the file from a mirror or a backup, or let its agency publish a new version.",
    )
