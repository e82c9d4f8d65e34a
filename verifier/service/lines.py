"""Lines out of pieces of a body; one that is too long costs no more memory than the limit."""

from typing import Final

TOO_LONG: Final = None


class Lines:
    """Cuts pieces into lines, each without its line end; a line that is too long is TOO_LONG."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._rest = b""
        self._is_passing_over = False

    def take(self, piece: bytes) -> list[bytes | None]:
        """Return the lines that end in this piece."""
        *whole, rest = (self._rest + piece).split(b"\n")
        lines: list[bytes | None] = [*whole]
        if self._is_passing_over and lines:
            lines[0] = TOO_LONG
            self._is_passing_over = False
        elif self._is_passing_over:
            rest = b""
        if len(rest) > self._most:
            self._is_passing_over, rest = True, b""
        self._rest = rest
        return [TOO_LONG if line is None or len(line) > self._most else line for line in lines]

    def end(self) -> list[bytes | None]:
        """Return the last line where no line end follows it; nothing after one."""
        rest, self._rest = self._rest, b""
        if self._is_passing_over:
            return [TOO_LONG]
        return [rest] if rest else []
