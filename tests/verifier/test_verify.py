"""Every row of the table in docs/formats/verdict.md, each bad case beside its good twin."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from credential import cbor
from credential.entry import decode_entry, encode_entry
from credential.ids import AgencyCode
from credential.keys import ALG_ES256, ALG_MLDSA44
from credential.sealed import decode_sealed, encode_sealed, receipt_header, without_signature
from credential.status import SlotState
from registry.kinds import AlgorithmPhase
from registry.trust_data import Evidence, EvidenceStrength, TrustData
from tests.simulator import Batch, Office, SimulatedKey, Simulator
from tests.verifier.codes import code, codes, results
from verifier import CheckName, Outcome, Policy, Reason, verify
from verifier.verify import verify_without_trust

NAME = {1: "王小明"}
DAY = 86_400

TrustOf = Callable[[Simulator], TrustData]

ALL_GOOD = [
    "form.ok",
    "proof.anchored",
    "issuer.accredited",
    "key.safe",
    "anchor.anchored",
    "dates.in_force",
    "status.valid",
    "trust.fresh",
]


@pytest.fixture
def sim() -> Simulator:
    return Simulator()


@pytest.fixture
def office(sim: Simulator) -> Office:
    return sim.office("A15030000C")


def anchored(sim: Simulator, office: Office, **claims: object) -> Batch:
    batch = sim.issue(office, NAME, {1: "陳美麗"}, {1: "林志明"}, **claims)
    sim.anchor(batch)
    return batch


def full_trust(sim: Simulator) -> TrustData:
    sim.checkpoint()
    return sim.trust(full=True)


def lite_trust(sim: Simulator) -> TrustData:
    sim.checkpoint()
    return sim.trust()


def reseal(sealed: bytes, **changes: dict[str, Any]) -> bytes:
    """The same entry with another receipt."""
    entry, receipt = decode_sealed(sealed)
    return encode_sealed(entry, receipt._replace(**changes))


# --- all is well --------------------------------------------------------------


def test_says_valid_with_all_eight_codes_for_an_anchored_credential(
    sim: Simulator, office: Office
) -> None:
    batch = anchored(sim, office)

    verdict = verify(batch.sealed[1], full_trust(sim), sim.now)

    assert (verdict.outcome, codes(verdict)) == (Outcome.VALID, ALL_GOOD)


def test_a_batch_of_one_is_valid_with_an_empty_path(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, NAME)
    sim.anchor(batch)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert (verdict.outcome, codes(verdict)) == (Outcome.VALID, ALL_GOOD)


def test_the_verdict_hands_over_entry_type_root_and_anchor(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.entry == batch.entries[0]
    assert verdict.kind is not None
    assert verdict.kind.id == "simulated-permit"
    assert verdict.root == batch.root
    assert verdict.anchor is not None
    assert verdict.anchor.batch_no == 1


def test_an_anchored_credential_needs_no_signature(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)

    verdict = verify(without_signature(batch.sealed[0]), full_trust(sim), sim.now)

    assert (verdict.outcome, codes(verdict)) == (Outcome.VALID, ALL_GOOD)


def test_a_wrong_signature_is_not_looked_at_where_the_root_is_anchored(
    sim: Simulator, office: Office
) -> None:
    batch = anchored(sim, office)

    verdict = verify(reseal(batch.sealed[0], signature=bytes(64)), full_trust(sim), sim.now)

    assert (verdict.outcome, codes(verdict)) == (Outcome.VALID, ALL_GOOD)


def test_ml_dsa_44_batches_are_valid_by_signature(sim: Simulator) -> None:
    office = sim.office("PQ", alg=ALG_MLDSA44)
    batch = sim.issue(office, NAME)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.VALID
    assert code(verdict, CheckName.PROOF) == "proof.signature"


# --- form ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (bytes(16_385), "form.too_large"),
        (b"", "form.encoding"),
        (b"\x9f\xff", "form.encoding"),
        (cbor.encode([b"x", 1]), "form.structure"),
    ],
)
def test_bytes_of_no_credential_fail_the_form_and_skip_all_else(
    sim: Simulator, bad: bytes, expected: str
) -> None:
    verdict = verify(bad, full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert codes(verdict) == [expected, *["skipped.after_failure"] * 7]


def test_a_byte_after_the_end_fails_the_form(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)

    verdict = verify(batch.sealed[0] + b"\0", full_trust(sim), sim.now)

    assert code(verdict, CheckName.FORM) == "form.encoding"


def test_a_field_of_another_form_than_its_type_says_fails_though_signed_and_anchored(
    sim: Simulator, office: Office
) -> None:
    batch = sim.issue(office, {1: "王小明", 2: "2026-02-29"})
    sim.anchor(batch)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert codes(verdict) == ["form.type_mismatch", *["skipped.after_failure"] * 7]


def test_the_same_field_with_a_day_that_exists_is_valid(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, {1: "王小明", 2: "2026-02-28"})
    sim.anchor(batch)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.VALID


def test_labels_the_type_does_not_know_are_kept_and_valid(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, {1: "王小明", 77: [1, {2: "x"}]})
    sim.anchor(batch)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.VALID
    assert verdict.entry is not None
    assert verdict.entry.fields[77] == [1, {2: "x"}]


# --- proof --------------------------------------------------------------------


def test_a_signature_is_enough_where_nothing_is_anchored_yet(
    sim: Simulator, office: Office
) -> None:
    batch = sim.issue(office, NAME)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.VALID
    assert codes(verdict) == [
        *["form.ok", "proof.signature", "issuer.accredited", "key.safe"],
        *["anchor.fresh", "dates.in_force", "status.valid", "trust.fresh"],
    ]


def test_an_index_past_the_tree_is_an_impossible_path(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)

    verdict = verify(reseal(batch.sealed[0], leaf_index=3), full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert codes(verdict) == [
        *["form.ok", "proof.path", *["skipped.after_failure"] * 3],
        *["dates.in_force", "status.valid", "trust.fresh"],
    ]


@pytest.mark.parametrize("path", [(), (bytes(32),), (bytes(32),) * 3])
def test_a_path_of_another_length_is_impossible(
    sim: Simulator, office: Office, path: tuple[bytes, ...]
) -> None:
    batch = anchored(sim, office)

    verdict = verify(reseal(batch.sealed[0], path=path), full_trust(sim), sim.now)

    assert code(verdict, CheckName.PROOF) == "proof.path"


def test_an_anchor_that_states_another_size_fails(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, NAME, {1: "陳美麗"}, {1: "林志明"})
    sim.anchor(batch, size=4)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert code(verdict, CheckName.PROOF) == "proof.tree_size"


@pytest.mark.parametrize("anchors", [0, 1])
def test_another_algorithm_than_the_registered_one_fails_anchored_or_not(
    sim: Simulator, office: Office, anchors: int
) -> None:
    batch = sim.issue(office, NAME)
    for _ in range(anchors):
        sim.anchor(batch)
    header = receipt_header(ALG_MLDSA44, office.key.kid)
    changed = reseal(batch.sealed[0], alg=ALG_MLDSA44, protected=header, signature=bytes(2420))

    verdict = verify(changed, full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert code(verdict, CheckName.PROOF) == "proof.algorithm"


def test_one_altered_claim_is_refused_because_nobody_signed_that_root(
    sim: Simulator, office: Office
) -> None:
    batch = anchored(sim, office)
    entry, receipt = decode_sealed(batch.sealed[0])
    altered = encode_entry(decode_entry(entry)._replace(fields={1: "王大明"}))

    verdict = verify(encode_sealed(altered, receipt), full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert code(verdict, CheckName.PROOF) == "proof.signature_invalid"


@pytest.mark.usefixtures("office")
def test_a_signature_made_for_another_registry_is_refused(sim: Simulator) -> None:
    elsewhere = Simulator(chain_id=1)
    batch = elsewhere.issue(elsewhere.office("A15030000C"), NAME)

    trust = full_trust(sim)
    foreign = verify(batch.sealed[0], trust, sim.now)

    assert trust.state.key(batch.key.kid) is not None
    assert code(foreign, CheckName.PROOF) == "proof.signature_invalid"


def test_a_key_not_in_the_trust_data_leaves_it_open(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, NAME)
    trust = full_trust(sim)
    office.key = sim.add_key(office.code)
    newer = sim.issue(office, NAME)

    verdict = verify(newer.sealed[0], trust, sim.now)

    assert verify(batch.sealed[0], trust, sim.now).outcome is Outcome.VALID
    assert verdict.outcome is Outcome.INDETERMINATE
    assert codes(verdict) == [
        *["form.ok", "proof.key_unknown", "skipped.after_failure", "key.unknown"],
        *["skipped.after_failure", "dates.in_force", "status.valid", "trust.fresh"],
    ]


def test_no_signature_and_no_anchor_leaves_it_open(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, NAME)

    verdict = verify(without_signature(batch.sealed[0]), full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INDETERMINATE
    assert code(verdict, CheckName.PROOF) == "proof.root_unknown"
    assert code(verdict, CheckName.ISSUER) == "issuer.accredited"
    assert code(verdict, CheckName.KEY) == "key.safe"


# --- issuer -------------------------------------------------------------------


def test_an_agency_not_in_the_trust_data_leaves_it_open(sim: Simulator) -> None:
    trust = full_trust(sim)
    newer = sim.office("B1")
    batch = sim.issue(newer, NAME)

    verdict = verify(batch.sealed[0], trust, sim.now)

    assert verdict.outcome is Outcome.INDETERMINATE
    assert code(verdict, CheckName.ISSUER) == "issuer.agency_unknown"
    assert code(verdict, CheckName.STATUS) == "status.list_missing"


def test_a_key_of_another_agency_is_refused(sim: Simulator, office: Office) -> None:
    other = sim.office("B1")
    batch = sim.issue(office, NAME, key=other.key)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert code(verdict, CheckName.ISSUER) == "issuer.mismatch"


def test_an_anchor_of_another_agency_with_its_key_does_not_help(
    sim: Simulator, office: Office
) -> None:
    other = sim.office("B1")
    batch = sim.issue(other, NAME, iss=office.code)
    sim.anchor(batch)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert code(verdict, CheckName.ISSUER) == "issuer.mismatch"


def test_an_invented_agency_signed_by_a_real_one_is_refused(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, NAME, iss=AgencyCode("NOBODY"))

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert code(verdict, CheckName.ISSUER) == "issuer.mismatch"


def test_a_suspended_agency_issues_nothing_new_and_its_anchored_documents_stand(
    sim: Simulator, office: Office
) -> None:
    before = anchored(sim, office)
    sim.suspend(office)
    after = sim.issue(office, NAME)
    trust = full_trust(sim)

    refused = verify(after.sealed[0], trust, sim.now)

    assert verify(before.sealed[0], trust, sim.now).outcome is Outcome.VALID
    assert refused.outcome is Outcome.INVALID
    assert code(refused, CheckName.ISSUER) == "issuer.not_active"


def test_an_agency_that_was_resumed_issues_again(sim: Simulator, office: Office) -> None:
    sim.suspend(office)
    sim.resume(office)
    batch = anchored(sim, office)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.VALID


def test_a_closed_agency_is_not_active(sim: Simulator, office: Office) -> None:
    before = anchored(sim, office)
    sim.close(office)
    after = sim.issue(office, NAME)
    trust = full_trust(sim)

    assert verify(before.sealed[0], trust, sim.now).outcome is Outcome.VALID
    assert code(verify(after.sealed[0], trust, sim.now), CheckName.ISSUER) == "issuer.not_active"


def test_documents_from_before_the_accreditation_ended_stand_and_later_ones_do_not(
    sim: Simulator, office: Office
) -> None:
    before = anchored(sim, office)
    sim.end_accreditation(office)
    after = anchored(sim, office)
    trust = full_trust(sim)

    refused = verify(after.sealed[0], trust, sim.now)

    assert verify(before.sealed[0], trust, sim.now).outcome is Outcome.VALID
    assert refused.outcome is Outcome.INVALID
    assert code(refused, CheckName.ISSUER) == "issuer.not_accredited"
    assert code(refused, CheckName.PROOF) == "proof.anchored"


def test_a_type_the_trust_data_has_not_heard_of_leaves_it_open(
    sim: Simulator, office: Office
) -> None:
    batch = sim.issue(office, NAME, type_no=9)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INDETERMINATE
    assert code(verdict, CheckName.ISSUER) == "issuer.type_unknown"


def test_a_version_of_a_type_not_heard_of_leaves_it_open(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, NAME, type_version=2)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INDETERMINATE
    assert code(verdict, CheckName.ISSUER) == "issuer.type_unknown"


# --- key ----------------------------------------------------------------------


@pytest.fixture
def leak(sim: Simulator, office: Office) -> tuple[Batch, Batch, Batch]:
    """A batch before the leak, one inside the window, and a forgery that was never anchored."""
    before = anchored(sim, office)
    since = sim.now + 1
    inside = anchored(sim, office)
    sim.compromise(office.key, since=since)
    forged = sim.issue(office, NAME)
    return before, inside, forged


@pytest.mark.parametrize("trust_of", [full_trust, lite_trust])
def test_after_a_leak_what_was_anchored_before_stands_offline_too(
    sim: Simulator, leak: tuple[Batch, Batch, Batch], trust_of: TrustOf
) -> None:
    before, inside, forged = leak
    trust = trust_of(sim)

    verdicts = [verify(batch.sealed[0], trust, sim.now) for batch in (before, inside, forged)]

    assert [verdict.outcome for verdict in verdicts] == [
        Outcome.VALID,
        Outcome.INVALID,
        Outcome.INVALID,
    ]
    assert [code(verdict, CheckName.KEY) for verdict in verdicts] == [
        "key.safe",
        "key.compromised",
        "key.compromised",
    ]


def test_a_confirmed_batch_inside_the_window_stands(
    sim: Simulator, office: Office, leak: tuple[Batch, Batch, Batch]
) -> None:
    _, inside, _ = leak
    sim.confirm(2, office)

    verdict = verify(inside.sealed[0], lite_trust(sim), sim.now)

    assert verdict.outcome is Outcome.VALID
    assert code(verdict, CheckName.KEY) == "key.confirmed"


def test_an_algorithm_on_its_way_out_still_passes_with_a_warning(
    sim: Simulator, office: Office
) -> None:
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN)
    batch = anchored(sim, office)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.VALID
    assert code(verdict, CheckName.KEY) == "key.algorithm_warned"


def test_a_stopped_algorithm_ends_new_documents_and_spares_anchored_ones(
    sim: Simulator, office: Office
) -> None:
    before = anchored(sim, office)
    sim.set_signers(*(SimulatedKey(f"quantum-safe {n}", ALG_MLDSA44) for n in range(2)))
    sim.checkpoint()  # handed over in time, for stopped keys sign no checkpoint any more
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.STOP)
    after = sim.issue(office, NAME)
    trust = lite_trust(sim)

    refused = verify(after.sealed[0], trust, sim.now)

    assert verify(before.sealed[0], trust, sim.now).outcome is Outcome.VALID
    assert refused.outcome is Outcome.INVALID
    assert code(refused, CheckName.KEY) == "key.algorithm_stopped"


def test_an_ended_key_leaves_open_what_is_not_anchored(sim: Simulator, office: Office) -> None:
    before = anchored(sim, office)
    sim.end_key(office.key)
    after = sim.issue(office, NAME)
    trust = lite_trust(sim)

    open_one = verify(after.sealed[0], trust, sim.now)

    assert verify(before.sealed[0], trust, sim.now).outcome is Outcome.VALID
    assert open_one.outcome is Outcome.INDETERMINATE
    assert code(open_one, CheckName.KEY) == "key.ended"


# --- anchor -------------------------------------------------------------------


def test_what_is_not_anchored_is_valid_only_while_fresh(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, NAME)
    limit = sim.now + 72 * 3600
    trust = full_trust(sim)

    in_time, late = verify(batch.sealed[0], trust, limit), verify(batch.sealed[0], trust, limit + 1)

    assert (in_time.outcome, code(in_time, CheckName.ANCHOR)) == (Outcome.VALID, "anchor.fresh")
    assert (late.outcome, code(late, CheckName.ANCHOR)) == (
        Outcome.INDETERMINATE,
        "anchor.missing",
    )


def test_a_date_from_before_the_key_is_not_fresh(sim: Simulator, office: Office) -> None:
    batch = sim.issue(office, NAME, iat=1_700_000_000)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INDETERMINATE
    assert code(verdict, CheckName.ANCHOR) == "anchor.missing"


def test_a_lite_bundle_says_that_it_has_no_roots_of_a_healthy_key(
    sim: Simulator, office: Office
) -> None:
    batch = anchored(sim, office)

    verdict = verify(batch.sealed[0], lite_trust(sim), sim.now)

    assert verdict.outcome is Outcome.VALID
    assert code(verdict, CheckName.PROOF) == "proof.signature"
    assert code(verdict, CheckName.ANCHOR) == "anchor.not_in_lite"


@pytest.mark.parametrize("trust_of", [full_trust, lite_trust])
def test_a_policy_that_demands_the_anchor_tolerates_neither_fresh_nor_lite(
    sim: Simulator, office: Office, trust_of: TrustOf
) -> None:
    batch = sim.issue(office, NAME)
    trust = trust_of(sim)

    strict = verify(batch.sealed[0], trust, sim.now, Policy(require_anchor=True))

    assert verify(batch.sealed[0], trust, sim.now).outcome is Outcome.VALID
    assert strict.outcome is Outcome.INDETERMINATE


# --- dates --------------------------------------------------------------------


@pytest.mark.parametrize(("after_nbf", "expected"), [(-1, "dates.not_yet"), (0, "dates.in_force")])
def test_nbf_is_the_first_second_in_force(
    sim: Simulator, office: Office, after_nbf: int, expected: str
) -> None:
    begins = sim.now + DAY
    batch = anchored(sim, office, nbf=begins)

    verdict = verify(batch.sealed[0], full_trust(sim), begins + after_nbf)

    assert code(verdict, CheckName.DATES) == expected


@pytest.mark.parametrize(("after_exp", "expected"), [(-1, "dates.in_force"), (0, "dates.expired")])
def test_exp_is_the_first_second_no_longer_in_force(
    sim: Simulator, office: Office, after_exp: int, expected: str
) -> None:
    ends = sim.now + DAY
    batch = anchored(sim, office, exp=ends)

    verdict = verify(batch.sealed[0], full_trust(sim), ends + after_exp)

    assert code(verdict, CheckName.DATES) == expected


def test_an_expired_document_is_invalid(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office, exp=sim.now - DAY)

    assert verify(batch.sealed[0], full_trust(sim), sim.now).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    ("early", "expected"), [(300, "dates.in_force"), (301, "dates.issued_in_future")]
)
def test_iat_may_lie_five_minutes_ahead_and_no_more(
    sim: Simulator, office: Office, early: int, expected: str
) -> None:
    now = sim.now + 1000
    batch = anchored(sim, office, iat=now + early)

    verdict = verify(batch.sealed[0], full_trust(sim), now)

    assert code(verdict, CheckName.DATES) == expected


def test_dates_status_and_trust_are_judged_though_the_proof_failed(
    sim: Simulator, office: Office
) -> None:
    batch = anchored(sim, office, exp=sim.now - DAY)
    sim.revoke(office, 0)

    verdict = verify(reseal(batch.sealed[0], path=()), full_trust(sim), sim.now + 30 * DAY)

    assert codes(verdict) == [
        *["form.ok", "proof.path", *["skipped.after_failure"] * 3],
        *["dates.expired", "status.revoked", "trust.too_old"],
    ]


# --- status -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (SlotState.VALID, "status.valid"),
        (SlotState.REVOKED, "status.revoked"),
        (SlotState.SUSPENDED, "status.suspended"),
    ],
)
def test_the_slot_says_valid_revoked_or_suspended(
    sim: Simulator, office: Office, state: SlotState, expected: str
) -> None:
    batch = anchored(sim, office)
    sim.publish_status(office, {0: state})
    trust = full_trust(sim)

    verdict = verify(batch.sealed[0], trust, sim.now)

    assert code(verdict, CheckName.STATUS) == expected
    assert (verdict.outcome is Outcome.VALID) == (state is SlotState.VALID)
    assert verify(batch.sealed[1], trust, sim.now).outcome is Outcome.VALID


def test_a_suspended_document_that_was_resumed_is_valid(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)
    sim.publish_status(office, {0: SlotState.SUSPENDED})
    sim.publish_status(office, {0: SlotState.VALID})

    assert verify(batch.sealed[0], full_trust(sim), sim.now).outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("index", "expected"), [(999, "status.valid"), (1000, "status.not_a_slot")]
)
def test_an_index_past_the_end_of_the_list_is_not_a_slot(
    sim: Simulator, office: Office, index: int, expected: str
) -> None:
    batch = anchored(sim, office, index=index)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert code(verdict, CheckName.STATUS) == expected
    assert verdict.outcome is (Outcome.VALID if index == 999 else Outcome.INVALID)


def test_a_list_never_published_leaves_it_open(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office, list_no=2)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INDETERMINATE
    assert code(verdict, CheckName.STATUS) == "status.list_missing"


def test_a_list_not_carried_leaves_it_open(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)
    trust = replace(full_trust(sim), status_lists={})

    verdict = verify(batch.sealed[0], trust, sim.now)

    assert code(verdict, CheckName.STATUS) == "status.list_missing"


def test_status_has_an_age_of_its_own(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)
    trust = full_trust(sim)
    policy = Policy(max_status_age=100)

    in_time = verify(batch.sealed[0], trust, sim.now + 100, policy)
    late = verify(batch.sealed[0], trust, sim.now + 101, policy)

    assert in_time.outcome is Outcome.VALID
    assert late.outcome is Outcome.INDETERMINATE
    assert (code(late, CheckName.STATUS), code(late, CheckName.TRUST)) == (
        "status.too_old",
        "trust.fresh",
    )


def test_revoked_long_ago_is_refused_by_old_data_too(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)
    sim.revoke(office, 0)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now + 30 * DAY)

    assert code(verdict, CheckName.STATUS) == "status.revoked"


# --- trust --------------------------------------------------------------------


def test_trust_data_older_than_the_policy_allows_leaves_it_open(
    sim: Simulator, office: Office
) -> None:
    batch = anchored(sim, office)
    trust = full_trust(sim)

    in_time = verify(batch.sealed[0], trust, sim.now + 7 * DAY)
    late = verify(batch.sealed[0], trust, sim.now + 7 * DAY + 1)

    assert in_time.outcome is Outcome.VALID
    assert late.outcome is Outcome.INDETERMINATE
    assert code(late, CheckName.TRUST) == "trust.too_old"


def test_a_clock_behind_the_trust_data_leaves_it_open(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)
    sim.wait(DAY)
    trust = full_trust(sim)

    in_time = verify(batch.sealed[0], trust, sim.now - 300)
    behind = verify(batch.sealed[0], trust, sim.now - 301)

    assert in_time.outcome is Outcome.VALID
    assert behind.outcome is Outcome.INDETERMINATE
    assert code(behind, CheckName.TRUST) == "trust.clock_behind"


def test_evidence_weaker_than_asked_leaves_it_open(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)
    trust = full_trust(sim)
    unproven = replace(
        trust, evidence=Evidence(EvidenceStrength.UNPROVEN, trust.evidence.as_of, ())
    )
    policy = Policy(min_evidence=2)

    assert verify(batch.sealed[0], trust, sim.now, policy).outcome is Outcome.VALID
    verdict = verify(batch.sealed[0], unproven, sim.now, policy)
    assert verdict.outcome is Outcome.INDETERMINATE
    assert code(verdict, CheckName.TRUST) == "trust.weak"


# --- together -----------------------------------------------------------------


def test_a_failure_outweighs_an_open_question(sim: Simulator, office: Office) -> None:
    batch = anchored(sim, office)
    sim.revoke(office, 0)

    verdict = verify(batch.sealed[0], full_trust(sim), sim.now + 30 * DAY)

    assert code(verdict, CheckName.TRUST) == "trust.too_old"
    assert verdict.outcome is Outcome.INVALID


def test_there_are_always_eight_checks_in_the_order_of_the_page(
    sim: Simulator, office: Office
) -> None:
    batch = anchored(sim, office)
    trust = full_trust(sim)
    order = [name.value for name in CheckName]

    for sealed in (batch.sealed[0], b"", reseal(batch.sealed[0], path=())):
        assert [name for name, _ in results(verify(sealed, trust, sim.now))] == order


def test_the_kid_of_another_office_does_not_borrow_an_anchored_root(
    sim: Simulator, office: Office
) -> None:
    other = sim.office("B1")
    batch = anchored(sim, office)
    header = receipt_header(ALG_ES256, other.key.kid)
    stolen = reseal(batch.sealed[0], protected=header, kid=other.key.kid)

    verdict = verify(stolen, full_trust(sim), sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert code(verdict, CheckName.PROOF) == "proof.signature_invalid"


@pytest.mark.parametrize("code_", ["trust.foreign", "trust.rollback", "trust.malformed"])
def test_without_usable_trust_data_only_form_and_dates_are_judged(
    sim: Simulator, office: Office, code_: str
) -> None:
    batch = anchored(sim, office)
    skipped = "skipped.after_failure"

    verdict = verify_without_trust(batch.sealed[0], Reason(code_), sim.now)

    assert verdict.outcome is Outcome.INDETERMINATE
    assert codes(verdict) == ["form.ok", *[skipped] * 4, "dates.in_force", skipped, code_]


def test_without_usable_trust_data_bad_bytes_are_still_bad(sim: Simulator) -> None:
    verdict = verify_without_trust(b"", Reason.TRUST_FOREIGN, sim.now)

    assert verdict.outcome is Outcome.INVALID
    assert codes(verdict) == ["form.encoding", *["skipped.after_failure"] * 7]
