"""The vectors of CBOR, QR text, status bits, and credentials with every stage on their way.

Names of what must be refused end in `_fail`; `python -m tests.vectors.generate` writes the files.
"""

from collections.abc import Iterator
from typing import TypeAlias

from credential.entry import certificate_number
from credential.keys import ALG_MLDSA44
from credential.merkle import leaf_hash
from credential.qr_text import qr_encode
from credential.sealed import decode_sealed, registry_aad
from credential.sign1 import sig_structure
from tests.simulator import Batch, Simulator

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"
URL = "https://verify.example/"
DAY = 86_400


def cbor_vectors() -> Iterator[tuple[str, Json]]:
    """One item each, and what is wrong with it where it must be refused."""
    good = {"integers": "840017181838ff", "map_in_order": "a301022003613104", "empty": "a0"}
    for name, item in good.items():
        yield name, {"item": item, "expect": "accepted"}
    bad = {
        "longer_integer": "1817",
        "longer_length": "780161",
        "keys_out_of_order": "a202010102",
        "key_twice": "a201010102",
        "indefinite_array": "9f01ff",
        "indefinite_text": "7f6161ff",
        "float": "f93c00",
        "undefined": "f7",
        "tag": "c100",
        "trailing_byte": "0000",
        "cut_short": "6261",
        "text_not_utf8": "61ff",
        "surrogate_in_utf8": "63eda080",
        "too_deep": "81" * 8 + "80",
        "too_many_elements": "9841" + "00" * 65,
    }
    for name, item in bad.items():
        large = name.startswith("too_")
        code = "form.too_large" if large else "form.encoding"
        yield f"{name}_fail", {"item": item, "expect": code}


def qr_text_vectors() -> Iterator[tuple[str, Json]]:
    """Texts and the bytes they are, or not."""
    for length in (1, 2, 3, 6, 7, 8, 21):
        data = bytes(range(0x82, 0x82 + length))
        text = qr_encode(data, URL if length == 8 else "")
        yield f"bytes_{length}", {"text": text, "bytes": data.hex()}
    bad = {
        "not_a_digit": "13O",
        "full_width_digit": "１30",
        "space": "130 ",
        "line_break": "130\n",
        "plus_sign": "+30",
        "length_no_group_has": "1301",
        "value_too_large": "256",
        "two_hashes": "https://a/#b#130",
        "empty": "",
        "only_a_url": "https://a/#",
        "url_with_a_space": "https://a /#130",
    }
    for name, text in bad.items():
        yield f"{name}_fail", {"text": text, "expect": "form.text"}


def status_vectors() -> Iterator[tuple[str, Json]]:
    """Bits of Token Status List, the least significant first."""
    yield "one_bit", {"bits": "b9a3", "width": 1, "values": [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0]}
    yield "two_bits", {"bits": "c944f9", "width": 2, "values": [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]}


def stages(sim: Simulator, batch: Batch, position: int) -> Json:
    """Every stage of one credential, from its claims to its QR text."""
    sealed = batch.sealed[position]
    entry, receipt = decode_sealed(sealed)
    aad = registry_aad(sim.chain_id, sim.contract)
    return {
        "certificate_number": certificate_number(batch.entries[position]),
        "entry": entry.hex(),
        "leaf": leaf_hash(entry).hex(),
        "leaf_index": receipt.leaf_index,
        "tree_size": receipt.tree_size,
        "inclusion_path": [step.hex() for step in receipt.path],
        "root": batch.root.hex(),
        "cose_key": batch.key.cose_key.hex(),
        "kid": receipt.kid.hex(),
        "protected": receipt.protected.hex(),
        "external_aad": aad.hex(),
        "sig_structure": sig_structure(receipt.protected, aad, batch.root).hex(),
        "signature": receipt.signature.hex(),
        "sealed": sealed.hex(),
        "qr_text": qr_encode(sealed, URL),
    }


def credential_vectors() -> Iterator[tuple[str, Json]]:
    """Credentials alone and in batches, by both algorithms."""
    sim = Simulator()
    office = sim.office("A15030000C")
    yield "alone", stages(sim, sim.issue(office, {1: "王小明"}), 0)
    yield "first_of_5", stages(sim, sim.issue(office, *({1: f"甲{n}"} for n in range(5))), 0)
    yield "last_of_5", stages(sim, sim.issue(office, *({1: f"乙{n}"} for n in range(5))), 4)
    yield "hard_name", stages(sim, sim.issue(office, {1: "𠮷田‧O'Brien-Ĺ　"}), 0)
    quantum_safe = sim.office("B1", alg=ALG_MLDSA44)
    yield "ml_dsa_44", stages(sim, sim.issue(quantum_safe, {1: "王小明"}, {1: "陳美麗"}), 1)
