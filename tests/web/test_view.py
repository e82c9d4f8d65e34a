"""The page shows what the command says: the same rows, dates, meanings, warnings and JSON."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

import pytest

from credential.display import shown, suspicions
from credential.entry import Entry, decode_entry, encode_entry
from credential.ids import AgencyCode, UnixTime
from credential.type_fields import Field, FieldKind
from credential.types import CredentialType, load_type
from registry.anchor_file import decode_trust_anchor
from registry.bundle import open_bundle
from registry.trust_data import TrustData
from tests.hostile.desk import EVERY_KIND
from tests.simulator import Simulator
from tests.web.corpus import CATALOG, Held, simulated
from tests.web.peer import NodePeer
from verifier import Policy, Verdict, verify
from verifier.documents import Held as Place
from verifier.documents import PlaceKind, Reading
from verifier.examine import Finding, examine
from verifier.fields import claim_rows, field_rows, moment_text, rfc3339
from verifier.json_report import json_report
from verifier.report import Setting, _all_rows
from verifier.words import LANGUAGES, phrase, reason_words

Json: TypeAlias = Any
VIEW_PEER: Final = Path(__file__).with_name("view-peer.js")
JUDGED: Final = {"eventful", "eventful lite", "home"}
ISOLATES: Final = str.maketrans("", "", "\u2068\u2069")
ODD: Final = (
    *("王小明", "", "a", "2020-02-29", "2021-02-29", "0001-01-01", "1911-12-31", "M", "A", "TPE"),
    *("\u202eabc", "a\u200bb", "x\x1b[31m", "line\nline", "\u2f00\u2f08", "\uf900", "\U0002f800"),
    *("раypal", "pаyраl α", "ＡＢＣ", "①", "ﬁ", "\U00020000", "\ue000", "\u0378", "אבג", "مرحبا 1"),
    *("<script>alert(1)</script>", "{0} {1}", "$&", "‧", "O’Neill-李", "\U0001f469‍\U0001f467"),
    *("\ufe0f", "\U000e0041", "K\u212a", "ª", "ₐ", "ΑΒ", "Аa", "한글", "\u3164", "1e5", "=1+1"),
)
"""Texts of which each may be shown otherwise than it is."""


def answered(questions: list[Json]) -> list[Json]:
    with NodePeer(VIEW_PEER) as page:
        return [there for _, there in page.answers(questions, lambda _: None)]


def plain(told: Json) -> Json:
    """Without the marks that keep a text's direction to itself: the page has <bdi> for that."""
    if isinstance(told, str):
        return told.translate(ISOLATES)
    if isinstance(told, list | tuple):
        return [plain(item) for item in told]
    return {key: plain(item) for key, item in told.items()} if isinstance(told, dict) else told


# --- texts and times ----------------------------------------------------------------------------


def test_shows_and_suspects_the_same_of_every_odd_text() -> None:
    chance = Random(7)
    texts = [*ODD, *("".join(chance.choices(ODD, k=3)) for _ in range(400))]
    texts += ["\u2068\u2069" + " ".join(chance.choices(ODD, k=4)) for _ in range(100)]

    answers = answered([{"op": "display", "text": text} for text in texts])

    ours = [
        [plain(shown(text)), [[found.code_point, found.kind] for found in suspicions(text)]]
        for text in texts
    ]
    theirs = [
        [plain(there["shown"]), [[code, kind] for code, _, kind in there["suspicions"]]]
        for there in answers
    ]
    assert theirs == ours


def test_names_unseen_characters_as_unicode_does() -> None:
    text = "\u202e\u200b\u3164\ufeff\u2066\u00ad\ufe0f\U000e0100"

    (answer,) = answered([{"op": "display", "text": text}])

    assert [name for _, name, _ in answer["suspicions"]] == [
        found.name for found in suspicions(text)
    ]


