"""The replay: entries go in, every rule of docs/formats/journal.md is kept, a state comes out.

A builder can be asked for the state at any size and then go on, which is how a mirror follows the
chain.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import islice
from typing import Any, Final

from credential.ids import Digest, UnixTime
from registry import rules_agencies, rules_batches, rules_registries, rules_scope
from registry.draft import Draft
from registry.errors import JournalError
from registry.head import STEP, initial_head
from registry.journal import JournalEntry
from registry.kinds import Kind
from registry.payload_codec import decode_payload, unknown_kind
from registry.trust_state import StateContent, TrustState

_Rule = Callable[[Draft, UnixTime, bytes], None]


def _decoded(kind: Kind, rule: Callable[[Draft, UnixTime, Any], None]) -> _Rule:
    """The rule as a function of the entry's data."""
    return lambda draft, at, content: rule(draft, at, decode_payload(kind, content))


_RULES: Final[dict[int, _Rule]] = {
    Kind.BATCH_ANCHORED: rules_batches.batch_anchored,
    Kind.STATUS_PUBLISHED: rules_batches.status_published,
    **{
        kind: _decoded(kind, rule)
        for kind, rule in (
            (Kind.AGENCY_REGISTERED, rules_agencies.agency_registered),
            (Kind.AGENCY_RENAMED, rules_agencies.agency_renamed),
            (Kind.AGENCY_ACCOUNTS_CHANGED, rules_agencies.agency_accounts_changed),
            (Kind.AGENCY_SUSPENDED, rules_agencies.agency_suspended),
            (Kind.AGENCY_RESUMED, rules_agencies.agency_resumed),
            (Kind.AGENCY_CLOSED, rules_agencies.agency_closed),
            (Kind.KEY_ADDED, rules_agencies.key_added),
            (Kind.KEY_ENDED, rules_agencies.key_ended),
            (Kind.KEY_COMPROMISED, rules_agencies.key_compromised),
            (Kind.BATCH_CONFIRMED, rules_batches.batch_confirmed),
            (Kind.ACCREDITATION_GRANTED, rules_scope.accreditation_granted),
            (Kind.ACCREDITATION_DELEGATED, rules_scope.accreditation_delegated),
            (Kind.ACCREDITATION_ENDED, rules_scope.accreditation_ended),
            (Kind.TYPE_REGISTERED, rules_scope.type_registered),
            (Kind.ALGORITHM_SET, rules_scope.algorithm_set),
            (Kind.CHECKPOINT_SIGNERS_SET, rules_scope.checkpoint_signers_set),
            (Kind.SUCCESSOR_REGISTRY_SET, rules_registries.successor_registry_set),
            (Kind.JOURNAL_CARRIED, rules_registries.journal_carried),
            (Kind.REGISTRY_RECOGNISED, rules_registries.registry_recognised),
            (Kind.RECOGNITION_ENDED, rules_registries.recognition_ended),
        )
    },
}
_MORE_THAN_A_FILE_HOLDS: Final = 1 << 31
"""A size from outside may have 64 bits; `islice` counts no further than 63."""


class TrustBuilder:
    """Replays a journal from its first entry.

    After a refused entry the builder is at the entry before it.
    """

    __slots__ = ("_draft",)

    def __init__(self, chain_id: int, contract: bytes) -> None:
        self._draft = Draft(chain_id, contract, initial_head(chain_id, contract), UnixTime(0))

    @property
    def size(self) -> int:
        """How many entries have been replayed."""
        return self._draft.size

    @property
    def head(self) -> Digest:
        """The head after them."""
        return self._draft.head

    def apply(self, entry: JournalEntry) -> None:
        """The entry is part of the state. Raises JournalError for an entry that breaks a rule."""
        self.extend((entry,))

    def extend(self, entries: Iterable[JournalEntry]) -> None:
        """All these entries are part of the state, up to the first that breaks a rule.

        Raises JournalError, which names it; the entries before it stay.
        """
        draft = self._draft
        head, last_time, size = draft.head, draft.time, draft.size
        try:
            for entry in entries:
                index, time, kind, content = entry
                if index != size or time < last_time or draft.successor is not None:
                    _require_in_order(entry, size, last_time)
                    draft.size = size  # rule 12: the move that follows notes where it stands
                if kind not in _RULES:
                    raise unknown_kind(kind)
                _RULES[kind](draft, UnixTime(time), content)
                head = sha256(
                    head + STEP.pack(index, time, kind) + sha256(content).digest()
                ).digest()  # type: ignore[assignment]  # bytes of a digest
                last_time = time  # type: ignore[assignment]  # as above
                size += 1
        except JournalError as error:
            raise error if error.index is not None else JournalError(str(error), size) from error
        finally:
            draft.head, draft.time, draft.size = head, last_time, size

    def advance_to(self, size: int, entries: Iterable[JournalEntry]) -> None:
        """Exactly `size` entries are part of the state, the missing ones taken from `entries`.

        Raises JournalError, also where the entries end too soon.
        """
        missing = min(size - self._draft.size, _MORE_THAN_A_FILE_HOLDS)
        self.extend(islice(entries, missing))
        if self._draft.size != size:
            message = f"the journal has {self._draft.size} entries; {size} are needed"
            raise JournalError(message)

    def build(self) -> TrustState:
        """The state after the entries so far.

        The builder may go on; the state does not change with it.
        """
        draft = self._draft
        return TrustState(
            StateContent(
                chain_id=draft.chain_id,
                contract=draft.contract,
                size=draft.size,
                head=draft.head,
                time=draft.time,
                agencies={code: agency.finished() for code, agency in draft.agencies.items()},
                keys=dict(draft.keys),
                accreditations=dict(draft.accreditations),
                types=dict(draft.types),
                status=dict(draft.status),
                steps=tuple(draft.steps),
                signers=draft.signers,
                successor=draft.successor,
                earlier_homes=tuple(draft.earlier_homes),
                recognitions=tuple(draft.recognitions),
                anchors=list(draft.anchors),
                anchor_positions=dict(draft.anchor_positions),
                has_every_anchor=True,
            ),
            dict(draft.algorithms),
        )


def _require_in_order(entry: JournalEntry, size: int, last_time: int) -> None:
    """Raises JournalError where an entry cannot stand at this place at all (rules 1 and 12).

    After a successor was named the journal can only be carried there.
    """
    if entry.index != size:
        raise JournalError(
            f"it stands where entry {size} must: an entry was dropped, added or moved", entry.index
        )
    if entry.time < last_time:
        raise JournalError(
            f"its time {entry.time} is before {last_time}, the time of the entry before", size
        )
    if entry.kind != Kind.JOURNAL_CARRIED:
        message = (
            "it follows the entry that named the successor registry; nothing may but journalCarried"
        )
        raise JournalError(message, size)
