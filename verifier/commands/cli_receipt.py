"""`sealroot verifier receipt check`: what a signed check receipt says, and of which document."""

import json
import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from credential.errors import FormatError
from credential.keys import VerifyingKey
from registry.plain_words import explained
from registry.public_folder import write_atomically
from verifier.documents import MOST_FILE_BYTES, read_document
from verifier.errors import (
    DocumentError,
    ReceiptError,
    ReceiptFormatError,
    ReceiptKeyUnknownError,
    SourceError,
)
from verifier.receipt import (
    MOST_KEY_SET_BYTES,
    RECEIPT_SUFFIX,
    OpenedReceipt,
    decode_key_set,
    encode_key_set,
    open_receipt,
)
from verifier.receipt_findings import MOST_RECEIPT_BYTES
from verifier.receipt_keys import new_receipt_key, receipt_signer
from verifier.receipt_report import About, about, json_receipt, text_receipt
from verifier.verdict import Outcome
from verifier.words import Language, language_of

receipt_app = typer.Typer(help="Signed receipts of checks.", no_args_is_help=True)

_EXITS = {Outcome.VALID: 0, Outcome.INVALID: 1, Outcome.INDETERMINATE: 2}
_EXIT_FALSE = 1
_EXIT_UNKNOWN = 2


@receipt_app.callback()
def receipts() -> None:
    """Check receipts: what a service signed about a check it made."""


@receipt_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help=f"The receipt, such as x{RECEIPT_SUFFIX}.")],
    key: Annotated[
        list[Path],
        typer.Option("--key", help="The service's key set (its /receipt-key); repeat for more."),
    ],
    sealed: Annotated[
        Path | None,
        typer.Option(help="The document in hand (picture, PDF, sealed file): is it about this?"),
    ] = None,
    *,
    lang: Annotated[
        Literal["zh-Hant", "en"] | None, typer.Option(help="Default from LANG.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Say what a receipt says: what was checked, when, against which state of the journal.

    Ends like `verify`, with what was found then: 0 VALID, 1 INVALID, 2 INDETERMINATE. Also 1 where
    the receipt is not genuine or is about another document, 2 where its key is not known here.
    """
    language = lang or _language()
    keys = [one for path in key for one in _keys(path)]
    content = _read(file, MOST_RECEIPT_BYTES, "receipt")
    try:
        opened = open_receipt(content, keys)
    except ReceiptError as error:
        _refuse(error, as_json=as_json)
        raise typer.Exit(
            _EXIT_UNKNOWN if isinstance(error, ReceiptKeyUnknownError) else _EXIT_FALSE
        ) from None
    relation = None if sealed is None else about(opened.receipt, _held(sealed))
    if as_json:
        typer.echo(json.dumps(json_receipt(opened, relation), indent=1))
    else:
        typer.echo(text_receipt(opened, relation, language))
    raise typer.Exit(_exit_code(opened, relation))


def _exit_code(opened: OpenedReceipt, relation: About | None) -> int:
    if relation is About.ANOTHER_DOCUMENT:
        return _EXIT_FALSE
    return _EXITS[opened.receipt.outcome]


@receipt_app.command("new-key")
def new_key(
    key: Annotated[str, typer.Argument(help="A new key file, or a pkcs11: URI.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Make the key that a service signs receipts with, in a hardware module or a plain file."""
    kid = new_receipt_key(key)
    if as_json:
        typer.echo(json.dumps({"key": key, "kid": kid.hex()}))
    else:
        typer.echo(f"Receipts will be signed with the key {kid.hex()}, in {key}")


@receipt_app.command("key-set")
def key_set(
    out: Annotated[Path, typer.Argument(help="The file for those who check receipts.")],
    key: Annotated[
        list[str],
        typer.Option("--key", help="Key file or pkcs11: URI, the one in use first; then older."),
    ],
) -> None:
    """Write the public keys that receipts are checked with, as the service hands them out."""
    made = encode_key_set(receipt_signer(name).cose_key for name in key)
    write_atomically(out, made)
    typer.echo(f"{out} holds {len(key)} public key(s); hand it out over a channel people trust.")


def _keys(path: Path) -> tuple[VerifyingKey, ...]:
    try:
        return decode_key_set(_read(path, MOST_KEY_SET_BYTES, "key set"))
    except ReceiptFormatError as error:
        raise explained(
            error,
            means=f"Nothing can be said about the receipt with {path}.",
            way_out="Get the key set from the service (GET /receipt-key) over a channel you "
            "trust; a private key file is none.",
        ) from None


def _held(path: Path) -> list[bytes]:
    content = _read(path, MOST_FILE_BYTES, "document")
    try:
        return [held.sealed for held in read_document(content, path.name).held]
    except (DocumentError, FormatError) as error:
        raise explained(
            SourceError(f"nothing could be read from {path}: {error}"),
            means="Whether the receipt is about this document is not known.",
            way_out="Give a sharper picture, the PDF as the agency made it, or the sealed file.",
        ) from None


def _read(path: Path, most: int, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise explained(
            SourceError(f"the {what} {path} cannot be read: {error.strerror}"),
            means="Nothing was checked.",
            way_out="Check the path.",
        ) from None
    if len(content) > most:
        raise explained(
            SourceError(f"{path} has more than {most:,} bytes, which no {what} has"),
            means="Nothing was checked.",
            way_out="Check the path.",
        )
    return content


def _refuse(error: ReceiptError, *, as_json: bool) -> None:
    unknown = isinstance(error, ReceiptKeyUnknownError)
    state = "key_unknown" if unknown else "not_genuine"
    if isinstance(error, ReceiptFormatError):
        state = "malformed"
    if as_json:
        typer.echo(json.dumps({"receipt": state, "because": str(error)}, indent=1))
        return
    means = (
        "Nobody here knows who made this receipt; it says nothing about any document."
        if unknown
        else "This receipt says nothing about any document: it was altered, damaged or made up."
    )
    way_out = (
        "Get the key set of the service that is said to have made it, from the service itself."
        if unknown
        else "Ask for the document itself and check that: `sealroot verify`."
    )
    typer.echo(f"What happened:  {error}\nWhat it means:  {means}\nWhat to do:     {way_out}")


def _language() -> Language:
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return language_of(next(filter(None, settings), ""))
