"""Python and the page find the same in a PDF, each with its own library for PDFs."""

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

from tests.simulator import Simulator
from tests.verifier.paper import page, pdf, symbol
from tests.verifier.test_documents import foreign_code
from tests.web.peer import NodePeer, PythonPeer
from verifier.pdf import MOST_ATTACHMENT_BYTES, MOST_ATTACHMENTS, MOST_PAGES

SHEET_SIZE = (1200, 1000)


def changed(document: bytes, change: Callable[[Pdf], None], **wishes: object) -> bytes:
    """A PDF after a change."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(document)) as opened:
        change(opened)
        opened.save(out, **wishes)  # type: ignore[arg-type]
    return out.getvalue()


def _turn(document: Pdf) -> None:
    document.pages[0].Rotate = 90


def _larger_unit(document: Pdf) -> None:
    document.pages[0].UserUnit = 3


def _in_a_hidden_layer(document: Pdf) -> None:
    """What the page draws stands in a layer that is off when the file is opened."""
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name="hidden"))
    off = Dictionary(D=Dictionary(OFF=Array([layer]), Order=Array([layer])), OCGs=Array([layer]))
    document.Root.OCProperties = off
    sheet = document.pages[0]
    sheet.Resources.Properties = Dictionary(L=layer)
    sheet.contents_add(b"/OC /L BDC", prepend=True)
    sheet.contents_add(b"EMC")


def _as_an_annotation(document: Pdf, flags: int = 4, subtype: Name = Name.Stamp) -> None:
    """The code is drawn by an annotation (4: it is printed too), and the page itself is empty."""
    sheet = document.pages[0]
    drawn = document.make_stream(
        sheet.Contents.read_bytes(),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=sheet.MediaBox,
        Resources=sheet.Resources,
    )
    stamp = Dictionary(
        Type=Name.Annot, Subtype=subtype, Rect=sheet.MediaBox, F=flags, AP=Dictionary(N=drawn)
    )
    sheet.Annots = Array([document.make_indirect(stamp)])
    sheet.Contents = document.make_stream(b"")


def _in_a_form(document: Pdf) -> None:
    """The code is the face of a button."""
    _as_an_annotation(document, subtype=Name.Widget)
    button = document.pages[0].Annots[0]
    button.FT, button.T, button.Ff = Name.Btn, "button", 1 << 16
    document.Root.AcroForm = Dictionary(Fields=Array([button]))


def _attached(document: Pdf, *files: tuple[str, str, bytes]) -> None:
    """Attachments by (key, name, content), whatever a library would think of them."""
    entries: list[object] = []
    for key, name, content in files:
        stream = document.make_indirect(pikepdf.Stream(document, content))
        spec = Dictionary(Type=Name.Filespec, F=name, UF=name, EF=Dictionary(F=stream))
        entries += [pikepdf.String(key), document.make_indirect(spec)]
    document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array(entries)))


def _attached_to_the_page(document: Pdf, content: bytes) -> None:
    """A paper clip on the page, which is no attachment of the document."""
    stream = document.make_indirect(pikepdf.Stream(document, content))
    spec = Dictionary(Type=Name.Filespec, F="z.sealed", UF="z.sealed", EF=Dictionary(F=stream))
    clip = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=spec)
    document.pages[0].Annots = Array([document.make_indirect(clip)])


def _covered(document: Pdf) -> None:
    """A white sheet lies on the code: what is shown counts, not what is in the file."""
    document.pages[0].contents_add(b"1 g -9999 -9999 99999 99999 re f")


def _cropped(document: Pdf) -> None:
    document.pages[0].CropBox = Array([0, 0, 60, 60])


def _shifted(document: Pdf) -> None:
    left, low, right, top = (float(edge) for edge in document.pages[0].MediaBox)
    document.pages[0].MediaBox = Array([left - 200, low - 100, right, top])


def _script(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(
        S=Name.JavaScript, JS="this.getField('x').value = 1; app.alert('hello')"
    )


def _scanned(document: Pdf, picture: Image.Image) -> None:
    """The page is a scan of 300 dpi in black and white, as office machines make them."""
    raw = pikepdf.Stream(document, picture.resize((2400, 2000)).convert("1").tobytes())
    raw.Type, raw.Subtype, raw.Width, raw.Height = Name.XObject, Name.Image, 2400, 2000
    raw.ColorSpace, raw.BitsPerComponent = Name.DeviceGray, 1
    document.pages[0].Resources.XObject = Dictionary(image=document.make_indirect(raw))
    document.pages[0].Contents = document.make_stream(b"q 576 0 0 480 0 0 cm /image Do Q")


def _many(count: int, size: int = 1) -> list[tuple[str, bytes]]:
    return [(f"{number}.sealed", bytes(size)) for number in range(count)]


def documents() -> dict[str, bytes]:
    """PDFs by what is the matter with each."""
    sim = Simulator()
    mine, other = sim.issue(sim.office("A15030000C"), {1: "王小明"}, {1: "陳美麗"}).sealed
    blank = page(size=(300, 400))
    sheet = page(symbol(mine), size=SHEET_SIZE)
    small = page(symbol(mine), size=(700, 600))
    return {
        "one page": pdf(sheet),
        "two pages that agree, with everything attached": pdf(
            sheet,
            sheet,
            attachments=[("甲.sealed", mine), ("record.cbor", b"\xa0"), ("a.txt", b"x")],
        ),
        "two pages that disagree": pdf(sheet, page(symbol(other), size=SHEET_SIZE)),
        "two codes on one page": pdf(page(symbol(mine), symbol(other))),
        "attachments alone": pdf(blank, attachments=[("b.sealed", mine), ("a.sealed", other)]),
        "a record alone": pdf(blank, attachments=[("record.cbor", b"\xa0")]),
        "an empty page": pdf(blank),
        "a foreign code": pdf(page(foreign_code(), size=(600, 600))),
        "a result": pdf(page(foreign_code("SEALROOT-RESULT:VALID"), size=(600, 600))),
        "too many pages": pdf(*[blank] * (MOST_PAGES + 1)),
        "too many attachments": pdf(blank, attachments=_many(MOST_ATTACHMENTS + 1)),
        "as many as there may be": pdf(blank, attachments=_many(MOST_ATTACHMENTS)),
        "an attachment that inflates too far": pdf(
            blank, attachments=_many(1, MOST_ATTACHMENT_BYTES + 1)
        ),
        "turned": changed(pdf(sheet), _turn),
        "in larger units": changed(pdf(sheet), _larger_unit),
        "in a hidden layer": changed(pdf(small), _in_a_hidden_layer),
        "in an annotation": changed(pdf(sheet), _as_an_annotation),
        "in an annotation that is hidden": changed(
            pdf(small), lambda document: _as_an_annotation(document, 2)
        ),
        "in an annotation for printing alone": changed(
            pdf(small), lambda document: _as_an_annotation(document, 36)
        ),
        "in a form": changed(pdf(sheet), _in_a_form),
        "two attachments of one name": changed(
            pdf(blank),
            lambda document: _attached(document, ("a", "x.sealed", mine), ("b", "x.sealed", other)),
        ),
        "an attachment in capitals, and a record in a folder": changed(
            pdf(sheet),
            lambda document: _attached(
                document, ("a", "a.SEALED", other), ("b", "b/record.cbor", b"\xa0")
            ),
        ),
        "an attachment of nothing": changed(
            pdf(blank), lambda document: _attached(document, ("a", "a.sealed", b""))
        ),
        "a paper clip on the page": changed(
            pdf(sheet), lambda document: _attached_to_the_page(document, other)
        ),
        "covered": changed(pdf(small), _covered),
        "cropped away": changed(pdf(small), _cropped),
        "shifted": changed(pdf(sheet), _shifted),
        "with a script": changed(pdf(sheet), _script),
        "scanned": changed(pdf(sheet), lambda document: _scanned(document, sheet)),
        "encrypted": changed(
            pdf(sheet), lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u")
        ),
        "encrypted for nobody": changed(
            pdf(sheet), lambda _: None, encryption=pikepdf.Encryption(owner="o", user="")
        ),
        "turned and blurred as a photo": pdf(
            sheet.rotate(17, Image.Resampling.BICUBIC, expand=True, fillcolor=230)
        ),
        "cut off": pdf(sheet)[:-2_000],
        "only a beginning": b"%PDF-1.7\n",
        "no PDF behind its beginning": b"%PDF-1.7\n" + bytes(1_000),
        "behind other bytes": b"x" * 100 + pdf(sheet),
    }


def test_python_and_the_page_find_the_same_in_a_pdf() -> None:
    files = documents()
    questions = [{"op": "document", "file": file.hex()} for file in files.values()]

    with NodePeer() as there:
        answers = dict(zip(files, there.answers(questions, PythonPeer().answer), strict=True))

    assert {name: both for name, both in answers.items() if both[0] != both[1]} == {}
    assert {ours.get("refused") for ours, _ in answers.values()} == {
        *(None, "document.no_code", "document.is_result"),
        *("document.too_large", "document.unreadable"),
    }
