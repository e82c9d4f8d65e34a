"""Twenty genuine QR texts: five types, each sealed and anchored in four ways."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from credential.catalog import catalog_documents
from credential.cbor import Value
from credential.credential_type import CredentialType
from credential.keys import ALG_MLDSA44
from credential.qr_text import qr_encode
from credential.sealed import without_signature
from credential.type_fields import Field, FieldKind
from credential.types import load_type
from registry.trust_data import TrustData
from tests.simulator import Simulator

URL = "https://verify.example.gov/"
FIRST_TYPE_NO = 101
"""The simulator has a type 1 of its own: the catalogue's types get numbers from here on."""


class Genuine(NamedTuple):
    name: str
    text: str
    sealed: bytes


class Samples(NamedTuple):
    texts: tuple[Genuine, ...]
    trust: TrustData
    at: int


def documents() -> Iterator[bytes]:
    """The catalogue, its types numbered anew."""
    for document in catalog_documents():
        number = load_type(document).type_no
        yield document.replace(b'"type": %d,' % number, b'"type": %d,' % (FIRST_TYPE_NO + number))


def sample_fields(fields: tuple[Field, ...], rows: int) -> dict[int, Value]:
    """A value of its kind for every field that an entry may hold."""
    return {
        field.label: _value(field, rows)
        for field in fields
        if not (field.record_only or field.input_only or field.first_of)
    }


def _value(field: Field, rows: int) -> Value:
    match field.kind:
        case FieldKind.DATE:
            return "2020-02-29"
        case FieldKind.CODE:
            return next(iter(field.codes))
        case FieldKind.NUMBER:
            return 3
        case FieldKind.DIGEST:
            return sha256(b"record").digest()
        case FieldKind.ROWS:
            return [{**sample_fields(field.fields, 0)} for _ in range(rows)]
        case FieldKind.TEXT:
            return "王𠮷明‧Kacaw"


@cache
def samples() -> Samples:
    """The texts, and the trust data under which all of them are VALID."""
    sim = Simulator()
    texts: list[Genuine] = []
    for number, document in enumerate(documents(), 1):
        sim.register_type(document)
        texts += _texts(sim, number, load_type(document))
    sim.checkpoint()
    return Samples(tuple(texts), sim.trust(full=True), sim.now)


def _texts(sim: Simulator, number: int, kind: CredentialType) -> Iterator[Genuine]:
    office = sim.office(f"A{number}", type_no=kind.type_no)
    quantum = sim.office(f"Q{number}", type_no=kind.type_no, alg=ALG_MLDSA44)
    fields = sample_fields(kind.fields, min(number, 4))
    alone = sim.issue(office, fields).sealed[0]
    yield Genuine(f"{kind.id}, alone and signed", qr_encode(alone), alone)
    for issuer, size, signed, url in (
        (office, 5, True, URL),
        (office, 300, False, ""),
        (quantum, 2, False, ""),
    ):
        batch = sim.issue(issuer, *[fields] * size)
        sim.anchor(batch)
        genuine = batch.sealed[size - 1]
        sealed = genuine if signed else without_signature(genuine)
        name = f"{kind.id}, leaf {size - 1} of {size}, {'signed' if signed else 'bare'}"
        yield Genuine(name, qr_encode(sealed, url), sealed)
