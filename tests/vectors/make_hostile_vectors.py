"""A choice of the single faults of tests/hostile/, for verifiers in other languages.

One registry, one bundle with its trust anchor, and for each case the sealed bytes, the outcome and
the code that decides; beside them the good twins, which are VALID.
"""

from collections.abc import Iterator

from registry.anchor_file import encode_trust_anchor
from tests.hostile.desk import Case, Desk, refused
from tests.hostile.entry_faults import entry_faults, good_entries
from tests.hostile.kind_faults import kind_faults
from tests.hostile.receipt_faults import form_faults
from tests.hostile.signature_faults import signature_faults
from tests.hostile.trust_faults import trust_faults
from tests.vectors.make_credential_vectors import Json

EVERY = 6
LARGEST_BYTES = 1_500
RANDOM = "in a context"  # its signature is random, whatever is remembered


def hostile_vectors() -> Iterator[tuple[str, Json]]:
    """The bundle, the bad and the good."""
    desk = Desk()
    form: list[Case] = []
    for faults in (entry_faults, kind_faults):
        form += [refused(name, desk.seal(desk.pair(e)), code) for name, e, code in faults(desk)]
    form += form_faults(desk)
    odd = [(name, desk.seal(desk.pair(entry))) for name, entry in good_entries(desk)]
    proof = [case for case in signature_faults(desk) if RANDOM not in case.name]
    trust = list(trust_faults(desk))
    desk.sim.checkpoint()
    yield (
        "bundle",
        {
            "bundle": desk.sim.full_bundle().hex(),
            "trust_anchor": encode_trust_anchor(desk.sim.trust_anchor).hex(),
        },
    )
    at = desk.sim.now + 100
    yield "form_fail", _listed(_chosen(form)[::EVERY], at)
    yield "proof_fail", _listed(_chosen(proof), at)
    yield "trust_fail", _listed(_chosen(trust), at)
    good = [*odd, *desk.twins[:: EVERY * EVERY]]
    yield (
        "good",
        {
            "bundle": "bundle.json",
            "at": at,
            "cases": [[name, sealed.hex(), "VALID"] for name, sealed in good],
        },
    )


def _chosen(cases: list[Case]) -> list[Case]:
    return [case for case in cases if len(case.sealed) <= LARGEST_BYTES]


def _listed(cases: list[Case], at: int) -> Json:
    return {
        "bundle": "bundle.json",
        "at": at,
        "cases": [[case.name, case.sealed.hex(), case.outcome.value, case.code] for case in cases],
    }
