"""Verdicts for many credentials at once, sharing what credentials of one batch have in common.

Nothing here decides anything. What is remembered are answers of pure functions under all of their
inputs, for the length of one run, so that every verdict is the one `verify` gives.
"""

from collections.abc import Callable, Iterable

from credential.entry import Entry
from credential.ids import Root, UnixTime
from credential.merkle import leaf_hash, node_hash, path_sides
from credential.sealed import Receipt, Sealed
from registry.trust_data import TrustData
from verifier.policy import DEFAULT_POLICY, Policy
from verifier.verdict import Verdict
from verifier.verify import Grounds, grounds, judge

MOST_REMEMBERED = 200_000

_Path = tuple[bytes, ...]
_Question = tuple[object, ...]


def verify_many(
    sealed: Iterable[bytes], trust: TrustData, at: int, policy: Policy = DEFAULT_POLICY
) -> list[Verdict]:
    """Return the verdict of `verify` on each, in order, in less time for those of one batch."""
    return [*map(judge_of_many(trust, at, policy), sealed)]


def judge_of_many(
    trust: TrustData, at: int, policy: Policy, paths: "RememberedPaths | None" = None
) -> Callable[[bytes], Verdict]:
    """Return a function that gives the verdict of `verify` and shares work between its calls.

    `paths` may be kept for the next time and trust data: a path knows nothing of either.
    """
    now = UnixTime(at)
    root_of = (paths or RememberedPaths()).root_of
    grounds_of = RememberedGrounds().grounds_of
    return lambda sealed: judge(sealed, trust, now, policy, root_of, grounds_of)


class RememberedPaths:
    """Roots of inclusion paths, remembered by every node on the way (RFC 9162 §2.1.3.2).

    The root is a function of a node, the nodes of the path above it, and their sides. A path that
    was walked to a root therefore answers for each node on it, and for the sibling of each, which
    would have met the node at the other side. Where one byte differs, the path is walked.
    """

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self.last_leaf = b""
        """The leaf hash of the credential that was asked about last."""
        self._known: dict[bytes, tuple[int, bytes, _Path, Root]] = {}

    def root_of(self, credential: Sealed) -> Root:
        """Return what `sealed_root` returns, and raise what it raises."""
        entry, receipt = credential
        path, node = tuple(receipt.path), leaf_hash(entry)
        self.last_leaf = node
        sides = path_sides(receipt.leaf_index, receipt.tree_size, len(path))
        recall = self._known.get
        walked: list[tuple[bytes, int, bytes, _Path]] = []
        root = None
        while path:
            sibling, path = path[0], path[1:]
            seen = recall(node)
            if seen is not None and seen[:3] == (sides, sibling, path):
                root = seen[3]
                break
            walked.append((node, sides, sibling, path))
            node = node_hash(sibling, node) if sides & 1 else node_hash(node, sibling)
            sides >>= 1
        if root is None:
            root = Root(node)
        if walked:
            self._remember(walked, root)
        return root

    def _remember(self, walked: list[tuple[bytes, int, bytes, _Path]], root: Root) -> None:
        known = self._known
        if len(known) > self._most:
            known.clear()
        for node, sides, sibling, above in walked:
            known[node] = (sides, sibling, above, root)
            known[sibling] = (sides ^ 1, node, above, root)


class RememberedGrounds:
    """Answers of `grounds` in one run, under all that they depend on within it.

    Which registry is asked depends on the kid alone, since a run has one time and one home.
    """

    def __init__(self) -> None:
        self._anchored: dict[_Question, Grounds] = {}
        self._others: dict[_Question, Grounds] = {}

    def grounds_of(  # noqa: PLR0917  (stands in for `grounds`)
        self,
        entry: Entry,
        receipt: Receipt,
        root: Root,
        trust: TrustData,
        now: UnixTime,
        policy: Policy,
    ) -> Grounds:
        """Return what `grounds` returns; signature and `iat` matter only while not anchored."""
        question = (
            root,
            entry.iss,
            receipt.kid,
            receipt.alg,
            receipt.tree_size,
            entry.type_no,
            entry.type_version,
        )
        answer = self._anchored.get(question)
        if answer is not None:
            return answer
        longer = (*question, receipt.protected, receipt.signature, entry.iat)
        answer = self._others.get(longer)
        if answer is not None:
            return answer
        answer = grounds(entry, receipt, root, trust, now, policy)
        if answer[4] is not None:
            _remember(self._anchored, question, answer)
        else:
            _remember(self._others, longer, answer)
        return answer


def _remember(answers: dict[_Question, Grounds], question: _Question, answer: Grounds) -> None:
    if len(answers) > MOST_REMEMBERED:
        answers.clear()
    answers[question] = answer
