"""The findings in a check receipt, as values and as bytes (docs/formats/check-receipt.md)."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final, NamedTuple

from credential import cbor
from credential.cbor import Value, is_number
from credential.errors import FormatError
from registry.lineage import RegistryId
from verifier.errors import PolicyError, ReceiptFormatError
from verifier.policy import Policy
from verifier.verdict import TOLERATED, CheckName, Outcome, Result

MOST_RECEIPT_BYTES: Final = 65_536
MOST_CREDENTIALS: Final = 64
PAGE_STATES: Final = ("as_issued", "fields_as_issued", "not_compared")

_VERSION: Final = 1
_LATEST_TIME: Final = 253_402_300_799
_MOST_NUMBER: Final = (1 << 64) - 1
_CODE: Final = re.compile(r"(?=.{3,64}\Z)[a-z0-9_]+\.[a-z0-9_]+", re.ASCII)
_OUTCOMES: Final = (Outcome.VALID, Outcome.INVALID, Outcome.INDETERMINATE)
_RESULTS: Final = (Result.PASS, Result.FAIL, Result.UNKNOWN, Result.SKIPPED)
_GOODNESS: Final = {Outcome.INVALID: 0, Outcome.INDETERMINATE: 1, Outcome.VALID: 2}


class JournalMark(NamedTuple):
    """Which journal, how far, as of when, and how strongly somebody vouches for it."""

    chain_id: int
    contract: bytes
    size: int
    head: bytes
    as_of: int
    strength: int

    @property
    def registry(self) -> RegistryId:
        """The registry as chain id and contract."""
        return self.chain_id, self.contract


class ToldCheck(NamedTuple):
    """One check; its code is text, since a later version of verdict.md may have added it."""

    name: CheckName
    result: Result
    code: str
    as_of: int | None


class CheckedCredential(NamedTuple):
    """What was found of one credential; leaf and digest are None where its bytes held no entry."""

    outcome: Outcome
    checks: tuple[ToldCheck, ...]
    leaf: bytes | None
    sealed_digest: bytes | None
    guest: JournalMark | None = None


class CheckReceipt(NamedTuple):
    """What one check of a document found."""

    checked_at: int
    outcome: Outcome
    journal: JournalMark | None
    policy: Policy
    document: tuple[Result, str]
    credentials: tuple[CheckedCredential, ...]
    page_state: str | None = None


def encode_findings(receipt: CheckReceipt) -> bytes:
    """Return the payload. Raises ReceiptFormatError for findings that no reader would accept."""
    result, code = receipt.document
    findings: dict[cbor.Key, Value] = {
        1: _VERSION,
        2: receipt.checked_at,
        3: _OUTCOMES.index(receipt.outcome) + 1,
        4: _journal_value(receipt.journal),
        5: [*asdict(receipt.policy).values()],
        6: [_RESULTS.index(result) + 1, code],
        7: [_credential_value(credential) for credential in receipt.credentials],
    }
    if receipt.page_state is not None:
        findings[8] = receipt.page_state
    try:
        payload = cbor.encode(findings)
    except FormatError as error:
        raise ReceiptFormatError(f"no receipt can be made of these findings: {error}") from error
    if decode_findings(payload) != receipt:
        raise ReceiptFormatError("no receipt can be made of these findings: they read otherwise")
    return payload


def _journal_value(journal: JournalMark | None) -> Value:
    return None if journal is None else [*journal]


def _credential_value(credential: CheckedCredential) -> Value:
    members: dict[cbor.Key, Value] = {
        1: _OUTCOMES.index(credential.outcome) + 1,
        2: [
            [check.name.value, _RESULTS.index(check.result) + 1, check.code, check.as_of]
            for check in credential.checks
        ],
    }
    if credential.leaf is not None:
        members[3] = credential.leaf
    if credential.sealed_digest is not None:
        members[4] = credential.sealed_digest
    if credential.guest is not None:
        members[5] = [*credential.guest]
    return members


def decode_findings(payload: bytes) -> CheckReceipt:
    """Return what the payload says; ReceiptFormatError for another form or a contradiction."""
    try:
        item = cbor.decode(payload, max_bytes=MOST_RECEIPT_BYTES, max_items=MOST_CREDENTIALS)
    except FormatError as error:
        raise ReceiptFormatError(f"the findings in the receipt are malformed: {error}") from error
    match item:
        case {1: version, **_others} if type(version) is int and version > _VERSION:
            raise ReceiptFormatError("the receipt is of a later version; renew this program")
        case {
            1: int(version),
            2: at,
            3: outcome,
            4: journal,
            5: policy,
            6: document,
            7: list(told),
            **rest,
        } if type(version) is int and version == _VERSION:  # `true` equals 1
            receipt = CheckReceipt(
                _time(at),
                _outcome(outcome),
                None if journal is None else _journal(journal),
                _policy(policy),
                _document(document),
                tuple(map(_credential, told)),
                _page_state(rest),
            )
        case _:
            raise _malformed("its members are not those of version 1")
    _check_agreement(receipt)
    return receipt


def _malformed(why: str) -> ReceiptFormatError:
    return ReceiptFormatError(f"the findings in the receipt are malformed: {why}")


def _time(value: object) -> int:
    if is_number(value, 0, _LATEST_TIME):
        return value
    raise _malformed("a time is none")


def _outcome(value: object) -> Outcome:
    if is_number(value, 1, len(_OUTCOMES)):
        return _OUTCOMES[value - 1]
    raise _malformed("an outcome is none of the three")


def _result(value: object) -> Result:
    if is_number(value, 1, len(_RESULTS)):
        return _RESULTS[value - 1]
    raise _malformed("a result is none of the four")


def _code(value: object) -> str:
    if isinstance(value, str) and _CODE.fullmatch(value):
        return value
    raise _malformed("a reason code is none")


def _digest(value: object) -> bytes:
    if isinstance(value, bytes) and len(value) == 32:
        return value
    raise _malformed("a digest has not 32 bytes")


def _journal(value: object) -> JournalMark:
    match value:
        case [chain_id, bytes(contract), size, head, as_of, strength] if (
            is_number(chain_id, 0, _MOST_NUMBER)
            and len(contract) == 20
            and is_number(size, 0, _MOST_NUMBER)
            and is_number(strength, 1, 3)
        ):
            return JournalMark(chain_id, contract, size, _digest(head), _time(as_of), strength)
        case _:
            raise _malformed("the mark of a journal is none")


def _policy(value: object) -> Policy:
    if not isinstance(value, list) or len(value) != 5:
        raise _malformed("the policy has not its five settings")
    try:
        return Policy(*value)
    except PolicyError as error:
        raise _malformed(str(error)) from error


def _document(value: object) -> tuple[Result, str]:
    match value:
        case [result, code]:
            return _result(result), _code(code)
        case _:
            raise _malformed("the check of the document is none")


def _credential(value: object) -> CheckedCredential:
    match value:
        case {1: outcome, 2: list(checks), **rest} if len(checks) == len(CheckName) and (
            not rest.keys() - {3, 4, 5} and (3 in rest) == (4 in rest)
        ):
            return CheckedCredential(
                _outcome(outcome),
                tuple(map(_check, CheckName, checks)),
                _digest(rest[3]) if 3 in rest else None,
                _digest(rest[4]) if 4 in rest else None,
                _journal(rest[5]) if 5 in rest else None,
            )
        case _:
            raise _malformed("what it says of a credential is of another shape")


def _check(name: CheckName, value: object) -> ToldCheck:
    match value:
        case [name.value, result, code, as_of]:
            told = None if as_of is None else _time(as_of)
            return ToldCheck(name, _result(result), _code(code), told)
        case _:
            raise _malformed(f"the check {name.value} is not where it belongs")


def _page_state(rest: Mapping[object, object]) -> str | None:
    if not rest:
        return None
    state = rest.get(8)
    if len(rest) == 1 and isinstance(state, str) and state in PAGE_STATES:
        return state
    raise _malformed("the state of the pages is none of the three")


def _check_agreement(receipt: CheckReceipt) -> None:
    """Raise ReceiptFormatError where the findings contradict each other."""
    for credential in receipt.credentials:
        if credential.outcome is not _amounts_to(credential.checks, receipt.policy):
            raise _malformed("an outcome is not what the checks amount to")
        if credential.outcome is Outcome.VALID and receipt.journal is None:
            raise _malformed("nothing is VALID without trust data")
        if credential.outcome is not Outcome.INVALID and credential.leaf is None:
            raise _malformed("what holds no entry is INVALID")
    result = receipt.document[0]
    if result is Result.SKIPPED or (result is Result.PASS and not receipt.credentials):
        raise _malformed("the check of the document and the credentials do not agree")
    if _GOODNESS[receipt.outcome] > _GOODNESS[_best_outcome(receipt)]:
        raise _malformed("the outcome is better than what was found")


def _best_outcome(receipt: CheckReceipt) -> Outcome:
    result = receipt.document[0]
    if result is Result.FAIL:
        return Outcome.INVALID
    if result is Result.UNKNOWN:
        return Outcome.INDETERMINATE
    outcomes = [credential.outcome for credential in receipt.credentials]
    return min(outcomes, key=_GOODNESS.__getitem__)


def _amounts_to(checks: tuple[ToldCheck, ...], policy: Policy) -> Outcome:
    """Return the outcome by the formula of verdict.md."""
    tolerated = () if policy.require_anchor else tuple(reason.value for reason in TOLERATED)
    if any(check.result is Result.FAIL for check in checks):
        return Outcome.INVALID
    if all(
        check.result is Result.PASS or (check.result is Result.UNKNOWN and check.code in tolerated)
        for check in checks
    ):
        return Outcome.VALID
    return Outcome.INDETERMINATE
