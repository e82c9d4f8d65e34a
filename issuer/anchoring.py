"""Steps 5 and 6 of issuing.

Checked batches go to the chain one number at a time, and count once they are final.
"""

from issuer.attempts import noting_failures
from issuer.errors import ForeignChainError, StateError
from issuer.following import WAY_OUT, Followed
from issuer.office import Office
from issuer.repository import Repository
from issuer.repository.batches import Batch
from issuer.states import BatchState
from issuer.status_lists import confirm_published, publish_planned
from issuer.steps import Step
from registry.errors import ChainUnavailableError, TransactionRefusedError
from registry.records import Anchor


def send_everything(office: Office) -> None:
    """Every planned list version and every checked batch is in a block of the chain.

    Lists go first: a verifier that meets a document must be able to find its list. Raises a
    ChainError when the chain does not answer; nothing is lost or doubled by calling again.
    """
    publish_planned(office)
    refused: set[int] = set()
    sent: set[int] = set()
    while True:
        batch = _in_flight(office) or _number_next(office, refused)
        if batch is None:
            return
        if batch.id in sent:
            raise ChainUnavailableError(
                f"batch {batch.id} was sent and is not counted by the contract: the node gave a "
                "receipt that does not hold, or its block was replaced. It waits, and the next run "
                "looks before it sends."
            )
        sent.add(batch.id)
        with noting_failures(office, f"batch {batch.id}"):
            if not _send(office, batch):
                refused.add(batch.id)
                sent.discard(batch.id)


def _in_flight(office: Office) -> Batch | None:
    """Return the batch that has its number but is not in a block yet.

    As far as the chain says now.
    """
    last = office.account.last_batch_no()
    with office.database.reading() as repository:
        return _numbered_behind(repository, last)


def _numbered_behind(repository: Repository, last: int) -> Batch | None:
    numbered = repository.batches.in_state(BatchState.ANCHORING)
    waiting = [one for one in numbered if one.anchor_no is not None and one.anchor_no > last]
    # After a reorganisation several may be gone again: the chain takes them in order only.
    return min(waiting, key=lambda one: one.anchor_no or 0, default=None)


def _number_next(office: Office, refused: set[int]) -> Batch | None:
    """The oldest checked batch has the chain's next number.

    Written down before anything is sent.
    """
    last = office.account.last_batch_no()
    with office.database.transaction() as repository:
        repository.installations.lock()
        rival = _numbered_behind(repository, last)
        if rival is not None:
            # Another process of this office numbered it just now: both may send it, one counts.
            return rival
        _require_same_count(
            last,
            repository.batches.last_anchor_no(),
            repository.installations.get().first_anchor_no,
        )
        checked = repository.batches.in_state(BatchState.CHECKED)
        batch = next((one for one in checked if one.id not in refused), None)
        if batch is None:
            return None
        repository.batches.number(batch.id, last + 1)
        numbered = repository.batches.get(batch.id)
    # A crash right here leaves a number that was never sent; _in_flight finds it and sends it.
    office.checkpoint(Step.AFTER_ANCHOR_NUMBERED)
    return numbered


def _require_same_count(on_chain: int, here: int | None, first: int) -> None:
    known = first - 1 if here is None else here
    if known == on_chain:
        return
    if known > on_chain:
        raise ChainUnavailableError(
            f"the node answers that {on_chain} batches of this agency are anchored, but {known} "
            "were final before: it "
            "lags behind, or the chain was set back. Nothing was sent. Ask another node, then run "
            "`sealroot issuer run`."
        )
    raise ForeignChainError(
        f"the chain has anchored {on_chain} batches of this agency, but this database knows "
        f"{known}: another database "
        f"anchors for this agency, or this one is an old copy. {WAY_OUT}"
    )


