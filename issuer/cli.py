"""The commands `sealroot issuer …`.

The one place that wires an office and reads clock and environment.
"""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from credential.ids import AgencyCode
from credential.signer import Signer
from credential.type_fields import Text
from credential.types import CredentialType
from issuer.anchor_account import RegistryAnchorAccount
from issuer.anchoring import wait_until_final
from issuer.belonging import account_finding, agency_findings, require_well
from issuer.commands import counter, pipeline, queue, setup, statuses
from issuer.commands.session import Session
from issuer.database import Database
from issuer.following import JournalFollower
from issuer.founding import bind_database, read_state
from issuer.office import Limits, Office
from issuer.outbox import DatabaseOutbox
from issuer.ports import ReportProgress, silent
from issuer.settings import (
    OfficeSettings,
    database_url,
    located,
    read_settings,
    write_settings,
)
from issuer.signers import InsecureFileSigner
from issuer.status_lists import open_first_list, publish_planned
from issuer.steps import Checkpoint, Step, no_checkpoint
from issuer.type_folder import read_types
from registry.chain_protocol import ChainAccount
from registry.cli_modules import module_key
from registry.deferred_chain import DeferredChain
from registry.home import RegistryHome
from registry.key_uris import is_in_module
from registry.public_folder import PublicFolder
from verifier.drawing import Document, Printer

HOME_VARIABLE = "SEALROOT_ISSUER_HOME"
CRASH_VARIABLE = "SEALROOT_TEST_CRASH_AT"
PASSWORD_VARIABLE = "SEALROOT_ACCOUNT_PASSWORD"  # noqa: S105  (the name of a variable)

issuer_app = typer.Typer(
    name="issuer",
    help="Issue documents for one agency, and change their status.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold personal data
)
for part in (setup.app, pipeline.app, queue.app, counter.app, statuses.app):
    issuer_app.registered_commands += part.registered_commands


@issuer_app.callback()
def begin(
    ctx: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar=HOME_VARIABLE, help="the office's home folder")
    ] = Path("issuer-home"),
) -> None:
    """Issue documents for one agency, and change their status."""
    ctx.obj = Session(home.resolve(), _now, open_office, found_office)


def _now() -> int:
    return int(time.time())


@contextmanager
def open_office(home: Path, report: ReportProgress) -> Iterator[Office]:
    """Yield the office of this home folder, wired to its real chain, keys and printer."""
    settings = read_settings(home)
    database = Database(database_url(home, settings))
    database.require_current_schema()
    try:
        yield _wire(home, settings, database, report)
    finally:
        database.close()


def _wire(
    home: Path, settings: OfficeSettings, database: Database, report: ReportProgress
) -> Office:
    registry = RegistryHome(located(home, settings.registry), _ask_password)
    outbox = DatabaseOutbox(database, _now)
    chain = DeferredChain(lambda: registry.open_chain(outbox))
    agency = AgencyCode(settings.agency)

    @cache
    def signer() -> Signer:
        return _signer(home, settings)

    types_folder = settings.types_folder
    types = read_types(None if types_folder is None else located(home, types_folder))
    return Office(
        agency=agency,
        database=database,
        journal=JournalFollower(database, chain, _now),
        account=RegistryAnchorAccount(chain, lambda: _account(home, settings), agency),
        public_folder=_public_folder(home, settings, registry),
        signer=signer,
        types={kind.digest: kind for kind in types.values()},
        clock=_now,
        sleep=time.sleep,
        printer=_LazyPrinter(),
        checkpoint=_checkpoint(os.environ.get(CRASH_VARIABLE, "")),
        report=report,
        limits=Limits(
            list_capacity=settings.list_capacity, finality_seconds=settings.finality_seconds
        ),
        chain_times=chain.times,
    )


def _account(home: Path, settings: OfficeSettings) -> ChainAccount:
    from registry.account_files import load_account  # noqa: PLC0415  (eth-account is slow to import)

    return load_account(located(home, settings.anchor_account), _ask_password)


def _ask_password(path: Path) -> str:
    found = os.environ.get(PASSWORD_VARIABLE)
    return typer.prompt(f"password of {path.name}", hide_input=True) if found is None else found


def _public_folder(home: Path, settings: OfficeSettings, registry: RegistryHome) -> PublicFolder:
    if settings.public_folder is None:
        return registry.public
    return PublicFolder(located(home, settings.public_folder))


class _LazyPrinter:
    """Prints with one typst compiler, made at its first use.

    It takes a moment, and not every command prints.
    """

    def __init__(self) -> None:
        self._printer = cache(Printer)

    def missing_characters(self, characters: frozenset[str]) -> frozenset[str]:
        """Return those of the characters that no font of a document shows."""
        return self._printer().missing_characters(characters)

    def draw(
        self,
        kind: CredentialType,
        agency: Text,
        sealed: bytes,
        record: bytes | None,
        qr_text: str,
    ) -> bytes:
        """Return the PDF with the symbol on it; the sealed bytes and any full record are inside."""
        document = Document(agency=agency, sealed=sealed, qr_text=qr_text, record=record)
        return self._printer().render_pdf(document, kind)


def _signer(home: Path, settings: OfficeSettings) -> Signer:
    if is_in_module(settings.batch_key):
        return module_key(settings.batch_key)
    return InsecureFileSigner(located(home, settings.batch_key))


def found_office(home: Path, settings: OfficeSettings, after_loss: bool) -> Mapping[str, Any]:  # noqa: FBT001
    """The office is made, or was there.

    Everything that does not fit is named before anything is written.
    """
    registry = RegistryHome(located(home, settings.registry), _ask_password)
    chain = registry.open_chain()
    state = read_state(chain, registry.settings().begun_at)
    agency = AgencyCode(settings.agency)
    signer = _signer(home, settings)
    account = _account(home, settings)
    on_chain = chain.agency(agency)
    registered = None if on_chain is None else on_chain.anchor_account
    findings = agency_findings(state, agency, signer, _now())
    require_well([*findings, account_finding(agency, account.address, registered)])

    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(database_url(home, settings))
    is_new = bind_database(database, state, agency, _now(), after_loss=after_loss)
    write_settings(home, settings)
    office = _wire(home, settings, database, silent)
    office.journal.follow()
    open_first_list(office)
    publish_planned(office)
    wait_until_final(office)
    database.close()
    return {
        "home": str(home),
        "agency": agency,
        "registry": f"0x{state.contract.hex()} on chain {state.chain_id}",
        "batch key": signer.kid.hex(),
        "is new": is_new,
    }


def _checkpoint(wanted: str) -> Checkpoint:
    """Return what stops this process dead at the named step, for tests of recovery.

    In service it does nothing.

    `step` stops at its first passing, `step:3` at its third.
    """
    name, _, nth = wanted.partition(":")
    if name not in set(Step):
        return no_checkpoint
    left = int(nth) if nth.isdecimal() and nth.isascii() else 1

    def stop(step: Step) -> None:
        nonlocal left
        if step.value == name:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    return stop
