"""Alarms: what no machine may decide alone.

While an alarm stands, this office sends nothing. Signing goes on, since what is signed names chain
and contract of this database, whatever the nodes say. Only a person clears an alarm.
"""

from issuer.errors import ForeignChainError
from issuer.office import Office
from registry.errors import ChainError, ChainMismatchError
from registry.rim_errors import ChainLiesError

ALARMING = (ForeignChainError, ChainMismatchError, ChainLiesError)
"""What is never waited out: nodes that contradict each other, a node that lies, another chain."""
HOW_TO_CLEAR = (
    "Find out what is wrong with the registry's operator; then `sealroot issuer clear-alarm`."
)


def raise_alarm(office: Office, error: Exception) -> None:
    """The alarm stands in the database, unless one does already: the first cause is what counts."""
    with office.database.transaction() as repository:
        repository.installations.lock()
        if repository.sendings.watch().alarm is None:
            repository.sendings.note_watch(alarm=str(error), alarm_at=office.clock())


def standing_alarm(office: Office) -> str | None:
    """Return why nothing is sent; None where no alarm stands."""
    with office.database.reading() as repository:
        alarm = repository.sendings.watch().alarm
    if alarm is None:
        return None
    return f"an alarm has stopped all sending: {alarm} {HOW_TO_CLEAR}"


def clear_alarm(office: Office) -> str | None:
    """No alarm stands; returns the one that did.

    Raises what the alarm was about where it is still so: then it stands on.
    """
    followed = office.journal.follow()
    if followed.unreachable is not None:
        raise followed.unreachable
    with office.database.transaction() as repository:
        alarm = repository.sendings.watch().alarm
        repository.sendings.note_watch(alarm=None, alarm_at=None)
    return alarm


class AlarmStandsError(ChainError):
    """The chain was not asked, because an alarm stands."""
