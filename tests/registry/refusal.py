"""What every test of a rule needs: an entry is refused, by its index, and changes nothing."""

import re

import pytest

from registry import payloads as p
from registry.errors import JournalError
from registry.journal import JournalEntry, make_entry
from registry.trust import TrustBuilder
from tests.simulator import Simulator


def refuse(sim: Simulator, payload: p.Payload, reason: str) -> None:
    """The journal of the simulator cannot go on with this payload, for this reason."""
    entry = make_entry(len(sim.entries), sim.now + sim.block_seconds, payload)
    refuse_entry(sim, entry, reason)


def refuse_entry(sim: Simulator, entry: JournalEntry, reason: str) -> None:
    """The journal of the simulator cannot go on with this entry, for this reason."""
    builder = TrustBuilder(*sim.first_home)
    builder.extend(sim.entries)
    head = builder.head
    with pytest.raises(JournalError, match=re.escape(reason)) as refusal:
        builder.apply(entry)
    assert refusal.value.index == len(sim.entries)
    assert f"journal entry {len(sim.entries)}: " in str(refusal.value)
    assert (builder.size, builder.head) == (len(sim.entries), head)
