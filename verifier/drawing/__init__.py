"""Printed documents of sealed credentials."""

from verifier.drawing.errors import PrintError
from verifier.drawing.page_model import Document
from verifier.drawing.printer import Printer

__all__ = ["Document", "PrintError", "Printer"]
