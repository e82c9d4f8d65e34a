import mmap
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from verifier.confined import MOST_ANSWER_BYTES, MOST_MEMORY_BYTES, confined
from verifier.errors import DocumentError
from verifier.reasons import Reason


def refusal_of(work: Callable[[], Any], seconds: int = 5) -> Reason:
    with pytest.raises(DocumentError) as refusal:
        confined(work, seconds)
    return refusal.value.reason


def test_gives_back_what_the_work_returns() -> None:
    assert confined(lambda: {"pages": 2, "codes": ["a", None]}, 5) == {
        "pages": 2,
        "codes": ["a", None],
    }


def test_a_refusal_comes_back_with_its_reason() -> None:
    def refuse() -> None:
        raise DocumentError(Reason.DOCUMENT_TOO_LARGE, "too much")

    assert refusal_of(refuse) is Reason.DOCUMENT_TOO_LARGE


def test_a_crash_costs_this_document_only() -> None:
    assert refusal_of(lambda: os.kill(os.getpid(), signal.SIGKILL)) is Reason.DOCUMENT_UNREADABLE


def test_an_unforeseen_error_costs_this_document_only() -> None:
    assert refusal_of(lambda: 1 // 0) is Reason.DOCUMENT_UNREADABLE


def test_a_hang_ends_in_time() -> None:
    began = time.monotonic()

    reason = refusal_of(lambda: time.sleep(60), seconds=1)

    assert reason is Reason.DOCUMENT_UNREADABLE
    assert time.monotonic() - began < 5


def test_memory_is_bounded() -> None:
    assert refusal_of(lambda: len(bytes(MOST_MEMORY_BYTES + 2**26))) is Reason.DOCUMENT_UNREADABLE


def test_what_the_parent_holds_is_not_counted() -> None:
    with mmap.mmap(-1, MOST_MEMORY_BYTES + 2**20):
        assert confined(lambda: len(bytes(2**26)), 5) == 2**26


def test_an_answer_that_is_too_long_is_not_taken_in() -> None:
    assert refusal_of(lambda: "x" * (2 * MOST_ANSWER_BYTES)) is Reason.DOCUMENT_UNREADABLE


def test_no_child_is_left_behind() -> None:
    confined(lambda: "done", 5)

    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
