"""One row of the demonstration's table: a document, how it is checked, and what must come out."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

COLOURS: Final = {"VALID": "green", "INVALID": "red", "INDETERMINATE": "yellow"}
SECONDS_FOR_ONE: Final = 60


@dataclass(frozen=True, slots=True)
class Scene:
    """A document, the trust data to check it with, and the verdict and code that must come out."""

    title: str
    document: Path
    bundle: Path
    outcome: str
    code: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """What `sealroot verify` said."""

    scene: Scene
    outcome: str
    codes: frozenset[str]
    exit_code: int
    strength: int | None
    """Of the evidence behind the trust data: 1 a node, 2 checkpoints, 3 the validators' seals."""

    @property
    def is_as_expected(self) -> bool:
        """The verdict, the reason code and the exit code are those the scene names."""
        code_of = {"VALID": 0, "INVALID": 1, "INDETERMINATE": 2}
        return (
            self.outcome == self.scene.outcome
            and self.scene.code in self.codes
            and self.exit_code == code_of[self.scene.outcome]
        )


@cache
def without_network() -> tuple[str, ...]:
    """Return the words that start a command with no network at all; none where not permitted."""
    tool = shutil.which("unshare")
    if tool is None:
        return ()
    for words in ((tool, "-n"), (tool, "-rn")):
        tried = subprocess.run([*words, sys.executable, "-c", ""], capture_output=True, check=False)
        if tried.returncode == 0:
            return words
    return ()


def command_of(scene: Scene, trust_anchor: Path) -> list[str]:
    """Return the command a person would type for this scene."""
    return [
        str(Path(sys.executable).with_name("sealroot")),
        "verify",
        str(scene.document),
        "--bundle",
        str(scene.bundle),
        "--trust-anchor",
        str(trust_anchor),
        *scene.options,
    ]


def play(scene: Scene, trust_anchor: Path, *, isolated: bool = True) -> Played:
    """Return what the command says, run as a process of its own with no network."""
    ran = subprocess.run(
        [*(without_network() if isolated else ()), *command_of(scene, trust_anchor), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_FOR_ONE,
    )
    try:
        document = json.loads(ran.stdout)["documents"][0]
        trust = document["trust"]
    except (ValueError, LookupError) as error:
        raise RuntimeError(f"{scene.title}: {ran.stderr or ran.stdout}") from error
    codes = {check["code"] for check in document["checks"]} | {document["document"]["code"]}
    strength = None if trust is None else trust.get("strength")
    return Played(scene, document["outcome"], frozenset(codes), ran.returncode, strength)


def show(played: Sequence[Played], console: Console) -> None:
    """The table of expected and actual verdicts is printed."""
    table = Table(title="Checked offline, each in a process of its own", title_justify="left")
    for heading in ("", "document", "expected", "actual", "reason", "evidence"):
        table.add_column(heading, overflow="fold")
    for one in played:
        colour = COLOURS.get(one.outcome, "white")
        mark = "[green]✓[/]" if one.is_as_expected else "[bold red]✗[/]"
        reason = one.scene.code if one.scene.code in one.codes else ", ".join(sorted(one.codes))
        actual = f"[{colour}]{one.outcome}[/]"
        strength = "-" if one.strength is None else str(one.strength)
        table.add_row(mark, one.scene.title, one.scene.outcome, actual, reason, strength)
    console.print(table)
