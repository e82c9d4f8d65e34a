"""What waits, and for what: the office's backlog in words, read from the database alone."""

from dataclasses import dataclass

from issuer.office import Office
from issuer.repository import Repository
from issuer.states import BatchState, CredentialState, WaitFor


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some things of one kind that wait for the same."""

    what: str
    count: int
    waits_for: str


def backlog(office: Office) -> list[Waiting]:
    """Return everything that is not finished, with the reason; empty when nothing waits."""
    with office.database.reading() as repository:
        return [*_documents(repository), *_batches(repository), *_lists(repository)]


def _documents(repository: Repository) -> list[Waiting]:
    found: list[Waiting] = []
    for job in repository.jobs.unfinished():
        counts = repository.credentials.count_by_state(job.id)
        unsealed = counts.get(CredentialState.RECORDED, 0) + counts.get(CredentialState.IN_BATCH, 0)
        name = f"documents of job {job.id}"
        if unsealed:
            found.append(Waiting(name, unsealed, "to be sealed: run `sealroot issuer run`"))
        if sealed := counts.get(CredentialState.SEALED, 0):
            anchored = job.plan.wait_for is WaitFor.ANCHOR
            reason = "their anchor to be final" if anchored else "to be written to their folder"
            found.append(Waiting(name, sealed, reason))
        if not unsealed and not sealed:
            found.append(Waiting(f"summary of job {job.id}", 1, "to be written"))
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
            found.append(Waiting(f"batch {batch.id}, {batch.size} documents", 1, reason + refused))
    return found


def _lists(repository: Repository) -> list[Waiting]:
    found = [
        Waiting(f"version {one.version} of status list {one.list_no}", 1, "its publication")
        for one in repository.statuses.planned()
    ]
    if changes := repository.statuses.waiting():
        found.append(Waiting("status changes", len(changes), "the next version of their list"))
    return found
