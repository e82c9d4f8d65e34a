"""What happens to whole registries in the simulator: moving house, and recognising others."""

from hashlib import sha256

from credential.ids import UnixTime
from registry import payloads as p
from registry.recognition import RecognisedRegistry, encode_tail
from registry.signers import Signers
from tests.simulated_keys import SimulatedKey
from tests.simulator import Simulator


def contract_of(chain_id: int) -> bytes:
    """The address a simulated registry has on a chain."""
    return sha256(b"contract" + chain_id.to_bytes(8, "big")).digest()[:20]


def move(sim: Simulator, chain_id: int) -> None:
    """The registry is at home on another chain from now on, and issues there."""
    contract = contract_of(chain_id)
    sim.append(p.SuccessorRegistrySet(chain_id, contract))
    sim.append(p.JournalCarried(sim.chain_id, sim.contract))
    sim.chain_id, sim.contract = chain_id, contract


def contents_for(
    *type_nos: int, signers: Signers | None = None, name: str = "Neighbour"
) -> RecognisedRegistry:
    """What a recognition of these types holds; by default with one signer of its own."""
    trusted = signers or Signers(1, (SimulatedKey(f"signer of {name}").cose_key,))
    return RecognisedRegistry(trusted, type_nos or (1,), f"鄰國 {name}", name)


def recognise(
    sim: Simulator,
    chain_id: int,
    contract: bytes | None = None,
    *,
    until: int = 0,
    contents: RecognisedRegistry | None = None,
) -> int:
    """The council recognises the registry on that chain; the number of the recognition."""
    number = len(sim.state().recognitions) + 1
    sim.append(
        p.RegistryRecognised(
            number,
            chain_id,
            contract_of(chain_id) if contract is None else contract,
            UnixTime(until),
            encode_tail(contents_for() if contents is None else contents),
        )
    )
    return number


def end_recognition(sim: Simulator, number: int) -> None:
    """The council trusts that registry no longer."""
    sim.append(p.RecognitionEnded(number))
