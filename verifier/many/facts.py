"""What a check found out about a document without naming its holder: one row of a report.

Every text here may be shown anywhere: what could act on a terminal is written out already.
"""

from typing import NamedTuple

from credential.display import one_line
from credential.entry import Entry, certificate_number
from credential.errors import FormatError
from credential.merkle import leaf_hash
from credential.sealed import decode_sealed
from verifier.documents import Held
from verifier.examine import Finding
from verifier.fields import rfc3339
from verifier.origin import registry_text
from verifier.report import (
    Setting,
    agency_text,
    is_confirmed,
    is_put_together,
    kind_text,
    reason_codes,
)
from verifier.verdict import Verdict

MOST_NAME = 4_096
_MOST_URL = 512


class Facts(NamedTuple):
    """One row of a report; empty where a document does not tell, or nothing could be read.

    Of a document that is not confirmed, everything from `certificate_number` on is only what the
    document says of itself. `leaf_hash` tells whether two files hold the same credential.
    """

    input: str
    outcome: str
    document: str
    codes: tuple[str, ...] = ()
    confirmed: bool = False
    page_state: str = ""
    page_codes: tuple[str, ...] = ()
    certificate_number: str = ""
    agency: str = ""
    agency_name: str = ""
    registry: str = ""
    type: str = ""
    type_zh_hant: str = ""
    type_en: str = ""
    issued_at: str = ""
    not_before: str = ""
    expires_at: str = ""
    anchored_at: str = ""
    record: str = ""
    url: str = ""
    leaf_hash: str = ""
    duplicate_of: str = ""


def facts_of(finding: Finding, setting: Setting) -> Facts:
    """Return the facts of a finding; of parts that do not belong together, none of the parts'."""
    facts = Facts(
        input=one_line(finding.name, MOST_NAME),
        outcome=finding.outcome.value,
        document=finding.document.reason.value,
        codes=tuple(reason_codes(finding)),
        confirmed=is_confirmed(finding),
        page_state="" if finding.page_state is None else finding.page_state.value,
        page_codes=tuple(dict.fromkeys(one.code.value for one in finding.page_findings)),
        record=finding.record_state.value,
        url=" ".join(
            one_line(url, _MOST_URL)
            for url in dict.fromkeys(held.url for held in finding.places if held.url)
        ),
    )
    verdict = finding.verdict
    if verdict is None or verdict.entry is None or is_put_together(finding):
        return facts
    return _with_credential(facts, finding.verdicts[0][0], verdict, verdict.entry, setting)


def _with_credential(
    facts: Facts, held: Held, verdict: Verdict, entry: Entry, setting: Setting
) -> Facts:
    return facts._replace(
        certificate_number=certificate_number(entry),
        agency=entry.iss,
        agency_name=agency_text(entry, verdict, setting.trust),
        registry=registry_text(verdict, setting.anchor, setting.language),
        type=f"{entry.type_no}.{entry.type_version}",
        type_zh_hant=kind_text(entry, verdict.kind, "zh-Hant"),
        type_en=kind_text(entry, verdict.kind, "en"),
        issued_at=rfc3339(entry.iat),
        not_before="" if entry.nbf is None else rfc3339(entry.nbf),
        expires_at="" if entry.exp is None else rfc3339(entry.exp),
        anchored_at="" if verdict.anchor is None else rfc3339(verdict.anchor.at),
        leaf_hash=_leaf_hash(held),
    )


def _leaf_hash(held: Held) -> str:
    """Return the leaf hash of a credential (sealed.md): the same bytes were signed, or not."""
    try:
        return leaf_hash(decode_sealed(held.sealed).entry).hex()
    except FormatError:
        return ""
