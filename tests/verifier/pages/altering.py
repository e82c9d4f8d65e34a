"""What people and attackers do to a PDF: save, print, draw over, hide, swap, append."""

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

Edit = Callable[[Pdf], None]


def saved(pdf: bytes, **wishes: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, **wishes)
    return out.getvalue()


def edited(pdf: bytes, edit: Edit) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        edit(opened)
        opened.save(out)
    return out.getvalue()


def saved_by_pdfium(pdf: bytes) -> bytes:
    out = io.BytesIO()
    pypdfium2.PdfDocument(pdf).save(out)
    return out.getvalue()


def printed_by_pdfium(pdf: bytes) -> bytes:
    """The pages alone in a new file, as printing to a PDF leaves them."""
    out = io.BytesIO()
    fresh = pypdfium2.PdfDocument.new()
    fresh.import_pages(pypdfium2.PdfDocument(pdf))
    fresh.save(out)
    return out.getvalue()


def as_pictures(
    pdf: bytes,
    *,
    dots: int = 200,
    quality: int = 85,
    treat: Callable[[Image.Image], Image.Image] = lambda page: page,
) -> bytes:
    """Every page as one picture, as a scanner or a printer driver makes them."""
    pages = [
        treat(page.render(scale=dots / 72).to_pil().convert("L"))
        for page in pypdfium2.PdfDocument(pdf)
    ]
    out = io.BytesIO()
    pages[0].save(
        out, "PDF", save_all=True, append_images=pages[1:], resolution=dots, quality=quality
    )
    return out.getvalue()


def retitled(pdf: Pdf) -> None:
    pdf.docinfo["/Title"] = "my licence"


def overlay(pdf: Pdf, commands: bytes, *, page: int = 0, blend: str | None = None) -> None:
    """The commands are drawn on top of a page."""
    sheet = pdf.pages[page]
    if blend is not None:
        state = Dictionary(Type=Name("/ExtGState"), BM=Name(blend))
        resources = sheet.obj["/Resources"]
        if "/ExtGState" not in resources:
            resources["/ExtGState"] = Dictionary()
        resources["/ExtGState"]["/Mult"] = state
    # a page may end with another place and scale in force: shut its own commands in
    sheet.contents_add(pdf.make_stream(b"q"), prepend=True)
    sheet.contents_add(pdf.make_stream(b"Q " + commands))


def annotated(
    subtype: str, rect: tuple[float, ...] = (520, 600, 540, 620), **members: object
) -> Edit:
    """An annotation lies on the first page."""

    def edit(pdf: Pdf) -> None:
        note = Dictionary(
            Type=Name("/Annot"), Subtype=Name(subtype), Rect=Array(rect), F=4, **members
        )
        sheet = pdf.pages[0].obj
        if "/Annots" not in sheet:
            sheet["/Annots"] = Array()
        sheet["/Annots"].append(pdf.make_indirect(note))

    return edit


def appearance(pdf: Pdf, commands: bytes, width: float, height: float) -> pikepdf.Object:
    """What an annotation looks like, drawn by these commands with a font called /F."""
    font = Dictionary(Type=Name("/Font"), Subtype=Name("/Type1"), BaseFont=Name("/Helvetica"))
    form = pdf.make_stream(commands)
    form["/Type"], form["/Subtype"] = Name("/XObject"), Name("/Form")
    form["/BBox"] = Array((0, 0, width, height))
    form["/Resources"] = Dictionary(Font=Dictionary(F=font))
    return form


def drawn_annotation(
    subtype: str, rect: tuple[float, ...], commands: bytes, flags: int = 4
) -> Edit:
    """An annotation that shows what its own commands draw."""

    def edit(pdf: Pdf) -> None:
        form = appearance(pdf, commands, rect[2] - rect[0], rect[3] - rect[1])
        annotated(subtype, rect, AP=Dictionary(N=form))(pdf)
        pdf.pages[0].obj["/Annots"][-1]["/F"] = flags

    return edit


def signed_invisibly(pdf: Pdf) -> None:
    annotated("/Widget", (0, 0, 0, 0), FT=Name("/Sig"), T="Signature1")(pdf)
    field = pdf.pages[0].obj["/Annots"][-1]
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([field]), SigFlags=3)


def with_cover(pdf: Pdf) -> None:
    cover = Pdf.new()
    cover.add_blank_page(page_size=(595.28, 841.89))
    cover.pages[0].contents_add(cover.make_stream(b"0.2 g 100 600 400 60 re f 100 400 300 20 re f"))
    pdf.pages.insert(0, cover.pages[0])


def appended(pdf: bytes, numbers: dict[int, bytes], root: int) -> bytes:
    """The file with an incremental update behind it that gives these objects anew.

    (ISO 32000-1, 7.5.6)
    """
    out = bytearray(pdf)
    if not out.endswith(b"\n"):
        out += b"\n"
    before = int(pdf[pdf.rfind(b"startxref") + 9 : pdf.rfind(b"%%EOF")].strip())
    places = {}
    for number, body in numbers.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table, size = len(out), max(numbers) + 1
    out += b"xref\n"
    for number, place in sorted(places.items()):
        out += b"%d 1\n%010d 00000 n\r\n" % (number, place)
    out += b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size, root, before)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def appended_page(pdf: bytes, commands: bytes) -> bytes:
    """An incremental update that draws these commands on top of the first page."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[0].obj
        contents = page["/Contents"]
        number = page.objgen[0]
        root = opened.Root.objgen[0]
        members = {key: value for key, value in page.items() if key not in {"/Contents", "/Parent"}}
        body = b"<< " + b" ".join(
            key.encode() + b" " + value.unparse()
            for key, value in members.items()
            if hasattr(value, "unparse")
        )
        parent = page["/Parent"].objgen[0]
        old = contents.objgen[0]
    body += b" /Parent %d 0 R /Contents [9990 0 R %d 0 R 9991 0 R] >>" % (parent, old)
    first, last = b"q", b"Q " + commands
    return appended(
        pdf,
        {
            number: body,
            9990: b"<< /Length %d >>\nstream\n" % len(first) + first + b"\nendstream",
            9991: b"<< /Length %d >>\nstream\n" % len(last) + last + b"\nendstream",
        },
        root,
    )
