"""One finding as text for a person: the verdict, then why, what was signed, and what is left."""

from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import east_asian_width

from credential.display import one_line, shown, suspicions
from credential.entry import Entry, certificate_number
from credential.types import CredentialType
from registry.anchor_file import TrustAnchor
from registry.trust_data import Guest, TrustData
from verifier.documents import Held, PlaceKind
from verifier.examine import Finding, RecordState
from verifier.fields import Row, claim_rows, field_rows, moment_text, texts_of
from verifier.origin import data_of, guests_told, has_namesake, registry_text
from verifier.pages.findings import PageState
from verifier.pages.words import finding_lines, state_line
from verifier.reasons import Reason
from verifier.verdict import CheckName, Outcome, Result, Verdict
from verifier.words import Language, phrase, reason_words

_COLOURS = {Outcome.VALID: "32", Outcome.INVALID: "31", Outcome.INDETERMINATE: "33"}
_CONFIRMING = (CheckName.PROOF, CheckName.ISSUER, CheckName.KEY)
_PUT_TOGETHER = (Reason.DOCUMENT_PAGES_DISAGREE, Reason.DOCUMENT_ATTACHMENT_DISAGREES)
_ALTERED = Reason.DOCUMENT_PAGE_ALTERED
_INDENT = "  "


class Setting(NamedTuple):
    """What a report needs to know besides the finding."""

    language: Language
    trust: TrustData | None
    at: int
    coloured: bool = False
    anchor: TrustAnchor | None = None


def text_report(finding: Finding, setting: Setting) -> str:
    """Return the whole report on one document, safe to print on any terminal."""
    parts = (
        _headline(finding, setting),
        _checks(finding, setting),
        _pages(finding, setting),
        _places(finding, setting),
        _claims(finding, setting),
        _cautions(finding, setting),
        _surroundings(finding, setting),
        _left(finding, setting),
    )
    return "\n".join("\n".join(lines) + "\n" for part in parts if (lines := [*part]))


def summary_line(finding: Finding, setting: Setting) -> str:
    """Return one line for one of many documents: outcome, number, name, and what did not pass."""
    number = ""
    if finding.verdict is not None and finding.verdict.entry is not None:
        number = certificate_number(finding.verdict.entry)
    outcome = _coloured(f"{finding.outcome.value:<13}", finding.outcome, setting)
    told = f"{outcome}  {number:<24}  {one_line(finding.name)}"
    reasons = ", ".join(reason_codes(finding))
    return told if finding.outcome is Outcome.VALID else f"{told}  {reasons}"


def reason_codes(finding: Finding) -> list[str]:
    """Return the codes of everything that did not pass and was not merely skipped."""
    codes = [] if finding.document.result is Result.PASS else [finding.document.reason.value]
    checks = finding.verdict.checks if finding.verdict is not None else ()
    told = (Result.FAIL, Result.UNKNOWN)
    return codes + [check.reason.value for check in checks if check.result in told]


def place_text(held: Held, language: Language) -> str:
    """Return where in the document a credential stood."""
    if held.kind is PlaceKind.PAGE:
        return phrase("label", "path_page", language).format(held.page)
    return phrase("label", f"path_{held.kind.value}", language)


def agency_text(entry: Entry, verdict: Verdict, trust: TrustData | None) -> str:
    """Return the agency's code with the name it had, in its own registry, at the time that counts.

    `trust` is home's; a recognised registry's agencies are those of its own journal.
    """
    own = data_of(verdict, trust)
    agency = own.state.agency(entry.iss) if own is not None else None
    if agency is None:
        return entry.iss
    at = verdict.anchor.at if verdict.anchor is not None else verdict.at
    name = next((name for name in reversed(agency.names) if name.at <= at), agency.names[0])
    return f"{entry.iss}  {shown(name.zh_hant)} / {shown(name.en)}"


def kind_text(entry: Entry, kind: CredentialType | None, language: Language) -> str:
    """Return the title of the type, or its numbers where the trust data does not describe it."""
    if kind is not None:
        return shown(kind.title.in_language(language))
    unknown = phrase("label", "kind_unknown", language)
    return unknown.format(entry.type_no, entry.type_version)


