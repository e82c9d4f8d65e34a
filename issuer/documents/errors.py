"""The one error of printing."""

from issuer.errors import IssuerError


class PrintError(IssuerError):
    """A document cannot be printed as it was sealed; nothing was written."""
