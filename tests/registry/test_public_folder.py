"""The folder of published documents: whole or not there, and never other than its digest says."""

import hashlib
from pathlib import Path

import pytest

from credential.ids import Digest
from registry.public_folder import Document, PublicFolder, write_atomically
from registry.rim_errors import PublicFolderError


def test_published_document_is_read_back_by_its_digest(tmp_path: Path) -> None:
    folder = PublicFolder(tmp_path)

    digest = folder.publish(Document.STATUS_LIST, b"a status list")

    assert digest == hashlib.sha256(b"a status list").digest()
    assert folder.read(Document.STATUS_LIST, digest) == b"a status list"
    assert folder.digests(Document.STATUS_LIST) == [digest]


def test_publishing_again_changes_nothing(tmp_path: Path) -> None:
    folder = PublicFolder(tmp_path)
    digest = folder.publish(Document.TYPE, b"{}")
    written_at = folder.path(Document.TYPE, digest).stat().st_mtime_ns

    folder.publish(Document.TYPE, b"{}")

    assert folder.path(Document.TYPE, digest).stat().st_mtime_ns == written_at


def test_changed_document_is_refused_and_not_held(tmp_path: Path) -> None:
    folder = PublicFolder(tmp_path)
    digest = folder.publish(Document.STATUS_LIST, b"revoked: 5")
    folder.path(Document.STATUS_LIST, digest).write_bytes(b"revoked: -")

    assert not folder.holds(Document.STATUS_LIST, digest)
    with pytest.raises(PublicFolderError, match="has been changed"):
        folder.read(Document.STATUS_LIST, digest)


def test_publishing_repairs_a_damaged_document(tmp_path: Path) -> None:
    folder = PublicFolder(tmp_path)
    digest = folder.publish(Document.STATUS_LIST, b"whole")
    folder.path(Document.STATUS_LIST, digest).write_bytes(b"")

    folder.publish(Document.STATUS_LIST, b"whole")

    assert folder.read(Document.STATUS_LIST, digest) == b"whole"


def test_missing_document_is_said_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(PublicFolderError, match="is not there") as caught:
        PublicFolder(tmp_path).read(Document.STATUS_LIST, Digest(bytes(32)))

    assert len(caught.value.__notes__) == 2


def test_other_files_in_the_folder_are_no_documents(tmp_path: Path) -> None:
    folder = PublicFolder(tmp_path)
    folder.publish(Document.TYPE, b"{}")
    (tmp_path / "types" / "README.json").write_text("{}")
    (tmp_path / "types" / f"{'G' * 64}.json").write_text("{}")

    assert len(folder.digests(Document.TYPE)) == 1


def test_failed_write_leaves_the_old_file_and_no_remains(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.mkdir()

    with pytest.raises(OSError, match="file"):
        write_atomically(target, b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]
