"""The fast Merkle functions agree with the standard written down slowly, and with vectors."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import inclusion_root, verify_consistency, verify_inclusion
from credential.errors import PathError, ProofError, RootMismatchError
from credential.merkle import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_paths,
    leaf_hash,
    node_hash,
    tree_root,
)
from tests.credential import reference_merkle as reference
from tests.credential.published import files

LEAVES = [leaf_hash(str(number).encode()) for number in range(300)]
sizes = st.integers(1, 300)
huge = st.integers(1, 2**64)


@pytest.mark.parametrize("size", range(1, 71))
def test_roots_and_paths_are_those_of_the_standard(size: int) -> None:
    leaves = LEAVES[:size]

    root, paths = inclusion_paths(leaves)

    assert root == tree_root(leaves) == reference.root(leaves)
    assert [list(path) for path in paths] == [reference.path(at, leaves) for at in range(size)]
    for at, path in enumerate(paths):
        verify_inclusion(leaves[at], at, size, path, root)


@pytest.mark.parametrize("size2", range(1, 41))
def test_consistency_paths_are_those_of_the_standard(size2: int) -> None:
    leaves = LEAVES[:size2]
    root2 = tree_root(leaves)

    for size1 in range(1, size2 + 1):
        path = consistency_path(leaves, size1)
        assert path == reference.proof(size1, leaves)
        verify_consistency(size1, size2, path, tree_root(leaves[:size1]), root2)


def test_the_root_of_no_leaves_is_the_hash_of_nothing() -> None:
    assert tree_root([]) == inclusion_paths([])[0] == EMPTY_ROOT == sha256(b"").digest()
    assert inclusion_paths([])[1] == []


def test_leaf_and_node_differ_in_their_first_byte() -> None:
    assert leaf_hash(b"entry") == sha256(b"\x00entry").digest()
    assert node_hash(b"left", b"right") == sha256(b"\x01leftright").digest()


@settings(max_examples=60)
@given(size=sizes, chance=st.data())
def test_a_leaf_is_at_no_other_index(size: int, chance: st.DataObject) -> None:
    leaves = LEAVES[:size]
    at = chance.draw(st.integers(0, size - 1))
    other = chance.draw(st.integers(0, size + 1).filter(lambda index: index != at))

    with pytest.raises(ProofError):
        verify_inclusion(
            leaves[at], other, size, reference.path(at, leaves), reference.root(leaves)
        )


@settings(max_examples=60)
@given(size=sizes, chance=st.data())
def test_a_path_with_a_node_more_less_or_changed_proves_nothing(
    size: int, chance: st.DataObject
) -> None:
    leaves = LEAVES[:size]
    at = chance.draw(st.integers(0, size - 1))
    path = reference.path(at, leaves)
    place = chance.draw(st.integers(0, len(path)))
    worse = chance.draw(
        st.sampled_from(
            [
                path[:place] + path[place + 1 :] if place < len(path) else [*path, bytes(32)],
                [*path[:place], bytes(32), *path[place:]],
                [*path[:place], bytes(32), *path[place + 1 :]],
                [*path[:place], b"", *path[place:]],
            ]
        )
    )

    with pytest.raises(ProofError):
        verify_inclusion(leaves[at], at, size, worse, reference.root(leaves))


@pytest.mark.parametrize("size", range(1, 20))
def test_a_path_of_another_length_gives_no_root_at_all(size: int) -> None:
    for at in range(size):
        path = reference.path(at, LEAVES[:size])
        for length in {*range(8)} - {len(path)}:
            with pytest.raises(PathError):
                inclusion_root(LEAVES[at], at, size, [*path, *LEAVES[20:30]][:length])


@settings(max_examples=60)
@given(size=huge, chance=st.data())
def test_inclusion_is_proven_in_trees_of_any_size(size: int, chance: st.DataObject) -> None:
    at = chance.draw(st.integers(0, size - 1))

    verify_inclusion(
        sha256(b"\x00").digest(),
        at,
        size,
        reference.uniform_path(at, size),
        reference.uniform_root(size),
    )


@settings(max_examples=60)
@given(size2=huge, chance=st.data())
def test_consistency_is_proven_between_trees_of_any_size(size2: int, chance: st.DataObject) -> None:
    size1 = chance.draw(st.integers(1, size2))

    verify_consistency(
        size1,
        size2,
        reference.uniform_proof(size1, size2),
        reference.uniform_root(size1),
        reference.uniform_root(size2),
    )


@settings(max_examples=100)
@given(size2=st.integers(2, 300), chance=st.data())
def test_a_damaged_consistency_path_proves_nothing(size2: int, chance: st.DataObject) -> None:
    leaves = LEAVES[:size2]
    size1 = chance.draw(st.integers(1, size2 - 1))
    path = reference.proof(size1, leaves)
    place = chance.draw(st.integers(0, len(path) - 1))
    worse = chance.draw(
        st.sampled_from(
            [
                path[:place] + path[place + 1 :],
                [*path[:place], bytes(32), *path[place:]],
                [*path[:place], bytes(32), *path[place + 1 :]],
                [*path, b""],
                [*path, path[-1]],
            ]
        )
    )

    with pytest.raises(ProofError):
        verify_consistency(
            size1, size2, worse, reference.root(leaves[:size1]), reference.root(leaves)
        )


@settings(max_examples=100)
@given(size2=st.integers(2, 300), chance=st.data())
def test_a_consistency_path_proves_no_other_root_and_no_other_size(
    size2: int, chance: st.DataObject
) -> None:
    leaves = LEAVES[:size2]
    size1 = chance.draw(st.integers(1, size2 - 1))
    path = reference.proof(size1, leaves)
    root1, root2 = reference.root(leaves[:size1]), reference.root(leaves)
    other = chance.draw(st.sampled_from([bytes(32), root1[:31] + bytes((root1[31] ^ 1,)), root2]))

    with pytest.raises(RootMismatchError):
        verify_consistency(size1, size2, path, other, root2)
    with pytest.raises(RootMismatchError):
        verify_consistency(size1, size2, path, root1, root1)
    with pytest.raises(ProofError):
        verify_consistency(
            chance.draw(st.integers(0, 300).filter(size1.__ne__)), size2, path, root1, root2
        )


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (8, 8), (-1, 8), (0, -1), (0, 2**64 + 1)]
)
def test_an_impossible_index_or_size_is_refused(index: int, size: int) -> None:
    with pytest.raises(PathError):
        inclusion_root(LEAVES[0], index, size, [])


@pytest.mark.parametrize("node", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_node_of_the_path_that_is_not_32_bytes_is_refused(node: bytes) -> None:
    with pytest.raises(PathError):
        inclusion_root(LEAVES[0], 0, 2, [node])
    with pytest.raises(PathError):
        verify_consistency(1, 2, [node], LEAVES[0], LEAVES[1])


@pytest.mark.parametrize("leaf", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_leaf_hash_that_is_not_32_bytes_is_refused(leaf: bytes) -> None:
    with pytest.raises(PathError):
        inclusion_root(leaf, 0, 1, [])


def test_another_root_is_refused_in_inclusion() -> None:
    with pytest.raises(RootMismatchError):
        verify_inclusion(LEAVES[0], 0, 1, [], LEAVES[1])


@pytest.mark.parametrize(
    ("size1", "size2", "path"),
    [
        (2, 1, []),
        (-1, 1, []),
        (1, 2**64 + 1, []),
        (0, 1, []),
        (0, 1, [LEAVES[0]]),
        (1, 2, []),
        (3, 4, []),
        (2, 2, [LEAVES[0]]),
        (1, 2, [LEAVES[0], LEAVES[1]]),
    ],
)
def test_sizes_and_consistency_path_that_cannot_be_are_refused(
    size1: int, size2: int, path: list[bytes]
) -> None:
    with pytest.raises(PathError):
        verify_consistency(size1, size2, path, LEAVES[0], LEAVES[0])


def test_equal_sizes_with_different_roots_are_refused() -> None:
    with pytest.raises(RootMismatchError):
        verify_consistency(4, 4, [], LEAVES[0], LEAVES[1])


def test_a_first_root_that_is_not_32_bytes_is_refused() -> None:
    with pytest.raises(PathError):
        verify_consistency(1, 2, [LEAVES[1]], b"", LEAVES[0])


@pytest.mark.parametrize("size1", [0, 9])
def test_no_consistency_path_is_made_from_an_impossible_size(size1: int) -> None:
    with pytest.raises(PathError):
        consistency_path(LEAVES[:8], size1)


@pytest.mark.parametrize("path", files("merkle/inclusion/**/*.json"))
def test_published_inclusion_vector(path: Path) -> None:
    case = json.loads(path.read_text())

    assert _proves_inclusion(case) != case["wantErr"]


@pytest.mark.parametrize("path", files("merkle/consistency/**/*.json"))
def test_published_consistency_vector(path: Path) -> None:
    case = json.loads(path.read_text())

    assert _proves_consistency(case) != case["wantErr"]


def _proves_inclusion(case: dict[str, object]) -> bool:
    try:
        verify_inclusion(
            _bytes(case["leafHash"]),
            case["leafIdx"],
            case["treeSize"],
            [_bytes(node) for node in case["proof"] or []],
            _bytes(case["root"]),
        )
    except ProofError:
        return False
    return True


def _proves_consistency(case: dict[str, object]) -> bool:
    try:
        verify_consistency(
            case["size1"],
            case["size2"],
            [_bytes(node) for node in case["proof"] or []],
            _bytes(case["root1"]),
            _bytes(case["root2"]),
        )
    except ProofError:
        return False
    return True


def _bytes(text: str | None) -> bytes:
    return b64decode(text or "")
