"""Sealed credentials made from rows of the data files, for the tests of printing."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pypdfium2
import zxingcpp

from credential.batch import seal_batch
from credential.entry import Entry, encode_entry
from credential.ids import AgencyCode, Kid, UnixTime
from credential.keys import ALG_ES256
from credential.qr_text import qr_encode
from credential.type_fields import Text
from credential.types import CredentialType
from issuer.prepare import PreparedRecord, read_records
from issuer.type_folder import read_types
from verifier.drawing import Document

DATA = Path(__file__).parents[3] / "sealroot" / "demo" / "data"
TYPES = read_types()
AGENCY = Text("高雄市苓雅區戶政事務所", "Lingya Household Registration Office")
ISSUED_AT = UnixTime(1_000_000_000)
URL = "https://verify.example.gov.tw/v1/"

Rows = list[dict[str, str]]


def table(name: str) -> Rows:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def household(members: int) -> Rows:
    """Return one household with members taken from many."""
    rows = table("household_registration.csv")
    shared = ("household_no", "household_type", "city", "district", "address")
    return [{**rows[n], **{name: rows[0][name] for name in shared}} for n in range(members)]


def records(
    rows: Sequence[dict[str, str]], credential_type: CredentialType
) -> list[PreparedRecord]:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    prepared = read_records(out.getvalue().encode(), credential_type)
    assert prepared.problems == ()
    return list(prepared.records)


def seal(record: PreparedRecord, *, batch: int = 1) -> Document:
    """Return the document of one record, sealed as the first of a batch of that size."""
    cti = bytes(range(16))
    full = record.full_record(cti)
    entry = encode_entry(
        Entry(
            iss=AgencyCode("A15030000C"),
            iat=ISSUED_AT,
            nbf=record.nbf(),
            exp=record.exp(ISSUED_AT),
            cti=cti,
            type_no=record.type_no,
            type_version=record.type_version,
            list_no=1,
            index=4711,
            fields=record.claims(full),
            other={},
        )
    )
    others = [bytes([n % 256, n // 256]) for n in range(batch - 1)]
    sealed = seal_batch(
        [entry, *others],
        alg=ALG_ES256,
        kid=Kid(bytes(16)),
        aad=b"",
        sign=lambda _message: bytes(range(64)),
    ).sealed[0]
    return Document(AGENCY, sealed, qr_encode(sealed, URL), full)


def licence(number: int = 0, *, batch: int = 1, **changes: str) -> Document:
    rows = [{**table("driver_licence.csv")[number], **changes}]
    return seal(records(rows, TYPES["driver-licence"])[0], batch=batch)


def page_texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def scanned(pdf: bytes, *, dpi: int) -> list[list[str]]:
    """Return the texts of all symbols of each page, as a scanner with that resolution sees it."""
    pages = (page.render(scale=dpi / 72).to_pil() for page in pypdfium2.PdfDocument(pdf))
    return [[symbol.text for symbol in zxingcpp.read_barcodes(page)] for page in pages]


def attached(pdf: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {name: file.get_file().read_bytes() for name, file in opened.attachments.items()}
