"""Unpredictable status slots.

A keyed permutation gives the n-th credential of a list its own index.

An index that counts up would tell how many documents an office issues and who came after whom. A
random index needs a search for free places. A permutation of the counter needs neither: it hits
every slot once, in an order only the holder of the seed knows. It is a Feistel network over
BLAKE2b, walked in cycles down to the capacity of the list.
"""

import hashlib

SEED_BYTES = 32
MAX_SLOTS = 67_108_864  # docs/formats/status-list.md
ROUNDS = 8
_PURPOSE = b"sealroot/slots/1"


class SlotOrder:
    """The order in which one list gives away its slots.

    Equal seed and capacity give the equal order.
    """

    def __init__(self, seed: bytes, capacity: int) -> None:
        """Fix the order; the round functions are tabled once, since their domain is small."""
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a slot seed has {SEED_BYTES} bytes")
        if not 1 <= capacity <= MAX_SLOTS:
            raise ValueError(f"a status list has 1 to {MAX_SLOTS} slots")
        self.capacity = capacity
        self._half_bits = max(1, ((capacity - 1).bit_length() + 1) // 2)
        self._mask = (1 << self._half_bits) - 1
        self._rounds = tuple(_round_table(seed, number, self._mask) for number in range(ROUNDS))

    def index(self, counter: int) -> int:
        """Return the slot of the `counter`-th credential.

        No two counters below the capacity share one.
        """
        if not 0 <= counter < self.capacity:
            raise ValueError("the counter is past the end of the list")
        value = self._permute(counter)
        while value >= self.capacity:  # ends: a permutation that leaves the range comes back to it
            value = self._permute(value)
        return value

    def _permute(self, value: int) -> int:
        mask = self._mask
        left, right = value >> self._half_bits, value & mask
        for table in self._rounds:
            left, right = right, left ^ table[right]
        return (left << self._half_bits) | right


def _round_table(seed: bytes, number: int, mask: int) -> tuple[int, ...]:
    return tuple(
        int.from_bytes(
            hashlib.blake2b(
                number.to_bytes(1, "big") + value.to_bytes(4, "big"),
                key=seed,
                person=_PURPOSE,
                digest_size=4,
            ).digest(),
            "big",
        )
        & mask
        for value in range(mask + 1)
    )
