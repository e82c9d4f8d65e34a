"""What an agency of the simulator holds: its key, its slots, its status lists, its batches."""

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256

from credential.entry import Entry
from credential.ids import AgencyCode, Digest, Root, UnixTime
from credential.status import SlotState, StatusList
from credential.status_details import StatusDetails, StatusRow, encode_status_details
from tests.simulated_keys import SimulatedKey

PERMIT = json.dumps(
    {
        "format": 1,
        "id": "simulated-permit",
        "type": 1,
        "version": 1,
        "title": {"zh-Hant": "模擬許可證", "en": "Simulated permit"},
        "fields": [
            {
                "label": 1,
                "key": "name",
                "kind": "text",
                "title": {"zh-Hant": "姓名", "en": "Name"},
                "required": True,
            },
            {
                "label": 2,
                "key": "since",
                "kind": "date",
                "title": {"zh-Hant": "起始日", "en": "Since"},
            },
        ],
        "layout": {},
    },
    ensure_ascii=False,
).encode()
"""Type 1, version 1: a required name (label 1) and an optional date (label 2)."""


@dataclass
class Office:
    """An agency as it sees itself.

    Its code, the key it signs with now, its next slot, its status list.
    """

    code: AgencyCode
    key: SimulatedKey
    accreditation: int
    type_no: int = 1
    next_slot: int = 0
    next_batch: int = 1
    lists: dict[int, StatusList] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """A sealed batch of an office; `entries` are the claims, `sealed` what the holders carry."""

    office: Office
    key: SimulatedKey
    root: Root
    entries: tuple[Entry, ...]
    sealed: tuple[bytes, ...]


def with_details(version: StatusList, now: int) -> tuple[StatusList, bytes | None]:
    """The list bound to the details of its slots that are not valid, and those details."""
    rows = tuple(
        StatusRow(index, state, "other", UnixTime(now))
        for index in range(version.slots)
        if (state := version.state(index)) not in {None, SlotState.VALID}
    )
    if not rows:
        return replace(version, details_digest=None), None
    details = encode_status_details(
        StatusDetails(version.agency, version.list_no, version.version, rows)
    )
    return replace(version, details_digest=Digest(sha256(details).digest())), details
