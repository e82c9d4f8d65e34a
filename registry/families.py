"""Which families of algorithms stand behind a checkpoint, and whether that is quantum-safe."""

from collections import Counter
from typing import NamedTuple

from registry.act_pieces import ALGORITHM_NAMES
from registry.checkpoint import Checkpoint
from registry.quorum import FAMILY_OF, Family, signer_algorithms
from registry.told import Told, listed, phrase, same


class Families(NamedTuple):
    """How many signers of each algorithm signed, and what that means for the long term."""

    algorithms: dict[str, int]
    needed: int
    held: int
    """How many ML-DSA-44 keys the signers hold."""
    is_quantum_safe: bool
    """A verifier demands k signatures by ML-DSA-44, and they are there."""


def families_of(checkpoint: Checkpoint) -> Families:
    """Return the families behind a checkpoint, by the signers its own statement names."""
    signers = checkpoint.statement.signers
    known = signer_algorithms(signers)
    signed = [known[one.kid] for one in checkpoint.signatures if one.kid in known]
    held = sum(FAMILY_OF[alg] is Family.POST_QUANTUM for alg in known.values())
    found = sum(FAMILY_OF[alg] is Family.POST_QUANTUM for alg in signed)
    counted = Counter(ALGORITHM_NAMES[alg] for alg in signed)
    # Fewer than k such keys among the signers: a verifier then asks for none of their signatures.
    safe = held >= signers.threshold and found >= signers.threshold
    return Families(dict(sorted(counted.items())), signers.threshold, held, safe)


def families_told(families: Families) -> Told:
    """Return the same in words."""
    signed = listed([same(f"{count} × {name}") for name, count in families.algorithms.items()])
    if families.is_quantum_safe:
        key = "families.safe"
    elif families.held >= families.needed:
        key = "families.missing"
    else:
        key = "families.unsafe"
    return phrase(key, signed=signed, needed=families.needed, held=families.held)
