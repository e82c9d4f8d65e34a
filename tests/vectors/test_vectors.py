"""The committed vectors are what the generator makes, and our code agrees with each of them.

Journals, checkpoints and bundles are read by tests/registry/test_trust_vectors.py; CBOR, QR text,
credentials and verdicts by tests/verifier/test_credential_vectors.py; all others here.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from credential.entry import certificate_number, decode_entry, parse_certificate_number
from credential.errors import (
    FormatError,
    KeyFormatError,
    PathError,
    RootMismatchError,
    TextError,
)
from credential.keys import load_key
from credential.merkle import leaf_hash, tree_root, verify_consistency, verify_inclusion
from credential.status import decode_status_list
from credential.status_details import decode_status_details
from credential.types import load_type
from registry.anchor_file import decode_trust_anchor, short_digest
from registry.bundle import open_bundle
from registry.errors import TrustAnchorError
from registry.head import next_head
from registry.journal import JournalEntry, describe_entry
from tests.vectors.generate import FOLDERS, HERE, differences
from tests.vectors.make_stage_vectors import said
from verifier import Outcome, verify

ROOT = HERE.parents[1]
MOST_BYTES = 3_000_000
Vector: TypeAlias = Any


def vectors(folder: str, *, bad: bool) -> Vector:
    """Every vector of a folder, with its name as the id of the test."""
    files = [f for f in sorted((HERE / folder).glob("*.json")) if f.stem.endswith("_fail") == bad]
    assert files, f"no vectors in {folder}; run python -m tests.vectors.generate"
    loaded = [pytest.param(read(file), id=file.stem) for file in files]
    return pytest.mark.parametrize("vector", loaded)


def read(file: Path) -> Vector:
    return json.loads(file.read_text(encoding="utf-8"))


def code_of(decode: Callable[[bytes], object], source: bytes) -> str:
    """The code that a decoder refuses these bytes with."""
    with pytest.raises(FormatError) as refusal:
        decode(source)
    return refusal.value.code


def test_the_committed_files_are_what_the_generator_makes() -> None:
    assert differences() == []


def test_the_vectors_stay_small_enough_to_carry() -> None:
    assert sum(file.stat().st_size for file in HERE.rglob("*.json")) < MOST_BYTES


def test_every_folder_is_told_of_on_the_page_of_formats() -> None:
    page = (ROOT / "docs" / "formats" / "README.md").read_text(encoding="utf-8")

    assert [folder for folder in FOLDERS if f"`{folder}/`" not in page] == []


def test_the_bytes_on_the_page_of_credentials_are_those_of_the_vector() -> None:
    page = (ROOT / "docs" / "formats" / "sealed.md").read_text(encoding="utf-8")
    example = page[page.index("    82     ") : page.index("    leaf = root")]
    shown = "".join(line.partition(";")[0] for line in example.splitlines())

    assert shown.replace(" ", "") == read(HERE / "credential" / "alone.json")["sealed"]


@vectors("entry", bad=False)
def test_an_entry_says_what_the_vector_says(vector: Vector) -> None:
    told = [
        [name, entry, said(decode_entry(bytes.fromhex(entry)))]
        for name, entry, _ in vector["cases"]
    ]

    assert told == vector["cases"]


@vectors("entry", bad=True)
def test_what_is_no_entry_is_refused_with_its_code(vector: Vector) -> None:
    told = [
        [name, entry, code_of(decode_entry, bytes.fromhex(entry))]
        for name, entry, _ in vector["cases"]
    ]

    assert told == vector["cases"]


@vectors("tree", bad=False)
def test_a_tree_has_the_root_and_paths_of_the_vector(vector: Vector) -> None:
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in vector["entries"]]
    root, size = bytes.fromhex(vector["root"]), len(leaves)

    assert [leaf.hex() for leaf in leaves] == vector["leaves"]
    assert tree_root(leaves) == root
    for at, (leaf, path) in enumerate(zip(leaves, vector["paths"], strict=True)):
        verify_inclusion(leaf, at, size, [*map(bytes.fromhex, path)], root)
    for smaller, smaller_root, path in vector["consistency"]:
        steps = [*map(bytes.fromhex, path)]
        verify_consistency(smaller, size, steps, bytes.fromhex(smaller_root), root)


@vectors("tree", bad=True)
def test_a_bad_path_is_refused(vector: Vector) -> None:
    path = [*map(bytes.fromhex, vector["path"])]
    leaf, root = bytes.fromhex(vector["leaf"]), bytes.fromhex(vector["root"])

    with pytest.raises((PathError, RootMismatchError)):
        verify_inclusion(leaf, vector["leaf_index"], vector["tree_size"], path, root)


@vectors("key", bad=False)
def test_a_key_has_the_algorithm_and_kid_of_the_vector(vector: Vector) -> None:
    key = load_key(bytes.fromhex(vector["cose_key"]))

    assert (key.alg, key.kid.hex()) == (vector["alg"], vector["kid"])


@vectors("key", bad=True)
def test_what_is_no_key_is_refused(vector: Vector) -> None:
    with pytest.raises(KeyFormatError):
        load_key(bytes.fromhex(vector["cose_key"]))


@vectors("status-list", bad=False)
def test_a_status_list_has_the_slots_of_the_vector(vector: Vector) -> None:
    file = bytes.fromhex(vector["file"])
    status_list = decode_status_list(file)
    states = [status_list.state(slot) for slot in range(status_list.slots)]

    assert sha256(file).hexdigest() == vector["sha256"]
    assert (status_list.version, states) == (vector["version"], vector["slots"])


@vectors("status-list", bad=True)
def test_what_is_no_status_list_is_refused(vector: Vector) -> None:
    assert code_of(decode_status_list, bytes.fromhex(vector["file"])) == vector["expect"]


@vectors("status-details", bad=False)
def test_status_details_have_the_rows_of_the_vector(vector: Vector) -> None:
    details = decode_status_details(bytes.fromhex(vector["file"]))

    rows = [
        [row.index, row.state, row.reason, row.effective_at, row.replaced_by]
        for row in details.rows
    ]
    assert rows == vector["rows"]


@vectors("status-details", bad=True)
def test_what_are_no_status_details_is_refused(vector: Vector) -> None:
    assert code_of(decode_status_details, bytes.fromhex(vector["file"])) == vector["expect"]


@vectors("certificate-number", bad=False)
def test_a_certificate_number_has_the_parts_of_the_vector(vector: Vector) -> None:
    told = [[number, *parse_certificate_number(number)] for number, *_ in vector["cases"]]

    assert told == vector["cases"]


@vectors("certificate-number", bad=True)
def test_what_is_no_certificate_number_is_refused(vector: Vector) -> None:
    for number in vector["cases"]:
        with pytest.raises(TextError):
            parse_certificate_number(number)


@vectors("type-document", bad=False)
def test_a_type_document_is_read_as_the_vector_says(vector: Vector) -> None:
    given = vector.get("document")
    document = (ROOT / vector["file"]).read_bytes() if given is None else given.encode()

    kind = load_type(document)

    assert kind.digest.hex() == sha256(document).hexdigest() == vector["sha256"]
    assert (kind.type_no, kind.version) == (vector["type"], vector["version"])
    assert [*kind.by_label] == vector["labels"]


@vectors("type-document", bad=True)
def test_what_is_no_type_document_is_refused(vector: Vector) -> None:
    assert code_of(load_type, vector["document"].encode()) == vector["expect"]


@vectors("journal-entry", bad=False)
def test_an_entry_of_every_kind_moves_the_head_as_the_vector_says(vector: Vector) -> None:
    kind, content = int(vector["kind"], 16), bytes.fromhex(vector["data"])
    entry = JournalEntry(vector["index"], vector["time"], kind, content)
    before = bytes.fromhex(vector["head_before"])

    assert describe_entry(entry) == vector["says"]
    assert sha256(content).hexdigest() == vector["data_sha256"]
    assert next_head(before, *entry).hex() == vector["head"]


@vectors("trust-anchor", bad=False)
def test_a_trust_anchor_says_what_the_vector_says(vector: Vector) -> None:
    file = bytes.fromhex(vector["file"])
    anchor = decode_trust_anchor(file)

    assert (sha256(file).hexdigest(), short_digest(file)) == (
        vector["sha256"],
        vector["short_digest"],
    )
    assert (anchor.chain_id, anchor.contract.hex()) == (vector["chain_id"], vector["contract"])
    assert anchor.signers.threshold == vector["threshold"]
    assert [kid.hex() for kid in anchor.signers.verifying_keys()] == vector["kids"]
    assert [anchor.name_zh_hant, anchor.name_en] == vector["names"]


@vectors("trust-anchor", bad=True)
def test_what_is_no_trust_anchor_is_refused(vector: Vector) -> None:
    with pytest.raises(TrustAnchorError):
        decode_trust_anchor(bytes.fromhex(vector["file"]))


def hostile(vector: Vector) -> list[Vector]:
    """The verdicts on the cases of a file, by the bundle it names."""
    held = read(HERE / "hostile" / vector["bundle"])
    anchor = decode_trust_anchor(bytes.fromhex(held["trust_anchor"]))
    trust = open_bundle(bytes.fromhex(held["bundle"]), anchor=anchor)
    return [verify(bytes.fromhex(case[1]), trust, vector["at"]) for case in vector["cases"]]


@vectors("hostile", bad=True)
def test_a_single_fault_has_the_outcome_and_code_of_the_vector(vector: Vector) -> None:
    for verdict, (name, _, outcome, code) in zip(hostile(vector), vector["cases"], strict=True):
        assert verdict.outcome.value == outcome, name
        assert code in [check.reason.value for check in verdict.checks], name


def test_the_good_twins_of_single_faults_are_valid() -> None:
    verdicts = hostile(read(HERE / "hostile" / "good.json"))

    assert len(verdicts) > 40
    assert {verdict.outcome for verdict in verdicts} == {Outcome.VALID}


def test_every_entry_vector_has_its_certificate_number() -> None:
    for _, entry, told in read(HERE / "entry" / "good.json")["cases"]:
        number = certificate_number(decode_entry(bytes.fromhex(entry)))

        assert number == told["certificate_number"]
