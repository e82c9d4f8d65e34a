"""The one error of printing."""

from credential.errors import SealrootError


class PrintError(SealrootError):
    """A document cannot be printed as it was sealed; nothing was written."""
