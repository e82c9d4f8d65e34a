"""The command `sealroot demo`: a chain of its own, the story, and every verdict compared."""

import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from issuer.commands.progress import shown_progress
from registry.local_chain import running_local_chain
from sealroot.demo.on_network import running_network
from sealroot.demo.realm import ChainPlace
from sealroot.demo.scenes import Played, Scene, command_of, play, show, without_network
from sealroot.demo.serving import serve_at_the_end
from sealroot.demo.show_years import show_thirteen_years
from sealroot.demo.story import Stage, Told, tell

SEALED_BY_VALIDATORS: Final = 3
MARK: Final = ".sealroot-demo"
EXIT_UNEXPECTED: Final = 1
WIDTH_OF_A_LOG: Final = 130


app = typer.Typer(invoke_without_command=True)
app.command("thirteen-years")(show_thirteen_years)


@app.callback()
def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for all files; made anew each time.")] = Path(
        "demo-output"
    ),
    network: Annotated[
        str | None,
        typer.Option(help="qbft or clique: four validators; or the folder of a network."),
    ] = None,
) -> None:
    """Play the whole story here: found, issue, revoke, leak a key, and check all of it offline."""
    if context.invoked_subcommand is not None:
        return
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_LOG)
    started = time.monotonic()
    folder = _emptied(out.resolve())

    def say(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:5.1f} s[/]  {text}", highlight=False)

    with _chain(network, folder, say) as chain, shown_progress(console) as report:
        told = tell(Stage(folder, chain, say, report))
        before = _all_played(told, console, isolated=False) if network else None
    say("The chain has been stopped: what follows needs no network")
    played = _all_played(told, console, isolated=True)
    show(played, console)
    _what_next(told, console)
    wrong = sum(not one.is_as_expected for one in played)
    seconds = time.monotonic() - started
    console.print(
        f"\n{len(played) - wrong} of {len(played)} as expected, in {seconds:.0f} seconds."
    )
    if wrong or (before is not None and not _held(before, played, console)):
        raise typer.Exit(EXIT_UNEXPECTED)
    stays = sys.stdout.isatty() and sys.stdin.isatty()
    if not serve_at_the_end(told, console, stays=stays):
        raise typer.Exit(EXIT_UNEXPECTED)


@contextmanager
def _chain(network: str | None, folder: Path, say: Callable[[str], None]) -> Iterator[ChainPlace]:
    """The chain of the story runs inside the `with` block: one local node, or validators."""
    if network is None:
        with running_local_chain(folder / "chain") as local:
            yield ChainPlace((local.url,))
    else:
        with running_network(network, folder / "network", say) as place:
            yield place


def _held(before: Sequence[Played], after: Sequence[Played], console: Console) -> bool:
    """Every verdict without validators and sockets is the one from before; said in words."""
    if not without_network():
        console.print("[red]This machine does not let us take the network away: not shown.[/]")
        return False
    changed = [
        new.scene.title
        for old, new in zip(before, after, strict=True)
        if (old.outcome, old.codes) != (new.outcome, new.codes)
    ]
    if changed:
        console.print(f"[red]Other verdicts once the validators were gone: {changed}[/]")
        return False
    weak = [one.scene.title for one in after if one.strength not in {None, SEALED_BY_VALIDATORS}]
    if weak:
        console.print(f"[red]Not proven by the validators' own seals: {weak}[/]")
        return False
    console.print(f"{len(after)} verdicts are the same with the validators stopped and no socket.")
    return True


def _emptied(folder: Path) -> Path:
    """Return the folder, new: one of ours is replaced, anybody else's is never touched."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise typer.BadParameter(f"{folder} holds files that are not of a demonstration")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder


def _all_played(told: Told, console: Console, *, isolated: bool) -> list[Played]:
    played = []
    for scene in told.scenes:
        with console.status(scene.title):
            played.append(play(scene, told.trust_anchor, isolated=isolated))
    return played


def _what_next(told: Told, console: Console) -> None:
    sample = Scene("", told.sample, told.bundle, "", "")
    command = shlex.join([*command_of(sample, told.trust_anchor), "--lang", "zh-Hant"])
    network = " ".join(without_network())
    lines = [
        "",
        f"All files are in {told.bundle.parent}",
        f"  documents to print        {told.bundle.parent / 'documents'}",
        f"  what forgers handed over  {told.bundle.parent / 'handed-over'}",
        f"  trust bundles             {told.bundle.name} (full), {told.lite_bundle.name} (small)",
        "",
        "Check one yourself, with no network:",
        f"  {network} {command}".rstrip(),
        "Photograph a page, change a letter, or name a folder instead of a file; add --explain.",
        "The keys here are plain files. An office keeps its key in a hardware module.",
    ]
    console.print("\n".join(lines), soft_wrap=True, highlight=False, markup=False)
