"""Documents that a simulated registry's agencies issued as PDFs, and checking a file against it."""

import json
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from credential.catalog import catalog_documents
from credential.ids import UnixTime
from credential.keys import ALG_ES256, ALG_MLDSA44
from credential.qr_text import qr_encode
from credential.sealed import without_signature
from credential.type_fields import Text
from credential.types import CredentialType, load_type
from registry.trust_data import TrustData
from tests.simulator import Office, Simulator
from tests.verifier.drawing import printed
from verifier.documents import read_document
from verifier.drawing import Document, Printer
from verifier.drawing.layouts import NEWEST
from verifier.examine import Finding, examine
from verifier.pages.comparing import compared
from verifier.pages.findings import PageCode
from verifier.verify import verify

URL = printed.URL


class World(NamedTuple):
    """The registry, to which more may happen."""

    sim: Simulator
    office: Office


class Issued(NamedTuple):
    """One document as it left the agency, with all a verifier has to know."""

    pdf: bytes
    document: Document
    type_id: str
    trust: TrustData
    at: int
    world: "World"

    def revoked(self) -> "Issued":
        """The same document, revoked since."""
        sim, office = self.world
        sim.revoke(office, 0)
        sim.checkpoint()
        return self._replace(trust=sim.trust(full=True), at=sim.now)

    def renamed(self) -> "Issued":
        """The same document, whose agency has another name since."""
        sim, office = self.world
        sim.rename(office, "新機關", "New agency")
        sim.checkpoint()
        return self._replace(trust=sim.trust(full=True), at=sim.now)

    def drawn_both_ways(self) -> tuple[bytes, bytes]:
        """The document as printed, and with the links that name its zones."""
        model, issued_at = printer()._model(self.document, self.kind, NEWEST)
        told = {"document": json.dumps(model), "zones": "yes"}
        return self.pdf, printer()._compile(told, issued_at, NEWEST)

    def drawn_with(self, old: str, new: str) -> bytes:
        """The document drawn by our own program, with another value, around the genuine code."""
        model, issued_at = printer()._model(self.document, self.kind, NEWEST)
        told = json.dumps(model, ensure_ascii=False)
        assert told.count(old) == 1
        return printer()._compile({"document": told.replace(old, new)}, issued_at, NEWEST)

    def drawn_around(self, qr_text: str) -> bytes:
        """The document drawn by our own program around another text of the code."""
        return printer().render_pdf(replace(self.document, qr_text=qr_text), self.kind)

    @property
    def kind(self) -> CredentialType:
        return next(kind for kind in self.trust.types.values() if kind.id == self.type_id)

    def checked(self, pdf: bytes, *, is_pictured: bool = False) -> Finding:
        """The finding on a file that claims to be this document."""
        reading = read_document(pdf, "document.pdf")
        finding = examine(
            "document.pdf",
            reading,
            lambda sealed: verify(sealed, self.trust, UnixTime(self.at)),
            self.at,
        )
        return compared(finding, reading, pdf, self.trust, is_pictured=is_pictured)


@cache
def printer() -> Printer:
    return Printer()


def licence(*, alg: int = ALG_ES256, **changes: str) -> Issued:
    rows = [{**printed.table("driver_licence.csv")[0], **changes}]
    return _issue("driver-licence", rows, alg)


def household(members: int) -> Issued:
    return _issue("household-registration", printed.household(members), ALG_ES256)


def before_anything_was_issued() -> TrustData:
    """Trust data that know none of the keys."""
    sim = Simulator()
    sim.checkpoint()
    return sim.trust(full=True)


def codes(finding: Finding) -> set[PageCode]:
    return {one.code for one in finding.page_findings}


def places(finding: Finding) -> set[str]:
    return {one.place.en for one in finding.page_findings if one.place is not None}


def _issue(type_id: str, rows: printed.Rows, alg: int) -> Issued:
    sim = Simulator()
    document = next(d for d in catalog_documents() if load_type(d).id == type_id)
    if load_type(document).type_no == 1:  # the simulator has registered a version of its own
        document = document.replace(b'"version": 1', b'"version": 2')
    kind = load_type(document)
    sim.register_type(document)
    office = sim.office("A15030000C", type_no=kind.type_no, alg=alg)
    record = printed.records(rows, kind)[0]
    cti = bytes(range(16))
    full = record.full_record(cti)
    batch = sim.issue(
        office,
        record.claims(full),
        cti=cti,
        nbf=record.nbf(),
        exp=record.exp(UnixTime(sim.now)),
        type_version=kind.version,
    )
    sim.anchor(batch)
    sim.publish_status(office)
    sim.checkpoint()
    trust = sim.trust(full=True)
    agency = trust.state.agency(office.code)
    assert agency is not None
    sealed = batch.sealed[0]
    shown = without_signature(sealed) if alg == ALG_MLDSA44 else sealed
    made = Document(Text(agency.name.zh_hant, agency.name.en), sealed, qr_encode(shown, URL), full)
    pdf = printer().render_pdf(made, kind)
    return Issued(pdf, made, type_id, trust, sim.now, World(sim, office))
