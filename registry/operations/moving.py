"""Moving house: the journal goes on in a new contract, on another chain or the same.

In this order, each step looking first whether it was done:

1. begun: the new contract stands, closed; move.json in the home folder says where
2. announced: the old registry has named it as its successor, and can append nothing more
3. expected: the new council has stated how long the old journal is, and its head
4. carried: every entry is there, and the new contract has appended the first of its own
5. moved: registry.json says where the registry is at home now; move.json is gone

docs/formats/journal.md, "Moving house". A run that ended anywhere is simply run again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from credential.ids import Digest
from registry.errors import ChainUnavailableError
from registry.finality import Engine
from registry.home import EarlierHome, RegistrySettings
from registry.open_registry import OpenRegistry
from registry.operations.governance import set_successor
from registry.plain_words import explained
from registry.records import SuccessorRegistry
from registry.rim_errors import HomeError
from registry.sync import Followed, follow, not_together, read_copy
from registry.trust_builder import TrustBuilder

if TYPE_CHECKING:
    from registry.chain import Web3Chain

_CARRIED: Final = "CarriedRegistry"
Progress = Callable[[int, int], None]


class Stage(StrEnum):
    """How far a move has come."""

    AT_HOME = "at home"
    BEGUN = "begun"
    ANNOUNCED = "announced"
    CARRIED = "carried"


class MovePlan(NamedTuple):
    """Where the registry moves to, and who governs it there; by default who governs it now."""

    rpc_urls: Sequence[str]
    member_addresses: Sequence[str] = ()
    threshold: int = 0
    delay_seconds: int = 0
    pause_threshold: int = 0
    engine: Engine = Engine.HARDHAT
    validators: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a move stands: `carried` of `size` entries are at the new contract."""

    stage: Stage
    old: RegistrySettings
    new: RegistrySettings | None
    size: int
    carried: int
    head: Digest | None = None
    """The head after `size` entries, once nothing can be appended where the registry was."""


def begin(
    registry: OpenRegistry, plan: MovePlan, progress: Callable[[str], None] = lambda _: None
) -> RegistrySettings:
    """The new contract stands on its chain, closed, and move.json says where.

    What was begun before goes on. Raises `ChainMismatchError` where something else stands there.
    """
    home = registry.home
    before = home.settings()
    planned = home.move()
    if planned is not None:
        return planned
    from registry.account_files import make_insecure_account  # noqa: PLC0415 - slow to import
    from registry.deploy import CouncilPlan, deploy  # noqa: PLC0415 - slow to import

    # A crash anywhere below leaves the mover's account; with it the next run goes on.
    mover = mover_of(before)
    make_insecure_account(home.accounts, mover)
    council = registry.council()
    made = deploy(
        plan.rpc_urls,
        home.account(mover),
        CouncilPlan(
            list(plan.member_addresses) or council.members(),
            plan.threshold or council.threshold(),
            plan.delay_seconds,
            plan.pause_threshold or council.pause_threshold(),
            carries=before.begun_at,
        ),
        engine=plan.engine,
        validators=plan.validators,
        progress=progress,
    )
    after = before.model_copy(
        update={
            "rpc_urls": tuple(plan.rpc_urls),
            "chain_id": made.chain_id,
            "registry": f"0x{made.registry.hex()}",
            "manager": f"0x{made.manager.hex()}",
            "council": f"0x{made.council.hex()}",
            "first_block": made.first_block,
            "engine": plan.engine,
            "validators": plan.validators,
            "earlier_homes": (*before.earlier_homes, _left(before)),
        }
    )
    home.save_move(after)
    return after


def mover_of(settings: RegistrySettings) -> str:
    """Return the name of the account that puts the next contract on its chain.

    A fresh one for each move: its nonce says how far the deployment came.
    """
    return f"mover-{len(settings.earlier_homes) + 1}"


def _left(settings: RegistrySettings) -> EarlierHome:
    return EarlierHome(
        chain_id=settings.chain_id, registry=settings.registry, rpc_urls=settings.rpc_urls
    )


