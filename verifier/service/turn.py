"""A share of the event loop: when it is used up, everybody else has theirs first."""

import asyncio
import time


class Turn:
    """One request's share of the loop; `pass_on` stands between the pieces of its work."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    async def pass_on(self) -> None:
        """Wait for the others where the share is used up."""
        if time.monotonic() > self._until:
            await asyncio.sleep(0)
            self._until = time.monotonic() + self._seconds
