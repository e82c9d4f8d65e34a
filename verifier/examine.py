"""From what one document holds to one finding: all its parts must speak of one credential."""

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, cast

from credential import cbor
from credential.cbor import Value
from credential.entry import Entry
from credential.errors import FormatError
from credential.sealed import decode_sealed
from credential.types import CredentialType
from verifier.documents import Held, PlaceKind, Reading
from verifier.errors import DocumentError
from verifier.pages.findings import Comparison, Grade, PageFinding, PageState
from verifier.reasons import Reason
from verifier.verdict import Outcome, Result, Verdict
from verifier.verify import malformed

MOST_RECORD_BYTES = 256 * 1024
_MOST_RECORD_ROWS = 4_096

Judge = Callable[[bytes], Verdict]


class RecordState(StrEnum):
    """What is known of the full record that some types bind by a digest."""

    NONE = "none"
    NOT_GIVEN = "not given"
    MATCHES = "matches"


class DocumentCheck(NamedTuple):
    """The check before all others: is this one document, and could it be read?"""

    result: Result
    reason: Reason
    because: str = ""


class Finding(NamedTuple):
    """What one input amounts to; `verdicts` are of the different credentials, worst first."""

    name: str
    outcome: Outcome
    document: DocumentCheck
    verdicts: tuple[tuple[Held, Verdict], ...] = ()
    places: tuple[Held, ...] = ()
    record_state: RecordState = RecordState.NONE
    record: dict[int, Value] | None = None
    page_state: PageState | None = None
    page_findings: tuple[PageFinding, ...] = ()
    page_pictures: tuple[tuple[int, bytes], ...] = ()
    """PNGs of the pages that differ, on request."""

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that counts where the document is one: the worst."""
        return self.verdicts[0][1] if self.verdicts else None


_ALTERED = DocumentCheck(Result.FAIL, Reason.DOCUMENT_PAGE_ALTERED)
_UNCONFIRMED = DocumentCheck(Result.UNKNOWN, Reason.DOCUMENT_PAGE_UNCONFIRMED)
_READ = DocumentCheck(Result.PASS, Reason.DOCUMENT_READ)
_BADNESS = {Outcome.INVALID: 0, Outcome.INDETERMINATE: 1, Outcome.VALID: 2}


def worst(outcomes: list[Outcome]) -> Outcome:
    """Return the outcome for all together: INVALID before INDETERMINATE before VALID."""
    return min(outcomes, key=_BADNESS.__getitem__)


def unread(name: str, error: DocumentError) -> Finding:
    """Return the finding for an input nothing was read from, which says nothing against it."""
    check = DocumentCheck(Result.UNKNOWN, error.reason, str(error))
    return Finding(name, Outcome.INDETERMINATE, check)


def examine(name: str, reading: Reading, judge: Judge, at: int) -> Finding:
    """Return the finding on one document: the worst verdict in it, or that its parts disagree."""
    verdicts = sorted(
        ((held, _verdict(held, judge, at)) for held in _distinct(reading.held)),
        key=lambda judged: _BADNESS[judged[1].outcome],
    )
    document = _READ
    disagreement = _disagreement(reading.held)
    state, record = RecordState.NONE, None
    if disagreement is not None:
        document = DocumentCheck(Result.FAIL, disagreement)
    elif (entry := verdicts[0][1].entry) is not None:
        try:
            state, record = _full_record(entry, verdicts[0][1].kind, reading.records)
        except DocumentError as error:
            document = DocumentCheck(Result.FAIL, error.reason, str(error))
    outcome = Outcome.INVALID if document.result is Result.FAIL else verdicts[0][1].outcome
    return Finding(name, outcome, document, tuple(verdicts), reading.held, state, record)


def with_pages(finding: Finding, comparison: Comparison) -> Finding:
    """Return the finding with what comparing the pages came to.

    A page on which something issued is gone or covered is not the document: INVALID, whatever the
    credential is. What was added and what could not be compared leave it open.
    """
    finding = finding._replace(
        page_state=comparison.state,
        page_findings=comparison.findings,
        page_pictures=comparison.pictures,
    )
    grades = {one.grade for one in comparison.findings}
    if finding.document.result is not Result.PASS:
        return finding
    if Grade.CHANGED in grades:
        return finding._replace(document=_ALTERED, outcome=Outcome.INVALID)
    if Grade.ADDED in grades:
        outcome = worst([finding.outcome, Outcome.INDETERMINATE])
        return finding._replace(document=_UNCONFIRMED, outcome=outcome)
    return finding


def _verdict(held: Held, judge: Judge, at: int) -> Verdict:
    return malformed(held.fault, at) if held.fault is not None else judge(held.sealed)


def _distinct(held: tuple[Held, ...]) -> list[Held]:
    """Return one of each different credential, as bytes: equal bytes have equal verdicts."""
    return list({(one.fault, one.sealed): one for one in reversed(held)}.values())[::-1]


def _disagreement(held: tuple[Held, ...]) -> Reason | None:
    """Return why the places cannot belong to one document, or None.

    What must agree is the entry, the signed bytes: a page may show the smaller code without the
    signature.
    """
    attached = {_identity(one) for one in held if one.kind is PlaceKind.ATTACHMENT}
    shown = {_identity(one) for one in held if one.kind is not PlaceKind.ATTACHMENT}
    if len(shown) > 1:
        return Reason.DOCUMENT_PAGES_DISAGREE
    if len(attached) > 1 or (shown and attached and shown != attached):
        return Reason.DOCUMENT_ATTACHMENT_DISAGREES
    return None


def _identity(held: Held) -> tuple[bool, bytes]:
    """Return what a place speaks of: the entry, or the bytes themselves where they hold none."""
    if held.fault is None:
        try:
            return True, decode_sealed(held.sealed).entry
        except FormatError:
            pass
    return False, held.sealed


def _full_record(
    entry: Entry, kind: CredentialType | None, records: tuple[bytes, ...]
) -> tuple[RecordState, dict[int, Value] | None]:
    """Return the full record if it is the one whose digest was signed (type-document.md).

    Raises DocumentError when a record is there that nobody signed.
    """
    claim = entry.fields.get(kind.record) if kind is not None and kind.record is not None else None
    if not records:
        return (RecordState.NONE if claim is None else RecordState.NOT_GIVEN), None
    if kind is None:
        return RecordState.NOT_GIVEN, None  # which claim binds it is not known without the type
    if len(records) > 1 or hashlib.sha256(records[0]).digest() != claim:
        raise DocumentError(
            Reason.DOCUMENT_RECORD_MISMATCH, "the signed digest is not that of the attached record"
        )
    return RecordState.MATCHES, _record_fields(records[0], entry)


def _record_fields(record: bytes, entry: Entry) -> dict[int, Value]:
    """Return the fields of a record whose digest was signed; it must be of this credential."""
    try:
        members = cbor.decode(record, max_bytes=MOST_RECORD_BYTES, max_items=_MOST_RECORD_ROWS)
    except FormatError as error:
        raise DocumentError(Reason.DOCUMENT_RECORD_MISMATCH, str(error)) from error
    of: Value = {1: 1, 2: [entry.type_no, entry.type_version], 3: entry.cti}
    match members:
        case {4: dict(fields), **rest}:
            told = cast("dict[int, Value]", fields)
            is_of_this = cbor.encode(cast("Value", rest)) == cbor.encode(of)
            if is_of_this and _repeats(told, entry.fields):
                return told
        case _:
            pass
    raise DocumentError(
        Reason.DOCUMENT_RECORD_MISMATCH, "the attached record is of another credential"
    )


def _repeats(told: object, said: object) -> bool:
    """Return whether the record says what the entry says of the same fields; it may say more."""
    match told, said:
        case dict(), dict():
            return all(_repeats(told[label], said[label]) for label in told.keys() & said.keys())
        case list(), list():
            return len(told) == len(said) and all(map(_repeats, told, said))
        case _:
            return type(told) is type(said) and told == said  # True is no 1
