"""Puts a registry that is known here into a mirror's folder (mirror.md, step 8).

Chunks, documents and evidence first, then the floor, then what is made of them. Each file appears
whole; killed between any two, the next run goes on.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from credential import cbor
from credential.errors import FormatError
from credential.ids import AgencyCode, UnixTime
from credential.status import StatusList, decode_status_list
from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.bundle import make_full_bundle, make_lite_bundle, open_bundle
from registry.bundle_file import MAX_CHECKPOINTS, ReadAt
from registry.cbor_reader import CborReader
from registry.checkpoint import Checkpoint, checkpoint_value, read_checkpoint
from registry.errors import BundleError, TrustDataError
from registry.journal import Journal
from registry.mirror import statistics
from registry.mirror.delta import make_delta
from registry.mirror.errors import RefusedError
from registry.mirror.folder import (
    CHECKPOINTS,
    REGISTRIES,
    STANDING,
    STATISTICS,
    TRUST_ANCHOR,
    Held,
    MirrorFolder,
)
from registry.mirror.range_file import RegistryId
from registry.mirror.standing import Standing, write_standing
from registry.public_folder import Document
from registry.trust_data import Documents, Floor
from registry.trust_state import TrustState
from registry.usable_documents import usable_documents

KEPT_FOR_DELTAS: Final = 4
MAX_CHECKPOINTS_BYTES: Final = 13 << 20
_INPUTS: Final = "bundles/made-from.json"


class Vouched(NamedTuple):
    """The state that is vouched for, by whom, and the documents that belong to it."""

    state: TrustState
    documents: Documents
    checkpoints: tuple[Checkpoint, ...]
    as_of: UnixTime


class Published(NamedTuple):
    """Everything a mirror hands out. `journal` may go on behind what is vouched for."""

    registry: RegistryId
    journal: Held
    vouched: Vouched
    trust_anchor: bytes | None
    made_at: int


def encode_checkpoints(checkpoints: Sequence[Checkpoint]) -> bytes:
    """The file checkpoints.cbor."""
    return cbor.encode([checkpoint_value(checkpoint) for checkpoint in checkpoints])


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
    if vouched.checkpoints:
        folder.write_floor(Floor(vouched.state.size, vouched.state.head, vouched.as_of))
    # A crash right here leaves older bundles beside newer entries; the next run makes new ones.
    _publish_bundles(folder, published)
    _publish_statistics(folder, vouched)
    folder.write(STANDING, write_standing(_standing(published)), zipped=True)
    folder.write(f"{REGISTRIES}.json", _list_of_registries(folder))


def publish_neighbours(folder: MirrorFolder) -> None:
    """The list of the other registries names those that are here now."""
    folder.write(f"{REGISTRIES}.json", _list_of_registries(folder))


def _list_of_registries(folder: MirrorFolder) -> bytes:
    names = [other.root.name for other in folder.others()]
    return json.dumps({"version": 1, "registries": names}, indent=1).encode() + b"\n"


def _standing(published: Published) -> Standing:
    journal, vouched = published.journal, published.vouched
    anchor = _anchor(published)
    return Standing(
        published.registry,
        len(journal.entries),
        journal.heads[-1],
        journal.entries[-1].time if journal.entries else 0,
        vouched.state.size if vouched.checkpoints else None,
        vouched.as_of if vouched.checkpoints else None,
        None if anchor is None else (anchor.name_zh_hant, anchor.name_en),
        published.made_at,
    )


def _anchor(published: Published) -> TrustAnchor | None:
    content = published.trust_anchor
    return None if content is None else decode_trust_anchor(content)


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


def _publish_bundles(folder: MirrorFolder, published: Published) -> None:
    """The newest bundles are here, opened once more before anybody is offered them."""
    inputs = _inputs(published)
    if folder.read(_INPUTS, 1 << 16) == inputs:
        return
    anchor = _anchor(published)
    for kind, bundle in _bundles(published):
        try:
            open_bundle(bundle, anchor=anchor if published.vouched.checkpoints else None)
        except TrustDataError as error:
            raise RefusedError(
                f"a {kind} bundle made of it does not open: {error}", "malformed"
            ) from error
        size = published.vouched.state.size
        _publish_deltas(folder, kind, bundle, size)
        folder.write(f"bundles/{kind}.srb", bundle)
        folder.write(f"bundles/old/{kind}-{size:010d}.srb", bundle)
    # A crash right here makes the same bundles again.
    folder.write(_INPUTS, inputs)


def _inputs(published: Published) -> bytes:
    """What the bundles are made from, so that the same are not made twice."""
    vouched = published.vouched
    files = [sha256(file).hexdigest() for files in vouched.documents for file in files]
    evidence = sha256(encode_checkpoints(vouched.checkpoints)).hexdigest()
    return json.dumps([vouched.state.size, evidence, sorted(files)]).encode()


def _bundles(published: Published) -> list[tuple[str, bytes]]:
    vouched, registry = published.vouched, published.registry
    size, made_at = vouched.state.size, published.made_at
    journal = Journal(*registry, tuple(published.journal.entries[:size]))
    read_at = None if vouched.checkpoints else ReadAt(size, vouched.as_of)
    made: list[tuple[str, bytes]] = []
    try:
        full = make_full_bundle(
            journal,
            vouched.documents,
            made_at=made_at,
            checkpoints=vouched.checkpoints,
            read_at=read_at,
        )
        made.append(("full", full))
    except BundleError:
        # Too large for any reader; the journal's chunks and the lite bundle go on.
        pass
    if vouched.checkpoints:
        lite = make_lite_bundle(
            vouched.state, vouched.documents, made_at=made_at, checkpoints=vouched.checkpoints
        )
        made.append(("lite", lite))
    return made


def _publish_deltas(folder: MirrorFolder, kind: str, bundle: bytes, size: int) -> None:
    """From each of the last bundles a delta leads to this one; older deltas are gone."""
    old = sorted((folder.root / "bundles" / "old").glob(f"{kind}-*.srb"))
    kept = [path for path in old if _size_in(path) != size][-KEPT_FOR_DELTAS:]
    for path in kept:
        folder.write(f"bundles/{kind}-{_size_in(path)}.srd", make_delta(path.read_bytes(), bundle))
    for path in set(old) - set(kept):
        path.unlink()
    names = {f"{kind}-{_size_in(path)}.srd" for path in kept}
    for stale in (folder.root / "bundles").glob(f"{kind}-*.srd"):
        if stale.name not in names:
            stale.unlink()


def _size_in(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def usable(state: TrustState, documents: Documents) -> tuple[Documents, tuple[str, ...]]:
    """The documents that fit the state, and in words what was left out."""
    found = usable_documents(state, documents)
    return found.documents, found.refused
