"""Steps 3 and 4 of issuing.

A batch is written down, tried, signed, stored, and read back before anyone relies on it.
"""

from collections.abc import Sequence

from credential.batch import SealedBatch, seal_batch
from credential.entry import certificate_number, encode_entry
from credential.ids import UnixTime
from credential.merkle import leaf_hash, tree_root
from credential.sealed import registry_aad
from credential.signer import Signer
from credential.types import CredentialType
from issuer.claims import Slot, decode_claims, entry_of
from issuer.errors import DamagedStoreError, StateError, TrialRefusedError
from issuer.following import Followed
from issuer.office import Office
from issuer.repository.batches import Batch
from issuer.repository.credentials import Made, Recorded
from issuer.repository.jobs import Job
from issuer.self_check import Lists, planned_lists, require_accepted, trial_state, verdicts
from issuer.signers import ThrowawaySigner
from issuer.states import BatchState, CredentialState
from issuer.steps import Step


def seal_job(office: Office, followed: Followed, job: Job) -> None:
    """Every credential of the job is sealed: stored, read back, and accepted by our verifier."""
    sealed = _count_sealed(office, job)
    while True:
        for batch in _unsealed(office, job):
            seal(office, followed, batch)
            sealed += batch.size
            office.report("sealed", sealed, job.plan.credentials)
        if plan_batch(office, job) is None:
            return


def _count_sealed(office: Office, job: Job) -> int:
    with office.database.reading() as repository:
        counts = repository.credentials.count_by_state(job.id)
    return counts.get(CredentialState.SEALED, 0) + counts.get(CredentialState.RELEASED, 0)


def _unsealed(office: Office, job: Job) -> list[Batch]:
    with office.database.reading() as repository:
        return repository.batches.in_state(BatchState.TO_SIGN, BatchState.SIGNED, job_id=job.id)


def plan_batch(office: Office, job: Job) -> int | None:
    """The next entries of the job are fixed as the leaves of a batch; None when none is left.

    From here on the bytes are opaque. Nothing has been signed yet.
    """
    kind = office.type_of(job.plan.type_digest)
    now = UnixTime(office.clock())
    with office.database.transaction() as repository:
        repository.installations.lock()
        recorded = repository.credentials.recorded(job.id, job.plan.batch_size)
        if not recorded:
            return None
        made = [_make(office, kind, now, leaf, one) for leaf, one in enumerate(recorded)]
        root = tree_root([leaf_hash(one.entry) for one in made])
        batch_id = repository.batches.plan(job.id, root, len(made), now)
        repository.credentials.put_in_batch(batch_id, made)
    # A crash right here leaves a batch "to-sign"; seal_job takes it up again with these very
    # entries.
    office.checkpoint(Step.AFTER_BATCH_PLANNED)
    return batch_id


def _make(
    office: Office, kind: CredentialType, now: UnixTime, leaf_index: int, one: Recorded
) -> Made:
    slot = Slot(one.list_no, one.slot_index)
    entry = entry_of(
        office.agency, kind, decode_claims(one.claims), cti=one.cti, slot=slot, iat=now
    )
    return Made(one.id, leaf_index, encode_entry(entry))


def seal(office: Office, followed: Followed, batch: Batch) -> None:
    """The batch is signed, stored, read back and accepted, whatever was already done of it.

    Raises TrialRefusedError when our verifier would not accept it; the reason then stands beside
    the batch.
    """
    try:
        _sign_and_check(office, followed, batch)
    except TrialRefusedError as error:
        with office.database.transaction() as repository:
            repository.batches.note_refusal(batch.id, str(error))
        raise


def _sign_and_check(office: Office, followed: Followed, batch: Batch) -> None:
    signer = office.signer()
    if batch.state is BatchState.TO_SIGN:
        entries = _stored_entries(office, batch)
        _try_out(office, followed, signer, entries)
        office.checkpoint(Step.AFTER_TRIAL)
        sealed = _seal_with(followed, signer, entries)
        # A crash right here loses a signature nobody has seen; the batch is signed once more.
        office.checkpoint(Step.AFTER_SIGN)
        _store(office, batch, signer, sealed)
        # A crash right here leaves a batch "signed"; it is read back before it goes on.
        office.checkpoint(Step.AFTER_SIGNATURE_COMMIT)
    _read_back(office, followed, batch, planned_lists(office))
    office.checkpoint(Step.AFTER_RECHECK)


def _stored_entries(office: Office, batch: Batch) -> list[bytes]:
    with office.database.reading() as repository:
        entries = repository.credentials.entries(batch.id)
    if not entries or tree_root([leaf_hash(entry) for entry in entries]) != batch.root:
        raise _damaged(batch)
    return entries


def _try_out(office: Office, followed: Followed, signer: Signer, entries: Sequence[bytes]) -> None:
    """Our verifier has accepted these very entries, signed with a throwaway key instead."""
    throwaway = ThrowawaySigner(signer.alg)
    trial = _seal_with(followed, throwaway, entries)
    state = trial_state(followed.state, signer, throwaway)
    found = verdicts(office, followed, state, planned_lists(office), trial.sealed)
    require_accepted(found, "trial run")


def _seal_with(followed: Followed, signer: Signer, entries: Sequence[bytes]) -> SealedBatch:
    aad = registry_aad(followed.state.chain_id, followed.state.contract)
    return seal_batch(entries, alg=signer.alg, kid=signer.kid, aad=aad, sign=signer.sign)


def _store(office: Office, batch: Batch, signer: Signer, sealed: SealedBatch) -> None:
    if sealed.root != batch.root:
        raise _damaged(batch)
    try:
        with office.database.transaction() as repository:
            repository.batches.store_signature(batch.id, signer.alg, signer.kid, sealed.signature)
            repository.credentials.store_sealed(batch.id, sealed.sealed)
            office.checkpoint(Step.BEFORE_SIGNATURE_COMMIT)
    except StateError:
        # Another process of this office signed the same root first. Its signature is the one that
        # counts; what is read back next is what it stored.
        return


def _read_back(office: Office, followed: Followed, batch: Batch, lists: Lists) -> None:
    """What the disk gives back is what was signed.

    The same root, and our verifier accepts every document.
    """
    with office.database.reading() as repository:
        stored = repository.credentials.sealed_of(batch.id)
    sealed = [leaf.sealed for leaf in stored if leaf.sealed is not None]
    if len(sealed) != batch.size:
        raise _damaged(batch)
    found = verdicts(office, followed, followed.state, lists, sealed)
    numbers = [None if one.entry is None else certificate_number(one.entry) for one in found]
    roots = {one.root for one in found}
    if numbers != [leaf.number for leaf in stored] or roots != {batch.root}:
        raise _damaged(batch)
    require_accepted(found, "after signing")
    with office.database.transaction() as repository:
        repository.installations.lock()
        if repository.batches.get(batch.id).state is BatchState.SIGNED:
            repository.batches.mark_checked(batch.id)


def _damaged(batch: Batch) -> DamagedStoreError:
    return DamagedStoreError(
        f"batch {batch.id}: the database does not give back what was stored in it. Nothing of this "
        "batch was anchored "
        "or released. Stop this machine's disk from being used, restore the database from its "
        "backup, then run "
        "`sealroot issuer doctor`."
    )