def test_writes_times_as_the_command_does() -> None:
    chance = Random(3)
    edges = [0, 1, 57_599, 57_600, 951_782_399, 253_402_271_999, 253_402_272_000, 253_402_300_799]
    edges += [253_402_300_800, *(chance.randrange(4_000_000_000) for _ in range(200))]

    answers = answered([{"op": "moments", "at": at} for at in edges])

    ours = [[rfc3339(at), moment_text(at, "zh-Hant"), moment_text(at, "en")] for at in edges]
    assert answers == ours


# --- fields -------------------------------------------------------------------------------------


def test_rows_of_every_type_are_those_of_the_command() -> None:
    chance = Random(11)
    documents = [EVERY_KIND, *(path.read_bytes() for path in sorted(CATALOG.glob("*.json")))]
    cases = [
        (document, encode_entry(entry_of(load_type(document), chance)), language)
        for document in documents
        for _ in range(40)
        for language in LANGUAGES
    ]
    cases += [(None, entry, language) for _, entry, language in cases[::7]]  # type: ignore[misc]

    answers = answered(
        [
            {
                "op": "rows",
                "type": document and document.hex(),
                "entry": entry.hex(),
                "language": language,
            }
            for document, entry, language in cases
        ]
    )

    ours = []
    for document, encoded, language in cases:
        entry, kind = decode_entry(encoded), load_type(document) if document else None
        told = [*field_rows(entry.fields, kind, language), *claim_rows(entry, kind, language)]
        ours.append({"rows": plain([list(row) for row in told])})
    assert plain(answers) == ours


def entry_of(kind: CredentialType, chance: Random) -> Entry:
    """An entry of a type whose fields are mostly of their form, often odd, and now and then not."""
    fields = {
        field.label: value_of(field, chance)
        for field in kind.fields
        if chance.random() < 0.8 or field is kind.fields[0]
    }
    if chance.random() < 0.4:
        fields[999] = chance.choice([[1, "a\u202e", {7: b"\x01"}], True, -5, "更多"])
    iat = chance.randrange(2_000_000_000)
    return Entry(
        AgencyCode("A1"),
        UnixTime(iat),
        UnixTime(iat) if chance.random() < 0.5 else None,
        UnixTime(iat + chance.randrange(1, 99_999_999)) if chance.random() < 0.5 else None,
        bytes(16),
        kind.type_no,
        kind.version,
        1,
        chance.choice((0, 7, 999_999, 1_000_000, 67_108_863)),
        fields,
        {-70_001: chance.choice(ODD)} if chance.random() < 0.3 else {},
    )


def value_of(field: Field, chance: Random) -> Json:
    if chance.random() < 0.1:
        return chance.choice((5, True, b"\x00\xff", ["x"], "text", {1: "x"}))
    match field.kind:
        case FieldKind.ROWS:
            return [
                {inner.label: value_of(inner, chance) for inner in field.fields}
                for _ in range(chance.randint(1, 3))
            ]
        case FieldKind.DATE:
            return f"{chance.randint(1, 2100):04}-{chance.randint(1, 13):02}-29"
        case FieldKind.CODE:
            return chance.choice([*field.codes, "?"])
        case FieldKind.NUMBER:
            return chance.choice((0, 1, 2**53, 2**63))
        case FieldKind.DIGEST:
            return bytes(32)
        case _:
            return chance.choice(ODD)


