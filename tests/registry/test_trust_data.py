"""Documents put together with a state: each must be the one the journal or its list names."""

from dataclasses import replace
from hashlib import sha256

import pytest

from credential.ids import AgencyCode, Digest, UnixTime
from credential.status import SlotState, encode_status_list, new_status_list
from credential.status_details import StatusDetails, StatusRow, encode_status_details
from registry import payloads as p
from registry.errors import BundleError
from registry.trust_data import (
    BundleKind,
    Documents,
    Evidence,
    EvidenceStrength,
    trust_data_of,
)
from tests.simulator import PERMIT, Simulator

EVIDENCE = Evidence(EvidenceStrength.UNPROVEN, UnixTime(0), ())
A1 = AgencyCode("A1")


def refused(sim: Simulator, documents: Documents, reason: str) -> None:
    with pytest.raises(BundleError, match=reason):
        trust_data_of(sim.state(), documents, EVIDENCE)


def digest(file: bytes) -> Digest:
    return Digest(sha256(file).digest())


def test_good_documents_make_trust_data() -> None:
    sim = Simulator()
    sim.revoke(sim.office("A1"), 1)
    trust = trust_data_of(sim.state(), sim.documents(), EVIDENCE)
    assert (trust.kind, list(trust.status_lists)) == (BundleKind.FULL, [(A1, 1)])
    homes = ((sim.chain_id, sim.contract),)
    assert trust.floor == (sim.state().size, sim.state().head, 0, homes)


def test_a_registered_type_document_that_is_none_is_refused() -> None:
    sim = Simulator()
    sim.append(p.TypeRegistered(9, 1, digest(b"{}")))
    refused(sim, Documents(types=(b"{}",)), "a type document is malformed")


def test_a_type_document_registered_under_another_number_is_refused() -> None:
    sim = Simulator()
    sim.append(p.TypeRegistered(9, 1, digest(PERMIT + b" ")))
    refused(sim, Documents(types=(PERMIT + b" ",)), "is not the one in the journal")


def test_a_type_document_nobody_registered_is_refused() -> None:
    refused(Simulator(), Documents(types=(PERMIT + b" ",)), "names no type document")


def test_a_type_document_twice_is_refused() -> None:
    sim = Simulator()
    sim.append(p.TypeRegistered(9, 1, digest(b"{}")))
    refused(sim, Documents(types=(PERMIT, PERMIT)), "are there twice")


def test_more_documents_than_are_named_are_refused() -> None:
    refused(Simulator(), Documents(types=(PERMIT, PERMIT)), "there are more documents")


def with_details(details: bytes) -> tuple[Simulator, Documents]:
    """A list with one revoked slot that names these details."""
    sim = Simulator()
    sim.register("A1")
    revoked = replace(new_status_list(A1, 1, 4), bits=b"\1", details_digest=digest(details))
    file = encode_status_list(revoked)
    sim.append(p.StatusPublished(A1, 1, 1, digest(file)))
    return sim, Documents((file,), (details,))


ROW = StatusRow(0, SlotState.REVOKED, "fraud", UnixTime(0))
GOOD = StatusDetails(A1, 1, 1, (ROW,))


def test_the_details_a_list_names_are_accepted() -> None:
    sim, documents = with_details(encode_status_details(GOOD))
    trust = trust_data_of(sim.state(), documents, EVIDENCE)
    assert trust.details[A1, 1].rows == (ROW,)


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        (b"\xa0", "status details are malformed"),
        (encode_status_details(replace(GOOD, list_no=2)), "belong to no list"),
        (encode_status_details(replace(GOOD, version=2)), "of another list or version"),
        (encode_status_details(replace(GOOD, rows=())), "has no row"),
    ],
)
def test_named_details_that_do_not_fit_their_list_are_refused(details: bytes, reason: str) -> None:
    sim, documents = with_details(details)
    refused(sim, documents, reason)


def test_details_no_list_names_are_refused() -> None:
    sim, documents = with_details(encode_status_details(GOOD))
    other = encode_status_details(replace(GOOD, rows=()))
    refused(sim, documents._replace(details=(other,)), "belong to no list that is here")


def test_a_malformed_list_is_refused() -> None:
    refused(Simulator(), Documents((b"",)), "a status list is malformed")


def test_an_older_list_than_the_newest_is_refused() -> None:
    sim = Simulator()
    office = sim.office("A1")
    older = sim.documents()
    sim.revoke(office, 1)
    refused(sim, older, "is not the newest one the journal names")
