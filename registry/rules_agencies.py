"""The rules for agencies and their keys (docs/formats/journal.md, rules 2, 3 and 4).

Each function checks one payload against the draft and then writes it there; it raises JournalError
before any change.
"""

from credential.errors import KeyFormatError
from credential.ids import AgencyCode, UnixTime
from credential.keys import kid_of
from registry import payloads as p
from registry.draft import AgencyDraft, Draft
from registry.errors import JournalError
from registry.key_shape import batch_key_algorithm
from registry.kinds import AgencyState, AlgorithmPhase
from registry.payload_codec import encode_agency_code
from registry.records import AgencyName, AgencyStateChange, Compromise, KeyRecord


def agency_registered(draft: Draft, at: UnixTime, payload: p.AgencyRegistered) -> None:
    """A new agency, active."""
    code = payload.agency
    if code in draft.agencies:
        message = f"agency {code} is registered already; a code is used once, ever"
        raise JournalError(message)
    agency = AgencyDraft(
        code,
        encode_agency_code(code),
        [AgencyName(at, *payload.names)],
        [AgencyStateChange(at, AgencyState.ACTIVE)],
    )
    draft.agencies[code] = draft.padded_agencies[agency.padded] = agency


def agency_renamed(draft: Draft, at: UnixTime, payload: p.AgencyRenamed) -> None:
    """New names from now on."""
    draft.agency(payload.agency).names.append(AgencyName(at, *payload.names))


def agency_accounts_changed(draft: Draft, _at: UnixTime, payload: p.AgencyAccountsChanged) -> None:
    """Accounts bind the contract alone: nothing a verifier asks depends on them."""
    draft.agency(payload.agency)


def agency_suspended(draft: Draft, at: UnixTime, payload: p.AgencySuspended) -> None:
    """An active agency is suspended."""
    draft.active_agency(payload.agency).enter(AgencyState.SUSPENDED, at)


def agency_resumed(draft: Draft, at: UnixTime, payload: p.AgencyResumed) -> None:
    """A suspended agency is active again."""
    agency = draft.open_agency(payload.agency)
    if agency.state is not AgencyState.SUSPENDED:
        message = f"agency {agency.code} is resumed, but it is not suspended"
        raise JournalError(message)
    agency.enter(AgencyState.ACTIVE, at)


def agency_closed(draft: Draft, at: UnixTime, payload: p.AgencyClosed) -> None:
    """An agency ends for good."""
    agency = draft.open_agency(payload.agency)
    if payload.successor is not None:
        _check_successor(draft, agency.code, payload.successor)
    agency.successor = payload.successor
    agency.enter(AgencyState.CLOSED, at)


def _check_successor(draft: Draft, code: AgencyCode, successor: AgencyCode) -> None:
    if successor == code:
        message = f"agency {code} cannot succeed itself"
        raise JournalError(message)
    draft.open_agency(successor)


def key_added(draft: Draft, at: UnixTime, payload: p.KeyAdded) -> None:
    """A new key of an agency, live."""
    agency = draft.open_agency(payload.agency)
    if payload.kid in draft.keys:
        message = f"key {payload.kid.hex()} is registered already; a key is added once, ever"
        raise JournalError(message)
    _check_cose_key(payload)
    _check_algorithm_allowed(draft, payload.alg, at)
    draft.keys[payload.kid] = KeyRecord(
        payload.cose_key, payload.kid, payload.alg, payload.purpose, payload.agency, at, None, None
    )
    draft.live_keys[payload.kid] = agency


def _check_cose_key(payload: p.KeyAdded) -> None:
    if payload.kid != kid_of(payload.cose_key):
        message = f"the kid {payload.kid.hex()} is not the digest of its COSE_Key"
        raise JournalError(message)
    try:
        alg = batch_key_algorithm(payload.cose_key)
    except KeyFormatError as error:
        message = f"key {payload.kid.hex()}: {error}"
        raise JournalError(message) from error
    if alg != payload.alg:
        message = (
            f"key {payload.kid.hex()} is registered for algorithm {payload.alg}, but its "
            f"COSE_Key is for {alg}"
        )
        raise JournalError(message)


def _check_algorithm_allowed(draft: Draft, alg: int, at: UnixTime) -> None:
    times = draft.algorithms.get(alg)
    if times is None or times.phase_at(at) not in (AlgorithmPhase.START, AlgorithmPhase.WARN):
        message = f"algorithm {alg} is not allowed at that time"
        raise JournalError(message)


def key_ended(draft: Draft, at: UnixTime, payload: p.KeyEnded) -> None:
    """A key anchors nothing more."""
    key = draft.key(payload.kid)
    if key.ended_at is not None:
        message = f"key {payload.kid.hex()} has ended already"
        raise JournalError(message)
    draft.keys[payload.kid] = key._replace(ended_at=at)
    draft.live_keys.pop(payload.kid, None)


def key_compromised(draft: Draft, at: UnixTime, payload: p.KeyCompromised) -> None:
    """A key is compromised since a time; a second entry can only move that time back."""
    key = draft.key(payload.kid)
    if payload.since > at:
        message = f"key {payload.kid.hex()} would be compromised in the future"
        raise JournalError(message)
    first = key.compromise
    if first is not None and payload.since >= first.since:
        message = (
            f"key {payload.kid.hex()} is compromised since {first.since}; a later entry "
            "must name an earlier time"
        )
        raise JournalError(message)
    compromise = Compromise(payload.since, at if first is None else first.at)
    draft.keys[payload.kid] = key._replace(compromise=compromise)
    draft.live_keys.pop(payload.kid, None)
