"""The command `sealroot verify`: reads clock and environment, fetches trust data, prints findings, sets the exit code."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand

from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor
from registry.errors import (
    ChainError,
    ChainMismatchError,
    ChainUnavailableError,
    TrustAnchorError,
    TrustDataError,
)
from registry.public_folder import PublicFolder
from registry.trust_data import TrustData
from verifier import sources
from verifier.batch import judge_of_many
from verifier.documents import read_document
from verifier.errors import DocumentError, PolicyError, SourceError, StoreError
from verifier.examine import Finding, Judge, examine, unread, worst
from verifier.explain import explain
from verifier.inputs import Listing, Named, content_of, list_inputs
from verifier.json_report import json_report
from verifier.options import overridden, parse_age, parse_time, read_policy
from verifier.policy import Policy
from verifier.reasons import Reason
from verifier.report import Setting, summary_line, text_report
from verifier.store import TrustStore
from verifier.verdict import Outcome
from verifier.verify import verify_without_trust
from verifier.words import LANGUAGES, Language, language_of, phrase

EXIT_CODES = {Outcome.VALID: 0, Outcome.INVALID: 1, Outcome.INDETERMINATE: 2}
EXIT_USAGE = 3


class VerifyCommand(TyperCommand):
    """A command whose usage errors end with 3: the 2 that is usual there means INDETERMINATE here."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  (typer keeps the type of it to itself)
        """Parse as usual, with our exit code on every complaint."""
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            error.exit_code = EXIT_USAGE
            raise


class Origin(NamedTuple):
    """Where trust data is to come from, as the command line says."""

    bundle: Path | None
    online: str | None
    public: Path | None
    anchor: Path | None
    store: Path | None


class Trusted(NamedTuple):
    """The trust data, or the reason code for having none, with a sentence about what went wrong."""

    trust: TrustData | None
    reason: Reason = Reason.TRUST_FRESH
    because: str = ""


_TimeOption = typer.Option(
    "--at", help="judge as of this time: ISO 8601 or Unix seconds", metavar="TIME"
)
_AgeHelp = "replaces the policy's setting; such as 3600, 72h or 7d"


def verify(
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="pictures (PNG, JPEG), PDFs, sealed files, QR texts, folders, or - for standard input"
        ),
    ],
    bundle: Annotated[Path | None, typer.Option(help="trust bundle; opens no connection")] = None,
    online: Annotated[
        str | None, typer.Option(help="RPC address of a node that you trust", metavar="URL")
    ] = None,
    public: Annotated[
        Path | None, typer.Option(help="with --online: folder of published documents, by digest")
    ] = None,
    trust_anchor: Annotated[Path | None, typer.Option(help="the file to begin trust from")] = None,
    store: Annotated[
        Path | None, typer.Option(help="folder that remembers what was seen, and never goes back")
    ] = None,
    at: Annotated[str | None, _TimeOption] = None,
    policy: Annotated[
        str, typer.Option(help="default, strict, or a TOML file", metavar="NAME|FILE")
    ] = "default",
    require_anchor: Annotated[
        bool | None,
        typer.Option("--require-anchor/--no-require-anchor", help="replaces the policy's setting"),
    ] = None,
    min_evidence: Annotated[
        int | None, typer.Option(help="1, 2 or 3; replaces the policy's setting")
    ] = None,
    max_trust_age: Annotated[str | None, typer.Option(help=_AgeHelp, metavar="AGE")] = None,
    max_status_age: Annotated[str | None, typer.Option(help=_AgeHelp, metavar="AGE")] = None,
    max_unanchored_age: Annotated[str | None, typer.Option(help=_AgeHelp, metavar="AGE")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,  # noqa: FBT002
    lang: Annotated[
        str | None, typer.Option(help="zh-Hant or en; default from LANG", metavar="LANGUAGE")
    ] = None,
    explained: Annotated[
        bool, typer.Option("--explain", help="print the numbered steps with all values")
    ] = False,
) -> None:
    """Say whether documents are genuine, issued by whom, in force and not revoked; and what could not be found out.

    Ends with 0 for VALID, 1 for INVALID, 2 for INDETERMINATE, 3 for wrong usage. Of several documents the worst counts:
    INVALID, then INDETERMINATE, then VALID.
    """
    # 1. What was asked: documents, time, policy, language.
    clock = UnixTime(int(time.time()))
    try:
        asked = overridden(
            read_policy(policy),
            {
                "require_anchor": require_anchor,
                "min_evidence": min_evidence,
                "max_trust_age": _age(max_trust_age),
                "max_status_age": _age(max_status_age),
                "max_unanchored_age": _age(max_unanchored_age),
            },
        )
        now = clock if at is None else parse_time(at)
        language = _language(lang)
        listing = list_inputs(inputs)
        if bundle is None and online is None:
            raise SourceError("give trust data: --bundle FILE (offline) or --online URL")
        # 2. Trust data, once for all documents.
        trusted = _trusted(Origin(bundle, online, public, trust_anchor, store), clock)
    except FileNotFoundError as error:
        _refuse(f"there is no file or folder {str(error)!r}")
    except (ValueError, PolicyError, SourceError, StoreError, TrustAnchorError) as error:
        _refuse(str(error))
    # 3. Each document: read it, judge what it holds, compare its parts.
    setting = Setting(language, trusted.trust, now, coloured=_on_terminal() and not as_json)
    findings = _findings(listing, trusted, now, asked)
    # 4. Say it.
    if as_json:
        _print_json(findings, setting, asked, explained=explained)
    else:
        _print_text(findings, listing, setting, trusted, asked, explained=explained)
    # 5. The worst outcome is the exit code.
    raise typer.Exit(EXIT_CODES[worst([finding.outcome for finding in findings])])


