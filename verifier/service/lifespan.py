"""What a worker process does besides answering: begin, write once a second, and end in order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from registry.mirror.edge import Log
from verifier.errors import StoreError
from verifier.service.decoders import Decoders
from verifier.service.key_book import KeyBook

Act = Callable[[], None]
_WRITTEN_EVERY_SECONDS = 1.0


@contextlib.asynccontextmanager
async def living(
    decoders: Decoders, book: KeyBook | None, log: Log, begin: Sequence[Act], end: Sequence[Act]
) -> AsyncIterator[None]:
    """Children can be asked for, and what keys use is written, until the block ends."""
    decoders.start()  # before any thread: see decoder_process
    for act in begin:
        act()
    writing = None if book is None else asyncio.create_task(_write(book, log))
    try:
        yield
    finally:
        if writing is not None:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing
        if book is not None:
            book.write()
        for act in end:
            act()
        decoders.stop()


async def _write(book: KeyBook, log: Log) -> None:
    """Once a second: a crash forgets no more than that."""
    while True:
        await asyncio.sleep(_WRITTEN_EVERY_SECONDS)
        try:
            await book.write_apart()
        except StoreError as error:
            log.info("key store", error=str(error))
