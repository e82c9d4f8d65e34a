"""Puts a registry that is known here into a mirror's folder (mirror.md, step 8).

Chunks, documents and evidence first, then the floor, then what is made of them. Each file appears
whole; killed between any two, the next run goes on.
"""

import json
from hashlib import sha256
from typing import Final

from credential import cbor
from credential.errors import FormatError
from credential.ids import AgencyCode
from credential.status import StatusList, decode_status_list
from registry.bundle_file import MAX_CHECKPOINTS
from registry.cbor_reader import CborReader
from registry.checkpoint import Checkpoint, read_checkpoint
from registry.errors import BundleError
from registry.evidence.file import chain_evidence_value
from registry.journal_homes import told_homes
from registry.mirror import statistics
from registry.mirror.errors import RefusedError
from registry.mirror.folder import (
    CHECKPOINTS,
    EVIDENCE,
    REGISTRIES,
    STANDING,
    STATISTICS,
    TRUST_ANCHOR,
    MirrorFolder,
)
from registry.mirror.publish_bundles import publish_bundles
from registry.mirror.published import Published, Vouched, anchor_of, encode_checkpoints
from registry.mirror.range_file import RegistryId
from registry.mirror.standing import Standing, write_standing
from registry.public_folder import Document
from registry.trust_data import Documents, Floor

MAX_CHECKPOINTS_BYTES: Final = 13 << 20


def decode_checkpoints(source: bytes) -> tuple[Checkpoint, ...]:
    """The checkpoints in the file. Raises RefusedError (malformed)."""
    reader = CborReader(source)
    try:
        count = reader.array(0, MAX_CHECKPOINTS)
        checkpoints = tuple(read_checkpoint(reader) for _ in range(count))
        reader.end()
    except (FormatError, BundleError) as error:
        raise RefusedError(f"its checkpoints are malformed: {error}", "malformed") from error
    return checkpoints


def publish(folder: MirrorFolder, published: Published, *, old: int) -> None:
    """The folder hands out all of this; the first `old` journal entries were in it before."""
    vouched = published.vouched
    folder.write_journal(published.registry, published.journal, old=old)
    # A crash right here leaves chunks that the next run hashes and keeps.
    _publish_documents(folder, vouched.documents)
    folder.write(CHECKPOINTS, encode_checkpoints(vouched.checkpoints), zipped=True)
    if published.trust_anchor is not None:
        folder.write(TRUST_ANCHOR, published.trust_anchor)
    _publish_evidence(folder, vouched)
    if vouched.is_vouched_for:
        folder.write_floor(Floor(vouched.state.size, vouched.state.head, vouched.as_of))
    # A crash right here leaves older bundles beside newer entries; the next run makes new ones.
    publish_bundles(folder, published)
    _publish_statistics(folder, vouched)
    folder.write(STANDING, write_standing(_standing(published)), zipped=True)
    folder.write(f"{REGISTRIES}.json", _list_of_registries(folder))


def _publish_evidence(folder: MirrorFolder, vouched: Vouched) -> None:
    if vouched.chain is None:
        (folder.root / EVIDENCE).unlink(missing_ok=True)
    else:
        folder.write(EVIDENCE, cbor.encode(chain_evidence_value(vouched.chain)))


def publish_neighbours(folder: MirrorFolder) -> None:
    """The list of the other registries names those that are here now."""
    folder.write(f"{REGISTRIES}.json", _list_of_registries(folder))


def _list_of_registries(folder: MirrorFolder) -> bytes:
    names = [other.root.name for other in folder.others()]
    return json.dumps({"version": 1, "registries": names}, indent=1).encode() + b"\n"


def _standing(published: Published) -> Standing:
    journal, vouched = published.journal, published.vouched
    anchor = anchor_of(published)
    return Standing(
        published.registry,
        len(journal.entries),
        journal.heads[-1],
        journal.entries[-1].time if journal.entries else 0,
        vouched.state.size if vouched.is_vouched_for else None,
        vouched.as_of if vouched.is_vouched_for else None,
        None if anchor is None else (anchor.name_zh_hant, anchor.name_en),
        published.made_at,
        _homes(published),
    )


def _homes(published: Published) -> tuple[RegistryId, ...]:
    told = told_homes(published.registry, published.journal.entries)
    return tuple(RegistryId(home.chain_id, home.contract) for home in told)


def _publish_documents(folder: MirrorFolder, documents: Documents) -> None:
    for kind, files in (
        (Document.STATUS_LIST, documents.status_lists),
        (Document.STATUS_DETAILS, documents.details),
        (Document.TYPE, documents.types),
    ):
        subfolder, suffix = kind.value
        for file in files:
            path = f"{subfolder}/{sha256(file).hexdigest()}{suffix}"
            if not (folder.root / path).is_file():
                folder.write(path, file, zipped=True)


def _publish_statistics(folder: MirrorFolder, vouched: Vouched) -> None:
    counted = statistics.count(vouched.state, decoded_lists(vouched.documents))
    content = json.dumps(counted.value(), ensure_ascii=False, indent=1).encode() + b"\n"
    folder.write(STATISTICS, content, zipped=True)


def decoded_lists(documents: Documents) -> dict[tuple[AgencyCode, int], StatusList]:
    """The status lists by agency and number."""
    lists = (decode_status_list(file) for file in documents.status_lists)
    return {(found.agency, found.list_no): found for found in lists}
