"""How a validator set changes: the votes in blocks, counted as both engines count them."""

from collections.abc import Iterable

from registry.errors import EvidenceError


class Tally:
    """The validators in force, and the votes that stand since the last epoch block."""

    __slots__ = ("_epoch", "_since", "_standing", "members")

    def __init__(self, members: Iterable[bytes], epoch: int) -> None:
        self.members = frozenset(members)
        self._epoch = epoch
        self._since = 0
        self._standing: dict[bytes, set[bytes]] = {}

    def forget(self) -> None:
        """No vote stands."""
        self._standing.clear()

    def enter(self, number: int) -> None:
        """Block `number` comes next; an epoch block on the way has wiped the votes."""
        if number // self._epoch != self._since:
            self._since = number // self._epoch
            self.forget()

    def cast(self, voter: bytes, subject: bytes, *, add: bool) -> bool:
        """The vote is counted; returns whether that was a new one.

        A vote to add who is there or to remove who is not only takes the voter's earlier one back.
        Raises EvidenceError when nobody would be left.
        """
        standing = self._standing.setdefault(subject, set())
        is_new = voter not in standing
        standing.discard(voter)
        if add == (subject in self.members):
            return False
        standing.add(voter)
        if len(standing) > len(self.members) // 2:
            self._change(subject, add=add)
        return is_new

    def _change(self, subject: bytes, *, add: bool) -> None:
        del self._standing[subject]
        if add:
            self.members |= {subject}
            return
        self.members -= {subject}
        if not self.members:
            raise EvidenceError("the votes would leave no validator")
        for voters in self._standing.values():
            voters.discard(subject)
