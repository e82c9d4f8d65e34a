"""`sealroot registry journal ...`: take a copy of the journal, read it, and check any copy."""

from pathlib import Path
from typing import Annotated

import typer

from registry.cli_options import DEFAULT_HOME, AsJson, Home, moment, opened
from registry.cli_output import print_done, print_facts, print_rows
from registry.errors import JournalError
from registry.journal import Journal, describe_entry, read_journal_file, write_journal_file
from registry.operations.journal_check import (
    JournalFinding,
    check_copy,
    heads_agree,
    reference_of_chain,
    reference_of_file,
    with_entries,
)
from registry.public_folder import write_atomically

app = typer.Typer(help="The journal: export, show, check.", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A journal file.")
]


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Write a copy of the whole journal, for a mirror, a USB stick, an archive."""
    journal = opened(home).followed().journal
    write_atomically(file, write_journal_file(journal))
    facts = {"file": str(file), "entries": len(journal.entries), "head": journal.head().hex()}
    print_done(f"{len(journal.entries)} entries are in {file}.", facts, as_json=as_json)


@app.command()
def show(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="A copy; without it, the chain."),
    ] = None,
    home: Home = DEFAULT_HOME,
    last: Annotated[
        int | None, typer.Option(min=1, help="Only this many of the last entries.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the entries of the journal, or of a copy."""
    journal = opened(home).followed().journal if file is None else _read(file)
    chosen = journal.entries if last is None else journal.entries[-last:]
    described = [describe_entry(entry) for entry in chosen]
    rows = described if as_json else [_row(entry) for entry in described]
    print_rows("Journal", rows, as_json=as_json, empty="The journal has no entries.")


@app.command()
def check(
    file: File,
    against: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Another copy or a bundle; without it, the chain."
        ),
    ] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Replay a copy and compare it; names the entry that was changed, dropped, reordered or added.

    Exit 1 if one was.
    """
    copy = _read(file)
    finding = _against_chain(copy, home) if against is None else _against_file(copy, against)
    facts: dict[str, object] = {
        "file": str(file),
        "result": "genuine" if finding.fault is None else "not genuine",
        "compared_with": finding.reference,
        "entries": finding.entries,
        "head": finding.head,
        "fault": finding.fault,
        "entry": finding.index,
        "found": list(finding.said),
    }
    print_facts("Check of a journal copy", facts, as_json=as_json)
    if finding.fault is not None:
        raise typer.Exit(1)


def _against_chain(copy: Journal, home: Path) -> JournalFinding:
    chain = opened(home).chain
    chain.require_agreement()
    reference = reference_of_chain(chain, chain.deployment.begun_at)
    if not heads_agree(copy, reference) or len(copy.entries) != reference.heads[0].size:
        reference = with_entries(reference, chain)
    return check_copy(copy, reference)


def _against_file(copy: Journal, against: Path) -> JournalFinding:
    return check_copy(copy, reference_of_file(str(against), against.read_bytes()))


def _read(file: Path) -> Journal:
    try:
        return read_journal_file(file.read_bytes())
    except JournalError as error:
        error.add_note("This copy is damaged and proves nothing.")
        error.add_note(
            "Get another copy: from a mirror, or with `sealroot registry journal export`."
        )
        raise


def _row(entry: dict[str, str | int]) -> dict[str, object]:
    rest = {name: value for name, value in entry.items() if name not in {"index", "time", "kind"}}
    return {
        "index": entry["index"],
        "time": moment(int(entry["time"])),
        "kind": entry["kind"],
        "says": ", ".join(f"{name} {_short(value)}" for name, value in rest.items() if value != ""),
    }


def _short(value: str | int) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:32]}…"
