"""The rules for whole registries: the successor, the move there, and recognition of others.

docs/formats/journal.md, rules 12 and 13. Each function checks one payload against the draft and
then writes it there; it raises JournalError before any change.
"""

from credential.ids import UnixTime
from registry import payloads as p
from registry.draft import Draft
from registry.errors import JournalError
from registry.lineage import Home, RegistryId
from registry.recognition import Recognition
from registry.records import SuccessorRegistry

MAX_CHAIN_ID = (1 << 64) - 1


def successor_registry_set(draft: Draft, _at: UnixTime, payload: p.SuccessorRegistrySet) -> None:
    """The registry in force is over; only the move to its successor follows."""
    draft.successor = SuccessorRegistry(payload.chain_id, payload.contract)


def journal_carried(draft: Draft, _at: UnixTime, payload: p.JournalCarried) -> None:
    """The successor is in force from here on; `draft.size` is the index of this entry."""
    successor = draft.successor
    if successor is None:
        message = "the journal is carried on, but the registry in force has named no successor"
        raise JournalError(message)
    if (payload.chain_id, payload.contract) != (draft.chain_id, draft.contract):
        message = (
            f"the journal is carried on from contract 0x{payload.contract.hex()} on chain "
            f"{payload.chain_id}, but the registry in force is 0x{draft.contract.hex()} on "
            f"chain {draft.chain_id}"
        )
        raise JournalError(message)
    if _is_own(draft, (successor.chain_id, successor.contract)):
        message = "the journal is carried to a registry that it was at home in before"
        raise JournalError(message)
    first = draft.earlier_homes[-1].end if draft.earlier_homes else 0
    draft.earlier_homes.append(Home(draft.chain_id, draft.contract, first or 0, draft.size))
    draft.left.add((draft.chain_id, draft.contract))
    draft.chain_id, draft.contract = successor.chain_id, successor.contract
    draft.successor = None


def _is_own(draft: Draft, registry: RegistryId) -> bool:
    """Whether the journal is at home there, or was before."""
    return registry == (draft.chain_id, draft.contract) or registry in draft.left


def registry_recognised(draft: Draft, at: UnixTime, payload: p.RegistryRecognised) -> None:
    """Another registry's credentials count here."""
    number, chain_id, contract = payload.recognition, payload.chain_id, payload.contract
    expected = len(draft.recognitions) + 1
    if number != expected:
        message = f"recognition {number} is given where {expected} is next"
        raise JournalError(message)
    if not 1 <= chain_id <= MAX_CHAIN_ID:
        message = f"recognition {number} is for chain id {chain_id}, which is not 1 to 2^64 - 1"
        raise JournalError(message)
    if payload.until and payload.until <= at:
        message = f"recognition {number} would be over before it begins"
        raise JournalError(message)
    registry = (chain_id, contract)
    if _is_own(draft, registry):
        message = f"recognition {number} is for this registry itself"
        raise JournalError(message)
    before = draft.recognised_by.get(registry)
    if before is not None and draft.recognitions[before - 1].in_force(at):
        message = (
            f"recognition {number} is for a registry that recognition {before} covers; "
            "that one must end first"
        )
        raise JournalError(message)
    draft.recognitions.append(
        Recognition(number, chain_id, contract, at, payload.until, None, payload.tail)
    )
    draft.recognised_by[registry] = number


def recognition_ended(draft: Draft, at: UnixTime, payload: p.RecognitionEnded) -> None:
    """A recognition ends now, for all documents of that registry."""
    number = payload.recognition
    if not 1 <= number <= len(draft.recognitions):
        message = f"no recognition {number} was given"
        raise JournalError(message)
    recognition = draft.recognitions[number - 1]
    if recognition.ended_at is not None:
        message = f"recognition {number} has ended already"
        raise JournalError(message)
    draft.recognitions[number - 1] = recognition._replace(ended_at=at)