# --- whole reports ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_of_whole_documents_are_those_of_the_command(language: Json) -> None:
    registries = [held for held in simulated() if held.name in JUDGED]
    cases = [*documents(registries)]
    openings = [opening(one) for one in registries]
    asked = [question(held, places, at, language) for held, places, at in cases]

    answers = answered([*openings, *asked])[len(openings) :]

    trusted = {held.name: opened(held) for held in registries}
    outcomes = set()
    for (held, places, at), there in zip(cases, answers, strict=True):
        trust = trusted[held.name]
        finding = found(places, trust, at)
        setting = Setting(language, trust, at, anchor=decode_trust_anchor(held.anchor or b""))
        assert "crash" not in there, there
        ours, theirs = plain(json_report(finding, setting)), plain(there["json"])
        assert without_what_only_we_know(theirs) == without_what_only_we_know(ours)
        assert plain(there["claims"]) == plain(claims_of(finding, setting))
        assert there["checks"] == checks_of(finding, setting)
        outcomes.add(finding.outcome.value)
    assert outcomes == {"VALID", "INVALID", "INDETERMINATE"}


def documents(registries: list[Held]) -> Iterator[tuple[Held, list[Place], int]]:
    for held in registries:
        later = held.sim.now if isinstance(held.sim, Simulator) else 1_790_000_000
        for number, sealed in enumerate(held.sealed):
            one = Place(PlaceKind.PAGE, 1, sealed, "https://verify.example/")
            yield held, [one], later
            yield held, [one], later + 30 * 86_400
            if number:
                yield held, [one, Place(PlaceKind.ATTACHMENT, None, held.sealed[0])], later
        yield from ((held, [Place(PlaceKind.TEXT, None, b"\x80")], later) for _ in held.sealed[:1])


def opening(held: Held) -> Json:
    anchor = held.anchor.hex() if held.anchor else None
    return {"op": "open", "as": held.name, "bundle": held.bundle.hex(), "anchor": anchor}


def question(held: Held, places: list[Place], at: int, language: str) -> Json:
    told = [
        {
            "kind": place.kind.value,
            "page": place.page,
            "sealed": place.sealed.hex(),
            "url": place.url,
            "fault": place.fault,
        }
        for place in places
    ]
    asked = {"op": "report", "name": "文件.pdf", "trust": held.name, "places": told}
    return {**asked, "at": at, "language": language}


def found(places: list[Place], trust: TrustData, at: int) -> Finding:
    def judge(sealed: bytes) -> Verdict:
        return verify(sealed, trust, UnixTime(at), Policy())

    return examine("文件.pdf", Reading(tuple(places)), judge, at)


def opened(held: Held) -> TrustData:
    assert held.anchor is not None
    return open_bundle(held.bundle, anchor=decode_trust_anchor(held.anchor))


def without_what_only_we_know(report: Json) -> Json:
    """Without the seals of blocks, and the name of a character that has a shape."""
    if isinstance(report, list):
        return [without_what_only_we_know(item) for item in report]
    if not isinstance(report, dict):
        return report
    left_out = {"sealed_block", "sealed_by"} | ({"name"} if "character" in report else set())
    return {
        key: without_what_only_we_know(value)
        for key, value in report.items()
        if key not in left_out
    }


def claims_of(finding: Finding, setting: Setting) -> Json:
    """Rows as the text report has them, but for those that the page tells elsewhere."""
    is_one = finding.document.reason.value == "document.read"
    told = finding.verdicts[:1] if is_one else finding.verdicts
    elsewhere = ("kind", "held_by", "registry", *(("certificate_number",) if is_one else ()))
    titles = {phrase("label", name, setting.language) for name in elsewhere}
    return [
        None
        if verdict.entry is None
        else [
            list(row)
            for row in _all_rows(verdict.entry, verdict, finding, setting)
            if row.title not in titles
        ]
        for _, verdict in told
    ]


def checks_of(finding: Finding, setting: Setting) -> Json:
    language = setting.language
    told: list[Any] = [("document", *finding.document[:2], None)]
    if finding.verdict is not None and finding.document.reason.value == "document.read":
        told += [(check.name.value, *check[1:]) for check in finding.verdict.checks]
    return [
        [
            phrase("result", result.value, language),
            phrase("check", name, language),
            reason_words(reason, language).says,
            "" if as_of is None else moment_text(as_of, language),
        ]
        for name, result, reason, as_of in told
    ]
