"""Fields that are well-formed and not of the kind their type document gives them."""

from collections.abc import Iterator

from tests.hostile.desk import FIELDS, Desk, field_map
from tests.hostile.pen import PERMITTED, array, integer, octets, pairs, text, uint


def kind_faults(desk: Desk) -> Iterator[tuple[str, bytes, str]]:
    """Fields against their type document, each kind at the top and inside a row."""
    for label, kind in ((1, "text"), (2, "date"), (3, "code"), (4, "number"), (7, "digest")):
        for what, item in WRONG[kind].items():
            changed = field_map({**FIELDS, label: item})
            yield f"{kind}: {what}", desk.entry(fields=changed), "form.type_mismatch"
        missing = {number: item for number, item in FIELDS.items() if number != label}
        name = f"{kind} missing though required"
        yield name, desk.entry(fields=field_map(missing)), "form.type_mismatch"
    for what, item in WRONG["rows"].items():
        for label in (5, 6):
            changed = field_map({**FIELDS, label: item})
            yield f"rows {label}: {what}", desk.entry(fields=changed), "form.type_mismatch"
    for label, kind in ((1, "text"), (2, "date"), (3, "code"), (4, "number")):
        for what, item in WRONG[kind].items():
            row = field_map({1: text("a"), label: item})
            changed = field_map({**FIELDS, 5: array(row)})
            name = f"{kind} in a row: {what}"
            yield name, desk.entry(fields=changed), "form.type_mismatch"
    two = array(*[pairs((uint(1), text("a")))] * 2)
    changed = field_map({**FIELDS, 6: two})
    yield "the first row is two rows", desk.entry(fields=changed), "form.type_mismatch"


_NO_TEXT = {what: item for what, item in PERMITTED.items() if what not in ("a text", "null")}
WRONG: dict[str, dict[str, bytes]] = {
    "text": {"empty": text(""), **_NO_TEXT},
    "date": {
        "empty": text(""),
        "a day that does not exist": text("2019-02-29"),
        "month 13": text("2020-13-01"),
        "day 0": text("2020-01-00"),
        "year 0": text("0000-01-01"),
        "year 10000": text("10000-01-01"),
        "slashes": text("2020/01/01"),
        "no hyphens": text("20200101"),
        "short": text("2020-1-1"),
        "a week date": text("2020-W01-1"),
        "a time behind": text("2020-01-01T00:00:00"),
        "a line end behind": text("2020-01-01\n"),
        "a space in front": text(" 2020-01-01"),
        "full-width digits": text("２０２０-01-01"),
        "Arabic digits": text("٢٠٢٠-01-01"),
        "a sign": text("+020-01-01"),
        **_NO_TEXT,
    },
    "code": {
        "empty": text(""),
        "not listed": text("Z"),
        "in the other case": text("a"),
        "its label": text("甲"),
        "a space behind": text("A "),
        **_NO_TEXT,
    },
    "number": {
        "negative": integer(-1),
        "most negative": integer(-(2**64)),
        "digits as text": text("3"),
        **{
            what: item
            for what, item in PERMITTED.items()
            if "integer" not in what and what != "null"
        },
    },
    "digest": {
        "31 bytes": octets(bytes(31)),
        "33 bytes": octets(bytes(33)),
        "hexadecimal text": text("0" * 64),
        **{what: item for what, item in PERMITTED.items() if what != "null"},
    },
    "rows": {
        "no row": array(),
        "a row that is text": array(text("a")),
        "a row that is an array": array(array()),
        "a row of nothing": array(pairs()),
        "a row without its required field": array(pairs((uint(3), text("M")))),
        "a good row and a bad one": array(pairs((uint(1), text("a"))), pairs((uint(1), uint(1)))),
        **{what: item for what, item in PERMITTED.items() if what not in ("an array", "null")},
    },
}
"""For each kind, items that are well-formed and not of it."""
