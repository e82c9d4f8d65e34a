"""The first and last moment a credential is valid, from the days its type takes from the input."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from credential.cbor import Value
from credential.days import TAIPEI
from credential.ids import UnixTime
from credential.types import CredentialType

_DAY_SECONDS: Final = 86_400
_FIRST_DAY: Final = date(1970, 1, 2)
_LAST_DAY: Final = date(9998, 12, 31)


class Validity(NamedTuple):
    """When a credential begins and ends, where the input or the type says so."""

    nbf: UnixTime | None
    exp: UnixTime | None
    days: int | None

    def exp_at(self, issued_at: UnixTime) -> UnixTime | None:
        """Return exp, counted from `issued_at` where only a number of days is given."""
        if self.exp is not None or self.days is None:
            return self.exp
        return UnixTime(issued_at + self.days * _DAY_SECONDS)


def validity_of(values: Mapping[int, Value], credential_type: CredentialType) -> Validity | str:
    """Return the validity (type-document.md, "Dates of validity"), or the code of what is wrong."""
    first = _day(values, credential_type.valid_from)
    last = _day(values, credential_type.valid_to)
    if any(day is not None and not _FIRST_DAY <= day <= _LAST_DAY for day in (first, last)):
        return "dates.range"
    if first is not None and last is not None and last < first:
        return "dates.order"
    return Validity(
        nbf=None if first is None else _midnight(first),
        exp=None if last is None else _midnight(last + timedelta(days=1)),
        days=credential_type.valid_days,
    )


def _day(values: Mapping[int, Value], label: int | None) -> date | None:
    value = values.get(label) if label is not None else None
    return date.fromisoformat(value) if isinstance(value, str) else None


def _midnight(day: date) -> UnixTime:
    return UnixTime(int(datetime(day.year, day.month, day.day, tzinfo=TAIPEI).timestamp()))
