"""The verdict vectors: bytes, bundle, trust anchor, time and policy, and every check's answer.

What must come out is written here by hand (outcome and deciding code); the codes of the other
checks are added for other programs.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import NamedTuple

from credential import cbor
from credential.entry import encode_entry
from credential.errors import FormatError
from credential.ids import Digest
from credential.keys import ALG_ES256, ALG_MLDSA44
from credential.qr_text import qr_decode, qr_encode
from credential.sealed import (
    decode_sealed,
    encode_sealed,
    receipt_header,
    without_signature,
)
from credential.status import SlotState
from registry.anchor_file import TrustAnchor, encode_trust_anchor
from registry.bundle import open_bundle
from registry.errors import TrustDataError
from registry.kinds import AlgorithmPhase
from registry.trust_data import Floor
from tests.simulator import Batch, Office, Simulator
from tests.vectors.make_credential_vectors import DAY, URL, Json
from verifier import Policy, Reason, Verdict, verify
from verifier.verify import malformed, verify_without_trust


class Case(NamedTuple):
    """Bytes or a text, how they are judged, and the outcome and code that decide."""

    sealed: bytes | str
    outcome: str
    code: str
    bundle: str = "full"
    after_seconds: int = 60
    policy: Policy = Policy()
    seen: Floor | None = None


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
        full, anchor = sim.full_bundle(), sim.trust_anchor
        self.floor = sim.trust(full=True).floor
        self.calendar = Calendar()
        self.bundles = {
            "full": (full, anchor),
            "lite": (sim.lite_bundle(), anchor),
            "of_another_registry": (full, replace(anchor, contract=b"\x11" * 20)),
            "damaged": (full[:-1], anchor),
            "calendar": (self.calendar.bundle, self.calendar.anchor),
        }

    def _anchored(self, office: Office, *fields: dict[int, cbor.Value], **claims: object) -> Batch:
        batch = self.sim.issue(office, *fields, **claims)
        self.sim.anchor(batch)
        return batch

    def verdict(self, case: Case) -> Verdict:
        """What a verifier that holds the trust anchor says."""
        at = self.seen_at + case.after_seconds
        bundle, anchor = self.bundles[case.bundle]
        return judged(case.sealed, bundle, anchor, at=at, policy=case.policy, seen=case.seen)


class Calendar:
    """A registry in which ES256 is on its way out and ML-DSA-44 has stopped."""

    def __init__(self) -> None:
        sim = Simulator()
        es256, quantum_safe = sim.office("A1"), sim.office("B1", alg=ALG_MLDSA44)
        self.before_warning = self._anchored(sim, es256)
        self.before_stop = self._anchored(sim, quantum_safe)
        sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN)
        sim.set_algorithm(ALG_MLDSA44, AlgorithmPhase.STOP)
        self.after_warning = self._anchored(sim, es256)
        self.after_stop = self._anchored(sim, quantum_safe)
        sim.checkpoint()
        self.bundle, self.anchor = sim.full_bundle(), sim.trust_anchor

    def _anchored(self, sim: Simulator, office: Office) -> bytes:
        batch = sim.issue(office, {1: "王小明"}, {1: "陳美麗"})
        sim.anchor(batch)
        return without_signature(batch.sealed[0])


def judged(
    sealed: bytes | str,
    bundle: bytes,
    anchor: TrustAnchor,
    *,
    at: int,
    policy: Policy,
    seen: Floor | None,
) -> Verdict:
    """The verdict on bytes or on a QR text, also where the bundle must not be used."""
    try:
        content = qr_decode(sealed).sealed if isinstance(sealed, str) else sealed
    except FormatError as error:
        return malformed(error.code, at)
    try:
        trust = open_bundle(bundle, anchor=anchor, floor=seen)
    except TrustDataError as error:
        return verify_without_trust(content, Reason(error.code), at)
    return verify(content, trust, at, policy)


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
    no_proof = cbor.encode(  # two faults: the shape of the whole is met before `protected`
        [b"entry", cbor.Tag(18, [b"\xff", {}, None, b""])]
    )
    yield "no_proof_and_no_header_fail", Case(no_proof, "INVALID", "form.structure")
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


def text_cases(world: World) -> Iterator[tuple[str, Case]]:
    """The same credential as the text of a QR symbol."""
    text = qr_encode(world.good.sealed[1], URL)
    yield "text", Case(text, "VALID", "proof.anchored")
    yield "text_without_url", Case(text.partition("#")[2], "VALID", "proof.anchored")
    yield "text_line_end_fail", Case(text + "\n", "INVALID", "form.text")
    yield "text_digit_missing_fail", Case(text[:-1], "INVALID", "form.text")
    yield "text_too_long_fail", Case("1" * 42_001, "INVALID", "form.too_large")


def trust_cases(world: World) -> Iterator[tuple[str, Case]]:
    """Calendars of algorithms, and trust data that must not be used."""
    calendar = world.calendar
    for name, sealed, outcome, code in (
        ("before_warning", calendar.before_warning, "VALID", "key.safe"),
        ("after_warning", calendar.after_warning, "VALID", "key.algorithm_warned"),
        ("before_stop", calendar.before_stop, "VALID", "key.safe"),
        ("after_stop_fail", calendar.after_stop, "INVALID", "key.algorithm_stopped"),
    ):
        yield name, Case(sealed, outcome, code, "calendar")
    good, seen = world.good.sealed[1], world.floor
    open_question = "INDETERMINATE"
    yield "bundle_damaged_fail", Case(good, open_question, "trust.malformed", "damaged")
    yield "foreign_bundle_fail", Case(good, open_question, "trust.foreign", "of_another_registry")
    yield "seen_before", Case(good, "VALID", "trust.fresh", seen=seen)
    newer, forked = seen._replace(size=seen.size + 1), seen._replace(head=Digest(bytes(32)))
    yield "rollback_fail", Case(good, open_question, "trust.rollback", seen=newer)
    yield "fork_fail", Case(good, open_question, "trust.rollback", seen=forked)
    expired = Case(world.dated.sealed[0], "INVALID", "trust.malformed", "damaged", 3 * DAY)
    yield "run_out_and_bundle_damaged_fail", expired


def verdict_vectors() -> Iterator[tuple[str, Json]]:
    """The bundles, and the cases that name one of them."""
    world = World()
    for name, (bundle, anchor) in world.bundles.items():
        held = {"bundle": bundle.hex(), "trust_anchor": encode_trust_anchor(anchor).hex()}
        yield f"bundle_{name}", {**held}
    for name, case in (*cases(world), *text_cases(world), *trust_cases(world)):
        verdict = world.verdict(case)
        codes = [check.reason.value for check in verdict.checks]
        assert (verdict.outcome.value, case.code in codes) == (case.outcome, True), (name, codes)
        yield f"case_{name}", case_vector(case, world.seen_at + case.after_seconds, verdict)


def case_vector(case: Case, at: int, verdict: Verdict) -> Json:
    """The bytes, how they are judged, and every check's answer."""
    text = isinstance(case.sealed, str)
    vector: dict[str, Json] = {
        "text" if text else "sealed": case.sealed
        if isinstance(case.sealed, str)
        else case.sealed.hex(),
        "bundle": f"bundle_{case.bundle}.json",
        "at": at,
        "policy": asdict(case.policy),
    }
    if case.seen is not None:
        size, head, as_of, _ = case.seen
        vector["seen_before"] = {"size": size, "head": head.hex(), "as_of": as_of}
    checks: list[Json] = [
        [check.name.value, check.result.value, check.reason.value] for check in verdict.checks
    ]
    vector["expect"] = {"outcome": case.outcome, "code": case.code, "checks": checks}
    return vector
