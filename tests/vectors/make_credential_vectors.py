"""Writes the vectors of CBOR, QR text, status bits, credentials and verdicts beside itself.

    python -m tests.vectors.make_credential_vectors

Each file says what it is about, gives the bytes as hex and what a reader must make of them. Names
of cases that must be refused end in `_fail`. Only ML-DSA signatures change from run to run.
tests/verifier/test_credential_vectors.py reads every file. What must come out is written here by
hand (outcome and deciding code); the codes of the other checks are added for other programs.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from credential import cbor
from credential.entry import certificate_number, encode_entry
from credential.keys import ALG_MLDSA44
from credential.merkle import leaf_hash
from credential.qr_text import qr_encode
from credential.sealed import (
    decode_sealed,
    encode_sealed,
    receipt_header,
    registry_aad,
    without_signature,
)
from credential.sign1 import sig_structure
from credential.status import SlotState
from registry.anchor_file import encode_trust_anchor
from registry.bundle import open_bundle
from registry.trust_data import TrustData
from tests.simulator import CHAIN_ID, CONTRACT, Batch, Simulator
from verifier import Policy, verify

HERE = Path(__file__).parent
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


class Case(NamedTuple):
    """Bytes, how they are judged, and the outcome and code that decide."""

    sealed: bytes
    outcome: str
    code: str
    bundle: str = "full"
    after_seconds: int = 60
    policy: Policy = Policy()


class World:
    """One registry in which enough has happened for every code."""

    def __init__(self) -> None:
        sim = self.sim = Simulator()
        names = ({1: "王小明"}, {1: "陳美麗"}, {1: "林志明"})
        self.office = sim.office("A1")
        self.other = sim.office("B1")
        self.good = self._anchored(self.office, *names)
        self.dated = self._anchored(
            self.office, {1: "期限"}, nbf=sim.now + DAY, exp=sim.now + 2 * DAY
        )
        self.wrong_slot = self._anchored(self.office, {1: "無位"}, index=5000)
        self.no_list = self._anchored(self.office, {1: "無表"}, list_no=7)
        self.no_type = self._anchored(self.office, {1: "無類"}, type_no=99)
        self.mistyped = self._anchored(self.office, {1: 5})
        self.wrong_size = sim.issue(self.office, *names)
        sim.anchor(self.wrong_size, size=4)
        self.fresh = sim.issue(self.office, *names)
        self.revoked = self._anchored(self.office, {1: "廢止"}, {1: "停止"})
        slots = [entry.index for entry in self.revoked.entries]
        sim.publish_status(
            self.office, {slots[0]: SlotState.REVOKED, slots[1]: SlotState.SUSPENDED}
        )
        self.leaked = sim.office("C1")
        self.before_leak = self._anchored(self.leaked, *names)
        since = sim.now + 1
        self.inside = self._anchored(self.leaked, *names)
        self.confirmed = self._anchored(self.leaked, *names)
        self.forged = sim.issue(self.leaked, {1: "駭客"})
        sim.compromise(self.leaked.key, since=since)
        sim.confirm(3, self.leaked)
        self.left = sim.office("D1")
        self.before_end = self._anchored(self.left, *names)
        sim.end_accreditation(self.left)
        self.after_end = self._anchored(self.left, *names)
        self.paused = sim.office("E1")
        self.before_pause = self._anchored(self.paused, *names)
        self.unanchored_of_paused = sim.issue(self.paused, *names)
        sim.suspend(self.paused)
        self.retired = sim.office("F1")
        self.unanchored_of_retired = sim.issue(self.retired, *names)
        sim.end_key(self.retired.key)
        self.seen_at = sim.now
        stranger = Simulator(contract=b"\x11" * 20)
        self.foreign = stranger.issue(stranger.office("Z1"), *names)
        sim.checkpoint()
        self.bundles = {"full": sim.full_bundle(), "lite": sim.lite_bundle()}

    def _anchored(self, office, *fields, **claims) -> Batch:  # type: ignore[no-untyped-def]  # noqa: ANN001,ANN002,ANN003
        batch = self.sim.issue(office, *fields, **claims)
        self.sim.anchor(batch)
        return batch

    def trust(self, name: str) -> TrustData:
        """What a verifier that holds the trust anchor gets out of a bundle."""
        return open_bundle(self.bundles[name], anchor=self.sim.trust_anchor)


def resealed(sealed: bytes, **changes: object) -> bytes:
    """The same entry with other members in its receipt."""
    entry, receipt = decode_sealed(sealed)
    return encode_sealed(entry, receipt._replace(**changes))  # type: ignore[arg-type]  # by name


def cases(world: World) -> Iterator[tuple[str, Case]]:  # noqa: PLR0915 - a table, row by row
    """Every code that bytes can give, each beside a twin that is well."""
    good = world.good.sealed
    receipt = decode_sealed(good[1]).receipt
    changed = encode_entry(world.good.entries[1]._replace(fields={1: "王偽造"}))
    extra = cbor.decode(decode_sealed(good[0]).entry)
    assert isinstance(extra, dict)
    del extra[7]
    no_cti = encode_sealed(cbor.encode(extra), decode_sealed(good[0]).receipt)
    fresh = world.fresh.sealed
    unsafe = receipt._replace(
        alg=ALG_MLDSA44, protected=receipt_header(ALG_MLDSA44, receipt.kid), signature=b""
    )
    yield "anchored", Case(good[1], "VALID", "proof.anchored")
    yield "anchored_no_signature", Case(without_signature(good[1]), "VALID", "proof.anchored")
    yield "not_in_lite", Case(good[1], "VALID", "anchor.not_in_lite", "lite")
    yield "fresh", Case(fresh[0], "VALID", "anchor.fresh")
    strict = Policy(require_anchor=True)
    yield "fresh_but_strict_fail", Case(fresh[0], "INDETERMINATE", "anchor.fresh", policy=strict)
    old = Policy(max_trust_age=99 * DAY, max_status_age=99 * DAY)
    yield (
        "no_longer_fresh_fail",
        Case(fresh[0], "INDETERMINATE", "anchor.missing", after_seconds=4 * DAY, policy=old),
    )
    yield "trailing_byte_fail", Case(good[0] + b"\0", "INVALID", "form.encoding")
    yield "cut_short_fail", Case(good[0][:-1], "INVALID", "form.encoding")
    yield "too_large_fail", Case(good[0] + bytes(16_384), "INVALID", "form.too_large")
    yield "no_cti_fail", Case(no_cti, "INVALID", "form.structure")
    yield "mistyped_field_fail", Case(world.mistyped.sealed[0], "INVALID", "form.type_mismatch")
    yield (
        "changed_claim_fail",
        Case(encode_sealed(changed, receipt), "INVALID", "proof.signature_invalid"),
    )
    path = resealed(good[1], path=receipt.path[:-1])
    yield "short_path_fail", Case(path, "INVALID", "proof.path")
    yield (
        "index_not_in_tree_fail",
        Case(resealed(good[1], leaf_index=3), "INVALID", "proof.path"),
    )
    yield "other_size_fail", Case(world.wrong_size.sealed[0], "INVALID", "proof.tree_size")
    yield (
        "other_algorithm_fail",
        Case(encode_sealed(decode_sealed(good[1]).entry, unsafe), "INVALID", "proof.algorithm"),
    )
    high = bytearray(decode_sealed(fresh[0]).receipt.signature)
    high[-1] ^= 1
    yield (
        "false_signature_fail",
        Case(resealed(fresh[0], signature=bytes(high)), "INVALID", "proof.signature_invalid"),
    )
    yield (
        "unknown_root_fail",
        Case(without_signature(fresh[0]), "INDETERMINATE", "proof.root_unknown"),
    )
    yield (
        "another_registry_fail",
        Case(world.foreign.sealed[0], "INDETERMINATE", "proof.key_unknown"),
    )
    claimed = world.sim.issue(world.office, {1: "冒名"}, key=world.other.key)
    yield "key_of_another_agency_fail", Case(claimed.sealed[0], "INVALID", "issuer.mismatch")
    yield "before_suspension", Case(world.before_pause.sealed[0], "VALID", "issuer.accredited")
    yield (
        "suspended_agency_fail",
        Case(world.unanchored_of_paused.sealed[0], "INVALID", "issuer.not_active"),
    )
    yield (
        "before_accreditation_ended",
        Case(world.before_end.sealed[0], "VALID", "issuer.accredited"),
    )
    yield (
        "after_accreditation_ended_fail",
        Case(world.after_end.sealed[0], "INVALID", "issuer.not_accredited"),
    )
    yield "unknown_type_fail", Case(world.no_type.sealed[0], "INDETERMINATE", "issuer.type_unknown")
    yield "before_compromise", Case(world.before_leak.sealed[0], "VALID", "key.safe")
    yield "before_compromise_lite", Case(world.before_leak.sealed[0], "VALID", "key.safe", "lite")
    yield "confirmed", Case(world.confirmed.sealed[0], "VALID", "key.confirmed")
    yield "inside_window_fail", Case(world.inside.sealed[0], "INVALID", "key.compromised")
    yield "leaked_key_fail", Case(world.forged.sealed[0], "INVALID", "key.compromised")
    yield "leaked_key_lite_fail", Case(world.forged.sealed[0], "INVALID", "key.compromised", "lite")
    yield (
        "ended_key_fail",
        Case(world.unanchored_of_retired.sealed[0], "INDETERMINATE", "key.ended"),
    )
    dated = world.dated.sealed[0]
    nbf, exp = world.dated.entries[0].nbf, world.dated.entries[0].exp
    assert nbf is not None
    assert exp is not None
    lasting = Policy(max_trust_age=99 * DAY, max_status_age=99 * DAY)
    for name, at, outcome, code in (
        ("first_second", nbf, "VALID", "dates.in_force"),
        ("a_second_early_fail", nbf - 1, "INVALID", "dates.not_yet"),
        ("last_second", exp - 1, "VALID", "dates.in_force"),
        ("run_out_fail", exp, "INVALID", "dates.expired"),
    ):
        after = at - world.seen_at
        yield name, Case(dated, outcome, code, after_seconds=after, policy=lasting)
    early = world.good.entries[0].iat - world.seen_at
    yield (
        "at_its_making_fail",
        Case(good[0], "INDETERMINATE", "trust.clock_behind", after_seconds=early - 299),
    )
    yield (
        "from_the_future_fail",
        Case(good[0], "INVALID", "dates.issued_in_future", after_seconds=early - 301),
    )
    yield "revoked_fail", Case(world.revoked.sealed[0], "INVALID", "status.revoked")
    yield "suspended_fail", Case(world.revoked.sealed[1], "INVALID", "status.suspended")
    yield "not_a_slot_fail", Case(world.wrong_slot.sealed[0], "INVALID", "status.not_a_slot")
    yield "no_list_fail", Case(world.no_list.sealed[0], "INDETERMINATE", "status.list_missing")
    yield (
        "old_status_fail",
        Case(good[0], "INDETERMINATE", "status.too_old", policy=Policy(max_status_age=59)),
    )
    yield (
        "old_bundle_fail",
        Case(good[0], "INDETERMINATE", "trust.too_old", after_seconds=7 * DAY + 1),
    )
    yield (
        "weak_evidence_fail",
        Case(good[0], "INDETERMINATE", "trust.weak", policy=Policy(min_evidence=3)),
    )


def verdict_vectors() -> Iterator[tuple[str, Json]]:
    """The bundles, and the cases that name one of them."""
    world = World()
    for name, bundle in world.bundles.items():
        yield (
            f"bundle_{name}",
            {
                "bundle": bundle.hex(),
                "trust_anchor": encode_trust_anchor(world.sim.trust_anchor).hex(),
            },
        )
    for name, case in cases(world):
        at = world.seen_at + case.after_seconds
        verdict = verify(case.sealed, world.trust(case.bundle), at, case.policy)
        codes = [check.reason.value for check in verdict.checks]
        assert (verdict.outcome.value, case.code in codes) == (case.outcome, True), (name, codes)
        policy = case.policy
        yield (
            f"case_{name}",
            {
                "sealed": case.sealed.hex(),
                "bundle": f"bundle_{case.bundle}.json",
                "at": at,
                "policy": {
                    "max_trust_age": policy.max_trust_age,
                    "max_status_age": policy.max_status_age,
                    "max_unanchored_age": policy.max_unanchored_age,
                    "require_anchor": policy.require_anchor,
                    "min_evidence": policy.min_evidence,
                },
                "expect": {
                    "outcome": case.outcome,
                    "code": case.code,
                    "checks": [
                        [check.name.value, check.result.value, check.reason.value]
                        for check in verdict.checks
                    ],
                },
            },
        )


def main() -> None:
    """Every vector is written."""
    assert (CHAIN_ID, len(CONTRACT)) == (31337, 20)
    for folder, vectors in {
        "cbor": cbor_vectors(),
        "qr-text": qr_text_vectors(),
        "status": status_vectors(),
        "credential": credential_vectors(),
        "verdict": verdict_vectors(),
    }.items():
        (HERE / folder).mkdir(exist_ok=True)
        for name, vector in vectors:
            text = json.dumps(vector, ensure_ascii=False, indent=1)
            (HERE / folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
