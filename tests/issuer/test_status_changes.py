from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from credential.ids import CertificateNumber
from credential.status import SlotState, StatusList, decode_status_list
from credential.status_details import StatusDetails, check_details, decode_status_details
from issuer.errors import ForeignChainError, RequestError
from issuer.issue import run
from issuer.office import Office
from issuer.states import StatusAction, StatusReason, WaitFor
from issuer.status_changes import StatusRequest, change_status
from registry.payloads import StatusPublished
from registry.public_folder import Document
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import OfficeAndChain, found_office, issue_rows

Numbers = tuple[CertificateNumber, ...]

REVOKE, SUSPEND = StatusAction.REVOKE, StatusAction.SUSPEND
RESUME, SUPERSEDE = StatusAction.RESUME, StatusAction.SUPERSEDE


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    office, chain = found_office(tmp_path)
    return replace(office, account=chain), chain


@pytest.fixture
def numbers(tmp_path: Path, office_and_chain: OfficeAndChain) -> Numbers:
    return issue_rows(office_and_chain[0], tmp_path, rows=4).numbers


def wish(
    office: Office,
    number: str,
    action: StatusAction,
    reason: StatusReason = StatusReason.OTHER,
    *,
    ago: int = 0,
    by: str | None = None,
) -> StatusRequest:
    return StatusRequest(number, action, reason, office.clock() - ago, by)


def newest_list(office: Office, chain: FileChain) -> tuple[StatusList, StatusDetails]:
    record = chain.state().latest_status(chain.agency, 1)
    status_list = decode_status_list(office.public_folder.read(Document.STATUS_LIST, record.digest))
    details = office.public_folder.read(Document.STATUS_DETAILS, status_list.details_digest)
    assert (status_list.version, status_list.list_no) == (record.version, 1)
    return status_list, decode_status_details(details)


def slot(number: str) -> int:
    return int(number.rsplit("-", 1)[1])


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([REVOKE], SlotState.REVOKED),
        ([SUSPEND], SlotState.SUSPENDED),
        ([SUSPEND, RESUME], SlotState.VALID),
        ([SUSPEND, RESUME, SUSPEND, REVOKE], SlotState.REVOKED),
        ([SUPERSEDE], SlotState.REVOKED),
    ],
)
def test_the_published_list_says_what_was_asked_for(
    office_and_chain: OfficeAndChain,
    numbers: Numbers,
    actions: list[StatusAction],
    expected: SlotState,
) -> None:
    office, chain = office_and_chain

    for action in actions:
        assert change_status(office, wish(office, numbers[0], action)).published

    status_list, details = newest_list(office, chain)
    assert status_list.version == 1 + len(actions)
    assert status_list.state(slot(numbers[0])) is expected
    assert [status_list.state(slot(n)) for n in numbers[1:]] == [SlotState.VALID] * 3
    check_details(details, status_list)


