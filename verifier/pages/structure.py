"""What a PDF holds beside its pages: scripts, actions, layers, forms, comments, attachments.

This runs in a child process with limits (`verifier.confined`): the file is an attacker's.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from typing import Final, NamedTuple, cast

import pikepdf

from verifier.errors import DocumentError
from verifier.pages.file_bytes import byte_findings
from verifier.pages.findings import PageCode, PageFinding, finding
from verifier.reasons import Reason

_MOST_OBJECTS: Final = 100_000
_MOST_DEPTH: Final = 32
_MOST_FINDINGS: Final = 100

# ISO 32000-1, table 198. What is not named here, such as going to a page, does nothing by itself.
_ACTIVE: Final = frozenset(
    {
        *("/Launch", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToR", "/GoToE", "/Hide"),
        *("/SetOCGState", "/Rendition", "/Movie", "/Sound", "/Trans", "/GoTo3DView", "/Thread"),
        *("/RichMediaExecute", "/Named"),
    }
)
_MEDIA: Final = frozenset({"/Screen", "/Movie", "/Sound", "/3D", "/RichMedia", "/TrapNet"})
_COMMENTS: Final = frozenset({"/Text", "/Popup"})
# Transfer functions and halftones act in print alone, OPI fetches another picture for it.
_DEVICES: Final = ("/TR", "/TR2", "/HTP", "/OPI")
_WITHOUT_FILE: Final = frozenset({"/Type0", "/Type3"})
_OURS: Final = re.compile(r"<_io\.BytesIO[^>]*>")
_FONT_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")


class Structure(NamedTuple):
    """What the structure tells, and the file as other readers may see it.

    `rewritten` is the same document written anew by another library; `layers` are two more with all
    optional content shown and hidden; `drawings` are digests of the drawing commands of each page.
    On pages that are only `noted` all annotations are notes that bring no look of their own: what
    is seen of them is the reader's own small sign.
    """

    findings: list[PageFinding]
    rewritten: bytes
    layers: tuple[bytes, ...]
    is_annotated: bool
    noted: frozenset[int]
    drawings: list[bytes]
    creator: str


def read_structure(given: bytes, issued: bytes | None) -> Structure:
    """Return the structure of a PDF; DocumentError where the second library cannot read it."""
    try:
        with pikepdf.open(io.BytesIO(given), suppress_warnings=True) as pdf:
            return _read(pdf, given, issued)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError) as error:
        message = "the PDF is damaged: one library reads it, another does not"
        raise DocumentError(Reason.DOCUMENT_UNREADABLE, message) from error


def _read(pdf: pikepdf.Pdf, given: bytes, issued: bytes | None) -> Structure:
    findings = byte_findings(given, issued, is_linearized=pdf.is_linearized)
    if pdf.is_encrypted:
        findings.append(finding(PageCode.FILE_ENCRYPTED))
    rewritten = _saved(pdf)
    warnings = [_OURS.sub("file", str(warning)) for warning in pdf.get_warnings()]
    if warnings:
        findings.append(finding(PageCode.FILE_DAMAGED, detail=warnings[0][:200]))
    with pikepdf.open(io.BytesIO(rewritten)) as clean:  # without what nothing refers to
        findings += _from_root(clean)
        pages = [page.obj for page in clean.pages]
        for number, page in enumerate(pages, 1):
            findings += _of_page(number, page)
        findings += _from_objects(clean)
        findings += _attachments(clean, issued)
        return Structure(
            findings=list(dict.fromkeys(findings))[:_MOST_FINDINGS],
            rewritten=rewritten,
            layers=_layers(clean),
            is_annotated=any("/Annots" in page for page in pages),
            noted=frozenset(number for number, page in enumerate(pages, 1) if _is_noted(page)),
            drawings=[_drawing(page) for page in clean.pages],
            creator=str(clean.docinfo.get("/Creator", "")),
        )


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, encryption=False, compress_streams=True)
    return out.getvalue()


def _from_root(pdf: pikepdf.Pdf) -> Iterator[PageFinding]:
    root = pdf.Root
    if "/Collection" in root:
        yield finding(PageCode.FILE_PORTFOLIO)
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        yield finding(PageCode.FILE_XFA)
    if "/OCProperties" in root:
        yield finding(PageCode.FILE_LAYERS)


def _of_page(number: int, page: pikepdf.Object) -> Iterator[PageFinding]:
    if "/Trans" in page or "/Dur" in page:
        yield finding(PageCode.PAGE_TRANSITION, number)
    if "/UserUnit" in page:  # which some programs scale by and others do not know
        yield finding(PageCode.PAGE_SIZE, number, "UserUnit")
    annotations: object = page.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    for annotation in annotations:
        if isinstance(annotation, pikepdf.Dictionary):
            yield _annotation(number, annotation)


def _annotation(number: int, annotation: pikepdf.Dictionary) -> PageFinding:
    kind = str(annotation.get("/Subtype", ""))
    if kind in _COMMENTS:
        return finding(PageCode.PAGE_COMMENT, number, kind[1:])
    if kind in _MEDIA:
        return finding(PageCode.FILE_MEDIA, number, kind[1:])
    if kind == "/Widget":
        is_signature = str(_inherited(annotation, "/FT")) == "/Sig"
        code = PageCode.FILE_SIGNATURE if is_signature and _is_flat(annotation) else None
        return finding(code or PageCode.FILE_FORM, number)
    if kind == "/Link":
        return finding(PageCode.FILE_LINK, number)
    return finding(PageCode.PAGE_ANNOTATION, number, kind[1:40])


def _is_noted(page: pikepdf.Object) -> bool:
    annotations: object = page.get("/Annots")
    return isinstance(annotations, pikepdf.Array) and all(
        isinstance(one, pikepdf.Dictionary)
        and str(one.get("/Subtype", "")) in _COMMENTS
        and "/AP" not in one
        for one in annotations
    )


def _inherited(field: pikepdf.Dictionary, key: str) -> object:
    for _ in range(_MOST_DEPTH):
        if key in field:
            return field[key]
        parent = field.get("/Parent")
        if not isinstance(parent, pikepdf.Dictionary):
            break
        field = parent
    return None


def _is_flat(annotation: pikepdf.Dictionary) -> bool:
    """True for a signature field that takes no room on the page."""
    rect = annotation.get("/Rect")
    if not isinstance(rect, pikepdf.Array) or len(rect) != 4:
        return False
    edges = [float(cast("float", edge)) for edge in rect]
    return edges[0] == edges[2] or edges[1] == edges[3]


def _from_objects(pdf: pikepdf.Pdf) -> Iterator[PageFinding]:
    """Yield what any dictionary in the file gives away, wherever it hangs."""
    seen = 0
    for top in pdf.objects:
        waiting = [(top, 0)]
        while waiting:
            item, depth = waiting.pop()
            seen += 1
            if seen > _MOST_OBJECTS or depth > _MOST_DEPTH:
                yield finding(PageCode.FILE_DAMAGED, detail="too many objects to look at")
                return
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                yield from _dictionary(item)
                inside = [item[key] for key in _keys(item)]
                waiting += [(part, depth + 1) for part in inside if _is_inside(part)]
            elif isinstance(item, pikepdf.Array):
                waiting += [(part, depth + 1) for part in item if _is_inside(part)]


def _keys(item: pikepdf.Object) -> list[str]:
    return list(item.keys())


def _is_inside(item: object) -> bool:
    """True for what is written in its parent; an object of its own is looked at by itself."""
    return isinstance(item, pikepdf.Dictionary | pikepdf.Array) and not item.is_indirect


def _dictionary(item: pikepdf.Object) -> Iterator[PageFinding]:
    action = str(item.get("/S", ""))
    if action == "/JavaScript" or "/JS" in item:
        yield finding(PageCode.FILE_SCRIPT)
    elif action in _ACTIVE and item.get("/Type", "/Action") == "/Action":
        yield finding(PageCode.FILE_ACTION, detail=action[1:])
    elif action == "/URI" and "/URI" in item:
        yield finding(PageCode.FILE_LINK, detail=str(item["/URI"])[:200])
    if "/Alternates" in item:
        yield finding(PageCode.PAGE_ALTERNATES)
    devices = [key for key in _DEVICES if key in item]
    if devices or item.get("/Subtype") == "/PS" or _is_fetched(item):
        yield finding(PageCode.PAGE_DEVICE_DEPENDENT, detail=" ".join(devices))
    if "/BaseFont" in item and str(item.get("/Subtype", "")) not in _WITHOUT_FILE:
        described = item.get("/FontDescriptor")
        if described is None or not any(name in described for name in _FONT_FILES):
            yield finding(PageCode.PAGE_FONT_MISSING, detail=str(item.get("/BaseFont", ""))[1:80])


def _is_fetched(item: pikepdf.Object) -> bool:
    """True for content that comes from another file: a reference, or a stream held elsewhere."""
    is_reference = "/Ref" in item and item.get("/Subtype") == "/Form"
    return is_reference or (isinstance(item, pikepdf.Stream) and "/F" in item)


def _attachments(pdf: pikepdf.Pdf, issued: bytes | None) -> Iterator[PageFinding]:
    if issued is None:
        return
    with pikepdf.open(io.BytesIO(issued)) as ours:
        expected = _embedded(ours)
    found = _embedded(pdf)
    for name, digest in expected.items():
        if digest not in found.values():
            yield finding(PageCode.FILE_ATTACHMENT_MISSING, detail=name)
    for name, digest in found.items():
        if digest not in expected.values():
            yield finding(PageCode.FILE_ATTACHMENT_OTHER, detail=name[:200])


def _embedded(pdf: pikepdf.Pdf) -> dict[str, bytes]:
    """Return the digest of every embedded file by a name of it, wherever it hangs."""
    found: dict[str, bytes] = {}
    for number, item in enumerate(pdf.objects):
        if not isinstance(item, pikepdf.Dictionary) or not isinstance(
            held := item.get("/EF"), pikepdf.Dictionary
        ):
            continue
        for key in _keys(held):
            stream = held[key]
            if isinstance(stream, pikepdf.Stream):
                name = str(item.get("/UF", item.get("/F", number)))
                digest = hashlib.sha256(stream.read_bytes()).digest()
                if digest not in found.values():
                    found[name if name not in found else f"{name} ({number})"] = digest
    return found


def _layers(pdf: pikepdf.Pdf) -> tuple[bytes, ...]:
    """Return the file with all optional content shown, and with all of it hidden."""
    properties = pdf.Root.get("/OCProperties")
    if not isinstance(properties, pikepdf.Dictionary):
        return ()
    groups = properties.get("/OCGs", pikepdf.Array())
    made = []
    for state, listed in (("/ON", "/ON"), ("/OFF", "/OFF")):
        properties["/D"] = pikepdf.Dictionary({"/BaseState": pikepdf.Name(state), listed: groups})
        made.append(_saved(pdf))
    return tuple(made)


def _drawing(page: pikepdf.Page) -> bytes:
    """Return a digest of the commands that draw a page, of forms in it too."""
    whole = hashlib.sha256()
    contents = page.obj.get("/Contents")
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    for stream in streams:
        if isinstance(stream, pikepdf.Stream):
            whole.update(stream.read_bytes().strip() + b"\n")
    return whole.digest()