def _headline(finding: Finding, setting: Setting) -> Iterator[str]:
    yield one_line(finding.name)
    yield ""
    words = phrase("outcome", finding.outcome.value, setting.language)
    yield _INDENT + _coloured(words, finding.outcome, setting)
    verdict = finding.verdict
    if verdict is not None and verdict.guest is not None and not is_put_together(finding):
        whose = registry_text(verdict, setting.anchor, setting.language)
        yield f"{_INDENT}{phrase('label', 'registry', setting.language)}: {whose}"


def _pages(finding: Finding, setting: Setting) -> Iterator[str]:
    """Yield what is known of the pages of a PDF, and each difference from the pages as issued."""
    language = setting.language
    line = state_line(finding, language)
    if line is None:
        return
    yield _INDENT + line
    for told in finding_lines(finding, language):
        yield _INDENT * 2 + told


def _coloured(text: str, outcome: Outcome, setting: Setting) -> str:
    return f"\033[1;{_COLOURS[outcome]}m{text}\033[0m" if setting.coloured else text


def _checks(finding: Finding, setting: Setting) -> Iterator[str]:
    """Yield the checks with sentence, as-of time, reason code, and advice where one is due."""
    document = finding.document
    yield from _check_lines("document", document.result, document.reason, None, setting)
    if document.because and document.result is not Result.PASS:
        yield f"{_INDENT * 5}({one_line(document.because)})"
    if finding.verdict is None or is_put_together(finding):
        return  # the checks of one part say nothing about a document that is none
    for name, result, reason, as_of in finding.verdict.checks:
        yield from _check_lines(name.value, result, reason, as_of, setting)


def is_put_together(finding: Finding) -> bool:
    """True where the parts of the document speak of different credentials."""
    return finding.document.reason in _PUT_TOGETHER


def _check_lines(
    name: str, result: Result, reason: Reason, as_of: int | None, setting: Setting
) -> Iterator[str]:
    language = setting.language
    words = reason_words(reason, language)
    title = padded(phrase("check", name, language), 10)
    told = padded(phrase("result", result.value, language), 7)
    when = ""
    if as_of is not None:
        when = f"  {phrase('label', 'as_of', language)} {moment_text(as_of, language)}"
    yield f"{_INDENT}{told}  {title}  {words.says}{when}  [{reason.value}]"
    if words.advice and result is not Result.PASS:
        yield f"{_INDENT * 5}→ {words.advice}"


def padded(text: str, columns: int) -> str:
    """Return the text filled to a width on screen, where ideographs take two columns."""
    width = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * max(0, columns - width)


def _places(finding: Finding, setting: Setting) -> Iterator[str]:
    """Yield what stood where, in a document whose parts do not belong together."""
    if len({(held.sealed, held.fault) for held in finding.places}) < 2:
        return
    yield _INDENT + phrase("label", "disagreeing", setting.language)
    verdicts = {(held.sealed, held.fault): verdict for held, verdict in finding.verdicts}
    for held in finding.places:
        verdict = verdicts[held.sealed, held.fault]
        number = certificate_number(verdict.entry) if verdict.entry is not None else "—"
        where = place_text(held, setting.language)
        yield f"{_INDENT * 2}{where}: {number}  {verdict.outcome.value}"


def _claims(finding: Finding, setting: Setting) -> Iterator[str]:
    """Yield all fields, under a heading that says whether they are known to be signed."""
    heading = "claims_signed" if is_confirmed(finding) else "claims_unsigned"
    told = finding.verdicts if is_put_together(finding) else finding.verdicts[:1]
    for held, verdict in told:
        title = phrase("label", heading, setting.language)
        where = f" ({place_text(held, setting.language)})" if len(told) > 1 else ""
        yield f"{_INDENT}{title}{where}"
        if verdict.entry is None:
            yield _INDENT * 2 + phrase("label", "no_fields", setting.language)
            continue
        for row in _all_rows(verdict.entry, verdict, finding, setting):
            told_value = f": {row.value}" if row.value else ""
            yield f"{_INDENT * (2 + row.depth)}{row.title}{told_value}"


