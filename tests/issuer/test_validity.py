"""Days of validity become moments in Taipei and back."""

from datetime import date

import pytest

from credential.days import first_day, last_day
from credential.ids import UnixTime
from issuer.type_folder import read_types
from issuer.validity import Validity, validity_of

LICENCE = read_types()["driver-licence"]


def test_the_last_day_is_valid_to_its_end_in_taipei() -> None:
    validity = validity_of({9: "2024-02-28", 10: "2024-02-29"}, LICENCE)

    assert validity == Validity(1709049600, 1709222400, None)


def test_the_moments_give_their_days_back() -> None:
    assert first_day(UnixTime(1709049600)) == date(2024, 2, 28)
    assert last_day(UnixTime(1709222400)) == date(2024, 2, 29)


def test_one_day_is_a_validity() -> None:
    assert isinstance(validity_of({9: "2024-02-28", 10: "2024-02-28"}, LICENCE), Validity)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2024-02-29", "2024-02-28", "dates.order"),
        ("1969-12-31", "2024-02-28", "dates.range"),
        ("2024-02-28", "9999-12-31", "dates.range"),
    ],
)
def test_days_that_are_no_validity_are_refused(first: str, last: str, code: str) -> None:
    assert validity_of({9: first, 10: last}, LICENCE) == code
