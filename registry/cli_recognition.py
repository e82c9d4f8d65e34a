"""`sealroot registry recognise|recognition ...`: other registries whose documents count here."""

import json
from pathlib import Path
from typing import Annotated

import typer

from credential.display import shown
from registry.anchor_file import TrustAnchor, decode_trust_anchor, short_digest
from registry.cli_options import DEFAULT_HOME, AsJson, Home, moment, now, opened, parse_time
from registry.cli_output import print_done, print_rows
from registry.operations import recognitions
from registry.recognition import Recognition

app = typer.Typer()
recognition_app = typer.Typer(help="Recognised registries: end, list.", no_args_is_help=True)


@app.command()
def recognise(
    trust_anchor: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The other registry's trust anchor.")
    ],
    types: Annotated[
        str, typer.Option(help="Numbers of ITS credential types that count here, such as 2,3.")
    ],
    until: Annotated[str | None, typer.Option(help="When it ends by itself; else never.")] = None,
    digest: Annotated[
        str | None,
        typer.Option(help="Its short digest, as you got it another way; else you are asked."),
    ] = None,
    home: Home = DEFAULT_HOME,
    *,
    arguments_only: Annotated[
        bool, typer.Option(help="Print what `council propose recogniseRegistry` takes; do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Recognise another registry: its documents of these types count here from now on. Council."""
    encoded = trust_anchor.read_bytes()
    anchor = decode_trust_anchor(encoded)
    type_nos = _type_numbers(types)
    ends = 0 if until is None else parse_time(until)
    _compare(anchor, short_digest(encoded), digest)
    if arguments_only:
        chain_id, contract, end, tail = recognitions.recognition_call(anchor, type_nos, ends)
        typer.echo(json.dumps([chain_id, contract, end, f"0x{tail.hex()}"]))
        return
    number = recognitions.recognise(opened(home), anchor, type_nos, until=ends)
    print_done(
        f"Recognition {number}: {_names(anchor.name_zh_hant, anchor.name_en)}, "
        f"for its types {', '.join(map(str, type_nos))}. Verifiers learn of it with the next "
        "checkpoint and bundle; put that registry's own bundle in with `bundle make --guest`.",
        {"recognition": number, "types": type_nos, "digest": short_digest(encoded)},
        as_json=as_json,
    )


@recognition_app.command()
def end(
    number: Annotated[int, typer.Argument(min=1, help="Number of the recognition.")],
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """End a recognition: no document of that registry counts here any more, old or new. Council."""
    known = recognitions.end(opened(home), number)
    contents = known.contents
    told = "" if contents is None else f" of {_names(contents.name_zh_hant, contents.name_en)}"
    print_done(
        f"Recognition {number}{told} has ended. Verifiers learn of it with the next checkpoint "
        "and bundle.",
        {"recognition": number},
        as_json=as_json,
    )


@recognition_app.command("list")
def list_recognitions(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """List all recognitions, and which are in force now."""
    rows = [_row(known) for known in opened(home).state().recognitions]
    print_rows("Recognitions", rows, as_json=as_json, empty="No other registry is recognised.")


def _row(known: Recognition) -> dict[str, object]:
    contents = known.contents
    return {
        "number": known.number,
        "registry": None if contents is None else _names(contents.name_zh_hant, contents.name_en),
        "chain_id": known.chain_id,
        "contract": f"0x{known.contract.hex()}",
        "types": None if contents is None else list(contents.type_nos),
        "signers": None
        if contents is None
        else f"{contents.signers.threshold} of {len(contents.signers.cose_keys)}",
        "recognised_at": moment(known.at),
        "until": moment(known.until) if known.until else None,
        "ended_at": None if known.ended_at is None else moment(known.ended_at),
        "in_force": contents is not None and known.in_force(now()),
    }


def _compare(anchor: TrustAnchor, found: str, given: str | None) -> None:
    """The digest is the one that somebody got another way; a usage error else.

    Whoever could put a file of his own in the place of that registry's would be recognised.
    """
    if given is not None:
        if given.strip().upper() != found:
            raise typer.BadParameter(
                f"the trust anchor has the digest {found}, not {given}. It is not the file that "
                "registry speaks of; nothing was recognised"
            )
        return
    facts = {
        "registry": _names(anchor.name_zh_hant, anchor.name_en),
        "chain_id": anchor.chain_id,
        "contract": f"0x{anchor.contract.hex()}",
        "signers": f"{anchor.signers.threshold} of {len(anchor.signers.cose_keys)}",
        "validators": len(anchor.validators),
        "digest": found,
    }
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' ')}: {value}", err=True)
    question = "Is this the digest which that registry has given you in another way?"
    typer.confirm(question, abort=True, err=True)


def _type_numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 1 <= len(part) <= 10 for part in parts):
        raise typer.BadParameter(f"{text!r} is no list of type numbers such as 2,3")
    return sorted({int(part) for part in parts})


def _names(zh_hant: str, en: str) -> str:
    return f"{shown(zh_hant)} / {shown(en)}"
