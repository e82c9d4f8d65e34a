"""A lite bundle out of a full one: the same evidence over the same state, without the journal."""

from credential.errors import FormatError
from registry.bundle import open_bundle
from registry.bundle_file import PAGE_LIMITS, BundleLimits, inflate, read_body, read_envelope
from registry.bundle_writer import make_lite_bundle
from registry.errors import BundleError, JournalError
from registry.journal import open_journal_file
from registry.trust_builder import TrustBuilder
from registry.trust_data import BundleKind
from registry.usable_documents import usable_documents


def lite_of(full: bytes, limits: BundleLimits = PAGE_LIMITS) -> bytes:
    """Return the lite bundle that says what a full one does, as of its last checkpoint.

    To be opened from a trust anchor before it is used, as any bundle. Raises BundleError where
    there is none: without a checkpoint, or where no reader would take one so large.
    """
    envelope = read_envelope(full, limits)
    if envelope.kind is BundleKind.LITE:
        return full
    inflated = inflate(envelope.compressed, envelope.body_bytes)
    body = read_body(inflated, envelope.kind, most_guests=limits.guests)
    if body.journal_file is None or not body.checkpoints:
        raise BundleError("a lite bundle needs a checkpoint: nothing else vouches for a snapshot")
    size = body.checkpoints[-1].statement.size
    try:
        journal = open_journal_file(body.journal_file)
        builder = TrustBuilder(journal.chain_id, journal.contract)
        builder.advance_to(size, journal.entries)
        shown_at_its_end = not any(True for _ in journal.entries)
        state = builder.build()
    except (JournalError, FormatError) as error:
        raise BundleError(f"the journal in the bundle breaks a rule: {error}") from error
    lite = make_lite_bundle(
        state,
        usable_documents(state, body.documents).documents,
        made_at=body.made_at,
        checkpoints=body.checkpoints,
        guests=body.guests,
        chain=body.chain if shown_at_its_end else None,
    )
    open_bundle(lite)  # what no reader would take is not handed out
    return lite
