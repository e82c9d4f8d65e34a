"""Revoke, suspend, resume, supersede.

The wish is written down first, then a new list version carries it.
"""

from dataclasses import dataclass

from credential.ids import CertificateNumber, UnixTime
from issuer.errors import RequestError
from issuer.issue import anchor
from issuer.list_versions import plan_versions
from issuer.office import Office
from issuer.repository import Repository
from issuer.repository.credentials import Known
from issuer.repository.statuses import Change, NewChange
from issuer.states import (
    STATUS_AFTER,
    CredentialState,
    CredentialStatus,
    StatusAction,
    StatusReason,
    VersionState,
)
from issuer.steps import Step


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """What an officer asks for on the command line."""

    number: str
    action: StatusAction
    reason: StatusReason
    effective_at: UnixTime
    replaced_by: CertificateNumber | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What became of the wish.

    The version that carries it, and whether that is final on the chain.
    """

    change: Change
    was_known: bool
    published: bool
    waits_for: str | None


def change_status(office: Office, request: StatusRequest) -> StatusReport:
    """The change is written down and published in a new version of its list.

    Or waits for the chain.

    The same wish given twice is one change. Raises RequestError for a change this document cannot
    have.
    """
    followed = office.journal.follow()
    # 1 write down what is asked for
    change_id, was_known = record_change(office, request)
    # 2 put it, with everything else that waits, into the next version of its list
    plan_versions(office)
    # 3 publish the version and wait until that is final
    _, waits_for = anchor(office, followed)
    # 4 a change that was recorded while an earlier version was on its way goes into the next one
    if waits_for is None and plan_versions(office):
        _, waits_for = anchor(office, followed)
    return _report(office, change_id, was_known=was_known, waits_for=waits_for)


def record_change(office: Office, request: StatusRequest) -> tuple[int, bool]:
    """The change is in the database, checked against the document's newest status.

    Returns its id and if it was known.
    """
    with office.database.transaction() as repository:
        repository.installations.lock()
        known = _released(repository, request.number)
        history = repository.statuses.changes_of(known.id)
        newest = history[-1] if history else None
        if newest is not None and _same_wish(newest, request):
            return newest.id, True
        change_id = repository.statuses.add_change(
            NewChange(
                credential_id=known.id,
                list_no=known.list_no,
                action=request.action,
                status_after=_status_after(newest, request),
                reason=request.reason,
                effective_at=_effective_at(office, newest, request),
                replaced_by=_replacement(repository, request),
                recorded_at=office.clock(),
            )
        )
    # A crash right here leaves a recorded change in no version; `issuer run` puts it into the next.
    office.checkpoint(Step.AFTER_CHANGE_RECORDED)
    return change_id, False


def _released(repository: Repository, number: str) -> Known:
    known = repository.credentials.find(number)
    if known is None:
        raise RequestError(f"no document of this office has the certificate number {number}")
    if known.state is not CredentialState.RELEASED:
        raise RequestError(
            f"{number} was not released yet (it is {known.state}), so nobody holds it. Nothing was "
            "changed. "
            "Run `sealroot issuer run` first, then give the command again."
        )
    return known


def _same_wish(newest: Change, request: StatusRequest) -> bool:
    return (newest.action, newest.reason, newest.replaced_by) == (
        request.action,
        request.reason,
        request.replaced_by,
    )


def _status_after(newest: Change | None, request: StatusRequest) -> CredentialStatus:
    now = CredentialStatus.VALID if newest is None else newest.status_after
    after = STATUS_AFTER.get((now, request.action))
    if after is None:
        raise RequestError(
            f"{request.number} is {now} and cannot be changed by {request.action!s}. Nothing was "
            "changed. "
            "What is revoked stays revoked; issue a new document instead."
        )
    return after


def _effective_at(office: Office, newest: Change | None, request: StatusRequest) -> int:
    if request.effective_at > office.clock():
        raise RequestError(
            "the effective date is in the future, but a status list says what holds now: it would "
            "refuse the document "
            "at once. Nothing was changed. Give the command again on that day."
        )
    if newest is not None and request.effective_at < newest.effective_at:
        raise RequestError(
            f"the effective date lies before that of the last change of {request.number}. Nothing "
            "was changed."
        )
    return request.effective_at


def _replacement(repository: Repository, request: StatusRequest) -> CertificateNumber | None:
    if request.replaced_by is None:
        return None
    if request.replaced_by == request.number:
        raise RequestError("a document cannot replace itself. Nothing was changed.")
    if repository.credentials.find(request.replaced_by) is None:
        raise RequestError(
            f"no document of this office has the number {request.replaced_by}, so it cannot "
            "replace another"
        )
    return request.replaced_by


def _report(
    office: Office, change_id: int, *, was_known: bool, waits_for: str | None
) -> StatusReport:
    with office.database.reading() as repository:
        change = repository.statuses.change(change_id)
        published = (
            change.version is not None
            and (found := repository.statuses.find_version(change.list_no, change.version))
            is not None
            and found.state is VersionState.PUBLISHED
        )
    return StatusReport(change, was_known, published, waits_for)
