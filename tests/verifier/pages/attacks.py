"""Altered files: how each is made, and by what it must be named. The code in every one is good."""

import io
from collections.abc import Callable
from typing import NamedTuple

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw

from tests.verifier.pages import altering as a
from tests.verifier.pages.altering import Edit
from verifier.pages.findings import PageCode as Code


class Attack(NamedTuple):
    """What is done, and a code and a place by which it must be named."""

    title: str
    make: Callable[[bytes], bytes]
    code: Code
    place: str | None = None


TITLE, AGENCY = "title of the document", "name of the agency"
NUMBER = "certificate number"
NAME = b"134 629 66 18 re"
OVER_NAME = (134, 629, 200, 647)
WHITE_BOX = b"1 1 1 rg 0 0 66 18 re f"


def looking(kind: str, flags: int = 4) -> Edit:
    """An annotation over the name that looks like paper."""
    return a.drawn_annotation(kind, OVER_NAME, WHITE_BOX, flags)


def attack(title: str, edit: Edit, code: Code, place: str | None = None) -> Attack:
    return Attack(title, lambda pdf: a.edited(pdf, edit), code, place)


def drawn(commands: bytes, *, page: int = 0) -> Edit:
    return lambda pdf: a.overlay(pdf, b"q " + commands + b" Q", page=page)


def see_through(pdf: Pdf) -> None:
    state = Dictionary(Type=Name("/ExtGState"), ca=0.75)
    resources = pdf.pages[0].obj["/Resources"]
    if "/ExtGState" not in resources:
        resources["/ExtGState"] = Dictionary()
    resources["/ExtGState"]["/Thin"] = state
    a.overlay(pdf, b"q /Thin gs 1 1 1 rg " + NAME + b" f Q")


def pictured(pdf: Pdf) -> None:
    """A picture on blank paper, such as a stamp or a photo."""
    image = pdf.make_stream(bytes(48 * 48), Type=Name("/XObject"), Subtype=Name("/Image"))
    image["/Width"] = image["/Height"] = 48
    image["/ColorSpace"], image["/BitsPerComponent"] = Name("/DeviceGray"), 8
    resources = pdf.pages[0].obj["/Resources"]
    if "/XObject" not in resources:
        resources["/XObject"] = Dictionary()
    resources["/XObject"]["/Stamp"] = image
    a.overlay(pdf, b"q 60 0 0 60 300 250 cm /Stamp Do Q")


def with_alternates(pdf: Pdf) -> None:
    pictured(pdf)
    image = pdf.pages[0].obj["/Resources"]["/XObject"]["/Stamp"]
    other = pdf.make_stream(bytes(48 * 48), dict(image.items()))
    image["/Alternates"] = Array([Dictionary(Image=other, DefaultForPrinting=True)])


def cropped(pdf: Pdf) -> None:
    pdf.pages[0].cropbox = Array((0, 0, 595.28, 600))


def shrunk(pdf: Pdf) -> None:
    page = pdf.pages[0]
    page.mediabox = Array((0, 0, 612, 792))
    page.contents_add(pdf.make_stream(b"q 0.94 0 0 0.94 26 0 cm"), prepend=True)
    page.contents_add(pdf.make_stream(b"Q"))


def scaled(pdf: Pdf) -> None:
    page = pdf.pages[0]
    page.contents_add(pdf.make_stream(b"q 0.97 0 0 0.97 8 12 cm"), prepend=True)
    page.contents_add(pdf.make_stream(b"Q"))


