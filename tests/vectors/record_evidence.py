"""Records chain evidence from a real network for the vectors: what its nodes answered.

    python -m tests.vectors.record_evidence HOME NAME STAGE…

HOME is the home folder of a registry on that network, with a trust anchor; NAME becomes
`tests/vectors/evidence/recorded/NAME.json`, and each STAGE a file that `sealroot registry evidence
collect` wrote when the validators were those of that stage, the last one just now.
"""

import json
import sys
from pathlib import Path

from registry.anchor_file import decode_trust_anchor
from registry.evidence.file import decode_chain_evidence
from registry.evidence.prove import prove
from registry.home import RegistryHome

FOLDER = Path(__file__).parent / "evidence" / "recorded"


def record(home: RegistryHome, name: str, stages: list[Path]) -> None:
    """The network's answers stand in the folder."""
    anchor_file = home.trust_anchor.read_bytes()
    anchor = decode_trust_anchor(anchor_file)
    assert anchor.consensus is not None
    told = []
    block = 0
    for stage in stages:
        source = stage.read_bytes()
        evidence = decode_chain_evidence(source)
        proven = prove(evidence, anchor.validators, anchor.consensus, anchor.contract)
        told.append({"name": stage.stem, "evidence": source.hex()})
        block = proven.block
    chain = home.open_chain()
    council = "0x" + chain.deployment.council.hex()
    contract = "0x" + anchor.contract.hex()
    recorded = {
        "trust_anchor": anchor_file.hex(),
        "journal": home.journal_copy.read_bytes().hex(),
        "stages": told,
        "other_slot": _proof(chain.pool.request("eth_getProof", contract, [_word(1)], hex(block))),
        "other_contract": _proof(
            chain.pool.request("eth_getProof", council, [_word(0)], hex(block))
        ),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(recorded, indent=1) + "\n"
    (FOLDER / f"{name}.json").write_text(text, encoding="ascii")


def _word(number: int) -> str:
    return f"0x{number:064x}"


def _proof(told: dict[str, list[dict[str, list[str]]]]) -> dict[str, list[str]]:
    return {
        "account_proof": [str(node)[2:] for node in told["accountProof"]],
        "storage_proof": [node[2:] for node in told["storageProof"][0]["proof"]],
    }


if __name__ == "__main__":
    record(RegistryHome(Path(sys.argv[1])), sys.argv[2], [Path(one) for one in sys.argv[3:]])
