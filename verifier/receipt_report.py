"""What a check receipt says, in words and as JSON; it is never told like a verdict of today."""

from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum
from typing import Final

from verifier.fields import moment_text, rfc3339
from verifier.json_report import Json
from verifier.reasons import Reason
from verifier.receipt import OpenedReceipt, sealed_digest
from verifier.receipt_findings import CheckedCredential, CheckReceipt, JournalMark, ToldCheck
from verifier.receipt_of import leaf_of
from verifier.verdict import Result
from verifier.words import Language, phrase, reason_words

_KNOWN_CODES: Final = frozenset(reason.value for reason in Reason)


class About(StrEnum):
    """Whether a receipt is about the document in hand."""

    SAME_BYTES = "same bytes"
    SAME_CREDENTIAL = "same credential, other packing"
    ANOTHER_DOCUMENT = "another document"


def about(receipt: CheckReceipt, held: Iterable[bytes]) -> About:
    """Return what the receipt has to do with a document that holds these sealed bytes (step 5)."""
    codes = [*held]
    leaves = {leaf_of(sealed) for sealed in codes}
    if None in leaves or leaves != {credential.leaf for credential in receipt.credentials}:
        return About.ANOTHER_DOCUMENT
    digests = {credential.sealed_digest for credential in receipt.credentials}
    same = {sealed_digest(sealed) for sealed in codes} == digests
    return About.SAME_BYTES if same else About.SAME_CREDENTIAL


def json_receipt(opened: OpenedReceipt, relation: About | None) -> dict[str, Json]:
    """Return all that a receipt says as JSON; byte strings are hex, times RFC 3339."""
    receipt = opened.receipt
    policy: dict[str, Json] = {**asdict(receipt.policy)}
    return {
        "receipt": "genuine",
        "signed_by": opened.kid.hex(),
        "about_the_document": None if relation is None else relation.value,
        "checked_at": rfc3339(receipt.checked_at),
        "outcome_then": receipt.outcome.value,
        "journal": _json_mark(receipt.journal),
        "policy": policy,
        "document": {"result": receipt.document[0].value, "code": receipt.document[1]},
        "page_state": receipt.page_state,
        "credentials": [_json_credential(credential) for credential in receipt.credentials],
    }


def _json_credential(credential: CheckedCredential) -> Json:
    return {
        "outcome_then": credential.outcome.value,
        "leaf": None if credential.leaf is None else credential.leaf.hex(),
        "sealed_sha256": None
        if credential.sealed_digest is None
        else credential.sealed_digest.hex(),
        "judged_by": _json_mark(credential.guest),
        "checks": [
            {
                "check": check.name.value,
                "result": check.result.value,
                "code": check.code,
                "as_of": None if check.as_of is None else rfc3339(check.as_of),
            }
            for check in credential.checks
        ],
    }


def _json_mark(mark: JournalMark | None) -> Json:
    if mark is None:
        return None
    return {
        "chain_id": mark.chain_id,
        "contract": "0x" + mark.contract.hex(),
        "size": mark.size,
        "head": mark.head.hex(),
        "as_of": rfc3339(mark.as_of),
        "strength": mark.strength,
    }


def text_receipt(opened: OpenedReceipt, relation: About | None, language: Language) -> str:
    """Return what a receipt says for a person; first of all that it is no document."""
    receipt = opened.receipt

    def say(key: str, *values: object) -> str:
        return phrase("receipt", key, language).format(*values)

    lines = [say("genuine", opened.kid.hex()), say("no_document"), ""]
    if relation is not None:
        lines += [say(relation.name.lower()), ""]
    lines.append(say("then", moment_text(receipt.checked_at, language)))
    lines.append("  " + say(f"outcome_{receipt.outcome.value}"))
    lines.append("  " + _mark_text(receipt.journal, language))
    if receipt.page_state is not None:
        lines.append("  " + say(f"page_{receipt.page_state}"))
    lines.append("  " + _line("document", *receipt.document, None, language))
    for number, credential in enumerate(receipt.credentials, 1):
        leaf = "-" if credential.leaf is None else credential.leaf.hex()
        lines += ["", say("credential", number, credential.outcome.value, leaf)]
        if credential.guest is not None:
            lines.append("  " + say("guest") + _mark_text(credential.guest, language))
        lines += [_check_text(check, language) for check in credential.checks]
    return "\n".join(lines)


def _check_text(check: ToldCheck, language: Language) -> str:
    return "  " + _line(check.name.value, check.result, check.code, check.as_of, language)


def _line(name: str, result: Result, code: str, as_of: int | None, language: Language) -> str:
    """Return one check; a code that a later version added is shown as it is."""
    says = reason_words(Reason(code), language).says if code in _KNOWN_CODES else ""
    told = (phrase("check", name, language), phrase("result", result.value, language), code, says)
    line = " ".join(filter(None, told))
    if as_of is None:
        return line
    return f"{line} [{phrase('label', 'as_of', language)} {moment_text(as_of, language)}]"


def _mark_text(mark: JournalMark | None, language: Language) -> str:
    if mark is None:
        return phrase("receipt", "no_journal", language)
    return phrase("receipt", "journal", language).format(
        mark.size,
        mark.head.hex(),
        mark.chain_id,
        "0x" + mark.contract.hex(),
        moment_text(mark.as_of, language),
        phrase("label", f"trust_{mark.strength}", language),
    )
