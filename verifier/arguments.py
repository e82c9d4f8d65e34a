"""The words of `sealroot verify` on a command line, as one checked request.

With argparse, not typer: typer loads pydantic for every command, and a check at a counter waited a
sixth of a second longer (docs/adr/012-verify-without-typer.md).
"""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from credential.ids import UnixTime
from verifier.errors import UsageError
from verifier.options import overridden, parse_age, parse_time, read_policy
from verifier.policy import NAMED_POLICIES, Policy
from verifier.verdict import Outcome
from verifier.words import LANGUAGES, Language, language_of

SIGNED_EVIDENCE = 2
MOST_JOBS = 256
REPORT_SUFFIXES = (".csv", ".html", ".json", ".ndjson")
EXIT_CODES = {Outcome.VALID: 0, Outcome.INVALID: 1, Outcome.INDETERMINATE: 2}


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for; `at` is None for now, `jobs` for as many as there are cores."""

    inputs: list[str]
    bundle: Path | None
    online: str | None
    public: Path | None
    trust_anchor: Path | None
    store: Path | None
    at: UnixTime | None
    policy: Policy
    as_json: bool
    explained: bool
    language: Language
    reports: tuple[Path, ...] = ()
    jobs: int | None = None
    compares_pages: bool = True
    differences: Path | None = None


class _Parser(argparse.ArgumentParser):
    """A parser that raises, because the exit code it would use means INDETERMINATE here."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n{self.format_usage()}")


def parse_request(words: Sequence[str], environment: Mapping[str, str]) -> Request:
    """Return the request; raises UsageError, or PolicyError for a policy that is none."""
    told = _parser().parse_args(words)
    if told.bundle is None and told.online is None:
        raise UsageError("give trust data: --bundle FILE (offline) or --online URL")
    if told.public is not None and told.online is None:
        raise UsageError("--public goes with --online: a bundle carries its documents itself")
    if told.differences is not None and not told.compare_pages:
        raise UsageError("--differences needs the pages compared: leave out --no-compare-pages")
    policy = read_policy(told.policy)
    if told.trust_anchor is not None and told.online is None and told.min_evidence is None:
        # Without a checkpoint of its signers anybody could have written the bundle.
        policy = replace(policy, min_evidence=max(policy.min_evidence, SIGNED_EVIDENCE))
    settings = ("require_anchor", "min_evidence", *_AGES)
    return Request(
        inputs=told.inputs,
        bundle=told.bundle,
        online=told.online,
        public=told.public,
        trust_anchor=told.trust_anchor,
        store=told.store,
        at=told.at,
        policy=overridden(policy, {name: getattr(told, name) for name in settings}),
        as_json=told.json,
        explained=told.explain,
        language=told.lang or _language(environment),
        reports=tuple(dict.fromkeys(told.report)),
        jobs=told.jobs,
        compares_pages=told.compare_pages,
        differences=told.differences,
    )


def _language(environment: Mapping[str, str]) -> Language:
    """Return the language the environment asks for, by the order of POSIX."""
    settings = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return language_of(next(filter(None, settings), ""))


_AGES = ("max_trust_age", "max_status_age", "max_unanchored_age")
_DESCRIPTION = """\
Say whether documents are genuine, by whom they were issued, whether they are in force and not
revoked; and what could not be found out."""
_EPILOG = """\
Ends with 0 for VALID, 1 for INVALID, 2 for INDETERMINATE, 3 for wrong usage. Of several documents
the worst counts: INVALID, then INDETERMINATE, then VALID."""


def _parser() -> _Parser:
    parser = _Parser(
        "sealroot verify", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False
    )
    add = parser.add_argument
    add(
        "inputs",
        nargs="+",
        metavar="X",
        help="picture (PNG, JPEG, WebP), PDF, sealed file, QR text, folder, or - (standard input)",
    )
    source = parser.add_argument_group("trust data")
    source.add_argument("--bundle", type=Path, metavar="FILE", help="offline: opens no connection")
    source.add_argument("--online", metavar="URL", help="RPC address of a node that you trust")
    source.add_argument(
        "--public", type=Path, metavar="DIR", help="with --online: published documents by digest"
    )
    source.add_argument("--trust-anchor", type=Path, metavar="FILE", help="where trust begins")
    source.add_argument(
        "--store", type=Path, metavar="DIR", help="remembers what was seen; never goes back"
    )
    _add_policy(parser.add_argument_group("policy"))
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="for programs")
    output.add_argument("--explain", action="store_true", help="the numbered steps with all values")
    output.add_argument("--lang", choices=LANGUAGES, help="default from LANG")
    pages = parser.add_argument_group("pages of a PDF")
    pages.add_argument(
        "--compare-pages",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="draw the pages again from the signed fields and compare them (default)",
    )
    pages.add_argument(
        "--differences",
        type=Path,
        metavar="DIR",
        help="where pages that differ are written as pictures, with the differences boxed",
    )
    _add_reports(parser.add_argument_group("many documents"))
    return parser


def _add_reports(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--report",
        type=_report,
        action="append",
        default=[],
        metavar="FILE",
        help=f"also written, by its ending: {', '.join(REPORT_SUFFIXES)}; several are possible",
    )
    group.add_argument(
        "--jobs", type=_jobs, metavar="N", help="so many processes; default one for each core"
    )


def _add_policy(group: argparse._ArgumentGroup) -> None:
    names = ", ".join(NAMED_POLICIES)
    group.add_argument(
        "--at", type=_time, metavar="TIME", help="judge as of then: ISO 8601 or Unix seconds"
    )
    group.add_argument("--policy", default="default", metavar="NAME|FILE", help=f"{names}, or TOML")
    group.add_argument(
        "--require-anchor",
        action=argparse.BooleanOptionalAction,
        help="only anchored is good enough",
    )
    group.add_argument("--min-evidence", type=int, metavar="N", help="1, 2 or 3")
    for name in _AGES:
        option = "--" + name.replace("_", "-")
        group.add_argument(option, type=_age, metavar="AGE", help="such as 3600, 72h or 7d")


def _time(text: str) -> UnixTime:
    try:
        return parse_time(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time: {error}") from error


def _report(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in REPORT_SUFFIXES:
        known = ", ".join(REPORT_SUFFIXES)
        raise argparse.ArgumentTypeError(f"{text!r} does not end in one of {known}")
    return path


def _jobs(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_JOBS}")
    return int(text)


def _age(text: str) -> int:
    try:
        return parse_age(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
