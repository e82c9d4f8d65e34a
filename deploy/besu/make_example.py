"""Makes the example beside it: all files of the first of four Besu hosts, but without a key.

`--check` only says whether the files are what the code makes today. The keys behind the example
are hashes of a known sentence: never use its addresses.
"""

import hashlib
import sys
from pathlib import Path

from network.besu_files import besu_files
from network.genesis import genesis
from network.host_words import readme
from network.node_keys import identity_of
from network.plan import GENESIS_FILE, NETWORK_FILE, NetworkPlan, Validator, genesis_text
from network.software import Software

FOLDER = Path(__file__).parent / "example"
CHAIN_ID = 20_261_124
SENDERS = tuple(f"0x{hashlib.sha256(b'sender %d' % n).hexdigest()[:40]}" for n in (1, 2))


def example() -> dict[str, bytes]:
    """Return the files by name."""
    validators = tuple(_validator(number) for number in (1, 2, 3, 4))
    plan = NetworkPlan(
        software=Software.BESU,
        chain_id=CHAIN_ID,
        block_seconds=2,
        round_seconds=4,
        senders=SENDERS,
        genesis_validators=tuple(sorted(validator.address for validator in validators)),
        validators=validators,
    )
    first_block = genesis(
        plan.software,
        chain_id=plan.chain_id,
        validators=[validator.address_bytes for validator in validators],
        block_seconds=plan.block_seconds,
        round_seconds=plan.round_seconds,
    )
    texts = {
        **besu_files(plan, validators[0]),
        NETWORK_FILE: plan.model_dump_json(indent=1) + "\n",
        "README.md": readme(plan, validators[0]),
    }
    made = {name: text.encode() for name, text in texts.items()}
    return {**made, GENESIS_FILE: genesis_text(first_block)}


def _validator(number: int) -> Validator:
    secret = hashlib.sha256(b"an example, known to everybody: validator %d" % number).digest()
    identity = identity_of(secret)
    return Validator(
        number=number,
        address=f"0x{identity.address.hex()}",
        public_key=identity.public_key.hex(),
        host=f"192.0.2.{number}",  # an address for documentation (RFC 5737)
    )


def main(words: list[str]) -> int:
    """Return 0 when the files are as they should be, having written them unless `--check`."""
    made = example()
    if "--check" not in words:
        FOLDER.mkdir(exist_ok=True)
        for name, content in made.items():
            (FOLDER / name).write_bytes(content)
    held = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    return 0 if held == made else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
