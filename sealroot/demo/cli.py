"""The command `sealroot demo`: a chain of its own, the story, and every verdict compared."""

import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from issuer.commands.progress import shown_progress
from registry.local_chain import running_local_chain
from sealroot.demo.scenes import Played, Scene, command_of, play, show, without_network
from sealroot.demo.story import Stage, Told, tell

MARK: Final = ".sealroot-demo"
EXIT_UNEXPECTED: Final = 1
WIDTH_OF_A_LOG: Final = 130


def demo(
    out: Annotated[Path, typer.Option(help="Folder for all files; made anew each time.")] = Path(
        "demo-output"
    ),
) -> None:
    """Play the whole story here: found, issue, revoke, leak a key, and check all of it offline."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_LOG)
    started = time.monotonic()
    folder = _emptied(out.resolve())

    def say(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:5.1f} s[/]  {text}", highlight=False)

    with running_local_chain(folder / "chain") as chain, shown_progress(console) as report:
        told = tell(Stage(folder, chain.url, say, report))
    say("The chain has been stopped: what follows needs no network")
    played = [_played(scene, told, console) for scene in told.scenes]
    show(played, console)
    _what_next(told, console)
    wrong = sum(not one.is_as_expected for one in played)
    seconds = time.monotonic() - started
    console.print(
        f"\n{len(played) - wrong} of {len(played)} as expected, in {seconds:.0f} seconds."
    )
    if wrong:
        raise typer.Exit(EXIT_UNEXPECTED)


def _emptied(folder: Path) -> Path:
    """Return the folder, new: one of ours is replaced, anybody else's is never touched."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise typer.BadParameter(f"{folder} holds files that are not of a demonstration")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder


def _played(scene: Scene, told: Told, console: Console) -> Played:
    with console.status(scene.title):
        return play(scene, told.trust_anchor)


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
