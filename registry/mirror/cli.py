"""`sealroot registry serve`, `mirror sync`, `statistics`: hand out, fetch and count trust data."""

import json
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from registry.anchor_file import decode_trust_anchor
from registry.cli_options import AsJson, moment, now, open_home
from registry.cli_output import print_done, print_facts, print_rows
from registry.errors import TrustDataError
from registry.home import RegistryHome
from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.folder import MirrorFolder
from registry.mirror.health import LAST_SYNC, STALE_SECONDS
from registry.mirror.range_file import RegistryId
from registry.plain_words import explained
from registry.public_folder import write_atomically
from registry.rim_errors import HomeError

if TYPE_CHECKING:
    from registry.mirror.sources import Source
    from registry.mirror.sync_report import SyncReport

app = typer.Typer()
mirror_app = typer.Typer(
    help="Copies of a registry from mirrors that nobody trusts.", no_args_is_help=True
)
_REFUSED, _BEHIND = 1, 2


@app.command()
def serve(
    home: Annotated[
        Path | None,
        typer.Option("--home", envvar="SEALROOT_HOME", help="A registry's home folder."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="A mirror's folder, as `mirror sync` makes it.")
    ] = None,
    *,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = 8420,
    every: Annotated[
        float, typer.Option(min=1, help="Seconds between two looks at the chain.")
    ] = 15.0,
    log_addresses: Annotated[
        bool, typer.Option("--log-addresses", help="Write who asked into the log.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Hand out a registry to programs and people, read-only. Anyone can run this.

    With --home the folder HOME/mirror follows the chain; when that is gone it is served on.
    """
    from registry.mirror.app import make_service  # noqa: PLC0415 - the web framework is slow
    from registry.mirror.refresher import Refresher  # noqa: PLC0415 - likewise
    from registry.mirror.server import listening, run  # noqa: PLC0415 - likewise

    served = MirrorFolder(folder) if folder is not None else None
    refresher = None
    if served is None:
        opened = _home(home)
        served = MirrorFolder(opened.path / "mirror")
        refresher = Refresher(opened, served, now, lambda line: typer.echo(line, err=True))
        refresher.refresh()
    if served.standing() is None:
        typer.echo(f"Warning: nothing is mirrored in {served.root} yet.", err=True)
    upstream = None if refresher is None else refresher.upstream
    service = make_service(served, upstream=upstream, log_addresses=log_addresses)
    with listening(host, port) as opened_socket:
        url = f"http://{host}:{opened_socket.getsockname()[1]}/"
        facts = {"url": url, "pid": os.getpid(), "folder": str(served.root)}
        print_done(f"The mirror of {served.root} answers at {url}", facts, as_json=as_json)
        if refresher is not None:
            refresher.start(every)
        run(service, opened_socket)


def _home(home: Path | None) -> RegistryHome:
    if home is None:
        raise explained(
            HomeError("neither --home nor --folder says what is to be served"),
            means="Nothing is served.",
            way_out="Name a registry's home folder with --home, or a mirror's folder with "
            "--folder.",
        )
    return open_home(home)


@mirror_app.command("sync")
def sync_command(
    source: Annotated[
        list[str], typer.Option("--from", help="A mirror's URL or folder; repeat for fall-back.")
    ],
    into: Annotated[Path, typer.Option(help="The folder that becomes a mirror.")],
    trust_anchor: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="The trust anchor, compared beforehand."),
    ],
    *,
    watch: Annotated[
        float | None, typer.Option(min=1, help="Again and again, after so many seconds.")
    ] = None,
    audit: Annotated[
        bool, typer.Option("--audit", help="Read what is held again, and compare it.")
    ] = False,
    max_age: Annotated[
        int, typer.Option(min=1, help="Seconds after which the newest data are too old.")
    ] = STALE_SECONDS,
    request_seconds: Annotated[
        float, typer.Option(min=0.1, help="The most that one request may take.")
    ] = 60.0,
    as_json: AsJson = False,
) -> None:
    """Fetch a registry from mirrors or folders, believing none of them.

    Exit 1 where a source was refused, 2 where nobody has anything newer than --max-age.
    """
    from registry.mirror.sync import folder_for, sync  # noqa: PLC0415 - rarely used

    anchor = trust_anchor.read_bytes()
    named = decode_trust_anchor(anchor)
    wanted = RegistryId(named.chain_id, named.contract)
    folder = MirrorFolder(into)
    while True:
        with ExitStack() as opened, _Bar() as bar:
            sources = [opened.enter_context(_source(name, request_seconds)) for name in source]
            report = sync(sources, folder, anchor, now=now(), audit=audit, progress=bar)
        _keep(folder_for(folder, wanted), report)
        _print_report(report, as_json=as_json)
        if watch is None:
            break
        time.sleep(watch)
    if report.refused:
        raise typer.Exit(_REFUSED)
    if report.is_stale(max_age):
        typer.echo("Nobody vouches for anything newer: the data are too old.", err=True)
        raise typer.Exit(_BEHIND)


@mirror_app.command("bundle")
def bundle_command(
    source: Annotated[str, typer.Option("--from", help="A mirror's URL or folder.")],
    out: Annotated[Path, typer.Option(help="The bundle; one that is there is brought up to date.")],
    trust_anchor: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="The trust anchor, compared beforehand."),
    ],
    *,
    full: Annotated[
        bool, typer.Option("--full/--lite", help="Lite: for phones, counters.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch the newest bundle for a verifier, or what has changed since the one that is here.

    It is opened from the trust anchor before it is kept, and never goes back.
    """
    from registry.mirror.fetch_bundle import fetch_bundle  # noqa: PLC0415 - as above

    anchor = decode_trust_anchor(trust_anchor.read_bytes())
    held = out.read_bytes() if out.is_file() else None
    try:
        with _source(source, 60.0) as opened:
            found = fetch_bundle(opened, "full" if full else "lite", anchor, held)
    except (SourceError, RefusedError, TrustDataError) as error:
        raise explained(
            error,
            means="Nothing was written; a bundle that is here already stays what it was.",
            way_out="Ask another mirror with --from, or a copy on a stick. If a mirror shows an "
            "older or another journal than you have seen, tell the registry.",
        ) from None
    write_atomically(out, found.bundle)
    facts = {
        "file": str(out),
        "bytes": len(found.bundle),
        "received": found.received,
        "way": found.way,
        "journal_size": found.trust.state.size,
        "as_of": moment(found.trust.evidence.as_of),
        "evidence_strength": int(found.trust.evidence.strength),
    }
    print_facts("Trust bundle", facts, as_json=as_json)


def _source(name: str, request_seconds: float) -> "Source":
    from registry.mirror.sources import FolderSource, HttpSource  # noqa: PLC0415 - as above

    if name.startswith(("http://", "https://")):
        return HttpSource(name, time.monotonic, request_seconds=request_seconds)
    return FolderSource(Path(name))


def _keep(folder: MirrorFolder, report: "SyncReport") -> None:
    """What `serve` tells about the last sync; no names of sources, which may be private."""
    reached = any(outcome.result != "unavailable" for outcome in report.outcomes)
    told = {
        "checked_at": now(),
        "reached": reached,
        "lag_entries": report.lag_entries,
        "trouble": "a source was refused" if report.refused else None,
    }
    write_atomically(folder.root / LAST_SYNC, json.dumps(told).encode() + b"\n")


def _print_report(report: "SyncReport", *, as_json: bool) -> None:
    rows = [
        {
            "source": one.source,
            "result": one.result,
            "claimed": one.claimed,
            "as_of": None if one.as_of is None else moment(one.as_of),
            "code": one.code,
            "index": one.index,
            "reason": one.reason,
        }
        for one in report.outcomes
    ]
    facts: dict[str, object] = {
        "entries": report.size,
        "new": report.fresh,
        "as_of": None if report.as_of is None else moment(report.as_of),
        "lag_entries": report.lag_entries,
        "lag_seconds": report.lag_seconds,
        "missing": list(report.missing),
    }
    if as_json:
        print_facts("", {**facts, "sources": rows}, as_json=True)
        return
    print_rows("Sources", rows, as_json=False, empty="No source was asked.")
    print_facts("Mirror", facts, as_json=False)


@app.command()
def statistics(
    source: Annotated[
        Path, typer.Argument(exists=True, help="A mirror's folder, or a full bundle.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Count what was issued, anchored, revoked and suspended; small numbers are left out."""
    from registry.mirror.recount import count_bundle, count_folder  # noqa: PLC0415 - rarely used

    counted = count_folder(source) if source.is_dir() else count_bundle(source)
    if as_json:
        print_facts("", counted.value(), as_json=True)
        return
    rows = [
        {
            "what": tree.name,
            "type": path[0] if path else "",
            "agency": path[1] if len(path) > 1 else "",
            "month": path[2] if len(path) > 2 else "",
            "count": "left out" if number is None else f"{number:,}",
        }
        for tree in (counted.issued, counted.anchored, counted.revoked, counted.suspended)
        for path, number in tree.walk()
    ]
    print_rows("Statistics", rows, as_json=False, empty="There is nothing to count.")


class _Bar:
    """A progress bar on standard error, shown only where there is much to fetch."""

    def __init__(self, worth_showing: int = 5_000) -> None:
        self._worth_showing = worth_showing
        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, done: int, whole: int) -> None:
        if whole < self._worth_showing:
            return
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("Fetching the journal", total=whole)
        self._bar.update(self._task, completed=done, total=whole)
