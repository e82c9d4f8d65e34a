"""An office with everything it needs, in a folder of a test, around a chain in a file."""

import hashlib
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from credential.catalog import catalog_documents
from credential.ids import AgencyCode, Digest, UnixTime
from credential.keys import ALG_ES256
from credential.signer import Signer
from credential.type_fields import Text
from credential.types import CredentialType, load_type
from issuer.database import Database
from issuer.following import JournalFollower
from issuer.issue import JobReport, issue
from issuer.office import Limits, Office
from issuer.ports import silent
from issuer.recording import IssueRequest
from issuer.repository.installations import Installation
from issuer.signers import InsecureFileSigner, create_key_file
from issuer.states import OutputFile, WaitFor
from issuer.status_lists import open_first_list
from issuer.steps import Checkpoint, no_checkpoint
from registry.key_files import InsecureKeyFileWarning
from registry.kinds import AlgorithmPhase, KeyPurpose
from registry.payloads import (
    AccreditationGranted,
    AgencyRegistered,
    AlgorithmSet,
    KeyAdded,
    Names,
    TypeRegistered,
)
from registry.public_folder import PublicFolder
from tests.issuer.file_chain import FileChain

AGENCY = AgencyCode("A15030000C")
OfficeAndChain = tuple[Office, FileChain]


@cache
def types() -> dict[Digest, CredentialType]:
    return {kind.digest: kind for kind in map(load_type, catalog_documents())}


def found_registry(chain: FileChain, signer: Signer) -> None:
    """The registry knows the algorithm, the agency, its key, every catalog type.

    And what it may issue.
    """
    founded = chain.clock()
    chain.append(AlgorithmSet(signer.alg, AlgorithmPhase.START, UnixTime(founded)), at=founded)
    names = Names("測試機關", "Test agency")
    chain.append(AgencyRegistered(chain.agency, b"\x11" * 20, b"\x22" * 20, names))
    chain.append(
        KeyAdded(chain.agency, signer.kid, signer.alg, KeyPurpose.SIGN_BATCH_ROOTS, signer.cose_key)
    )
    for number, kind in enumerate(types().values(), start=1):
        chain.append(TypeRegistered(kind.type_no, kind.version, Digest(kind.digest)))
        chain.append(AccreditationGranted(number, chain.agency, kind.type_no, 0, UnixTime(0)))


def found_office(
    folder: Path,
    *,
    url: str | None = None,
    checkpoint: Checkpoint = no_checkpoint,
    clock: Callable[[], int] = lambda: int(time.time()),
    limits: Limits | None = None,
    alg: int = ALG_ES256,
) -> tuple[Office, FileChain]:
    """A new office over a new registry, its first list recorded and not yet published."""
    folder.mkdir(parents=True, exist_ok=True)
    chain = FileChain(folder / "chain.sqlite3", AGENCY, clock)
    create_key_file(folder / "batch.key", alg)
    found_registry(chain, load_signer(folder))
    database = Database(url or f"sqlite:///{folder / 'issuer.sqlite3'}")
    database.migrate()
    with database.transaction() as repository:
        repository.installations.add(
            Installation(AGENCY, chain.chain_id, chain.contract, 1, 1, 0, clock())
        )
    database.close()
    office, chain = open_office(folder, url=url, checkpoint=checkpoint, clock=clock, limits=limits)
    open_first_list(office)
    return office, chain


def open_office(
    folder: Path,
    *,
    url: str | None = None,
    checkpoint: Checkpoint = no_checkpoint,
    clock: Callable[[], int] = lambda: int(time.time()),
    limits: Limits | None = None,
) -> tuple[Office, FileChain]:
    """The office of this folder as a new process finds it."""
    chain = FileChain(folder / "chain.sqlite3", AGENCY, clock)
    database = Database(url or f"sqlite:///{folder / 'issuer.sqlite3'}")

    @cache
    def signer() -> Signer:
        return load_signer(folder)

    office = Office(
        agency=AGENCY,
        database=database,
        journal=JournalFollower(database, chain, clock),
        account=chain,
        public_folder=PublicFolder(folder / "public"),
        signer=signer,
        types=types(),
        clock=clock,
        sleep=lambda _seconds: None,
        printer=PlainPrinter(),
        checkpoint=checkpoint,
        report=silent,
        limits=limits or Limits(list_capacity=256, release_chunk=4, finality_seconds=5),
    )
    return office, chain


@cache  # warnings cannot be silenced in several threads at once, so a key is loaded once
def load_signer(folder: Path) -> Signer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureKeyFileWarning)
        return InsecureFileSigner(folder / "batch.key")


class PlainPrinter:
    """Stands in for the typesetter, which has tests of its own."""

    def missing_characters(self, characters: frozenset[str]) -> frozenset[str]:
        return characters & frozenset("\U000e0001")

    def draw(
        self,
        kind: CredentialType,
        agency: Text,
        sealed: bytes,
        record: bytes | None,
        qr_text: str,
    ) -> bytes:
        drawn = kind.digest + agency.en.encode() + sealed + (record or b"") + qr_text.encode()
        return b"%PDF " + hashlib.sha256(drawn).digest()


def unified_business_numbers() -> Iterator[str]:
    """Numbers that pass the check, counting up."""
    for number in range(10_000_000, 100_000_000):
        digits = [int(digit) for digit in str(number)]
        products = (d * w for d, w in zip(digits, (1, 2, 1, 2, 1, 2, 4, 1), strict=True))
        if digits[6] != 7 and sum(sum(divmod(p, 10)) for p in products) % 5 == 0:
            yield str(number)


def write_business_csv(path: Path, rows: int = 3) -> Path:
    """So many rows of the business registration type, all different."""
    lines = ["unified_business_no,name,name_en,city,kind"]
    lines += [
        f"{number},台灣測試股份有限公司,Test Company {number} Ltd.,新竹市,股份有限公司"
        for number in islice(unified_business_numbers(), rows)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def request_for(
    folder: Path,
    *,
    rows: int = 3,
    wait_for: WaitFor = WaitFor.ANCHOR,
    batch_size: int = 4096,
    again: bool = False,
    files: frozenset[OutputFile] = frozenset({OutputFile.PNG, OutputFile.PDF}),
) -> IssueRequest:
    return IssueRequest(
        source=write_business_csv(folder / "records.csv", rows),
        type_id="business-registration",
        out_dir=folder / "out",
        url="https://verify.example/",
        wait_for=wait_for,
        files=files,
        batch_size=batch_size,
        skip_bad=False,
        again=again,
    )


def issue_rows(office: Office, folder: Path, **wishes: Any) -> JobReport:  # noqa: ANN401  (handed on as they are)
    return issue(office, request_for(folder, **wishes))
