"""An examination of the office.

Database against itself, against the chain, and against the public folder.
"""

from collections.abc import Callable

from credential.errors import FormatError, ProofError, SealrootError
from credential.merkle import leaf_hash, tree_root
from credential.sealed import decode_sealed, sealed_root
from issuer.belonging import Finding, agency_findings
from issuer.following import Followed
from issuer.office import Office
from issuer.queue import backlog
from issuer.repository.batches import Batch
from issuer.states import BatchState, VersionState
from registry.public_folder import Document


def examine(office: Office) -> list[Finding]:
    """Return what was asked and what came out; an office with nothing but good findings can issue.

    Raises ForeignChainError when chain and database do not belong together: then nothing else
    matters.
    """
    followed = office.journal.follow()
    reachable = Finding(
        "the chain answers",
        followed.unreachable is None,
        f"the journal known here has {followed.state.size} entries"
        if followed.unreachable is None
        else f"{followed.unreachable} Documents are still signed; they wait for it.",
    )
    return [
        reachable,
        *agency_findings(followed.state, office.agency, office.signer(), office.clock()),
        _asked("every batch gives its root again", lambda: _batches_whole(office)),
        _asked("database and chain hold the same batches", lambda: _same_batches(office, followed)),
        _asked("every published list is in the public folder", lambda: _lists_there(office)),
        _nothing_waits(office),
    ]


def _asked(question: str, faults_of: Callable[[], list[str]]) -> Finding:
    try:
        faults = faults_of()
    except SealrootError as error:
        faults = [str(error)]
    return Finding(question, not faults, "; ".join(faults[:5]) or "yes")


def _batches_whole(office: Office) -> list[str]:
    with office.database.reading() as repository:
        batches = repository.batches.all()
    return [
        f"batch {batch.id} is damaged: restore the database from its backup"
        for batch in batches
        if not _is_whole(office, batch)
    ]


def _is_whole(office: Office, batch: Batch) -> bool:
    with office.database.reading() as repository:
        entries = repository.credentials.entries(batch.id)
        stored = repository.credentials.sealed_of(batch.id)
    if len(entries) != batch.size or tree_root([leaf_hash(one) for one in entries]) != batch.root:
        return False
    if batch.state is BatchState.TO_SIGN:
        return True
    try:
        return all(
            leaf.sealed is not None and sealed_root(decode_sealed(leaf.sealed)) == batch.root
            for leaf in stored
        )
    except (FormatError, ProofError):
        return False


def _same_batches(office: Office, followed: Followed) -> list[str]:
    on_chain = {
        anchor.batch_no: anchor
        for anchor in followed.state.content.anchors
        if anchor.agency == office.agency
    }
    with office.database.reading() as repository:
        first = repository.installations.get().first_anchor_no
        batches = repository.batches.all()
    faults: list[str] = []
    known = {batch.anchor_no: batch for batch in batches if batch.anchor_no is not None}
    for number, anchor in on_chain.items():
        ours = known.get(number)
        if number >= first and (
            ours is None or (ours.root, ours.size) != (anchor.root, anchor.size)
        ):
            faults.append(f"the chain's batch {number} of this agency was not made here")
    faults += [
        f"batch {batch.id} is anchored here as number {batch.anchor_no}, but not on the chain"
        for batch in batches
        if batch.state is BatchState.ANCHORED and batch.anchor_no not in on_chain
    ]
    return faults


def _lists_there(office: Office) -> list[str]:
    with office.database.reading() as repository:
        newest = [repository.statuses.newest(row.list_no) for row in repository.statuses.lists()]
    return [
        f"list {version.list_no} version {version.version} is missing: run `sealroot issuer run`"
        for version in newest
        if version is not None
        and version.state is VersionState.PUBLISHED
        and not office.public_folder.holds(Document.STATUS_LIST, version.digest)
    ]


def _nothing_waits(office: Office) -> Finding:
    waiting = backlog(office)
    detail = f"{len(waiting)} entries in `sealroot issuer queue`" if waiting else "yes"
    return Finding("nothing waits", not waiting, detail)
