"""Whether this machine's clock, the nodes' clocks and the chain's time tell the same."""

from typing import Final

from registry.chain_protocol import ChainTimes

MOST_SECONDS_APART: Final = 30
WHAT_IT_MEANS: Final = (
    "Documents carry this machine's time as their time of issue, and the chain's time as the time "
    "they were anchored: with clocks that differ a verifier may call a genuine document not yet "
    "valid. Set the clock that is wrong (time service), then look again."
)


def clock_trouble(now: int, monotonic: float, times: ChainTimes) -> str | None:
    """Return in words which clocks differ too much; None where all of them agree.

    A block that is old says nothing: a quiet or halted chain has no newer one. A block from the
    future is what no quiet explains.
    """
    found = []
    if times.block - now > MOST_SECONDS_APART:
        found.append(f"the newest block is {times.block - now} seconds ahead of this machine")
    for node, ahead in sorted(times.nodes.items()):
        apart = round(ahead + monotonic - now)
        if abs(apart) > MOST_SECONDS_APART:
            side = "ahead of" if apart > 0 else "behind"
            found.append(f"the clock of {node} is {abs(apart)} seconds {side} this machine")
    if not found:
        return None
    whose = ""
    if len(found) > len(times.nodes) > 0:
        whose = " All differ: it is most likely this machine's clock that is wrong."
    return f"clocks differ: {'; '.join(found)}.{whose} {WHAT_IT_MEANS}"
