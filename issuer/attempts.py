"""Failed attempts to send, written down so that the queue can say what was tried and why not."""

from collections.abc import Iterator
from contextlib import contextmanager

from issuer.office import Office
from registry.errors import ChainError


@contextmanager
def noting_failures(office: Office, what: str) -> Iterator[None]:
    """A chain error of the block is written down for people before it goes on its way."""
    try:
        yield
    except ChainError as error:
        with office.database.transaction() as repository:
            repository.installations.lock()  # two processes may fail at the same thing at once
            repository.sendings.note_failure(what, str(error), office.clock())
        raise
