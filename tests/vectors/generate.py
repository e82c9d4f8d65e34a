"""Writes every vector beside itself, or says which files are not what it would write.

    python -m tests.vectors.generate            writes
    python -m tests.vectors.generate --check    compares; 1 where a file differs, lacks or is left

Keys, times and chance come from fixed seeds and ECDSA signs deterministically (RFC 6979), so that a
file changes only when a format or a case does. ML-DSA signatures are random: those in the files
are kept in mldsa44-signatures.json, and only a message that is not there is signed anew. The
compressed bytes of a bundle depend on the version of zlib; where they differ, what they inflate to
is compared.
"""

import json
import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from credential import cbor
from credential.errors import FormatError
from tests.simulated_keys import Book, remembering
from tests.vectors.make_bundle_vectors import bundles
from tests.vectors.make_credential_vectors import (
    Json,
    cbor_vectors,
    credential_vectors,
    qr_text_vectors,
    status_vectors,
)
from tests.vectors.make_document_vectors import document_code_vectors
from tests.vectors.make_evidence_vectors import evidence_vectors
from tests.vectors.make_guest_vectors import foreign_verdicts, guest_bundles
from tests.vectors.make_hostile_vectors import hostile_vectors
from tests.vectors.make_mirror_vectors import deltas, heads, ranges, statistics
from tests.vectors.make_moved_vectors import moved_bundles, moved_checkpoints, moved_verdicts
from tests.vectors.make_receipt_vectors import receipts
from tests.vectors.make_registries_vectors import registries_journals
from tests.vectors.make_stage_vectors import STAGES
from tests.vectors.make_trust_vectors import checkpoints, journals
from tests.vectors.make_verdict_vectors import verdict_vectors

HERE = Path(__file__).parent
BOOK = HERE / "mldsa44-signatures.json"
FOLDERS: dict[str, Callable[[], Iterator[tuple[str, Json]]]] = {
    "cbor": cbor_vectors,
    "qr-text": qr_text_vectors,
    "document-codes": document_code_vectors,
    "status": status_vectors,
    "credential": credential_vectors,
    **STAGES,
    "journal": lambda: chain(journals(), registries_journals()),
    "checkpoint": lambda: chain(checkpoints(), moved_checkpoints()),
    "bundle": lambda: chain(bundles(), guest_bundles(), moved_bundles()),
    "evidence": evidence_vectors,
    "verdict": lambda: chain(verdict_vectors(), foreign_verdicts(), moved_verdicts()),
    "hostile": hostile_vectors,
    "check-receipt": receipts,
    "mirror-range": ranges,
    "mirror-heads": heads,
    "mirror-delta": deltas,
    "mirror-statistics": statistics,
}


def made(book: Book) -> dict[str, Json]:
    """Every vector by its file name below this folder."""
    with remembering(book):
        return {
            f"{folder}/{name}.json": vector
            for folder, vectors in FOLDERS.items()
            for name, vector in vectors()
        }


def known_signatures() -> Book:
    """The ML-DSA signatures of the committed files."""
    return dict(json.loads(BOOK.read_text(encoding="utf-8"))) if BOOK.exists() else {}


def written(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def comparable(value: Json) -> Json:
    """The vector with every bundle as what it holds, whichever zlib has compressed it."""
    if isinstance(value, dict):
        return {
            name: inflated(item) if name == "bundle" and isinstance(item, str) else comparable(item)
            for name, item in value.items()
        }
    return value


def inflated(bundle: str) -> Json:
    """The members of a bundle with the body inflated; of a damaged one nothing."""
    try:
        members = cbor.decode(bytes.fromhex(bundle), max_bytes=1 << 24)
        if not isinstance(members, dict) or not isinstance(members[6], bytes):
            return None
        body = zlib.decompress(members[6]).hex()
    except (ValueError, FormatError, zlib.error, KeyError):
        return None
    outside = {label: item for label, item in members.items() if label != 6}
    return [cbor.encode(outside).hex(), body]


def differences() -> list[str]:
    """What in the committed files is not what the generator makes, in words."""
    book = known_signatures()
    expected, known = made(book), len(known_signatures())
    there = {str(path.relative_to(HERE)): path for path in HERE.glob("*/*.json")}
    told = [f"{name} is missing" for name in sorted(expected.keys() - there.keys())]
    told += [f"{name} is made by nothing" for name in sorted(there.keys() - expected.keys())]
    for name in sorted(expected.keys() & there.keys()):
        text = there[name].read_text(encoding="utf-8")
        if text != written(expected[name]) and comparable(json.loads(text)) != comparable(
            expected[name]
        ):
            told.append(f"{name} differs")
    if len(book) != known:
        told.append(f"{len(book) - known} messages have no signature in {BOOK.name}")
    return told


def write_all() -> None:
    """Every file is written, and what nothing makes any more is removed."""
    book = known_signatures()
    vectors = made(book)
    for name, vector in vectors.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(written(vector), encoding="utf-8")
    for path in HERE.glob("*/*.json"):
        if str(path.relative_to(HERE)) not in vectors:
            path.unlink()
    BOOK.write_text(written(dict(sorted(book.items()))), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        found = differences()
        sys.stdout.write("".join(f"{line}\n" for line in found))
        sys.exit(1 if found else 0)
    write_all()
