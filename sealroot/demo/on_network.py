"""The network under the demonstration: one made for it, or one that is given."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from network.cli import USUAL_CHAIN_ID
from network.founding import Wish, found_network, usual_hosts
from network.lab import Lab
from network.software import usual_software
from registry.finality import Engine
from sealroot.demo.realm import ChainPlace

ENGINES: Final = {"qbft": Engine.QBFT, "clique": Engine.CLIQUE}
VALIDATORS: Final = 4
BLOCK_SECONDS: Final = 1
ROUND_SECONDS: Final = 4


@contextmanager
def running_network(named: str, folder: Path, say: Callable[[str], None]) -> Iterator[ChainPlace]:
    """Validators make blocks inside the `with` block, and have been stopped after it.

    `named` is qbft or clique for a new network in `folder`, or the folder of another network.
    """
    if named in ENGINES:
        wish = Wish(
            usual_software(ENGINES[named]),
            USUAL_CHAIN_ID,
            BLOCK_SECONDS,
            ROUND_SECONDS,
            usual_hosts(VALIDATORS),
        )
        found_network(folder, wish)
    lab = Lab(folder if named in ENGINES else Path(named))
    plan = lab.plan
    say(f"{len(plan.validators)} validators start: {plan.software.value}, {plan.engine.value}")
    urls = lab.up(say=say)
    try:
        yield ChainPlace(tuple(urls), plan.engine, len(plan.validators))
    finally:
        lab.down()
