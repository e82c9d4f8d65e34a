"""The days in Taipei on which a validity begins and ends, from the moments that are signed."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from credential.ids import UnixTime

TAIPEI: Final = timezone(timedelta(hours=8))


def first_day(nbf: UnixTime) -> date:
    """Return the day in Taipei on which a validity begins."""
    return datetime.fromtimestamp(nbf, UTC).astimezone(TAIPEI).date()


def last_day(exp: UnixTime) -> date:
    """Return the last day in Taipei of which no moment is past the end of a validity."""
    return datetime.fromtimestamp(exp, UTC).astimezone(TAIPEI).date() - timedelta(days=1)
