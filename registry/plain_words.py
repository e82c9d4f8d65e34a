"""Errors for people: what happened, what it means, what to do next.

The message of an error says what happened. The two other sentences travel as its notes (PEP 678),
so that any of our error classes can carry them and only the outermost command has to know how they
are printed.
"""

from typing import TypeVar

ErrorT = TypeVar("ErrorT", bound=BaseException)


def explained(error: ErrorT, *, means: str, way_out: str) -> ErrorT:
    """Return the same error with what it means and what to do next as its two notes."""
    error.add_note(means)
    error.add_note(way_out)
    return error


def told(error: BaseException) -> tuple[str, str, str]:
    """Return what happened, what it means and what to do.

    The last two are empty where the error does not say.
    """
    notes = [*getattr(error, "__notes__", []), "", ""]
    return str(error), notes[0], notes[1]
