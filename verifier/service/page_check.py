"""Compares the pages of a PDF with what was signed: drawn on a thread of ours, read in a child."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from registry.trust_data import TrustData
from verifier.confined import Answer
from verifier.documents import Reading
from verifier.errors import DocumentError
from verifier.examine import Finding, with_pages
from verifier.pages.comparing import Drawn, comparison_of, draw_again, told_for
from verifier.pages.findings import Comparison, PageCode, PageState, not_compared
from verifier.pages.told import Told
from verifier.service.decoders import Decoders


class PageCheck:
    """One thread draws, from signed claims alone; the compiler of the drawing is never shared."""

    def __init__(self, decoders: Decoders) -> None:
        self._decoders = decoders
        self._drawing = ThreadPoolExecutor(1, "drawing")

    def stop(self) -> None:
        """The thread is gone."""
        self._drawing.shutdown()

    async def compared(
        self, finding: Finding, reading: Reading, content: bytes, trust: TrustData | None
    ) -> Finding:
        """Return the finding with what comparing the pages adds to it.

        Raises RefusedError where too many others wait for a child.
        """
        loop = asyncio.get_running_loop()
        prepared = await loop.run_in_executor(
            self._drawing, _prepared, finding, reading, content, trust
        )
        if isinstance(prepared, Comparison):
            return with_pages(finding, prepared)
        because = "comparing took too long, or too much memory"
        try:
            answer = await self._decoders.compare(content, prepared)
            if answer is not None:
                return with_pages(finding, comparison_of(cast("Answer", answer)))
        except DocumentError as error:
            because = str(error)
        except (ValueError, TypeError, KeyError):
            because = "the child that compared them did not answer as it should"
        return with_pages(finding, not_compared(PageCode.COMPARE_FAILED, because))


def _prepared(
    finding: Finding, reading: Reading, content: bytes, trust: TrustData | None
) -> Told | Comparison:
    """Return what a child needs to compare the pages, or what is known without one."""
    drawn = draw_again(finding, reading, trust)
    if not isinstance(drawn, Drawn):
        return drawn
    if drawn.file == content:
        return Comparison(PageState.AS_ISSUED, ())
    return told_for(drawn)
