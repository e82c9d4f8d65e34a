"""An examination of a finished office by other means than its own.

SQL, the files, and the chain's entries.
"""

import hashlib
from pathlib import Path

from sqlalchemy import create_engine, text

from credential.entry import certificate_number, decode_entry
from credential.ids import UnixTime
from credential.merkle import leaf_hash, tree_root
from credential.sealed import decode_sealed, sealed_root
from credential.status import SlotState, decode_status_list
from registry.trust_data import BundleKind, Evidence, EvidenceStrength, TrustData
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import types
from verifier import verify
from verifier.verdict import Outcome


def rows_of(url: str, query: str) -> list[dict]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [dict(row._mapping) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def assert_nothing_lost_nothing_doubled(
    folder: Path, url: str, chain: FileChain, expected: int, *, revoked: int = 0
) -> None:
    credentials = rows_of(url, "SELECT * FROM credential")
    batches = rows_of(url, "SELECT * FROM batch")
    jobs = rows_of(url, "SELECT * FROM job")

    # every record was issued, once
    assert len(jobs) == 1
    assert jobs[0]["state"] == "done"
    assert len(credentials) == expected
    assert {row["state"] for row in credentials} == {"released"}
    for unique in (
        lambda row: row["number"],
        lambda row: bytes(row["cti"]),
        lambda row: (row["list_no"], row["slot_index"]),
        lambda row: bytes(row["sealed"]),
        lambda row: row["title"],
    ):
        assert len({unique(row) for row in credentials}) == expected

    # every list has given away as many slots as there are documents
    lists = rows_of(url, "SELECT * FROM status_list")
    assert sum(row["taken"] for row in lists) == expected

    # every batch is on the chain once, under its own number, with the root its entries give
    anchors = chain.anchors()
    assert [anchor.batch_no for anchor in anchors] == list(range(1, len(batches) + 1))
    assert {row["state"] for row in batches} == {"anchored"}
    by_number = {row["anchor_no"]: row for row in batches}
    for anchor in anchors:
        row = by_number[anchor.batch_no]
        entries = [
            bytes(one["entry"])
            for one in sorted(credentials, key=lambda one: one["leaf_index"])
            if one["batch_id"] == row["id"]
        ]
        assert tree_root([leaf_hash(entry) for entry in entries]) == anchor.root
        assert len(entries) == anchor.size
    assert len({anchor.root for anchor in anchors}) == len(anchors)

    # every status version on the chain is one of ours, once, and its file is in the public folder
    versions = rows_of(url, "SELECT * FROM status_version")
    assert {row["state"] for row in versions} == {"published"}
    state = chain.state()
    status_lists = {}
    for row in lists:
        newest = max(
            (one for one in versions if one["list_no"] == row["list_no"]),
            key=lambda one: one["version"],
        )
        record = state.latest_status(chain.agency, row["list_no"])
        assert (record.version, record.digest) == (newest["version"], bytes(newest["digest"]))
        document = (folder / "public" / "status" / f"{record.digest.hex()}.cbor").read_bytes()
        assert hashlib.sha256(document).digest() == record.digest
        status_lists[chain.agency, row["list_no"]] = decode_status_list(document)

    # every file that was handed out is VALID for a stranger, unless it was revoked
    trust = TrustData(
        state=state,
        status_lists=status_lists,
        types={(kind.type_no, kind.version): kind for kind in types().values()},
        details={},
        evidence=Evidence(EvidenceStrength.UNPROVEN, UnixTime(chain.clock()), ()),
        kind=BundleKind.FULL,
    )
    handed_out = sorted((folder / "out").glob("*.sealed"))
    assert len(handed_out) == expected
    outcomes = []
    for path in handed_out:
        sealed = path.read_bytes()
        entry = decode_entry(decode_sealed(sealed).entry)
        assert certificate_number(entry) == path.stem
        assert sealed_root(decode_sealed(sealed)) in {anchor.root for anchor in anchors}
        outcomes.append(verify(sealed, trust, chain.clock()).outcome)
    assert outcomes.count(Outcome.VALID) == expected - revoked
    assert outcomes.count(Outcome.INVALID) == revoked
    found_revoked = sum(
        status_lists[chain.agency, row["list_no"]].state(row["slot_index"]) is SlotState.REVOKED
        for row in credentials
    )
    assert found_revoked == revoked
    assert not list((folder / "out").glob(".*"))
