"""What one sealed document becomes: its sealed file, its symbol, its printed page."""

from typing import NamedTuple

from credential.keys import ALG_MLDSA44
from credential.qr_symbol import draw_png, draw_svg
from credential.qr_text import qr_decode, qr_encode
from credential.sealed import decode_sealed, without_signature
from credential.type_fields import Text
from credential.types import CredentialType
from issuer.errors import DamagedStoreError
from issuer.ports import PagePrinter
from issuer.repository.credentials import Sealed
from issuer.repository.jobs import NewJob
from issuer.states import OutputFile


class Face(NamedTuple):
    """What all documents of a job have in common on paper."""

    kind: CredentialType
    agency: Text


def on_paper(sealed: bytes) -> bytes:
    """Return what the symbol carries: all of it, but for a signature that no symbol can hold.

    An ML-DSA-44 signature has 2,420 bytes. Without it a verifier needs the anchored root, so such
    documents are printed once they are anchored; the sealed file and the one inside the PDF keep
    the signature.
    """
    if decode_sealed(sealed).receipt.alg == ALG_MLDSA44:
        return without_signature(sealed)
    return sealed


def files_of(
    one: Sealed, face: Face, plan: NewJob, printer: PagePrinter
) -> dict[OutputFile, bytes]:
    """Return the content of each file that was asked for; the sealed file is always among them."""
    carried = on_paper(one.sealed)
    text = qr_encode(carried, plan.url)
    if qr_decode(text).sealed != carried:
        raise DamagedStoreError(
            f"the QR text of {one.number} does not read back as what was sealed. It was not "
            "released. "
            "Do not issue with this machine until its memory and this installation are checked."
        )
    made = {OutputFile.SEALED: one.sealed}
    if OutputFile.PNG in plan.files:
        made[OutputFile.PNG] = draw_png(text)
    if OutputFile.SVG in plan.files:
        made[OutputFile.SVG] = draw_svg(text).encode()
    if OutputFile.PDF in plan.files:
        made[OutputFile.PDF] = printer.draw(face.kind, face.agency, one.sealed, one.record, text)
    return made
