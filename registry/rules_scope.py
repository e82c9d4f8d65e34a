"""The rules for who may issue what and how, and for who vouches for the journal.

docs/formats/journal.md, rules 5, 6, 10 and 11: accreditations, types, checkpoint signers,
algorithms. Each function checks one payload against the draft and then
writes it there; it raises JournalError before any change.
"""

from credential.ids import UnixTime
from registry import payloads as p
from registry.draft import AlgorithmTimes, Draft
from registry.errors import JournalError
from registry.kinds import AlgorithmPhase
from registry.records import Accreditation, AlgorithmStep, TypeVersion
from registry.signers import SIGNER_ERRORS, make_signers


def accreditation_granted(draft: Draft, at: UnixTime, payload: p.AccreditationGranted) -> None:
    """The council lets an agency issue a type."""
    _check_new_accreditation(draft, at, payload)
    draft.accreditations[payload.accreditation] = Accreditation(
        payload.accreditation,
        0,
        payload.agency,
        payload.type_no,
        payload.depth,
        at,
        payload.until,
        None,
    )


def accreditation_delegated(draft: Draft, at: UnixTime, payload: p.AccreditationDelegated) -> None:
    """An accredited agency lets another issue the same type, for no longer and one level less."""
    _check_new_accreditation(draft, at, payload)
    _check_parent(draft, at, payload)
    draft.accreditations[payload.accreditation] = Accreditation(
        payload.accreditation,
        payload.parent,
        payload.agency,
        payload.type_no,
        payload.depth,
        at,
        payload.until,
        None,
    )


def _check_new_accreditation(
    draft: Draft, at: UnixTime, payload: p.AccreditationGranted | p.AccreditationDelegated
) -> None:
    expected = len(draft.accreditations) + 1
    if payload.accreditation != expected:
        message = f"accreditation {payload.accreditation} is given where {expected} is next"
        raise JournalError(message)
    draft.agency(payload.agency)
    if payload.type_no not in draft.type_versions:
        message = f"type {payload.type_no} is not registered"
        raise JournalError(message)
    if payload.until and payload.until <= at:
        message = f"accreditation {payload.accreditation} would be over before it begins"
        raise JournalError(message)


def _check_parent(draft: Draft, at: UnixTime, payload: p.AccreditationDelegated) -> None:
    parent = draft.accreditation(payload.parent)
    what = f"accreditation {payload.accreditation} is delegated from {parent.number}"
    if not draft.in_force(parent, at):
        message = f"{what}, which is not in force"
        raise JournalError(message)
    if parent.type_no != payload.type_no:
        message = f"{what}, which is for type {parent.type_no} and not for {payload.type_no}"
        raise JournalError(message)
    if payload.depth >= parent.depth:
        message = f"{what} of depth {parent.depth} with depth {payload.depth}: it must be less"
        raise JournalError(message)
    if parent.until and not 0 < payload.until <= parent.until:
        message = f"{what}, but would outlast it"
        raise JournalError(message)
    draft.active_agency(parent.agency)


def accreditation_ended(draft: Draft, at: UnixTime, payload: p.AccreditationEnded) -> None:
    """An accreditation ends, and with it all below it."""
    accreditation = draft.accreditation(payload.accreditation)
    if accreditation.ended_at is not None:
        message = f"accreditation {accreditation.number} has ended already"
        raise JournalError(message)
    draft.accreditations[accreditation.number] = accreditation._replace(ended_at=at)


def type_registered(draft: Draft, at: UnixTime, payload: p.TypeRegistered) -> None:
    """The next version of a credential type."""
    expected = draft.type_versions.get(payload.type_no, 0) + 1
    if payload.version != expected:
        message = (
            f"version {payload.version} of type {payload.type_no} is registered where "
            f"{expected} is next"
        )
        raise JournalError(message)
    draft.type_versions[payload.type_no] = expected
    draft.types[payload.type_no, expected] = TypeVersion(
        payload.type_no, expected, payload.digest, at
    )


def algorithm_set(draft: Draft, at: UnixTime, payload: p.AlgorithmSet) -> None:
    """An algorithm starts, is warned of, or stops, now or announced ahead."""
    if payload.effective_at < at:
        message = (
            f"the phase of algorithm {payload.alg} is backdated; it can only be announced ahead"
        )
        raise JournalError(message)
    draft.algorithms[payload.alg] = advanced_times(draft.algorithms.get(payload.alg), payload)
    draft.steps.append(AlgorithmStep(payload.alg, payload.phase, payload.effective_at, at))


def advanced_times(times: AlgorithmTimes | None, payload: p.AlgorithmSet) -> AlgorithmTimes:
    """The times of an algorithm after one more step of it. Raises JournalError (rule 11)."""
    if payload.phase is AlgorithmPhase.START:
        if times is not None:
            message = f"algorithm {payload.alg} was started already"
            raise JournalError(message)
        return AlgorithmTimes(payload.effective_at, None, None)
    if times is None:
        message = f"algorithm {payload.alg} was never started"
        raise JournalError(message)
    if times.stop_at is not None:
        message = f"algorithm {payload.alg} was stopped; nothing follows that"
        raise JournalError(message)
    if payload.phase is AlgorithmPhase.STOP:
        return times._replace(stop_at=payload.effective_at)
    earlier = (
        payload.effective_at if times.warn_at is None else min(times.warn_at, payload.effective_at)
    )
    return times._replace(warn_at=UnixTime(earlier))


def checkpoint_signers_set(draft: Draft, _at: UnixTime, payload: p.CheckpointSignersSet) -> None:
    """Other keys sign checkpoints from now on."""
    try:
        draft.signers = make_signers(payload.threshold, payload.cose_keys)
    except SIGNER_ERRORS as error:
        message = f"the checkpoint signers cannot be used: {error}"
        raise JournalError(message) from error
