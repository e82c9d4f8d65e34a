"""The rules for what comes by the thousand: anchored batches and published status lists.

docs/formats/journal.md, rules 7, 8 and 9. Nearly every entry of a real journal is one of these, so
they read the bytes themselves and ask one dictionary; only a refusal takes the time to find out
why.
"""

from struct import Struct
from struct import error as struct_error

from credential.ids import AgencyCode, Kid, UnixTime
from registry import payloads as p
from registry.draft import AgencyDraft, Draft
from registry.errors import JournalError
from registry.kinds import AgencyState, Kind
from registry.payload_codec import decode_agency_code, decode_payload
from registry.records import Anchor, StatusRecord

MAX_BATCH_SIZE = 1 << 20
_ANCHORED = Struct(">16sQ32sI16s")
_PUBLISHED = Struct(">16sII32s")
_NO_ROOT = bytes(32)
_ACTIVE = AgencyState.ACTIVE


def batch_anchored(draft: Draft, at: UnixTime, content: bytes) -> None:
    """One more anchored batch of an agency."""
    try:
        padded, batch_no, root, size, kid = _ANCHORED.unpack(content)
    except struct_error:
        raise _bad_length(Kind.BATCH_ANCHORED, content) from None
    agency = draft.live_keys.get(kid)
    if agency is None or agency.padded != padded or agency.state is not _ACTIVE:
        raise _why_not_anchored(draft, padded, kid)
    batches = agency.batches
    if batch_no != len(batches) + 1 or not 1 <= size <= MAX_BATCH_SIZE or root == _NO_ROOT:
        raise _bad_batch(batch_no, len(batches) + 1, size)
    anchors = draft.anchors
    position = len(anchors)
    batches.append(position)
    draft.anchor_positions.setdefault(root + kid, position)
    anchors.append(Anchor(agency.code, batch_no, root, size, kid, at, False))


def _why_not_anchored(draft: Draft, padded: bytes, kid: bytes) -> JournalError:
    """The rule of an anchor that this agency and key break."""
    try:
        code = decode_agency_code(padded)
        draft.active_agency(code)
        key = draft.key(Kid(kid))
    except JournalError as error:
        return JournalError(f"a batch cannot be anchored: {error}")
    name = f"a batch of agency {code} cannot be anchored: key {kid.hex()}"
    if key.agency != code:
        return JournalError(f"{name} belongs to {key.agency}")
    return JournalError(f"{name} is {'compromised' if key.compromise else 'ended'}")


def _bad_batch(batch_no: int, expected: int, size: int) -> JournalError:
    if batch_no != expected:
        return JournalError(f"batch {batch_no} is anchored where {expected} is next")
    if not 1 <= size <= MAX_BATCH_SIZE:
        return JournalError(
            f"batch {batch_no} has {size} credentials; 1 to {MAX_BATCH_SIZE} are possible"
        )
    return JournalError(f"the root of batch {batch_no} is zero")


def status_published(draft: Draft, at: UnixTime, content: bytes) -> None:
    """A newer version of one status list."""
    try:
        padded, list_no, version, digest = _PUBLISHED.unpack(content)
    except struct_error:
        raise _bad_length(Kind.STATUS_PUBLISHED, content) from None
    agency = draft.padded_agencies.get(padded)
    if agency is None or not list_no:
        agency = _publishing_agency(draft, content)
    slot = (agency.code, list_no)
    before = draft.status.get(slot)
    if version <= (0 if before is None else before.version):
        raise _bad_status_version(agency.code, list_no, version, before)
    draft.status[slot] = StatusRecord(agency.code, list_no, version, at, digest)


def _publishing_agency(draft: Draft, content: bytes) -> AgencyDraft:
    """The agency of a status entry, found the slow way, which names the rule it breaks."""
    try:
        decode_payload(Kind.STATUS_PUBLISHED, content)
        return draft.agency(decode_agency_code(content[:16]))
    except JournalError as error:
        message = f"a status list cannot be published: {error}"
        raise JournalError(message) from error


def _bad_status_version(
    code: AgencyCode, list_no: int, version: int, before: StatusRecord | None
) -> JournalError:
    newest = "none" if before is None else f"version {before.version}"
    return JournalError(
        f"version {version} of list {list_no} of {code} is published where the newest is {newest}"
    )


def _bad_length(kind: Kind, content: bytes) -> JournalError:
    return JournalError(f"{kind.title} has {len(content)} bytes of data, which is not its length")


def batch_confirmed(draft: Draft, _at: UnixTime, payload: p.BatchConfirmed) -> None:
    """A batch inside a compromise window counts after all."""
    batches = draft.agency(payload.agency).batches
    if not 1 <= payload.batch_no <= len(batches):
        message = (
            f"batch {payload.batch_no} of {payload.agency} is confirmed, but it was never anchored"
        )
        raise JournalError(message)
    position = batches[payload.batch_no - 1]
    anchor = draft.anchors[position]
    if draft.keys[anchor.kid].compromise is None:
        message = (
            f"batch {payload.batch_no} of {payload.agency} is confirmed, but its key is not "
            "compromised"
        )
        raise JournalError(message)
    draft.anchors[position] = anchor._replace(confirmed=True)
