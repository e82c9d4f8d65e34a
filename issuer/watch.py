"""The watch: rounds of `run` for ever, which no trouble ends and no alarm turns into a guess.

A round that the chain failed makes the next one wait longer, and the database says so. An alarm
stops the sending of this office alone; what needs no chain is still done, round after round.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import DBAPIError

from credential.errors import SealrootError
from issuer.alarms import ALARMING, AlarmStandsError, raise_alarm
from issuer.clocks import clock_trouble
from issuer.issue import Carried, run_with
from issuer.office import Office
from issuer.queue import backlog

LONGEST_PAUSE_SECONDS: Final = 60.0
Tell = Callable[[str, Mapping[str, object]], None]
"""Called with what happened and what is known of it: never claims, keys or full identifiers."""


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round."""

    trouble: str | None
    alarm: str | None
    waiting: int


def watch(office: Office, seconds: float, tell: Tell, *, rounds: int | None = None) -> None:
    """Everything unfinished is carried on, again and again; with `rounds` only so often."""
    failures = 0
    done = 0
    while rounds is None or done < rounds:
        done += 1
        made = one_round(office)
        failures = failures + 1 if made.trouble is not None else 0
        pause = pause_after(failures, seconds)
        _note(office, made, failures, pause)
        event = "alarm" if made.alarm else "trouble" if made.trouble else "round"
        tell(
            event,
            {
                "waiting": made.waiting,
                "failed_rounds": failures,
                "pause_seconds": pause,
                "why": made.alarm or made.trouble,
            },
        )
        office.sleep(pause)


def pause_after(failures: int, seconds: float) -> float:
    """Return how long to wait after so many failed rounds: each time twice as long, to a limit."""
    longest = max(seconds, LONGEST_PAUSE_SECONDS)
    return min(seconds * 2.0 ** min(failures, 16), longest)


def one_round(office: Office) -> Round:
    """Everything is as far as it can be now, and how that went."""
    try:
        standing = _alarm(office)
        carried = _carried(office, standing)
        waiting = sum(one.count for one in backlog(office))
        return Round(carried.trouble, _alarm(office), waiting)
    except (SealrootError, DBAPIError, OSError) as error:
        # The database, a disk or a key: what was committed stays, and the next round looks again.
        return Round(f"{type(error).__name__}: {error}", None, -1)


def _carried(office: Office, standing: str | None) -> Carried:
    if standing is None:
        try:
            return run_with(office, office.journal.follow())
        except ALARMING as error:
            raise_alarm(office, error)
            standing = str(error)
    held = office.journal.held(AlarmStandsError(standing))
    carried = run_with(office, held)
    return Carried(carried.reports, None)  # an alarm is told as such, and waits for a person


def _alarm(office: Office) -> str | None:
    with office.database.reading() as repository:
        return repository.sendings.watch().alarm


def _note(office: Office, made: Round, failures: int, pause: float) -> None:
    now = office.clock()
    # Nodes are asked before the transaction: whoever hangs must not hold the database.
    clocks = _clocks(office) if made.trouble is None else None
    try:
        with office.database.transaction() as repository:
            repository.installations.lock()
            repository.sendings.note_watch(
                round_at=now,
                next_at=now + round(pause),
                failures=failures,
                last_error=made.trouble,
                clock_trouble=clocks,
            )
    except DBAPIError:
        return  # the round's own trouble says it already


def _clocks(office: Office) -> str | None:
    if office.chain_times is None:
        return None
    try:
        return clock_trouble(office.clock(), time.monotonic(), office.chain_times())
    except SealrootError:
        return None
