"""Many at once get the same verdicts as one by one, also what is forged, mixed or broken."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential.errors import PathError
from credential.merkle import inclusion_paths, leaf_hash
from credential.sealed import Receipt, Sealed, decode_sealed, encode_sealed, sealed_root
from credential.status import SlotState
from registry.trust_data import TrustData
from tests.simulator import Batch, Simulator
from verifier import Outcome, Policy, verify, verify_many
from verifier.batch import RememberedPaths


def world() -> tuple[int, tuple[TrustData, TrustData], list[Batch]]:
    """A full and a lite bundle over anchored, unanchored, revoked and compromised batches."""
    sim = Simulator()
    first, second = sim.office("A1"), sim.office("B1")
    batches = [
        sim.issue(office, *({1: f"{office.code} {n}"} for n in range(size)))
        for office, size in ((first, 13), (second, 8), (first, 1), (first, 5))
    ]
    for batch in batches[:3]:
        sim.anchor(batch)
    sim.publish_status(first, {2: SlotState.REVOKED, 5: SlotState.SUSPENDED})
    sim.compromise(second.key, since=sim.now)
    batches.append(sim.issue(second, {1: "forged"}, {1: "forged too"}))
    sim.checkpoint()
    return sim.now, (sim.trust(full=True), sim.trust()), batches


NOW, TRUSTS, BATCHES = world()
GENUINE = [sealed for batch in BATCHES for sealed in batch.sealed]


def mixed(draw_from: tuple[bytes, bytes, str, int]) -> bytes:
    """One credential of the world, as it is or with one part taken from elsewhere."""
    sealed, other, fault, at = draw_from
    entry, receipt = decode_sealed(sealed)
    stranger, foreign = decode_sealed(other)
    path = list(receipt.path)
    if fault == "as it is":
        return sealed
    if fault == "one bit":
        return sealed[:at] + bytes((sealed[at % len(sealed)] ^ 1,)) + sealed[at + 1 :]
    if fault == "cut short":
        return sealed[: at % len(sealed)]
    changes = {
        "another entry": (stranger, receipt),
        "another path": (entry, receipt._replace(path=foreign.path)),
        "another index": (entry, receipt._replace(leaf_index=foreign.leaf_index)),
        "another size": (entry, receipt._replace(tree_size=foreign.tree_size)),
        "another key": (entry, receipt._replace(kid=foreign.kid, protected=foreign.protected)),
        "no signature": (entry, receipt._replace(signature=b"")),
        "one step changed": (
            entry,
            receipt._replace(
                path=tuple(
                    bytes(32) if step == at % (len(path) or 1) else node
                    for step, node in enumerate(path)
                )
            ),
        ),
        "a step more": (entry, receipt._replace(path=(*receipt.path, bytes(32)))),
        "a step less": (entry, receipt._replace(path=receipt.path[:-1])),
    }
    return encode_sealed(*changes[fault])


FAULTS = [
    *["as it is", "one bit", "cut short", "another entry", "another path", "another index"],
    *["another size", "another key", "no signature", "one step changed", "a step more"],
    "a step less",
]
ONE = st.tuples(
    st.sampled_from(GENUINE),
    st.sampled_from(GENUINE),
    st.sampled_from(FAULTS),
    st.integers(0, 2000),
).map(mixed)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(ONE, max_size=30),
    st.sampled_from(TRUSTS),
    st.sampled_from([Policy(), Policy(require_anchor=True)]),
    st.sampled_from([0, 80 * 3600]),
)
def test_many_together_get_the_verdicts_of_each_alone(
    sealed: list[bytes], trust: TrustData, policy: Policy, later: int
) -> None:
    alone = [verify(each, trust, NOW + later, policy) for each in sealed]

    together = verify_many(sealed, trust, NOW + later, policy)

    assert together == alone


def test_the_world_has_all_three_outcomes() -> None:
    outcomes = {verdict.outcome for verdict in verify_many(GENUINE, TRUSTS[0], NOW)}
    late = {verdict.outcome for verdict in verify_many(GENUINE, TRUSTS[0], NOW + 80 * 3600)}

    assert outcomes == {Outcome.VALID, Outcome.INVALID}
    assert late == {Outcome.VALID, Outcome.INVALID, Outcome.INDETERMINATE}


def test_no_credentials_give_no_verdicts() -> None:
    assert verify_many([], TRUSTS[0], NOW) == []


def tree_of(size: int) -> list[Sealed]:
    entries = [bytes((n,)) * 3 for n in range(size)]
    _, paths = inclusion_paths([leaf_hash(entry) for entry in entries])
    return [
        Sealed(entry, Receipt(-7, bytes(16), size, at, path, b"", b""))
        for at, (entry, path) in enumerate(zip(entries, paths, strict=True))
    ]


@pytest.mark.parametrize("size", range(1, 34))
def test_remembered_paths_give_the_root_of_the_whole_walk(size: int) -> None:
    remembered = RememberedPaths()

    roots = [remembered.root_of(credential) for credential in tree_of(size)]

    assert set(roots) == {sealed_root(tree_of(size)[0])}


def test_a_remembered_node_does_not_vouch_for_another_rest_of_the_path() -> None:
    first, second = tree_of(8)[:2]
    remembered = RememberedPaths()
    genuine = remembered.root_of(first)
    bent = second._replace(
        receipt=second.receipt._replace(path=(*second.receipt.path[:-1], bytes(32)))
    )

    assert remembered.root_of(bent) == sealed_root(bent)
    assert remembered.root_of(bent) != genuine


@pytest.mark.parametrize("changes", [{"leaf_index": 8}, {"path": ()}, {"tree_size": 9}])
def test_an_impossible_path_is_refused_after_a_good_one(changes: dict[str, Any]) -> None:
    first, second = tree_of(8)[:2]
    remembered = RememberedPaths()
    remembered.root_of(first)
    impossible = second._replace(receipt=second.receipt._replace(**changes))

    with pytest.raises(PathError):
        remembered.root_of(impossible)


def test_answers_about_roots_stay_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.batch.MOST_REMEMBERED", 1)

    together = verify_many(GENUINE * 2, TRUSTS[0], NOW)

    assert together == [verify(each, TRUSTS[0], NOW) for each in GENUINE * 2]


def test_what_is_remembered_stays_bounded() -> None:
    remembered = RememberedPaths(20)

    for credential in tree_of(200):
        remembered.root_of(credential)

    assert len(remembered._known) <= 20 + 8