def _trusted(origin: Origin, clock: UnixTime) -> Trusted:
    """Return the trust data, or why it must not be used; what the person gave wrongly is raised."""
    anchor = sources.read_trust_anchor(origin.anchor) if origin.anchor is not None else None
    store = TrustStore(origin.store) if origin.store is not None else None
    try:
        if origin.online is None:
            assert origin.bundle is not None  # noqa: S101  (checked where the options are read)
            return Trusted(sources.trust_from_bundle(origin.bundle, anchor, store))
        return Trusted(_online(origin, origin.online, anchor, store, clock))
    except TrustDataError as error:
        return Trusted(None, Reason(error.code), str(error))
    except ChainUnavailableError as error:
        return Trusted(None, Reason.TRUST_UNAVAILABLE, str(error))
    except ChainMismatchError as error:
        return Trusted(None, Reason.TRUST_FOREIGN, str(error))
    except ChainError as error:
        return Trusted(None, Reason.TRUST_MALFORMED, str(error))


def _online(
    origin: Origin, url: str, anchor: TrustAnchor | None, store: TrustStore | None, clock: UnixTime
) -> TrustData:
    carried = None
    if origin.bundle is not None:
        carried = sources.trust_from_bundle(origin.bundle, anchor, None)
    registry = sources.registry_of(anchor, carried)
    folder = PublicFolder(origin.public) if origin.public is not None else None
    return sources.trust_from_chain(url, registry, folder, carried, store, clock)


def _findings(listing: Listing, trusted: Trusted, now: UnixTime, policy: Policy) -> list[Finding]:
    judge = _judge(trusted, now, policy)
    return [_finding(named, judge, now) for named in listing.inputs]


def _judge(trusted: Trusted, now: UnixTime, policy: Policy) -> Judge:
    if trusted.trust is None:
        return lambda sealed: verify_without_trust(sealed, trusted.reason, now)
    return judge_of_many(trusted.trust, now, policy)


def _finding(named: Named, judge: Judge, now: UnixTime) -> Finding:
    try:
        return examine(named.name, read_document(content_of(named), named.name), judge, now)
    except DocumentError as error:
        return unread(named.name, error)


def _print_text(
    findings: list[Finding],
    listing: Listing,
    setting: Setting,
    trusted: Trusted,
    policy: Policy,
    *,
    explained: bool,
) -> None:
    if trusted.because:
        typer.echo(f"{phrase('check', 'trust', setting.language)}: {trusted.because}\n", err=True)
    if len(findings) > 1 or listing.passed_over:
        for finding in findings:
            typer.echo(summary_line(finding, setting))
        told = phrase("label", "passed_over", setting.language)
        typer.echo(told.format(len(findings), listing.passed_over) + "\n")
    for finding in findings:
        if len(findings) == 1 or (explained or finding.outcome is not Outcome.VALID):
            typer.echo(text_report(finding, setting))
        if explained:
            typer.echo("\n".join(_explanation(finding, trusted.trust, policy)))


def _print_json(
    findings: list[Finding], setting: Setting, policy: Policy, *, explained: bool
) -> None:
    documents = [json_report(finding, setting) for finding in findings]
    if explained:
        for document, finding in zip(documents, findings, strict=True):
            document["steps"] = [*_explanation(finding, setting.trust, policy)]
    outcome = worst([finding.outcome for finding in findings])
    told = {"outcome": outcome.value, "exit_code": EXIT_CODES[outcome], "documents": documents}
    typer.echo(json.dumps(told, indent=1))  # ASCII only: nothing in it can act on a terminal


def _explanation(finding: Finding, trust: TrustData | None, policy: Policy) -> list[str]:
    if trust is None:
        return []
    return [
        line
        for held, verdict in finding.verdicts
        for line in (*explain(held.sealed, verdict, trust, policy), "")
    ]


def _age(text: str | None) -> int | None:
    return None if text is None else parse_age(text)


def _language(asked: str | None) -> Language:
    if asked is None:
        settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        return language_of(next(filter(None, settings), ""))
    for language in LANGUAGES:
        if asked == language:
            return language
    raise ValueError(f"--lang is {' or '.join(LANGUAGES)}, not {asked!r}")


def _on_terminal() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _refuse(message: str) -> NoReturn:
    """Say what is wrong with the command and leave with the code for that."""
    typer.echo(f"sealroot verify: {message}", err=True)
    raise typer.Exit(EXIT_USAGE)


def add_to(app: typer.Typer) -> None:
    """The app has the command `verify`."""
    app.command("verify", cls=VerifyCommand)(verify)
