"""When a checkpoint has enough signatures: k in all, and k of each family that could give them.

docs/formats/checkpoint.md, "Enough signatures". Forging the signatures of one family is then never
enough where the signers hold k keys of the other.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final, NamedTuple

from credential.ids import Kid
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44, kid_of
from registry.key_shape import signer_key_algorithm
from registry.signers import Signers


class Family(StrEnum):
    """Algorithms that one discovery would break together."""

    CLASSICAL = "classical (ES256, Ed25519)"
    POST_QUANTUM = "post-quantum (ML-DSA-44)"


FAMILY_OF: Final = {
    ALG_ES256: Family.CLASSICAL,
    ALG_EDDSA: Family.CLASSICAL,
    ALG_MLDSA44: Family.POST_QUANTUM,
}


class Quorum(NamedTuple):
    """The signers that were asked, and those of them whose signatures verify."""

    signers: Signers
    signed_by: tuple[Kid, ...]

    def shortage(self, stopped: AbstractSet[int] = frozenset()) -> str | None:
        """What is missing, in words, or None where there is enough.

        Signers of a stopped algorithm, and what they signed, are left out of the count.
        """
        algorithms = signer_algorithms(self.signers, stopped)
        signed = [algorithms[kid] for kid in self.signed_by if kid in algorithms]
        needed = self.signers.threshold
        if len(signed) < needed:
            return f"{len(signed)} signatures by {{whose}}; {needed} are needed"
        for family in Family:
            held = _count(algorithms.values(), family)
            found = _count(signed, family)
            if held >= needed > found:
                return (
                    f"{found} signatures of the {family} family by {{whose}}, who hold {held} "
                    f"such keys; {needed} are needed beside those of the other family"
                )
        return None


def signer_algorithms(signers: Signers, stopped: AbstractSet[int] = frozenset()) -> dict[Kid, int]:
    """The algorithm of each signer by its kid, without those of stopped algorithms."""
    named = ((kid_of(key), signer_key_algorithm(key)) for key in signers.cose_keys)
    return {kid: alg for kid, alg in named if alg not in stopped}


def _count(algorithms: Iterable[int], family: Family) -> int:
    return sum(1 for alg in algorithms if FAMILY_OF[alg] is family)
