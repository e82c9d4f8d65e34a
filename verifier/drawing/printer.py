"""PDF/A documents of sealed credentials, drawn by one typst compiler kept for a whole run."""

import json
from importlib.resources import as_file, files
from typing import Final

import typst

from credential.ids import UnixTime
from credential.types import CredentialType
from verifier.drawing.errors import PrintError
from verifier.drawing.layout import Layout, read_layout
from verifier.drawing.layouts import LAYOUTS, NEWEST
from verifier.drawing.page_model import Document, Json, page_model
from verifier.drawing.zones import Zone, read_zones

# PDF/A-3 permits attachments; level a adds tags and a reading order for people who listen to it
_STANDARD: Final = "a-3a"


class Printer:
    """Prints credentials one by one; keep one for a run, since its fonts and compiler stay warm."""

    def __init__(self) -> None:
        """Load the templates and the font that covers the characters of every name."""
        folder_of_templates = files("verifier.drawing")
        self._templates = {
            number: folder_of_templates.joinpath(layout.template).read_bytes()
            for number, layout in LAYOUTS.items()
        }
        self._probe = folder_of_templates.joinpath("probe.typ").read_bytes()
        with as_file(files("manimgx_fonts_cjk")) as folder:
            fonts = typst.Fonts(include_system_fonts=False, font_paths=[folder])
        self._compiler = typst.Compiler(self._templates[NEWEST], font_paths=fonts)
        self._layouts: dict[bytes, Layout] = {}

    def render_pdf(
        self, document: Document, credential_type: CredentialType, layout_no: int = NEWEST
    ) -> bytes:
        """Return the PDF/A-3 document with the sealed file, and the full record if any, inside.

        The same document gives the same bytes. Raises PrintError where it is no credential of this
        type, or holds a character no font can show: a document with a gap is never printed.
        """
        model, issued_at = self._model(document, credential_type, layout_no)
        return self._compile({"document": _as_text(model)}, issued_at, layout_no)

    def zones(
        self, document: Document, credential_type: CredentialType, layout_no: int = NEWEST
    ) -> tuple[Zone, ...]:
        """Return what lies where on the pages of the document; raises PrintError as above."""
        model, issued_at = self._model(document, credential_type, layout_no)
        told = {"document": _as_text(model), "zones": "yes"}
        return read_zones(self._compile(told, issued_at, layout_no), model)

    def missing_characters(self, characters: frozenset[str]) -> frozenset[str]:
        """Return those of the characters that the fonts of a document cannot show."""
        if not characters or self._can_show(characters):
            return frozenset()
        if len(characters) == 1:
            return characters
        ordered = sorted(characters)
        half = frozenset(ordered[: len(ordered) // 2])
        return self.missing_characters(half) | self.missing_characters(characters - half)

    def _can_show(self, characters: frozenset[str]) -> bool:
        listed = json.dumps(sorted(characters), ensure_ascii=False)
        try:
            self._compiler.compile(
                self._probe,
                format="pdf",
                sys_inputs={"characters": listed},
                pdf_standards=_STANDARD,
                timestamp=0,
            )
        except typst.TypstError:
            return False
        return True

    def _model(
        self, document: Document, credential_type: CredentialType, layout_no: int
    ) -> tuple[dict[str, Json], UnixTime]:
        layout = self._layouts.get(credential_type.digest)
        if layout is None:
            layout = self._layouts[credential_type.digest] = read_layout(credential_type)
        return page_model(document, credential_type, layout, layout_no)

    def _compile(self, inputs: dict[str, str], issued_at: UnixTime, layout_no: int) -> bytes:
        try:
            printed = self._compiler.compile(
                self._templates[layout_no],
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=_STANDARD,
                timestamp=issued_at,
            )
        except typst.TypstError as error:
            raise PrintError(f"The document cannot be set: {error.message}") from error
        if not isinstance(printed, bytes):
            raise PrintError("typst returned no document.")
        return printed


def _as_text(model: dict[str, Json]) -> str:
    return json.dumps(model, ensure_ascii=False)
