"""The next version of a status list.

Every change that waits goes into it, and its bytes are fixed.
"""

from hashlib import sha256

from credential.ids import Digest, UnixTime
from credential.status import SlotState, changed, decode_status_list, encode_status_list
from credential.status_details import StatusRow
from issuer.errors import StateError
from issuer.office import Office
from issuer.repository import Repository
from issuer.repository.statuses import Change
from issuer.states import CredentialStatus, VersionState
from issuer.status_lists import encode_details, plan_version
from issuer.steps import Step

_SLOT_STATES = {
    CredentialStatus.VALID: SlotState.VALID,
    CredentialStatus.SUSPENDED: SlotState.SUSPENDED,
    CredentialStatus.REVOKED: SlotState.REVOKED,
}


def plan_versions(office: Office) -> int:
    """Every waiting change is in a new version of its list.

    Unless an earlier one is still on its way.

    Returns how many versions were planned.
    """
    planned = 0
    with office.database.transaction() as repository:
        repository.installations.lock()
        on_their_way = {version.list_no for version in repository.statuses.planned()}
        for list_no in sorted({change.list_no for change in repository.statuses.waiting()}):
            if list_no not in on_their_way:
                _plan_next(repository, office, list_no)
                planned += 1
    # A crash right here leaves a planned version; publish_planned sends it.
    office.checkpoint(Step.AFTER_VERSION_PLANNED)
    return planned


def _plan_next(repository: Repository, office: Office, list_no: int) -> None:
    newest = repository.statuses.newest(list_no)
    if newest is None or newest.state is not VersionState.PUBLISHED:
        raise StateError(f"status list {list_no} has no published version to go on from")
    version = newest.version + 1
    in_force = repository.statuses.in_force(list_no)
    rows = [
        _row(change) for change in in_force if change.status_after is not CredentialStatus.VALID
    ]
    details = encode_details(office.agency, list_no, version, rows)
    following = changed(
        decode_status_list(newest.document),
        {change.slot_index: _SLOT_STATES[change.status_after] for change in in_force},
        version,
        Digest(sha256(details).digest()),
    )
    plan_version(
        repository,
        office,
        list_no=list_no,
        version=version,
        document=encode_status_list(following),
        details=details,
    )
    repository.statuses.put_in_version(list_no, version)


def _row(change: Change) -> StatusRow:
    return StatusRow(
        index=change.slot_index,
        state=_SLOT_STATES[change.status_after],
        reason=change.reason.value,
        effective_at=UnixTime(change.effective_at),
        replaced_by=change.replaced_by,
    )