def _all_rows(entry: Entry, verdict: Verdict, finding: Finding, setting: Setting) -> Iterator[Row]:
    """Yield what the credential is, every field, of the full record too, and its dates."""
    language = setting.language
    yield Row(phrase("label", "kind", language), kind_text(entry, verdict.kind, language))
    yield Row(phrase("label", "certificate_number", language), certificate_number(entry))
    yield Row(phrase("label", "held_by", language), agency_text(entry, verdict, setting.trust))
    whose = registry_text(verdict, setting.anchor, language)
    yield Row(phrase("label", "registry", language), whose)
    yield from field_rows({**entry.fields, **(finding.record or {})}, verdict.kind, language)
    yield from claim_rows(entry, verdict.kind, language)


def is_confirmed(finding: Finding) -> bool:
    """True where the named agency is known to have signed what is shown."""
    document = finding.document
    is_refused = document.result is Result.FAIL
    if finding.verdict is None or (is_refused and document.reason is not _ALTERED):
        return False  # an altered page takes nothing from the credential itself
    passed = {check.name for check in finding.verdict.checks if check.result is Result.PASS}
    return passed.issuperset(_CONFIRMING)


def _cautions(finding: Finding, setting: Setting) -> Iterator[str]:
    if finding.verdict is None or finding.verdict.entry is None:
        return
    entry, language = finding.verdict.entry, setting.language
    if has_namesake(entry, finding.verdict, setting.trust):
        yield _INDENT + phrase("label", "namesake", language).format(entry.iss)
    found = suspicions(" ".join(texts_of([entry.fields, entry.other, finding.record])))
    if not found:
        return
    yield _INDENT + phrase("label", "suspicious", language)
    for code_point, name, kind in found:
        yield f"{_INDENT * 2}{code_point} {name}: {phrase('suspicion', kind, language)}"


def _surroundings(finding: Finding, setting: Setting) -> Iterator[str]:
    """Yield the address in the code, the time of checking, and the trust data that was used."""
    language, trust = setting.language, setting.trust
    for url in dict.fromkeys(held.url for held in finding.places if held.url):
        yield f"{_INDENT}{phrase('label', 'url', language)}: {one_line(url, 512)}"
    yield f"{_INDENT}{phrase('label', 'checked_at', language)}: {moment_text(setting.at, language)}"
    if trust is None:
        return
    yield from _evidence_lines(trust, setting)
    for guest in guests_told([verdict for _, verdict in finding.verdicts]):
        told = phrase("label", "recognition", language).format(
            guest.number, *_recognition_times(guest, language)
        )
        yield f"{_INDENT}{told}"
        yield from _evidence_lines(guest.trust, setting, depth=2)


def _evidence_lines(trust: TrustData, setting: Setting, *, depth: int = 1) -> Iterator[str]:
    language, indent = setting.language, _INDENT * depth
    as_of = moment_text(trust.evidence.as_of, language)
    yield f"{indent}{phrase('label', 'trust_as_of', language)}: {as_of}"
    guest = "guest_" if depth > 1 else ""
    strength = phrase("label", f"{guest}trust_{trust.evidence.strength}", language)
    yield f"{indent}{phrase('label', 'trust_strength', language)}: {strength}"


def _recognition_times(guest: Guest, language: Language) -> tuple[str, str]:
    """Return since when a registry is recognised and when that ends or ended."""
    known = guest.recognition
    over = known.until or None if known.ended_at is None else known.ended_at
    end = phrase("label", "open", language) if over is None else moment_text(over, language)
    return moment_text(known.at, language), end


def _left(finding: Finding, setting: Setting) -> Iterator[str]:
    """Yield what no check can tell, and what the person has to do with their own eyes."""
    if finding.verdict is None or finding.verdict.entry is None:
        return
    language = setting.language
    yield _INDENT + phrase("label", "not_checked", language)
    is_compared = finding.page_state not in {None, PageState.NOT_COMPARED}
    paper = "unchecked_stamps" if is_compared else "unchecked_paper"
    open_questions = ["unchecked_claims", paper, "unchecked_after"]
    if finding.record_state is RecordState.NOT_GIVEN:
        open_questions.append("unchecked_record")
    for question in open_questions:
        yield f"{_INDENT * 2}- {phrase('label', question, language)}"
    yield _INDENT + phrase("label", "remains", language)
    yield f"{_INDENT * 2}{phrase('label', 'remains_person', language)}"
