"""Status lists as the office keeps them.

Slots given away, versions written down, published, and believed once final.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256

from credential.ids import AgencyCode, Digest
from credential.status import encode_status_list, new_status_list
from credential.status_details import StatusDetails, StatusRow, encode_status_details
from issuer.attempts import noting_failures
from issuer.claims import Slot
from issuer.errors import ForeignChainError
from issuer.following import WAY_OUT, Followed
from issuer.office import Office
from issuer.repository import Repository
from issuer.repository.statuses import ListRow, Version
from issuer.slots import SEED_BYTES, SlotOrder
from issuer.states import VersionState
from issuer.steps import Step
from registry.public_folder import Document

slot_order = lru_cache(maxsize=64)(SlotOrder)


def take_slots(repository: Repository, office: Office, count: int) -> list[Slot]:
    """So many slots are given away for good, from as many lists as that needs.

    The caller holds the installation's lock. Given away and used are one transaction: what rolls
    back was never seen.
    """
    slots: list[Slot] = []
    for row in repository.statuses.lists():
        slots += _take_from(repository, row, count - len(slots))
    while len(slots) < count:
        slots += _take_from(repository, _add_list(repository, office), count - len(slots))
    return slots


def _take_from(repository: Repository, row: ListRow, wanted: int) -> list[Slot]:
    count = min(wanted, row.capacity - row.taken)
    if count <= 0:
        return []
    repository.statuses.take(row.list_no, count)
    order = slot_order(row.seed, row.capacity)
    return [Slot(row.list_no, order.index(n)) for n in range(row.taken, row.taken + count)]


def open_first_list(office: Office) -> None:
    """There is at least one list, so that the first document does not wait for its publication."""
    with office.database.transaction() as repository:
        repository.installations.lock()
        if not repository.statuses.lists():
            _add_list(repository, office)


def _add_list(repository: Repository, office: Office) -> ListRow:
    """A new list stands in the database with its first version, in which every slot is valid."""
    known = repository.statuses.lists()
    first_list_no = repository.installations.get().first_list_no
    row = ListRow(
        list_no=known[-1].list_no + 1 if known else first_list_no,
        capacity=office.limits.list_capacity,
        seed=secrets.token_bytes(SEED_BYTES),
        taken=0,
    )
    repository.statuses.add_list(row, office.clock())
    details = encode_details(office.agency, row.list_no, 1, ())
    first = replace(
        new_status_list(office.agency, row.list_no, row.capacity),
        details_digest=Digest(sha256(details).digest()),
    )
    plan_version(
        repository,
        office,
        list_no=row.list_no,
        version=1,
        document=encode_status_list(first),
        details=details,
    )
    return row


def plan_version(
    repository: Repository,
    office: Office,
    *,
    list_no: int,
    version: int,
    document: bytes,
    details: bytes,
) -> None:
    """The bytes of the version are written down; from here on they are what will be published."""
    digest = Digest(sha256(document).digest())
    planned = Version(list_no, version, digest, document, details, VersionState.PLANNED)
    repository.statuses.add_version(planned, office.clock())


def publish_planned(office: Office) -> None:
    """Every planned version is in the public folder and in a block of the chain.

    Raises a ChainError when the chain does not answer or does not take one; nothing is lost by
    calling again.
    """
    with office.database.reading() as repository:
        planned = repository.statuses.planned()
    for version in planned:
        with noting_failures(office, version.name):
            _publish(office, version)


def _publish(office: Office, version: Version) -> None:
    """The version is in the public folder and in a block of the chain."""
    # A crash before or between these two leaves at most a file nobody refers to yet; the next
    # call writes the same bytes under the same name.
    office.public_folder.publish(Document.STATUS_DETAILS, version.details)
    office.public_folder.publish(Document.STATUS_LIST, version.document)
    office.checkpoint(Step.AFTER_VERSION_STORED)
    # Look before sending: an unanswered call may have succeeded.
    if office.account.status_version(version.list_no) >= version.version:
        return
    office.checkpoint(Step.BEFORE_STATUS_SEND)
    office.account.publish_status(version.list_no, version.version, version.digest)
    # A crash right here leaves a published version that is still "planned"; confirm_published
    # sees it.
    office.checkpoint(Step.AFTER_STATUS_SEND)


def confirm_published(office: Office, followed: Followed) -> int:
    """Every planned version whose publication is final is marked so.

    Returns how many are still open.

    Raises ForeignChainError when the chain holds a version of our lists that was never made here.
    """
    still_open = 0
    with office.database.transaction() as repository:
        repository.installations.lock()
        for version in repository.statuses.planned():
            published = followed.state.latest_status(office.agency, version.list_no)
            if published is None or published.version < version.version:
                still_open += 1
                continue
            _require_ours(repository, version.list_no, published.version, published.digest)
            repository.statuses.mark_published(version.list_no, version.version, published.at)
            repository.sendings.sent_well(version.name)
    if not still_open:
        office.checkpoint(Step.AFTER_VERSION_PUBLISHED)
    return still_open


def published_version(
    repository: Repository, office: Office, followed: Followed, list_no: int
) -> Version | None:
    """Return the version of the list that the final journal calls the newest.

    None when there is none yet.
    """
    published = followed.state.latest_status(office.agency, list_no)
    if published is None:
        return None
    return _require_ours(repository, list_no, published.version, published.digest)


def _require_ours(repository: Repository, list_no: int, number: int, digest: Digest) -> Version:
    known = repository.statuses.find_version(list_no, number)
    if known is None or known.digest != digest:
        raise ForeignChainError(
            f"the chain holds version {number} of status list {list_no} of this agency, which this "
            "database did not "
            "make: another database publishes for this agency, or this one is an old copy. "
            f"{WAY_OUT}"
        )
    return known


def encode_details(
    agency: AgencyCode, list_no: int, version: int, rows: Sequence[StatusRow]
) -> bytes:
    """Return the status details that belong to one version of a list."""
    return encode_status_details(StatusDetails(agency, list_no, version, tuple(rows)))