def standing(registry: OpenRegistry) -> Standing:
    """Return how far the move has come; at home where none was begun."""
    old, new = registry.home.settings(), registry.home.move()
    if new is None or _same(old, new):
        size = len(registry.followed().journal.entries)
        return Standing(Stage.AT_HOME, old, None, size, size)
    there = registry.home.chain_of(new)
    followed = _old_journal(registry)
    size = len(followed.journal.entries)
    if followed.state.successor != SuccessorRegistry(new.chain_id, new.contract):
        return Standing(Stage.BEGUN, old, new, size, 0)
    if there.read(_CARRIED, "isOpen"):
        return Standing(Stage.CARRIED, old, new, size, size)
    carried, _ = there.read(_CARRIED, "carried")
    return Standing(Stage.ANNOUNCED, old, new, size, int(carried), followed.state.head)


def go_on(registry: OpenRegistry, progress: Progress = lambda _done, _all: None) -> Standing:
    """The move has come as far as it can now; run it again for the rest.

    Raises `ActScheduledError` while a decision of a council waits for its delay, `HomeError`
    without a move to go on with.
    """
    home = registry.home
    old, new = home.settings(), home.move()
    if new is None:
        raise explained(
            HomeError(f"no move was begun in {home.path}"),
            means="Nothing was changed.",
            way_out="Begin one with `sealroot registry move start --rpc URL`, or see where the "
            "registry is: `sealroot registry show`.",
        )
    if not _same(old, new):
        _move(registry, new, progress)
        # A crash right here leaves move.json beside a registry.json that says the same.
        home.save_settings(new)
    home.forget_move()
    size = len(OpenRegistry(home, home.open_chain()).followed().journal.entries)
    return Standing(Stage.AT_HOME, new, None, size, size)


def _move(registry: OpenRegistry, new: RegistrySettings, progress: Progress) -> None:
    """Steps 2 to 4, each looking first whether it was done."""
    home = registry.home
    there = OpenRegistry(home, home.chain_of(new), registry.patience_seconds)
    followed = _old_journal(registry)
    if followed.state.successor is None:
        set_successor(registry, new.chain_id, there.chain.address(_CARRIED))
        followed = _old_journal(registry)
    if followed.state.successor != SuccessorRegistry(new.chain_id, new.contract):
        raise not_together("the old registry has named another successor than move.json")
    entries = followed.journal.entries
    if not there.chain.read(_CARRIED, "isOpen"):
        _require_final(registry, len(entries))
        _expect(there, len(entries), followed.state.head)
        _carry(there, followed, progress)
    _require_whole(there.chain, followed, new)


def _old_journal(registry: OpenRegistry) -> Followed:
    """The old registry's journal; from the copy here where its chain is gone after the last entry.

    The new contract takes only entries that give the head its council states.
    """
    try:
        return registry.followed()
    except ChainUnavailableError:
        copy = read_copy(registry.home)
        if copy is None:
            raise
        builder = TrustBuilder(copy.chain_id, copy.contract)
        builder.extend(copy.entries)
        if builder.build().successor is None:
            raise
        return Followed(copy, builder.build())


def _require_final(registry: OpenRegistry, size: int) -> None:
    """No entry of the old journal can change any more, or its chain is gone for good."""
    try:
        final = registry.chain.finalized_size()
    except ChainUnavailableError:
        return
    if final < size:
        raise explained(
            HomeError(f"only {final} of the old registry's {size} entries are final"),
            means="Nothing was carried yet.",
            way_out="Wait for a few blocks, then run `sealroot registry move continue`.",
        )


def _expect(there: OpenRegistry, size: int, head: bytes) -> None:
    there.decide(
        "expectJournal",
        [size, head],
        contract=_CARRIED,
        is_done=lambda: bytes(there.chain.read(_CARRIED, "expectedHead", size)) == head,
    )


def _carry(there: OpenRegistry, followed: Followed, progress: Progress) -> None:
    from registry.carrying import carry_journal  # noqa: PLC0415 - web3 is slow to import

    mover = there.home.account(mover_of(there.home.settings()))
    carry_journal(there.chain, followed.journal.entries, mover, progress)


def _require_whole(chain: "Web3Chain", before: Followed, new: RegistrySettings) -> None:
    """The new contract's journal begins with the old one, entry for entry, and goes on from it."""
    after = follow(chain, before.journal, first_home=new.begun_at)
    if after.state.homes[-2].end != len(before.journal.entries):
        raise not_together("the journal at the new contract does not go on where the old one ended")


def _same(one: RegistrySettings, other: RegistrySettings) -> bool:
    return (one.chain_id, one.contract) == (other.chain_id, other.contract)
