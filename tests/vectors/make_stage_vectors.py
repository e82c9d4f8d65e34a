"""The vectors of single artefacts: entries, trees, keys, status files, types, numbers, anchors.

A file of many short cases has `cases`: [name, bytes as hex, what to make of them]. What must be
refused has a code of docs/formats/verdict.md, or `refused` where no code belongs to it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256

from credential.catalog import catalog_documents
from credential.cbor import Value
from credential.entry import Entry, certificate_number, decode_entry
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from credential.merkle import consistency_path, inclusion_paths, leaf_hash
from credential.status import SlotState, changed, encode_status_list, new_status_list
from credential.status_details import StatusDetails, StatusRow, encode_status_details
from credential.types import load_type
from registry import payloads as p
from registry.anchor_file import encode_trust_anchor, short_digest
from registry.journal import describe_entry
from registry.kinds import Kind
from tests.hostile.desk import EVERY_KIND, Desk
from tests.hostile.entry_faults import entry_faults, good_entries
from tests.hostile.pen import array, integer, octets, pairs, text, uint
from tests.simulated_registries import end_recognition, recognise
from tests.simulator import SimulatedKey, Simulator
from tests.vectors.make_credential_vectors import Json
from tests.vectors.make_trust_vectors import eventful

EVERY_FAULT = 12
Vectors = Iterator[tuple[str, Json]]


def entries() -> Vectors:
    """Entries with what they say, and a choice of those that are none."""
    desk = Desk()
    good: list[Json] = [
        [name, one.hex(), said(decode_entry(one))] for name, one in good_entries(desk)
    ]
    yield "good", {"cases": good}
    bad: list[Json] = [
        [name, one.hex(), code] for name, one, code in entry_faults(desk) if len(one) < 1_000
    ]
    yield "faults_fail", {"cases": bad[::EVERY_FAULT]}


def said(entry: Entry) -> Json:
    """The claims of an entry as JSON; byte strings are hex in an object."""
    return {
        "iss": entry.iss,
        "iat": entry.iat,
        "nbf": entry.nbf,
        "exp": entry.exp,
        "cti": entry.cti.hex(),
        "type": entry.type_no,
        "version": entry.type_version,
        "certificate_number": certificate_number(entry),
        "fields": _json(dict(entry.fields)),  # type: ignore[arg-type]  # labels are keys
        "other": _json(dict(entry.other)),  # type: ignore[arg-type]  # likewise
    }


def _json(value: Value) -> Json:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {str(label): _json(item) for label, item in value.items()}
    assert isinstance(value, str | int)
    return value


def trees() -> Vectors:
    """Trees of 1 to 9 leaves: all inclusion paths, and the consistency paths from smaller trees."""
    for size in range(1, 10):
        leaves = [leaf_hash(bytes((n,))) for n in range(size)]
        root, paths = inclusion_paths(leaves)
        yield (
            f"size_{size}",
            {
                "entries": [bytes((n,)).hex() for n in range(size)],
                "leaves": [leaf.hex() for leaf in leaves],
                "root": root.hex(),
                "paths": [[step.hex() for step in path] for path in paths],
                "consistency": [
                    [
                        smaller,
                        inclusion_paths(leaves[:smaller])[0].hex(),
                        [step.hex() for step in consistency_path(leaves, smaller)],
                    ]
                    for smaller in range(1, size + 1)
                ],
            },
        )
    yield from _bad_paths()


def _bad_paths() -> Vectors:
    leaves = [leaf_hash(bytes((n,))) for n in range(3)]
    root, paths = inclusion_paths(leaves)
    a, b, c = leaves
    wrong: dict[str, tuple[bytes, int, int, tuple[bytes, ...]]] = {
        "index_is_the_size": (c, 3, 3, paths[2]),
        "step_too_few": (c, 2, 3, ()),
        "step_too_many": (c, 2, 3, (*paths[2], a)),
        "path_of_the_sibling": (a, 0, 3, paths[1]),
        "steps_turned": (a, 0, 3, paths[0][::-1]),
        "last_leaf_twice": (c, 3, 4, (c, *paths[2])),
        "inner_node_as_leaf": (a + b, 0, 2, (c,)),
        "tree_of_another_size": (c, 2, 4, paths[2]),
    }
    for name, (leaf, at, size, path) in wrong.items():
        hashed = leaf_hash(leaf) if len(leaf) == 64 else leaf
        yield (
            f"{name}_fail",
            {
                "leaf": hashed.hex(),
                "leaf_index": at,
                "tree_size": size,
                "path": [step.hex() for step in path],
                "root": root.hex(),
                "expect": "refused",
            },
        )


def keys() -> Vectors:
    """COSE_Keys with their kids, and what is no key of ours."""
    for alg, name in ((ALG_ES256, "es256"), (ALG_MLDSA44, "ml_dsa_44"), (ALG_EDDSA, "ed25519")):
        key = SimulatedKey("vector", alg)
        yield name, {"cose_key": key.cose_key.hex(), "alg": alg, "kid": key.kid.hex()}
    es256 = SimulatedKey("vector")
    numbers = es256._p256.public_key().public_numbers()
    x, y = octets(numbers.x.to_bytes(32, "big")), octets(numbers.y.to_bytes(32, "big"))
    kty, crv, x_label, y_label = uint(1), integer(-1), integer(-2), integer(-3)
    odd = b"\xf5" if numbers.y & 1 else b"\xf4"

    def ec(*members: tuple[bytes, bytes]) -> bytes:
        return pairs((kty, uint(2)), *members)

    ed = SimulatedKey("vector", ALG_EDDSA).cose_key
    bad = {
        "whole_y": ec((crv, uint(1)), (x_label, x), (y_label, y)),
        "no_y": ec((crv, uint(1)), (x_label, x)),
        "p_384": ec((crv, uint(2)), (x_label, x), (y_label, odd)),
        "x_of_31_bytes": ec((crv, uint(1)), (x_label, octets(x[3:])), (y_label, odd)),
        "x_not_below_p": ec((crv, uint(1)), (x_label, octets(b"\xff" * 32)), (y_label, odd)),
        "x_on_no_point": ec((crv, uint(1)), (x_label, octets(_no_point())), (y_label, odd)),
        "with_alg": pairs(
            (kty, uint(2)), (uint(3), integer(-7)), (crv, uint(1)), (x_label, x), (y_label, odd)
        ),
        "out_of_order": pairs((crv, uint(1)), (kty, uint(2)), (x_label, x), (y_label, odd)),
        "kty_as_text": pairs((kty, text("EC2")), (crv, uint(1)), (x_label, x), (y_label, odd)),
        "byte_behind": es256.cose_key + b"\0",
        "ed25519_of_order_8": ed[:-32] + bytes.fromhex(ORDER_8),
        "ed25519_zero": ed[:-32] + bytes(32),
        "ed25519_on_no_point": ed[:-32] + (2).to_bytes(32, "little"),
        "ed25519_not_canonical": ed[:-32] + (2**255 - 18).to_bytes(32, "little"),
        "ml_dsa_44_short": pairs(
            (kty, uint(7)), (uint(3), integer(-48)), (crv, octets(bytes(1311)))
        ),
        "symmetric": pairs((kty, uint(4)), (crv, octets(bytes(32)))),
    }
    for name, cose_key in bad.items():
        yield f"{name}_fail", {"cose_key": cose_key.hex(), "expect": "refused"}


ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"


def _no_point() -> bytes:
    """An x below p for which P-256 has no point."""
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    square = (prime - 1) // 2
    return next(
        x for x in range(1, 99) if pow(x**3 - 3 * x + b, square, prime) == prime - 1
    ).to_bytes(32, "big")


def status_lists() -> Vectors:
    """Status lists with their slots and digest, and files that are none."""
    first = new_status_list("A1", 1, 8)  # type: ignore[arg-type]  # a plain code
    states = {
        0: SlotState.REVOKED,
        1: SlotState.SUSPENDED,
        5: SlotState.REVOKED,
        7: SlotState.REVOKED,
    }
    example = changed(first, states, 2)
    grown = changed(example, {9: SlotState.SUSPENDED}, 3, slots=10)
    bound = replace(grown, details_digest=sha256(b"details").digest())
    for name, each in (
        ("as_on_the_page", example),
        ("grown_to_10_slots", grown),
        ("bound_to_details", bound),
        ("of_one_slot", new_status_list("A1", 1, 1)),  # type: ignore[arg-type]  # a plain code
    ):
        file = encode_status_list(each)
        slots: list[Json] = [int(each.state(n) or 0) for n in range(each.slots)]
        digest = sha256(file).hexdigest()
        yield name, {"file": file.hex(), "sha256": digest, "version": each.version, "slots": slots}
    good = {1: uint(1), 2: text("A1"), 3: uint(1), 4: uint(2), 5: uint(8), 6: octets(b"\x09\x44")}
    bad: dict[str, tuple[dict[int, bytes], str]] = {
        "value_3": ({6: octets(b"\x03\0")}, "form.structure"),
        "bits_too_few": ({6: octets(b"\x09")}, "form.structure"),
        "bits_too_many": ({6: octets(b"\x09\x44\0")}, "form.structure"),
        "unused_bits": ({5: uint(7)}, "form.structure"),
        "no_slots": ({5: uint(0), 6: octets(b"")}, "form.structure"),
        "too_many_slots": ({5: uint(2**26 + 1)}, "form.structure"),
        "list_0": ({3: uint(0)}, "form.structure"),
        "version_0": ({4: uint(0)}, "form.structure"),
        "of_format_2": ({1: uint(2)}, "form.structure"),
        "agency_in_small_letters": ({2: text("a1")}, "form.structure"),
        "digest_of_31_bytes": ({7: octets(bytes(31))}, "form.structure"),
        "member_8": ({8: uint(1)}, "form.structure"),
        "longer_number": ({5: uint(8, 1)}, "form.encoding"),
    }
    for name, (changes, code) in bad.items():
        members = sorted({**good, **changes}.items())
        file = pairs(*((uint(label), item) for label, item in members))
        yield f"{name}_fail", {"file": file.hex(), "expect": code}


def status_details() -> Vectors:
    rows = (
        StatusRow(0, SlotState.REVOKED, "fraud", 1_700_000_000),  # type: ignore[arg-type]  # plain numbers
        StatusRow(5, SlotState.SUSPENDED, "superseded", 1_700_000_000, "A1-1-000009"),  # type: ignore[arg-type]  # likewise
    )
    file = encode_status_details(StatusDetails("A1", 1, 2, rows))  # type: ignore[arg-type]  # a plain code
    told: list[Json] = [
        [row.index, int(row.state), row.reason, row.effective_at, row.replaced_by] for row in rows
    ]
    yield "two_rows", {"file": file.hex(), "sha256": sha256(file).hexdigest(), "rows": told}
    row = [uint(1), uint(1), text("other"), uint(1)]
    bad = {
        "out_of_order": [array(*row), array(uint(0), *row[1:])],
        "row_twice": [array(*row), array(*row)],
        "reason_unknown": [array(*row[:2], text("mood"), row[3])],
        "state_0": [array(row[0], uint(0), *row[2:])],
        "replaced_by_nothing": [array(*row, text(""))],
        "row_of_three": [array(*row[:3])],
    }
    for name, items in bad.items():
        values = (uint(1), text("A1"), uint(1), uint(2), array(*items))
        file = pairs(*zip(map(uint, range(1, 6)), values, strict=True))
        yield f"{name}_fail", {"file": file.hex(), "expect": "form.structure"}


def numbers() -> Vectors:
    good: list[Json] = [
        ["A15030000C-1-004711", "A15030000C", 1, 4711],
        ["A-1-2-000000", "A-1", 2, 0],
        ["A1-4294967295-67108863", "A1", 4294967295, 67108863],
    ]
    yield "good", {"cases": good}
    bad: list[Json] = [
        "", "A1", "A1-1", "A1-1-1", "A1-0-000001", "A1-01-000001", "A1-1-0000001", "a1-1-000001",
        "A1-1-67108864", "A1-4294967296-000001", "-A-1-000001", "A1-1-00000１", " A1-1-000001",
        "A1-1-000001\n", "ABCDEFGHIJKLMNOPQ-1-000001", "A1_1_000001",
    ]  # fmt: skip
    yield "bad_fail", {"cases": bad}


def type_documents() -> Vectors:
    for document in (EVERY_KIND, *catalog_documents()):
        kind = load_type(document)
        about = {"type": kind.type_no, "version": kind.version, "labels": [*kind.by_label]}
        in_catalogue = document != EVERY_KIND
        where: Json = f"credential/catalog/{kind.id}.json" if in_catalogue else document.decode()
        name = "file" if in_catalogue else "document"
        yield kind.id.replace("-", "_"), {name: where, "sha256": kind.digest.hex(), **about}
    small = '{"format":1,"id":"a","type":1,"version":1,"title":{"zh-Hant":"甲","en":"A"},"fields":['
    field = '{"label":1,"key":"a","kind":"text","title":{"zh-Hant":"甲","en":"A"}}'
    ends = '],"layout":{}}'
    bad = {
        "no_fields": (small + ends, "form.structure"),
        "label_twice": (f"{small}{field},{field}{ends}", "form.structure"),
        "member_unknown": (f'{small}{field}],"layout":{{}},"x":1}}', "form.structure"),
        "kind_unknown": (small + field.replace("text", "blob") + ends, "form.structure"),
        "name_twice": (f'{small}{field}],"layout":{{}},"layout":{{}}}}', "form.encoding"),
        "float": (small.replace('"version":1', '"version":1.0') + field + ends, "form.encoding"),
        "trailing_text": (small + field + ends + "x", "form.encoding"),
        "nested_too_deep": ("[" * 9 + "]" * 9, "form.too_large"),
        "long_number": (
            small.replace('"type":1', f'"type":{"1" * 19}') + field + ends,
            "form.too_large",
        ),
    }
    for name, (document_text, code) in bad.items():
        yield f"{name}_fail", {"document": document_text, "expect": code}


def journal_entries() -> Vectors:
    """One entry of every kind, with what it says."""
    sim = eventful()
    sim.set_signers(*(SimulatedKey(f"signer {n}") for n in range(2)))
    sim.append(p.SuccessorRegistrySet(31338, b"\5" * 20))
    sim.append(p.JournalCarried(sim.chain_id, sim.contract))
    end_recognition(sim, recognise(sim, 5))
    seen: set[int] = set()
    for entry in sim.entries:
        if entry.kind not in seen:
            seen.add(entry.kind)
            told: dict[str, Json] = {**describe_entry(entry)}
            yield (
                f"{entry.kind:02x}_{Kind(entry.kind).title}",
                {
                    "index": entry.index,
                    "time": entry.time,
                    "kind": f"{entry.kind:02x}",
                    "data": entry.data.hex(),
                    "data_sha256": sha256(entry.data).hexdigest(),
                    "head_before": sim.journal.head(entry.index).hex(),
                    "head": sim.journal.head(entry.index + 1).hex(),
                    "says": told,
                },
            )
    assert seen == {int(kind) for kind in Kind}


def trust_anchors() -> Vectors:
    anchor = Simulator().trust_anchor
    for name, each in (
        ("three_signers", anchor),
        ("with_validators", replace(anchor, validators=(b"\1" * 20, b"\2" * 20))),
    ):
        file = encode_trust_anchor(each)
        yield (
            name,
            {
                "file": file.hex(),
                "sha256": sha256(file).hexdigest(),
                "short_digest": short_digest(file),
                "chain_id": each.chain_id,
                "contract": each.contract.hex(),
                "threshold": each.signers.threshold,
                "kids": [key.hex() for key in each.signers.verifying_keys()],
                "names": [each.name_zh_hant, each.name_en],
            },
        )
    good = encode_trust_anchor(anchor)
    bad = {
        "byte_behind": good + b"\0",
        "cut_short": good[:-1],
        "of_version_2": good.replace(b"\x01\x01", b"\x01\x02", 1),
        "three_of_two": good.replace(b"\x82\x02\x83", b"\x82\x04\x83", 1),
        "threshold_0": good.replace(b"\x82\x02\x83", b"\x82\x00\x83", 1),
        "signer_twice": encode_trust_anchor(
            replace(
                anchor, signers=anchor.signers._replace(cose_keys=anchor.signers.cose_keys[:1] * 2)
            )
        ),
        "name_with_a_line_end": encode_trust_anchor(replace(anchor, name_en="A\nB")),
        "empty_name": encode_trust_anchor(replace(anchor, name_zh_hant="")),
    }
    for name, file in bad.items():
        yield f"{name}_fail", {"file": file.hex(), "expect": "refused"}


STAGES: dict[str, Callable[[], Vectors]] = {
    "entry": entries,
    "tree": trees,
    "key": keys,
    "status-list": status_lists,
    "status-details": status_details,
    "certificate-number": numbers,
    "type-document": type_documents,
    "journal-entry": journal_entries,
    "trust-anchor": trust_anchors,
}