@pytest.mark.parametrize(
    ("before", "action"),
    [
        ([], RESUME),
        ([REVOKE], SUSPEND),
        ([REVOKE], RESUME),
        ([REVOKE], SUPERSEDE),
        ([SUPERSEDE], REVOKE),
        ([SUSPEND, RESUME], RESUME),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_nothing_is_published(
    office_and_chain: OfficeAndChain,
    numbers: Numbers,
    before: list[StatusAction],
    action: StatusAction,
) -> None:
    office, chain = office_and_chain
    for number, earlier in enumerate(before):
        reason = [StatusReason.OTHER, StatusReason.CEASED][number % 2]
        change_status(office, wish(office, numbers[0], earlier, reason))
    version = chain.status_version(1)

    with pytest.raises(RequestError):
        change_status(office, wish(office, numbers[0], action, StatusReason.FRAUD))

    assert chain.status_version(1) == version


def test_the_same_wish_given_twice_is_one_change(
    office_and_chain: OfficeAndChain, numbers: Numbers
) -> None:
    office, chain = office_and_chain
    change_status(office, wish(office, numbers[0], REVOKE, StatusReason.DEATH))

    again = change_status(office, wish(office, numbers[0], REVOKE, StatusReason.DEATH))

    assert again.was_known
    assert again.published
    assert chain.status_version(1) == 2


def test_details_say_why_and_since_when_and_what_replaces_it(
    office_and_chain: OfficeAndChain, numbers: Numbers
) -> None:
    office, chain = office_and_chain
    request = wish(office, numbers[0], SUPERSEDE, StatusReason.SUPERSEDED, ago=5, by=numbers[1])

    change_status(office, request)

    row = newest_list(office, chain)[1].rows[0]
    assert (row.index, row.state) == (slot(numbers[0]), SlotState.REVOKED)
    assert (row.reason, row.effective_at) == ("superseded", request.effective_at)
    assert row.replaced_by == numbers[1]


@pytest.mark.parametrize("by", ["A15030000C-1-999999", None])
def test_a_replacement_must_be_another_document_of_this_office(
    office_and_chain: OfficeAndChain, numbers: Numbers, by: str | None
) -> None:
    office, chain = office_and_chain

    with pytest.raises(RequestError):
        change_status(office, wish(office, numbers[0], SUPERSEDE, by=by or numbers[0]))

    assert chain.status_version(1) == 1


def test_a_change_cannot_take_effect_in_the_future(
    office_and_chain: OfficeAndChain, numbers: Numbers
) -> None:
    office, _ = office_and_chain

    with pytest.raises(RequestError, match="future"):
        change_status(office, wish(office, numbers[0], REVOKE, ago=-3600))


def test_a_change_cannot_take_effect_before_the_one_before_it(
    office_and_chain: OfficeAndChain, numbers: Numbers
) -> None:
    office, _ = office_and_chain
    change_status(office, wish(office, numbers[0], SUSPEND, ago=10))

    with pytest.raises(RequestError, match="before that of the last change"):
        change_status(office, wish(office, numbers[0], RESUME, ago=100))


def test_a_number_nobody_knows_is_refused(office_and_chain: OfficeAndChain) -> None:
    office, _ = office_and_chain

    with pytest.raises(RequestError, match="no document"):
        change_status(office, wish(office, "A15030000C-1-999999", REVOKE))


def test_changes_made_while_the_chain_is_away_go_into_one_version(
    office_and_chain: OfficeAndChain, numbers: Numbers
) -> None:
    office, chain = office_and_chain
    chain.fault = lambda *_: None
    chain.is_away = True
    reports = [change_status(office, wish(office, number, REVOKE)) for number in numbers[:3]]

    chain.is_away = False
    run(office)

    assert {report.published for report in reports} == {False}
    status_list, _ = newest_list(office, chain)
    assert [status_list.state(slot(n)) for n in numbers] == [SlotState.REVOKED] * 3 + [
        SlotState.VALID
    ]
    assert (
        chain.status_version(1) == 3
    )  # the first alone, the two that came while it waited together


def test_what_was_not_released_cannot_be_revoked(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, rows=1, wait_for=WaitFor.NONE)
    chain.is_away = True
    waiting = issue_rows(office, tmp_path, rows=2)

    with pytest.raises(RequestError, match="not released"):
        change_status(office, wish(office, waiting.numbers[0], REVOKE))


def test_a_version_published_from_elsewhere_is_recognised(
    office_and_chain: OfficeAndChain, numbers: Numbers
) -> None:
    office, chain = office_and_chain
    chain.append(StatusPublished(chain.agency, 1, 2, sha256(b"other").digest()))

    with pytest.raises(ForeignChainError, match="did not make"):
        change_status(office, wish(office, numbers[0], REVOKE))


def test_every_published_list_stays_in_the_public_folder(
    office_and_chain: OfficeAndChain, numbers: Numbers
) -> None:
    office, _ = office_and_chain
    for action in (SUSPEND, RESUME, REVOKE):
        change_status(office, wish(office, numbers[0], action))

    assert len(office.public_folder.digests(Document.STATUS_LIST)) == 4
