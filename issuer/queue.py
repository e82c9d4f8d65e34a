"""What waits, for what and since when: the backlog in words, read from the database alone."""

from dataclasses import dataclass

from issuer.alarms import HOW_TO_CLEAR
from issuer.office import Office
from issuer.repository import Repository
from issuer.repository.sendings import Watch
from issuer.states import BatchState, CredentialState, WaitFor


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some things of one kind that wait for the same."""

    what: str
    count: int
    waits_for: str
    since: int | None = None
    failures: int = 0
    """How often it could not be sent."""
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a person must look at; while one of the chain stands, nothing is sent."""

    since: int | None
    what: str
    means: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything that waits, what stands out, and how the watch fares."""

    waiting: list[Waiting]
    alarms: list[Alarm]
    watch: Watch

    @property
    def next_try(self) -> int | None:
        """When the watch looks again; None where no watch runs."""
        return self.watch.next_at or None


def queue_of(office: Office) -> Queue:
    """Return everything that is not finished, and why."""
    with office.database.reading() as repository:
        watch = repository.sendings.watch()
    return Queue(backlog(office), _alarms(watch), watch)


def backlog(office: Office) -> list[Waiting]:
    """Return everything that is not finished, with the reason; empty when nothing waits."""
    with office.database.reading() as repository:
        return [*_documents(repository), *_batches(repository), *_lists(repository)]


def _alarms(watch: Watch) -> list[Alarm]:
    found = []
    if watch.alarm is not None:
        found.append(
            Alarm(
                watch.alarm_at,
                watch.alarm,
                "This office sends nothing to the chain until a person has looked. Documents of "
                "the counter still leave as signed, not yet anchored; nothing is lost.",
                HOW_TO_CLEAR,
            )
        )
    if watch.clock_trouble is not None:
        found.append(
            Alarm(
                watch.round_at,
                watch.clock_trouble,
                "Sending goes on: the chain has its own time.",
                "It clears itself once the clocks agree.",
            )
        )
    return found


def _documents(repository: Repository) -> list[Waiting]:
    found: list[Waiting] = []
    for job in repository.jobs.unfinished():
        counts = repository.credentials.count_by_state(job.id)
        unsealed = counts.get(CredentialState.RECORDED, 0) + counts.get(CredentialState.IN_BATCH, 0)
        name, since = f"documents of job {job.id}", job.created_at
        if unsealed:
            found.append(Waiting(name, unsealed, "to be sealed: run `sealroot issuer run`", since))
        if sealed := counts.get(CredentialState.SEALED, 0):
            anchored = job.plan.wait_for is WaitFor.ANCHOR
            reason = "their anchor to be final" if anchored else "to be written to their folder"
            found.append(Waiting(name, sealed, reason, since))
        if not unsealed and not sealed:
            found.append(Waiting(f"summary of job {job.id}", 1, "to be written", since))
    return found


def _batches(repository: Repository) -> list[Waiting]:
    reasons = {
        BatchState.TO_SIGN: "to be signed",
        BatchState.SIGNED: "to be read back and checked",
        BatchState.CHECKED: "to be anchored",
        BatchState.ANCHORING: "their anchor to be final",
    }
    found: list[Waiting] = []
    for state, reason in reasons.items():
        for batch in repository.batches.in_state(state):
            refused = "" if batch.refusal is None else f" (refused: {batch.refusal})"
            found.append(
                _tried(
                    repository,
                    f"batch {batch.id}",
                    Waiting(
                        f"batch {batch.id}, {batch.size} documents",
                        1,
                        reason + refused,
                        batch.planned_at,
                    ),
                )
            )
    return found


def _lists(repository: Repository) -> list[Waiting]:
    since = repository.statuses.planned_since()
    found = [
        _tried(
            repository,
            one.name,
            Waiting(one.name, 1, "its publication", since.get((one.list_no, one.version))),
        )
        for one in repository.statuses.planned()
    ]
    if changes := repository.statuses.waiting():
        oldest = min(change.recorded_at for change in changes)
        found.append(
            Waiting("status changes", len(changes), "the next version of their list", oldest)
        )
    return found


def _tried(repository: Repository, name: str, waiting: Waiting) -> Waiting:
    known = repository.sendings.attempt(name)
    if known is None:
        return waiting
    return Waiting(
        waiting.what,
        waiting.count,
        waiting.waits_for,
        waiting.since,
        known.failures,
        known.last_error,
    )
