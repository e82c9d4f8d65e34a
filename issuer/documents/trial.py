"""What could be sealed and then not be printed, found before anything is sealed."""

from collections.abc import Iterable, Iterator

from credential.cbor import Value
from issuer.documents.printer import Printer
from issuer.prepare import PreparedRecord
from issuer.problems import RowProblem, shown


def unprintable(records: Iterable[PreparedRecord], printer: Printer) -> tuple[RowProblem, ...]:
    """Return a problem for every record with a character no font here shows; all at one trial."""
    by_record = [(record, frozenset("".join(_texts(_printed(record))))) for record in records]
    every: frozenset[str] = frozenset().union(*(characters for _, characters in by_record))
    missing = printer.missing_characters(every)
    return tuple(
        RowProblem(record.rows[0], "", shown("".join(sorted(characters & missing))), _CODE)
        for record, characters in by_record
        if characters & missing
    )


_CODE = "text.not_printable"


def _printed(record: PreparedRecord) -> list[Value]:
    return [*record.fields.values(), *(record.record_fields or {}).values()]


def _texts(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value.values())
        elif isinstance(value, list):
            yield from _texts(value)
