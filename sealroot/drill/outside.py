"""What a stranger finds in an office after the drill: its database, its files, and the chain.

None of the office's own queries is used: plain SQL, the folder, and every validator's own journal.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from credential.catalog import catalog_documents
from credential.entry import certificate_number, decode_entry
from credential.ids import AgencyCode, UnixTime
from credential.merkle import leaf_hash, tree_root
from credential.sealed import decode_sealed, sealed_root
from credential.status import decode_status_list
from credential.types import load_type
from registry.chain import Web3Chain
from registry.home import RegistryHome
from registry.journal import JournalEntry
from registry.public_folder import Document
from registry.records import Anchor
from registry.trust_builder import TrustBuilder
from registry.trust_data import BundleKind, Evidence, EvidenceStrength, TrustData
from registry.trust_state import TrustState
from sealroot.drill.grounds import Ground
from verifier import verify_many
from verifier.policy import Policy
from verifier.verdict import Outcome


class Found(NamedTuple):
    """What was found; everything but the first two numbers is zero after a good drill."""

    released: int
    anchors: int
    lost: int
    doubled: int
    not_valid: int
    faults: tuple[str, ...]


def journal_of(home: RegistryHome, urls: Sequence[str]) -> tuple[list[JournalEntry], list[str]]:
    """Return the journal, read from each validator alone, and where they differ."""
    deployment = home.open_chain().deployment
    read = {url: list(Web3Chain([url], deployment).entries(0)) for url in urls}
    first, *others = read.values()
    faults = [
        f"{url} tells another journal than the first validator"
        for url, entries in list(read.items())[1:]
        if entries != first
    ]
    if any(len(one) != len(first) for one in others):
        faults.append(f"validators hold {[len(one) for one in read.values()]} entries")
    return first, faults


def state_of(home: RegistryHome, entries: Sequence[JournalEntry]) -> TrustState:
    """Return what the journal says, replayed from its first entry."""
    chain = home.open_chain()
    builder = TrustBuilder(chain.chain_id, chain.contract)
    builder.extend(entries)
    return builder.build()


def examine(
    ground: Ground, expected: int, home: RegistryHome, state: TrustState, now: int
) -> Found:
    """Return what is left of so many records that one office was given."""
    rows = _rows(ground.home / "issuer.sqlite3")
    faults = [*_states(rows), *_lists(rows, ground, state)]
    anchors = [one for one in state.content.anchors if one.agency == AgencyCode(ground.agency)]
    faults += _anchors(rows, anchors)
    doubled = sum(_repeats(values) for values in _unique_things(rows, anchors))
    files = sorted(ground.out.glob("*.sealed"))
    sealed = [path.read_bytes() for path in files]
    wrong_name = sum(
        certificate_number(decode_entry(decode_sealed(one).entry)) != path.stem
        for one, path in zip(sealed, files, strict=True)
    )
    roots = {anchor.root for anchor in anchors}
    unanchored = sum(sealed_root(decode_sealed(one)) not in roots for one in sealed)
    trust = _trust(state, home, ground, now)
    # Evidence is asked of bundles; this stranger has read every validator's journal itself.
    verdicts = verify_many(sealed, trust, now, Policy())
    not_valid = sum(verdict.outcome is not Outcome.VALID for verdict in verdicts)
    if wrong_name:
        faults.append(f"{wrong_name} files hold another document than their name says")
    if unanchored:
        faults.append(f"{unanchored} documents have left and are not anchored")
    issued = len(rows["credential"])
    return Found(
        released=len(files),
        anchors=len(anchors),
        lost=max(0, expected - min(issued, len(files))),
        doubled=doubled + max(0, len(files) - expected) + max(0, issued - expected),
        not_valid=not_valid,
        faults=tuple(f"{ground.agency}: {fault}" for fault in faults),
    )


def _rows(database: Path) -> dict[str, list[dict[str, Any]]]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        tables = ("job", "credential", "batch", "status_list", "status_version", "sending")
        return {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608  (names from above)
            for table in tables
        }
    finally:
        connection.close()


def _states(rows: dict[str, list[dict[str, Any]]]) -> list[str]:
    wanted = {
        "job": "done",
        "credential": "released",
        "batch": "anchored",
        "status_version": "published",
    }
    found = []
    for table, state in wanted.items():
        unfinished = sum(row["state"] != state for row in rows[table])
        if unfinished:
            found.append(f"{unfinished} of table {table} are not {state}")
    if rows["sending"]:
        found.append(f"{len(rows['sending'])} signed transactions are still kept for sending")
    return found


def _unique_things(
    rows: dict[str, list[dict[str, Any]]], anchors: Sequence[Anchor]
) -> list[list[object]]:
    credentials = rows["credential"]
    return [
        [row["number"] for row in credentials],
        [bytes(row["cti"]) for row in credentials],
        [(row["list_no"], row["slot_index"]) for row in credentials],
        [bytes(row["sealed"] or b"") for row in credentials],
        [anchor.root for anchor in anchors],
        [anchor.batch_no for anchor in anchors],
    ]


def _repeats(values: Sequence[object]) -> int:
    return len(values) - len(set(values))


def _anchors(rows: dict[str, list[dict[str, Any]]], anchors: Sequence[Anchor]) -> list[str]:
    """Every batch is on the chain once, under its own number, with the root its entries give."""
    found = []
    by_number = {row["anchor_no"]: row for row in rows["batch"]}
    if [anchor.batch_no for anchor in anchors] != list(range(1, len(rows["batch"]) + 1)):
        found.append(f"{len(rows['batch'])} batches here and {len(anchors)} on the chain")
    entries: dict[int, list[dict[str, Any]]] = {}
    for row in rows["credential"]:
        entries.setdefault(row["batch_id"], []).append(row)
    for anchor in anchors:
        if anchor.batch_no not in by_number:
            found.append(f"batch number {anchor.batch_no} of the chain is none of ours")
            continue
        row = by_number[anchor.batch_no]
        leaves = sorted(entries.get(row["id"], []), key=lambda one: int(one["leaf_index"]))
        root = tree_root([leaf_hash(bytes(one["entry"])) for one in leaves]) if leaves else b""
        if root != anchor.root or len(leaves) != anchor.size:
            found.append(f"batch number {anchor.batch_no} has another root than its entries")
    return found


def _lists(rows: dict[str, list[dict[str, Any]]], ground: Ground, state: TrustState) -> list[str]:
    found = []
    taken = sum(row["taken"] for row in rows["status_list"])
    if taken != len(rows["credential"]):
        found.append(f"{taken} slots were given away for {len(rows['credential'])} documents")
    for row in rows["status_list"]:
        newest = max(
            (one for one in rows["status_version"] if one["list_no"] == row["list_no"]),
            key=lambda one: int(one["version"]),
        )
        record = state.latest_status(AgencyCode(ground.agency), row["list_no"])
        if record is None or (record.version, record.digest) != (
            newest["version"],
            bytes(newest["digest"]),
        ):
            found.append(f"status list {row['list_no']} is another on the chain")
    return found


def _trust(state: TrustState, home: RegistryHome, ground: Ground, now: int) -> TrustData:
    agency = AgencyCode(ground.agency)
    lists = {}
    for row in _rows(ground.home / "issuer.sqlite3")["status_list"]:
        record = state.latest_status(agency, row["list_no"])
        if record is not None:
            document = home.public.read(Document.STATUS_LIST, record.digest)
            lists[agency, row["list_no"]] = decode_status_list(document)
    return TrustData(
        state=state,
        status_lists=lists,
        types={(kind.type_no, kind.version): kind for kind in map(load_type, catalog_documents())},
        details={},
        evidence=Evidence(EvidenceStrength.UNPROVEN, UnixTime(now), ()),
        kind=BundleKind.FULL,
    )
