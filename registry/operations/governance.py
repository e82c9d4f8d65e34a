"""The rules of the whole registry.

Algorithms, who signs checkpoints, and the registry that follows this one.
"""

from collections.abc import Sequence
from typing import Final

from registry.kinds import AlgorithmPhase
from registry.open_registry import OpenRegistry
from registry.records import SuccessorRegistry
from registry.signers import encode_cose_key_array, make_signers

_FUNCTIONS: Final = {
    AlgorithmPhase.START: "startAlgorithm",
    AlgorithmPhase.WARN: "warnAlgorithm",
    AlgorithmPhase.STOP: "stopAlgorithm",
}


def set_algorithm(
    registry: OpenRegistry, alg: int, phase: AlgorithmPhase, effective_at: int = 0
) -> None:
    """The algorithm starts, is warned of or stops at a time.

    0 is the moment the council's act takes effect.
    """

    def is_done() -> bool:
        steps = registry.state().content.steps
        same = (step.effective_at for step in steps if (step.alg, step.phase) == (alg, phase))
        return any(effective_at in {0, decided} for decided in same)

    registry.decide(_FUNCTIONS[phase], [alg, effective_at], is_done=is_done)


def set_checkpoint_signers(
    registry: OpenRegistry, threshold: int, cose_keys: Sequence[bytes]
) -> None:
    """`threshold` of these keys sign checkpoints from now on.

    Raises `StructureError` or `KeyFormatError`.
    """
    signers = make_signers(threshold, tuple(cose_keys))
    arguments = [threshold, encode_cose_key_array(signers.cose_keys)]
    registry.decide(
        "setCheckpointSigners", arguments, is_done=lambda: registry.state().signers == signers
    )


def set_successor(registry: OpenRegistry, chain_id: int, contract: str) -> None:
    """This registry has ended, and the other one follows it.

    Nothing can be appended here any more.
    """
    wanted = SuccessorRegistry(chain_id, bytes.fromhex(contract.removeprefix("0x")))
    registry.decide(
        "setSuccessor",
        [chain_id, contract],
        is_done=lambda: registry.state().successor == wanted,
    )