def emptied_but_for_the_code(pdf: bytes) -> bytes:
    """A page of the attacker's own make with the genuine code on it."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=300 / 72).to_pil()
    shown, out = io.BytesIO(), io.BytesIO()
    page.crop((220, 2900, 690, 3380)).save(shown, "PDF", resolution=300)
    with pikepdf.open(shown) as small, Pdf.new() as made:
        made.add_blank_page(page_size=(595.28, 841.89))
        made.pages[0].add_overlay(small.pages[0], pikepdf.Rectangle(80, 80, 200, 200))
        a.overlay(made, b"".join(b"0 g 72 %d 400 10 re f " % (720 - 30 * n) for n in range(12)))
        made.save(out)
    return out.getvalue()


def as_picture_with(draw: Callable[[ImageDraw.ImageDraw], None]) -> Callable[[bytes], bytes]:
    """The page printed as a picture after something was painted on it at 200 dots an inch."""

    def treat(page: Image.Image) -> Image.Image:
        draw(ImageDraw.Draw(page))
        return page

    return lambda pdf: a.as_pictures(pdf, dots=200, quality=90, treat=treat)


def under_a_clear_picture(pdf: Pdf) -> None:
    """An altered page that pretends to be a scan: a picture nobody sees covers it."""
    drawn(b"1 1 1 rg " + NAME + b" f")(pdf)
    mask = pdf.make_stream(b"\0", Type=Name("/XObject"), Subtype=Name("/Image"), Width=1, Height=1)
    mask["/ColorSpace"], mask["/BitsPerComponent"] = Name("/DeviceGray"), 8
    image = pdf.make_stream(
        b"\xff", Type=Name("/XObject"), Subtype=Name("/Image"), Width=1, Height=1
    )
    image["/ColorSpace"], image["/BitsPerComponent"] = Name("/DeviceGray"), 8
    image["/SMask"] = mask
    resources = pdf.pages[0].obj["/Resources"]
    resources["/XObject"] = Dictionary(Clear=image)
    a.overlay(pdf, b"q 595 0 0 842 0 0 cm /Clear Do Q")


def layered(*, shown: bool, usage: Dictionary | None = None) -> Edit:
    """A white box over the name in a layer that is shown or hidden."""

    def edit(pdf: Pdf) -> None:
        group = Dictionary(Type=Name("/OCG"), Name="notes")
        if usage is not None:
            group["/Usage"] = usage
        layer = pdf.make_indirect(group)
        state = Dictionary(Order=Array([layer]))
        state["/ON" if shown else "/OFF"] = Array([layer])
        pdf.Root["/OCProperties"] = Dictionary(OCGs=Array([layer]), D=state)
        resources = pdf.pages[0].obj["/Resources"]
        resources["/Properties"] = Dictionary(MC0=layer)
        a.overlay(pdf, b"/OC /MC0 BDC q 1 1 1 rg " + NAME + b" f Q EMC")

    return edit


def acting(key: str, action: Dictionary) -> Edit:
    def edit(pdf: Pdf) -> None:
        pdf.Root[key] = action

    return edit


def other_file() -> Dictionary:
    return Dictionary(S=Name("/GoToR"), F="other.pdf")


def web() -> Dictionary:
    return Dictionary(S=Name("/URI"), URI="https://evil.example/")


def script(code: str = "this.getField('x').display = 1") -> Dictionary:
    return Dictionary(S=Name("/JavaScript"), JS=code)


def script_by_name(pdf: Pdf) -> None:
    pdf.Root["/Names"]["/JavaScript"] = Dictionary(Names=Array(["start", script()]))


def script_on_page(pdf: Pdf) -> None:
    pdf.pages[0].obj["/AA"] = Dictionary(O=script())


def clicked(action: Dictionary) -> Edit:
    return a.annotated("/Link", A=action)


def text_field(pdf: Pdf) -> None:
    form = a.appearance(pdf, WHITE_BOX + b" 0 g BT /F 11 Tf 2 4 Td (Mallory) Tj ET", 66, 18)
    a.annotated("/Widget", OVER_NAME, FT=Name("/Tx"), T="n", V="Mallory", AP=Dictionary(N=form))(
        pdf
    )
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([pdf.pages[0].obj["/Annots"][-1]]))


def xfa(pdf: Pdf) -> None:
    packet = pdf.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array(), XFA=packet)


def portfolio(pdf: Pdf) -> None:
    pdf.Root["/Collection"] = Dictionary(Type=Name("/Collection"), View=Name("/D"))


def second_file(pdf: Pdf) -> None:
    pdf.attachments["terms.txt"] = pikepdf.AttachedFileSpec(pdf, b"more rights", filename="t.txt")


def file_on_page(pdf: Pdf) -> None:
    spec = pikepdf.AttachedFileSpec(pdf, b"more rights", filename="t.txt")
    a.annotated("/FileAttachment", FS=spec.obj)(pdf)


def page_again(pdf: Pdf) -> None:
    pdf.pages.append(pdf.pages[0])


def without_page(number: int) -> Edit:
    def edit(pdf: Pdf) -> None:
        del pdf.pages[number]

    return edit


def turned_round(pdf: Pdf) -> None:
    pdf.pages.append(pdf.pages[0])
    del pdf.pages[0]


def other_layout(pdf: Pdf) -> None:
    pdf.docinfo["/Keywords"] = "sealroot-layout-99"
    del pdf.Root["/Metadata"]


def unnamed_and_covered(pdf: Pdf) -> None:
    """Everything by which the file says what it is has been taken out."""
    del pdf.docinfo["/Keywords"]
    del pdf.docinfo["/Author"]
    del pdf.docinfo["/Creator"]
    del pdf.Root["/Metadata"]
    del pdf.Root["/Names"]
    del pdf.Root["/AF"]
    drawn(b"1 1 1 rg " + NAME + b" f")(pdf)


def printing_otherwise(pdf: Pdf) -> None:
    """White on white, with a transfer function that turns it black on paper."""
    turn = Dictionary(FunctionType=2, Domain=Array((0, 1)), C0=Array((1,)), C1=Array((0,)), N=1)
    state = Dictionary(Type=Name("/ExtGState"), TR=turn)
    pdf.pages[0].obj["/Resources"]["/ExtGState"] = Dictionary(Turn=state)
    a.overlay(pdf, b"q /Turn gs 1 1 1 rg 120 300 90 12 re f Q")


def fetched(pdf: Pdf) -> None:
    """A form in whose place some programs show a page of another file."""
    form = a.appearance(pdf, b"", 100, 100)
    form["/Ref"] = Dictionary(F="other.pdf", Page=0)
    resources = pdf.pages[0].obj["/Resources"]
    resources["/XObject"] = Dictionary(Other=form)
    a.overlay(pdf, b"q 1 0 0 1 120 300 cm /Other Do Q")


def in_other_units(pdf: Pdf) -> None:
    pdf.pages[0].obj["/UserUnit"] = 2


def in_a_font_of_the_reader(pdf: Pdf) -> None:
    """Text that shows nothing here, and something where that font is installed."""
    font = Dictionary(Type=Name("/Font"), Subtype=Name("/Type1"), BaseFont=Name("/Rare"))
    pdf.pages[0].obj["/Resources"]["/Font"]["/Rare"] = font
    a.overlay(pdf, b"BT /Rare 11 Tf 138 300 Td ( ) Tj ET")


def fonts_swapped(pdf: Pdf) -> None:
    fonts = pdf.pages[0].obj["/Resources"]["/Font"]
    names = [str(name) for name in fonts.keys()]  # noqa: SIM118  (no mapping)
    first, second = fonts[names[0]], fonts[names[1]]
    fonts[names[0]], fonts[names[1]] = second, first


def stretched(pdf: Pdf) -> None:
    """One font draws every letter elsewhere: as if another font had been put in its place."""
    fonts = pdf.pages[0].obj["/Resources"]["/Font"]
    for name in fonts.keys():  # noqa: SIM118  (no mapping)
        font = fonts[name]["/DescendantFonts"][0]
        font["/W"] = Array()
        font["/DW"] = 1300


def xref_broken(pdf: bytes) -> bytes:
    place = pdf.rfind(b"startxref")
    return pdf[:place] + b"startxref\n17\n%%EOF\n"


ON_A_LICENCE = (
    attack("white over the name", drawn(b"1 1 1 rg " + NAME + b" f"), Code.PAGE_DIFFERS, "Name"),
    attack("thin white over the name", see_through, Code.PAGE_DIFFERS, "Name"),
    attack("black over the name", drawn(b"0 g " + NAME + b" f"), Code.PAGE_DRAWN_OVER, "Name"),
    attack(
        "another name",
        drawn(b"1 1 1 rg " + NAME + b" f 0 g 138 634 22 7 re f"),
        Code.PAGE_DIFFERS,
        "Name",
    ),
    attack("a stroke", drawn(b"1 w 150 634 m 160 640 l S"), Code.PAGE_DRAWN_OVER, "Name"),
    attack("struck out", drawn(b"0.7 w 136 638 m 168 638 l S"), Code.PAGE_DRAWN_OVER, "Name"),
    attack("beside", drawn(b"0 g 200 606 14 8 re f"), Code.PAGE_DRAWN_OVER, "Licence number"),
    attack("longer", drawn(b"1 1 1 rg 377 495 104 14 re f"), Code.PAGE_DIFFERS, "Valid to"),
    attack("earlier", drawn(b"1 1 1 rg 480 690 61 14 re f"), Code.PAGE_DIFFERS, "Date of issue"),
    attack(
        "title", drawn(b"1 1 1 rg 214 727 60 32 re f"), Code.PAGE_DIFFERS, "title of the document"
    ),
    attack(
        "agency", drawn(b"1 1 1 rg 200 772 200 18 re f"), Code.PAGE_DIFFERS, "name of the agency"
    ),
    attack("label", drawn(b"1 1 1 rg 60 636 19 13 re f"), Code.PAGE_DIFFERS, "Name"),
    attack(
        "number", drawn(b"1 1 1 rg 250 131 30 13 re f"), Code.PAGE_DIFFERS, "certificate number"
    ),
    attack("no code", drawn(b"1 1 1 rg 57 37 116 116 re f"), Code.PAGE_DIFFERS, "QR code"),
    attack("a line more", drawn(b"0 g 120 300 80 8 re f"), Code.PAGE_ADDED_INK, "blank space"),
    attack("margin", drawn(b"0 g 6 6 9 9 re f"), Code.PAGE_ADDED_INK, "margin"),
    attack("a picture", pictured, Code.PAGE_ADDED_INK, "blank space"),
    attack("alternates", with_alternates, Code.PAGE_ALTERNATES),
    attack("cropped", cropped, Code.PAGE_CROPPED),
    attack("other paper", shrunk, Code.COMPARE_UNLIKE),
    attack("scaled", scaled, Code.COMPARE_UNLIKE),
    Attack("own make", emptied_but_for_the_code, Code.COMPARE_UNLIKE),
    Attack(
        "painted picture",
        as_picture_with(lambda pen: pen.rectangle((372, 540, 560, 590), fill=255)),
        Code.PAGE_DIFFERS,
        "Name",
    ),
    attack("false scan", under_a_clear_picture, Code.PAGE_DIFFERS, "Name"),
    attack(
        "typewriter",
        a.annotated("/FreeText", OVER_NAME, DA="/Helv 12 Tf 0 g", Contents="Mallory"),
        Code.PAGE_ANNOTATION,
    ),
    attack("stamp", looking("/Stamp"), Code.PAGE_DIFFERS, "Name"),
    attack("note", looking("/Text"), Code.PAGE_DIFFERS, "Name"),
    attack("square", looking("/Square"), Code.PAGE_DIFFERS, "Name"),
    attack("in print", looking("/Stamp", 36), Code.PAGE_PRINT_DIFFERS),
    attack("on screen", looking("/Stamp", 0), Code.PAGE_PRINT_DIFFERS),
    attack("hidden", looking("/Stamp", 2), Code.PAGE_ANNOTATION),
    attack("field", text_field, Code.PAGE_DIFFERS, "Name"),
    attack("film", a.annotated("/Screen"), Code.FILE_MEDIA),
    attack("layer on", layered(shown=True), Code.PAGE_LAYERS_DIFFER),
    attack("layer off", layered(shown=False), Code.PAGE_LAYERS_DIFFER),
    attack(
        "layer in print",
        layered(shown=False, usage=Dictionary(Print=Dictionary(PrintState=Name("/ON")))),
        Code.PAGE_LAYERS_DIFFER,
    ),
    attack("script", acting("/OpenAction", script()), Code.FILE_SCRIPT),
    attack("script by name", script_by_name, Code.FILE_SCRIPT),
    attack("script on page", script_on_page, Code.FILE_SCRIPT),
    attack("script on click", clicked(script()), Code.FILE_SCRIPT),
    attack("program", clicked(Dictionary(S=Name("/Launch"), F="calc.exe")), Code.FILE_ACTION),
    attack("sent", clicked(Dictionary(S=Name("/SubmitForm"), F="x")), Code.FILE_ACTION),
    attack("elsewhere", acting("/OpenAction", other_file()), Code.FILE_ACTION),
    attack("link", clicked(web()), Code.FILE_LINK),
    attack("xfa", xfa, Code.FILE_XFA),
    attack("portfolio", portfolio, Code.FILE_PORTFOLIO),
    attack("second file", second_file, Code.FILE_ATTACHMENT_OTHER),
    attack("file on page", file_on_page, Code.FILE_ATTACHMENT_OTHER),
    attack("page again", page_again, Code.PAGE_REPEATED),
    attack("cover", a.with_cover, Code.PAGE_ADDED),
    attack("layout 99", other_layout, Code.COMPARE_LAYOUT_UNKNOWN),
    attack("anonymous", unnamed_and_covered, Code.PAGE_DIFFERS, "Name"),
    attack("in print by device", printing_otherwise, Code.PAGE_DEVICE_DEPENDENT),
    attack("another file's page", fetched, Code.PAGE_DEVICE_DEPENDENT),
    attack("other units", in_other_units, Code.PAGE_SIZE),
    attack("font of the reader", in_a_font_of_the_reader, Code.PAGE_FONT_MISSING),
    attack("fonts swapped", fonts_swapped, Code.PAGE_DIFFERS),
    attack("font exchanged", stretched, Code.PAGE_DIFFERS),
    Attack(
        "written on later",
        lambda pdf: a.appended_page(pdf, b"q 1 1 1 rg " + NAME + b" f Q"),
        Code.FILE_CHANGED_AFTER_ISSUE,
        "Name",
    ),
    Attack("zip behind", lambda pdf: pdf + b"PK\3\4" + bytes(40), Code.FILE_TRAILING_BYTES),
    Attack("page before", lambda pdf: b"<html><body>" + pdf, Code.FILE_LEADING_BYTES),
    Attack("broken table", xref_broken, Code.FILE_DAMAGED),
)
ON_A_HOUSEHOLD = (
    attack("page gone", without_page(1), Code.PAGE_MISSING),
    attack("first page gone", without_page(0), Code.PAGE_MISSING),
    attack("order", turned_round, Code.PAGE_ORDER),
    attack("row covered", drawn(b"1 1 1 rg 140 440 100 30 re f"), Code.PAGE_DIFFERS, None),
    attack("second page", drawn(b"1 1 1 rg 60 700 400 40 re f", page=1), Code.PAGE_DIFFERS, None),
)
