"""One finding as JSON for programs: codes and raw signed values, with words beside them."""

from functools import lru_cache
from typing import TypeAlias

from credential.display import suspicions
from credential.entry import Entry, certificate_number
from registry.trust_data import Guest, TrustData
from verifier.documents import Held
from verifier.examine import Finding
from verifier.fields import rfc3339, texts_of
from verifier.origin import data_of, has_namesake, names_of
from verifier.pages.words import pages_json
from verifier.report import Setting, agency_text, is_confirmed, kind_text
from verifier.verdict import Check, Verdict
from verifier.words import Language, reason_words

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def json_report(finding: Finding, setting: Setting) -> dict[str, Json]:
    """Return the report on one document; times are RFC 3339 in UTC, byte strings are hex."""
    verdict, pages = finding.verdict, pages_json(finding, setting.language)
    return {
        "input": finding.name,
        "outcome": finding.outcome.value,
        "document": {
            "result": finding.document.result.value,
            "code": finding.document.reason.value,
            "text": reason_words(finding.document.reason, setting.language).says,
            "detail": finding.document.because or None,
        },
        "checks": [_check(check, setting.language) for check in verdict.checks] if verdict else [],
        "checked_at": rfc3339(setting.at),
        "confirmed": is_confirmed(finding),
        "credential": _credential(verdict, verdict.entry, setting)
        if verdict is not None and verdict.entry is not None
        else None,
        "record": {"state": finding.record_state.value, "fields": _json(finding.record)},
        "places": [_place(held, finding) for held in finding.places],
        "trust": _trust(setting),
        **({} if pages is None else {"pages": pages}),
    }


@lru_cache(maxsize=1_024)
def _check(check: Check, language: Language) -> Json:
    """Return a check, which reports of one time and one batch share."""
    words = reason_words(check.reason, language)
    return {
        "check": check.name.value,
        "result": check.result.value,
        "code": check.reason.value,
        "as_of": None if check.as_of is None else rfc3339(check.as_of),
        "text": words.says,
        "advice": words.advice or None,
    }


def _credential(verdict: Verdict, entry: Entry, setting: Setting) -> Json:
    return {
        "certificate_number": certificate_number(entry),
        "agency": entry.iss,
        "agency_name": agency_text(entry, verdict, setting.trust),
        "registry": _registry(verdict, setting),
        "agency_code_is_also_at_home": has_namesake(entry, verdict, setting.trust),
        "type": entry.type_no,
        "type_version": entry.type_version,
        "type_title": kind_text(entry, verdict.kind, setting.language),
        "issued_at": rfc3339(entry.iat),
        "not_before": None if entry.nbf is None else rfc3339(entry.nbf),
        "expires_at": None if entry.exp is None else rfc3339(entry.exp),
        "fields": _json(entry.fields),
        "other_claims": _json(entry.other),
        "anchored_at": None if verdict.anchor is None else rfc3339(verdict.anchor.at),
        "root": None if verdict.root is None else verdict.root.hex(),
        "kid": None if verdict.anchor is None else verdict.anchor.kid.hex(),
        "suspicious": [
            {"character": code_point, "name": name, "kind": kind}
            for code_point, name, kind in suspicions(
                " ".join(texts_of([entry.fields, entry.other]))
            )
        ],
    }


def _place(held: Held, finding: Finding) -> Json:
    verdict = next(
        verdict
        for one, verdict in finding.verdicts
        if (one.sealed, one.fault) == (held.sealed, held.fault)
    )
    number = None if verdict.entry is None else certificate_number(verdict.entry)
    return {
        "kind": held.kind.value,
        "page": held.page,
        "url": held.url,
        "outcome": verdict.outcome.value,
        "certificate_number": number,
    }


def _registry(verdict: Verdict, setting: Setting) -> Json:
    """Return the registry that judged the credential, and what was asked of its recognition."""
    names, trust = names_of(verdict, setting.anchor), data_of(verdict, setting.trust)
    return {
        "is_home": verdict.guest is None,
        "name_zh_hant": None if names is None else names.zh_hant,
        "name_en": None if names is None else names.en,
        "recognition": None if verdict.guest is None else _recognition(verdict.guest, verdict.at),
        "trust": _trust_data(trust),
    }


def _recognition(guest: Guest, at: int) -> Json:
    known = guest.recognition
    contents = known.contents
    return {
        "number": known.number,
        "chain_id": known.chain_id,
        "contract": "0x" + known.contract.hex(),
        "recognised_at": rfc3339(known.at),
        "until": rfc3339(known.until) if known.until else None,
        "ended_at": None if known.ended_at is None else rfc3339(known.ended_at),
        "in_force": known.in_force(at),
        "types": [] if contents is None else list(contents.type_nos),
    }


def _trust(setting: Setting) -> Json:
    trust = setting.trust
    if trust is None:
        return None
    guests: list[Json] = [
        {"recognition": _recognition(guest, setting.at), "trust": _trust_data(guest.trust)}
        for guest in trust.guests
    ]
    return {**_registry_facts(trust), "guests": guests}


def _trust_data(trust: TrustData | None) -> Json:
    return None if trust is None else _registry_facts(trust)


def _registry_facts(trust: TrustData) -> dict[str, Json]:
    return {
        "chain_id": trust.state.chain_id,
        "contract": "0x" + trust.state.contract.hex(),
        "size": trust.state.size,
        "head": trust.state.head.hex(),
        "as_of": rfc3339(trust.evidence.as_of),
        "strength": int(trust.evidence.strength),
        "sealed_block": None if trust.seals is None else trust.seals.block,
        "sealed_by": []
        if trust.seals is None
        else [f"0x{address.hex()}" for address in trust.seals.sealed_by],
    }


def _json(value: object) -> Json:
    """Return signed values as JSON: labels become strings, byte strings hex."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {str(label): _json(item) for label, item in value.items()}
    if value is None or isinstance(value, str | int):
        return value
    return str(value)
