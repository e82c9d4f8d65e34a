"""The state of a fetched journal is the one that is vouched for (mirror.md, step 6)."""

from registry.anchor_file import TrustAnchor
from registry.belief import Belief, require_in_calendar
from registry.errors import JournalError, TrustDataError
from registry.lineage import home_at, registries
from registry.mirror.errors import RefusedError
from registry.mirror.folder import Held
from registry.mirror.offer import Offer
from registry.snapshot import snapshot_digest
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState


def replayed(offer: Offer, anchor: TrustAnchor, journal: Held) -> TrustState:
    """Return what the journal says; it is what anchor, checkpoints and seals vouch for.

    Raises RefusedError, which names the first entry that breaks a rule.
    """
    builder = TrustBuilder(*offer.registry)
    belief = offer.belief
    try:
        if belief is not None and belief.statement.size < offer.goal.size:
            builder.advance_to(belief.statement.size, iter(journal.entries))
            _require_stated(builder.build(), belief)
            builder.extend(journal.entries[belief.statement.size :])
        else:
            builder.extend(journal.entries)
    except JournalError as error:
        raise RefusedError(
            f"the journal breaks a rule: {error}", "changed", error.index, journal.entries
        ) from error
    state = builder.build()
    _require_homes(offer, anchor, state)
    if belief is not None:
        if belief.statement.size == state.size:
            _require_stated(state, belief)
        _require_calendar(state, belief)
    return state


def _require_stated(state: TrustState, belief: Belief) -> None:
    stated = belief.statement
    if (state.head, snapshot_digest(state), state.signers) != (
        stated.head,
        stated.snapshot_digest,
        stated.signers,
    ):
        raise RefusedError("what the journal says is not what its checkpoint states", "malformed")
    if stated.at < state.time:
        raise RefusedError("the checkpoint is older than the last entry it covers", "malformed")


def _require_homes(offer: Offer, anchor: TrustAnchor, state: TrustState) -> None:
    if (anchor.chain_id, anchor.contract) not in registries(state.homes):
        raise RefusedError(
            "its journal was never at home in the trust anchor's registry", "foreign"
        )
    for statement in offer.statements:
        home = home_at(state.homes, statement.size)
        if (statement.chain_id, statement.contract) != home.registry:
            raise RefusedError(
                f"the checkpoint at size {statement.size} names another registry than the one in "
                "force there",
                "malformed",
            )


def _require_calendar(state: TrustState, belief: Belief) -> None:
    try:
        require_in_calendar(belief, state.stopped_algorithms(belief.statement.at))
    except TrustDataError as error:
        raise RefusedError(str(error), "unvouched") from error