def _send(office: Office, batch: Batch) -> bool:
    """The batch is in a block.

    False when the registry refused it for good, with the reason written down.
    """
    if batch.anchor_no is None or batch.kid is None:
        raise StateError(f"batch {batch.id} has no number or no key and cannot be sent")
    office.checkpoint(Step.BEFORE_ANCHOR_SEND)
    try:
        office.account.anchor(batch.anchor_no, batch.root, batch.size, batch.kid)
    except TransactionRefusedError as error:
        # Look before believing it: the refusal of a second sending means that the first took
        # effect.
        if office.account.last_batch_no() >= batch.anchor_no:
            return True
        with office.database.transaction() as repository:
            repository.installations.lock()
            if repository.batches.get(batch.id).state is BatchState.ANCHORING:
                repository.batches.take_number_back(batch.id, str(error))
        return False
    # A crash right here leaves an anchored batch that is still "anchoring"; confirm_anchored sees
    # it.
    office.checkpoint(Step.AFTER_ANCHOR_SEND)
    return True


def confirm_anchored(office: Office, followed: Followed) -> int:
    """Every batch whose anchor is final is marked so; returns how many sent ones are still open.

    Raises ForeignChainError when the chain holds a batch that is not ours under a number of ours.
    """
    still_open = 0
    with office.database.transaction() as repository:
        repository.installations.lock()
        _adopt_numbers(repository, office, followed)
        for batch in repository.batches.in_state(BatchState.ANCHORING):
            anchor = _anchor_of(office, followed, batch)
            if anchor is None:
                _require_number_free(followed, office, batch)
                still_open += 1
            else:
                repository.batches.mark_anchored(batch.id, anchor.at)
                repository.sendings.sent_well(f"batch {batch.id}")
    if not still_open:
        office.checkpoint(Step.AFTER_ANCHOR_FINAL)
    return still_open


def _adopt_numbers(repository: Repository, office: Office, followed: Followed) -> None:
    """Where a sending given up as refused took effect after all.

    The batch has the number the chain gave it.
    """
    unfinished = repository.batches.in_state(BatchState.CHECKED, BatchState.ANCHORING)
    by_number = {batch.anchor_no: batch for batch in unfinished if batch.anchor_no is not None}
    moved = [
        (batch, anchor.batch_no)
        for batch in unfinished
        if (anchor := _anchor_of(office, followed, batch)) is not None
        and anchor.batch_no != batch.anchor_no
    ]
    for batch, number in moved:
        for holder in (batch, by_number.get(number)):
            if holder is not None and repository.batches.get(holder.id).anchor_no is not None:
                repository.batches.take_number_back(holder.id, "its number went to another batch")
    for batch, number in moved:
        repository.batches.number(batch.id, number)


def _anchor_of(office: Office, followed: Followed, batch: Batch) -> Anchor | None:
    if batch.kid is None:
        raise StateError(f"batch {batch.id} was never signed")
    return followed.state.anchor(batch.root, office.agency, batch.kid)


def _require_number_free(followed: Followed, office: Office, batch: Batch) -> None:
    for anchor in followed.state.content.anchors:
        if anchor.agency == office.agency and anchor.batch_no == batch.anchor_no:
            raise _foreign_number(batch)


def _foreign_number(batch: Batch) -> ForeignChainError:
    return ForeignChainError(
        f"the chain holds another batch of this agency under number {batch.anchor_no}: another "
        "database anchors for "
        f"this agency, or this one is an old copy. {WAY_OUT}"
    )


def wait_until_final(office: Office) -> Followed:
    """Everything that was sent is final, or the time for waiting is over.

    Returns what is known then.
    """
    deadline = office.clock() + office.limits.finality_seconds
    while True:
        followed = office.journal.follow()
        still_open = confirm_published(office, followed) + confirm_anchored(office, followed)
        if not still_open or followed.unreachable is not None or office.clock() >= deadline:
            return followed
        office.report("waiting for finality", 0, still_open)
        office.sleep(office.limits.poll_seconds)
