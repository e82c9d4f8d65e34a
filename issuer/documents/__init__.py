"""Printed documents of sealed credentials."""

from issuer.documents.errors import PrintError
from issuer.documents.page_model import Document
from issuer.documents.printer import Printer

__all__ = ["Document", "PrintError", "Printer"]
