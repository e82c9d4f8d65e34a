"""Thirteen years of one registry: algorithms start, are warned of and stop; what still holds.

docs/thirteen-years.md tells the story and holds its table; a test compares the two.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from credential.keys import ALG_ES256, ALG_MLDSA44
from credential.sealed import without_signature
from registry.anchor_file import TrustAnchor
from registry.bundle import open_bundle
from registry.errors import TrustDataError
from registry.kinds import AlgorithmPhase
from registry.told import Language, Told
from sealroot.demo.long_registry import LongRegistry, Paper, SigningKey
from verifier.policy import Policy
from verifier.reasons import Reason
from verifier.verdict import CheckName, Result, Verdict
from verifier.verify import verify, verify_without_trust

THRESHOLD: Final = 2
POLICY: Final = Policy(min_evidence=2)


def _day(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


FOUNDED: Final = _day("2026-11-02")
ISSUED: Final = _day("2026-11-23")
LEFT_LYING: Final = _day("2030-05-06")
WARN: Final = _day("2031-01-01")
START: Final = _day("2033-01-01")
NEW_KEY: Final = _day("2033-02-01")
NEW_SIGNERS: Final = _day("2034-06-01")
STOP: Final = _day("2035-01-01")
BROKEN: Final = _day("2036-03-03")
CHECK: Final = _day("2039-11-23")

TYPE_DOCUMENT: Final = json.dumps(
    {
        "format": 1,
        "id": "long-lived-certificate",
        "type": 1,
        "version": 1,
        "title": {"zh-Hant": "長期憑證", "en": "Long-lived certificate"},
        "fields": [
            {
                "label": 1,
                "key": "name",
                "kind": "text",
                "title": {"zh-Hant": "姓名", "en": "Name"},
                "required": True,
            }
        ],
        "layout": {},
    },
    ensure_ascii=False,
).encode()


class LongKeys(NamedTuple):
    """The private keys of the story, made by whoever tells it."""

    batch_es256: SigningKey
    batch_mldsa44: SigningKey
    signers_es256: tuple[SigningKey, SigningKey]
    signers_mldsa44: tuple[SigningKey, SigningKey]
    later_signers: tuple[SigningKey, SigningKey, SigningKey]
    """ML-DSA-44, who take over before ES256 stops."""

    @property
    def first_signers(self) -> tuple[SigningKey, ...]:
        """Who signs checkpoints from the beginning: two of each family."""
        return (*self.signers_es256, *self.signers_mldsa44)


class Row(NamedTuple):
    """One check: on which day, of what, and how it ended."""

    day: str
    what: Told
    outcome: str
    reason: str
    note: str = ""
    """What the bundle was refused for, where it was."""


class _Told(NamedTuple):
    """The registry as the years have left it, and the papers people kept."""

    registry: LongRegistry
    anchor: TrustAnchor
    certificate: Paper
    unanchored: Paper
    successor: Paper
    late: Paper


def thirteen_years(keys: LongKeys) -> list[Row]:
    """Every check of the story, in the order of time."""
    rows: list[Row] = []
    registry = LongRegistry(TYPE_DOCUMENT)
    anchor = registry.found(FOUNDED, keys.first_signers, THRESHOLD)
    # 1. 2026: an office signs with ES256, and anchors one of its two certificates.
    registry.set_algorithm(FOUNDED, ALG_ES256, AlgorithmPhase.START, FOUNDED)
    registry.add_key(FOUNDED, keys.batch_es256)
    certificate = registry.issue(ISSUED, keys.batch_es256, "王小明")
    registry.anchor(ISSUED, certificate)
    unanchored = registry.issue(LEFT_LYING, keys.batch_es256, "陳美麗")
    forked = registry.copy()
    registry.checkpoint(ISSUED, keys.first_signers)
    rows += [
        _checked(registry, anchor, ISSUED, certificate, ANCHORED),
    ]
    # 2. 2031: everybody is told that ES256 is going out of use.
    registry.set_algorithm(LEFT_LYING, ALG_ES256, AlgorithmPhase.WARN, WARN)
    registry.checkpoint(LEFT_LYING, keys.first_signers)
    rows.append(_checked(registry, anchor, LEFT_LYING, unanchored, SIGNED))
    registry.checkpoint(WARN, keys.first_signers)
    later = registry.issue(WARN, keys.batch_es256, "林志明")
    registry.anchor(WARN, later)
    registry.checkpoint(WARN, keys.first_signers)
    rows += [
        _checked(registry, anchor, WARN, later, WARNED),
        _checked(registry, anchor, WARN, certificate, ANCHORED),
    ]
    # 3. 2033: ML-DSA-44 starts for batches, and the office signs with it.
    registry.set_algorithm(START - 1, ALG_MLDSA44, AlgorithmPhase.START, START)
    registry.add_key(NEW_KEY, keys.batch_mldsa44)
    successor = registry.issue(NEW_KEY, keys.batch_mldsa44, "黃淑芬")
    registry.anchor(NEW_KEY, successor)
    registry.checkpoint(NEW_KEY, keys.first_signers)
    rows.append(_checked(registry, anchor, NEW_KEY, successor, SUCCESSOR))
    # 4. 2034: ML-DSA-44 signers take over; old and new sign that one checkpoint together.
    registry.set_algorithm(NEW_SIGNERS, ALG_ES256, AlgorithmPhase.STOP, STOP)
    registry.name_signers(NEW_SIGNERS, keys.later_signers, THRESHOLD)
    registry.checkpoint(NEW_SIGNERS, (*keys.first_signers, *keys.later_signers))
    rows.append(_checked(registry, anchor, NEW_SIGNERS, certificate, ANCHORED))
    # 5. 2036: ES256 is broken. Whoever has the anchor account anchors a forgery.
    late = registry.issue(BROKEN, keys.batch_es256, "偽造者")
    registry.anchor(BROKEN, late)
    registry.checkpoint(CHECK, keys.later_signers[:THRESHOLD])
    told = _Told(registry, anchor, certificate, unanchored, successor, late)
    # 6. 2039: thirteen years on.
    return [*rows, *_in_2039(told), *_forged(told, forked, keys), *_without_co_signers(keys)]


ANCHORED: Final = Told(
    "2026 年以 ES256 簽署並錨定的憑證",
    "the certificate signed with ES256 and anchored in 2026",
)
SIGNED: Final = Told(
    "2030 年以 ES256 簽署、剛簽好還沒錨定的憑證",
    "one signed with ES256 in 2030, fresh and not yet anchored",
)
WARNED: Final = Told(
    "預告停用後以 ES256 簽署並錨定的憑證",
    "one signed with ES256 and anchored after the warning",
)
SUCCESSOR: Final = Told(
    "2033 年以 ML-DSA-44 簽署並錨定的憑證",
    "one signed with ML-DSA-44 and anchored in 2033",
)
BARE: Final = Told(
    "2026 年的憑證，去掉它的簽章", "the certificate of 2026, with its signature taken off"
)
SMALL: Final = Told("2026 年的憑證，以輕量信任包查驗", "the certificate of 2026, by a lite bundle")
LEFT: Final = Told(
    "2030 年以 ES256 簽署、一直沒有錨定的憑證",
    "the one signed with ES256 in 2030 and never anchored",
)
LATE: Final = Told(
    "停用後才以 ES256 簽署並「錨定」的偽造憑證",
    "a forgery signed with ES256 and “anchored” after the stop",
)
CLASSICAL_ONLY: Final = Told(
    "同一份登錄簿，檢查點只有兩個 ES256 簽章",
    "the same journal, its checkpoint signed by the two ES256 keys alone",
)
REWRITTEN: Final = Told(
    "用破解的 ES256 金鑰改寫的登錄簿（偽造憑證「錨定」於 2030 年）",
    "a journal rewritten with broken ES256 keys: the forgery “anchored” in 2030",
)
NEVER_HANDED_ON: Final = Told(
    "只有 ES256 簽署人、停用前沒有換人的登錄簿",
    "a registry whose signers hold ES256 keys alone and were not replaced before the stop",
)
DANGER: Final = Told(
    "危險：那樣的登錄簿被改寫後，只有 2026 年信任錨的查驗者會相信偽造憑證",
    "the danger: such a registry rewritten, before a verifier who holds only the anchor of 2026",
)


def _in_2039(told: _Told) -> list[Row]:
    registry, anchor = told.registry, told.anchor
    bare = told.certificate._replace(sealed=without_signature(told.certificate.sealed))
    return [
        _checked(registry, anchor, CHECK, told.certificate, ANCHORED),
        _checked(registry, anchor, CHECK, bare, BARE),
        _checked(registry, anchor, CHECK, told.certificate, SMALL, lite=True),
        _checked(registry, anchor, CHECK, told.successor, SUCCESSOR),
        _checked(registry, anchor, CHECK, told.unanchored, LEFT),
        _checked(registry, anchor, CHECK, told.late, LATE),
    ]


def _forged(told: _Told, forked: LongRegistry, keys: LongKeys) -> list[Row]:
    """What somebody can make who has computed every ES256 key of 2026 out of its public half."""
    classical_only = told.registry.copy()
    classical_only.forget_checkpoints()
    classical_only.checkpoint(CHECK, keys.signers_es256)
    rewritten = forked
    forgery = rewritten.issue(LEFT_LYING, keys.batch_es256, "偽造者")
    rewritten.anchor(LEFT_LYING, forgery)
    rewritten.checkpoint(CHECK, keys.signers_es256)
    return [
        _checked(classical_only, told.anchor, CHECK, told.certificate, CLASSICAL_ONLY),
        _checked(rewritten, told.anchor, CHECK, forgery, REWRITTEN),
    ]


def _without_co_signers(keys: LongKeys) -> list[Row]:
    """The same years in a registry that never had ML-DSA-44 signers."""
    registry = LongRegistry(TYPE_DOCUMENT)
    anchor = registry.found(FOUNDED, keys.signers_es256, THRESHOLD)
    registry.set_algorithm(FOUNDED, ALG_ES256, AlgorithmPhase.START, FOUNDED)
    registry.add_key(FOUNDED, keys.batch_es256)
    certificate = registry.issue(ISSUED, keys.batch_es256, "王小明")
    registry.anchor(ISSUED, certificate)
    rewritten = registry.copy()
    registry.set_algorithm(NEW_SIGNERS, ALG_ES256, AlgorithmPhase.STOP, STOP)
    registry.checkpoint(CHECK, keys.signers_es256)
    forgery = rewritten.issue(LEFT_LYING, keys.batch_es256, "偽造者")
    rewritten.anchor(LEFT_LYING, forgery)
    rewritten.checkpoint(CHECK, keys.signers_es256)
    return [
        _checked(registry, anchor, CHECK, certificate, NEVER_HANDED_ON),
        _checked(rewritten, anchor, CHECK, forgery, DANGER),
    ]


def _checked(
    registry: LongRegistry,
    anchor: TrustAnchor,
    at: int,
    paper: Paper,
    what: Told,
    *,
    lite: bool = False,
) -> Row:
    """One certificate, checked on a day by a verifier that holds the trust anchor of 2026."""
    note = ""
    try:
        trust = open_bundle(registry.bundle(anchor, at, lite=lite), anchor=anchor)
        verdict = verify(paper.sealed, trust, at, POLICY)
    except TrustDataError as error:
        note = str(error)
        verdict = verify_without_trust(paper.sealed, Reason.TRUST_MALFORMED, at)
    day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    return Row(day, what, verdict.outcome.value, _reason(verdict), note)


def _reason(verdict: Verdict) -> str:
    """What decided: the first check that is no PASS, or what proof and key rest on."""
    bad = [check for check in verdict.checks if check.result in {Result.FAIL, Result.UNKNOWN}]
    if bad:
        return bad[0].reason.value
    decisive = (verdict.check(CheckName.PROOF), verdict.check(CheckName.KEY))
    return ", ".join(check.reason.value for check in decisive)


def table(rows: Sequence[Row], language: Language) -> list[str]:
    """The rows as the lines of a Markdown table, as they stand in docs/thirteen-years.md."""
    head = {
        "zh-Hant": "| 日期 | 查驗的對象 | 結果 | 理由 |",
        "en": "| day | what is checked | verdict | reason |",
    }
    body = [
        f"| {row.day} | {row.what.in_language(language)} | {row.outcome} | {row.reason} |"
        for row in rows
    ]
    return [head[language], "|---|---|---|---|", *body]
