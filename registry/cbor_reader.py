"""A cursor over deterministic CBOR that is told what must come next.

For files too large to decode into values first: a bundle holds tens of thousands of rows. Reading
by schema needs one pass, builds nothing that is not wanted, and stops at the first item that is not
the expected one, so hostile bytes cannot make it allocate more than they are long.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from credential.errors import EncodingError, LimitError, StructureError

Item = TypeVar("Item")

_WIDTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}
_SMALLEST: Final = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}
_NULL: Final = 0xF6
_NAMES: Final = (
    "an unsigned integer",
    "a negative integer",
    "a byte string",
    "a text string",
    "an array",
    "a map",
    "a tag",
    "a simple value",
)
MAX_ELEMENTS: Final = 4_000_000
"""The most elements of one array in any file of the registry (bundle.md)."""


MAX_FLAT_BYTES: Final = 2048
"""The longest string inside a COSE_Key."""


class CborReader:
    """Reads items in the order the caller asks for them; `position` is the offset of the next one.

    Every method raises StructureError for another item than the one asked for, EncodingError for
    one that is not deterministic (RFC 8949 §4.2.1) or cut short, LimitError for one that is longer
    than allowed.
    """

    __slots__ = ("_source", "position")

    def __init__(self, source: bytes) -> None:
        self._source = source
        self.position = 0

    def _argument(self, major: int) -> int:
        position = self.position
        try:
            first = self._source[position]
        except IndexError:
            message = "the bytes end where another item must follow"
            raise EncodingError(message) from None
        if first >> 5 != major:
            message = f"{_NAMES[major]} must stand at byte {position}, not {_NAMES[first >> 5]}"
            raise StructureError(message)
        low = first & 31
        if low < 24:
            self.position = position + 1
            return low
        return self._long_argument(low)

    def _long_argument(self, low: int) -> int:
        if low not in _WIDTHS:
            message = f"byte {self.position}: lengths must be definite"
            raise EncodingError(message)
        end = self.position + 1 + _WIDTHS[low]
        value = int.from_bytes(self._source[self.position + 1 : end], "big")
        if end > len(self._source) or value < _SMALLEST[low]:
            message = f"byte {self.position}: an integer or length is not in its shortest form"
            raise EncodingError(message)
        self.position = end
        return value

    def uint(self, most: int = (1 << 64) - 1) -> int:
        """An unsigned integer of at most `most`."""
        value = self._argument(0)
        if value > most:
            message = (
                f"the number before byte {self.position} is {value}; at most {most} is "
                "allowed there"
            )
            raise StructureError(message)
        return value

    def integer(self) -> int:
        """An integer of either sign."""
        if self._peek() >> 5 == 1:
            return -1 - self._argument(1)
        return self._argument(0)

    def byte_string(self, most: int) -> bytes:
        """A byte string of at most `most` bytes."""
        return self._string(2, most)

    def fixed_bytes(self, size: int) -> bytes:
        """A byte string of exactly `size` bytes."""
        value = self._string(2, size)
        if len(value) != size:
            message = (
                f"the byte string before byte {self.position} has {len(value)} bytes, not {size}"
            )
            raise StructureError(message)
        return value

    def text(self, most_bytes: int) -> str:
        """A text string of at most `most_bytes` bytes of valid UTF-8."""
        try:
            return self._string(3, most_bytes).decode()
        except UnicodeDecodeError:
            message = f"the text before byte {self.position} is not UTF-8"
            raise EncodingError(message) from None

    def _string(self, major: int, most: int) -> bytes:
        length = self._argument(major)
        if length > most:
            message = (
                f"the string before byte {self.position} has {length} bytes; at most {most} "
                "are allowed"
            )
            raise LimitError(message)
        start = self.position
        end = start + length
        if end > len(self._source):
            message = f"the bytes end inside the string at byte {start}"
            raise EncodingError(message)
        self.position = end
        return self._source[start:end]

    def boolean(self) -> bool:
        """`true` or `false`."""
        value = self._peek()
        if value not in (0xF4, 0xF5):
            message = f"true or false must stand at byte {self.position}"
            raise StructureError(message)
        self.position += 1
        return value == 0xF5

    def null(self) -> bool:
        """True, and the cursor moves on, where the next item is `null`.

        Else False and nothing moves.
        """
        if self._peek() != _NULL:
            return False
        self.position += 1
        return True

    def optional(self, read: Callable[[], Item]) -> Item | None:
        """What `read` returns, or None where `null` stands."""
        return None if self.null() else read()

    def array(self, least: int = 0, most: int = MAX_ELEMENTS) -> int:
        """Enters an array of `least` to `most` elements and returns how many follow."""
        count = self._argument(4)
        if count > most:
            message = (
                f"the array before byte {self.position} has {count} elements; at most "
                f"{most} are allowed"
            )
            raise LimitError(message)
        if count < least:
            message = (
                f"the array before byte {self.position} has {count} elements; at least "
                f"{least} are needed"
            )
            raise StructureError(message)
        return count

    def tuple_of(self, count: int) -> None:
        """Enters an array of exactly `count` elements."""
        self.array(count, count)

    def map_of(self, least: int, most: int) -> int:
        """Enters a map of `least` to `most` pairs and returns how many follow."""
        count = self._argument(5)
        if not least <= count <= most:
            message = (
                f"the map before byte {self.position} has {count} members, not {least} to {most}"
            )
            raise StructureError(message)
        return count

    def raw_map(self) -> bytes:
        """The bytes of a flat map, such as a COSE_Key; what is in it is for the caller to check."""
        start = self.position
        for _ in range(2 * self.map_of(0, 16)):
            self._skip_flat_item()
        return self._source[start : self.position]

    def _skip_flat_item(self) -> None:
        major = self._peek() >> 5
        if major in (2, 3):
            self._string(major, MAX_FLAT_BYTES)
        elif major in (0, 1):
            self._argument(major)
        else:
            self.boolean()

    def key(self, expected: int) -> None:
        """The next map key is the unsigned integer `expected`."""
        at = self.position
        found = self._argument(0)
        if found != expected:
            message = f"member {expected} must stand at byte {at}, not member {found}"
            raise StructureError(message)

    def if_key(self, expected: int) -> bool:
        """True, and the cursor moves on, where the next item is the map key `expected`.

        Else, or where nothing follows, False and nothing moves. For members that may be left out.
        """
        start = self.position
        if start == len(self._source) or self._peek() >> 5 != 0:
            return False
        if self._argument(0) == expected:
            return True
        self.position = start
        return False

    def tag(self, expected: int) -> None:
        """The next item carries the tag `expected`."""
        at = self.position
        if self._argument(6) != expected:
            message = f"only tag {expected} is allowed at byte {at}"
            raise StructureError(message)

    def end(self) -> None:
        """Nothing follows."""
        if self.position != len(self._source):
            message = f"{len(self._source) - self.position} bytes follow where nothing may"
            raise EncodingError(message)

    def source_between(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`, exactly as they were given."""
        return self._source[start:end]

    def _peek(self) -> int:
        try:
            return self._source[self.position]
        except IndexError:
            message = "the bytes end where another item must follow"
            raise EncodingError(message) from None
