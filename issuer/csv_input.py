"""A CSV file read strictly into rows of cells: UTF-8, a header, limits before parsing."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from issuer.errors import InputError

MAX_BYTES: Final = 256 * 1024 * 1024
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 256
MAX_CELL: Final = 10_000


class Row(NamedTuple):
    """The cells of one row; `number` counts as a spreadsheet does: the header is row 1."""

    number: int
    cells: tuple[str, ...]


class Table(NamedTuple):
    """The header and all rows that are not empty."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(source: Path | bytes) -> Table:
    """Return the whole table; raises InputError, which says what about the file is not right."""
    text = _decode(_read(source))
    rows = _rows(text)
    header = next(rows, None)
    if header is None:
        raise _refused("The file is empty. The first row must name the columns.")
    columns = header.cells
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise _refused(f"The header names these columns more than once: {_listed(twice)}.")
    if len(columns) > MAX_COLUMNS:
        raise _refused(f"The header has {len(columns)} columns; at most {MAX_COLUMNS} are read.")
    found = tuple(rows)
    if not found:
        raise _refused("The file has a header and no rows.")
    return Table(columns, found)


def check_columns(
    columns: Sequence[str], known: Sequence[str], required: Sequence[str], *, ignored: str
) -> None:
    """Raises InputError unless every required column is there and none but `ignored` is unknown."""
    missing = [name for name in required if name not in columns]
    unknown = [name for name in columns if name not in known and name != ignored]
    faults = []
    if missing:
        faults.append(f"These columns are missing: {_listed(missing)}.")
    if unknown:
        faults.append(f"These columns are not known to this type: {_listed(unknown)}.")
    if faults:
        raise _refused(f"{' '.join(faults)} The type reads: {_listed(known)}.")


def _read(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        content = source
    else:
        try:
            with source.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise _refused(f"The file cannot be read: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise _refused(f"The file has more than {MAX_BYTES} bytes. Split it and issue the parts.")
    return content


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _refused("The file is UTF-16, not UTF-8. Save it as CSV UTF-8.")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused(
            f"The file is not UTF-8: line {line}, byte {error.start}. It may be Big5; save it as"
            " CSV UTF-8, and compare the names with rare characters afterwards."
        ) from error


def _rows(text: str) -> Iterator[Row]:
    """Yield every row with at least one cell; an empty line is counted and passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MAX_ROWS + 1:
                raise _refused(f"The file has more than {MAX_ROWS} rows. Split it.")
            if any(len(cell) > MAX_CELL for cell in cells):
                raise _refused(f"Row {number} has a cell of more than {MAX_CELL} characters.")
            if cells:
                yield Row(number, tuple(cells))
    except csv.Error as error:
        raise _refused(f"The file is not CSV after row {number}: {error}.") from error


def _listed(names: Sequence[str]) -> str:
    text = ", ".join(ascii(name)[1:-1] if not name.isprintable() else name for name in names)
    return text if len(text) <= MAX_CELL else text[:MAX_CELL] + "…"


def _refused(message: str) -> InputError:
    return InputError(f"{message} Nothing was issued.", ())
