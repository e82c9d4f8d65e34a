"""How long it takes to check a bundle's head against a real chain: seals, votes and state proof.

The evidence was recorded from networks of four validators (tests/vectors/evidence/recorded).
"""

import json
from pathlib import Path
from typing import Final

from benchmarks.measure import median_seconds
from benchmarks.results import Measured
from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.evidence.file import ChainEvidence, decode_chain_evidence
from registry.evidence.prove import prove

KEYS: Final = ("evidence_check_ms",)
_RECORDED: Final = Path(__file__).parent.parent / "tests" / "vectors" / "evidence" / "recorded"


def measure(*, quick: bool) -> Measured:
    """Return how long one header, its seals and both proofs take, decoding included."""
    rounds = 20 if quick else 200
    times: dict[str, float] = {}
    for engine in ("qbft", "clique"):
        recorded = json.loads((_RECORDED / f"{engine}.json").read_text("ascii"))
        anchor = decode_trust_anchor(bytes.fromhex(recorded["trust_anchor"]))
        for stage in recorded["stages"]:
            source = bytes.fromhex(stage["evidence"])
            evidence = decode_chain_evidence(source)
            told = f"{engine}, {stage['name'].split('.')[-1]}: {len(evidence.headers)} headers"
            seconds = median_seconds(lambda s=source, a=anchor: _check(s, a), rounds=rounds)
            times[f"{told}, {len(source):,} bytes"] = round(seconds * 1e3, 3)
    first = next(iter(times.values()))
    return Measured({"evidence_check_ms": first}, {"milliseconds": times})


def _check(source: bytes, anchor: TrustAnchor) -> ChainEvidence:
    evidence = decode_chain_evidence(source)
    assert anchor.consensus is not None
    assert prove(evidence, anchor.validators, anchor.consensus, anchor.contract).sealed_by
    return evidence
