import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.many import workers
from verifier.many.workers import answers_in_order


def lost(number: int, because: str) -> bytes:
    return f"{number} lost: {because}".encode()


def answers(count: int, work: Callable[[int], bytes], jobs: int = 3) -> list[bytes]:
    return [*answers_in_order(count, jobs, work, lost)]


@pytest.mark.parametrize("jobs", [1, 2, 5, 100])
def test_answers_come_in_order_whatever_takes_longest(jobs: int) -> None:
    def work(number: int) -> bytes:
        time.sleep(0.02 if number % 7 == 0 else 0)
        return bytes((number,)) * number * 1000

    assert answers(40, work, jobs) == [bytes((n,)) * n * 1000 for n in range(40)]


def test_no_documents_are_no_answers() -> None:
    assert answers(0, lambda _number: b"") == []


def test_a_process_that_dies_costs_its_own_document_only() -> None:
    def work(number: int) -> bytes:
        if number in {3, 4}:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 9:
            raise ValueError
        return b"%d" % number

    expected = [b"%d" % number for number in range(20)]
    expected[3] = b"3 lost: the process that read it ended with signal 9"
    expected[4] = b"4 lost: the process that read it ended with signal 9"
    expected[9] = b"9 lost: the process that read it ended with exit code 1"
    assert answers(20, work) == expected


def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_SECONDS", 1)

    def work(number: int) -> bytes:
        if number == 1:
            time.sleep(3600)
        return b"%d" % number

    assert answers(3, work) == [b"0", b"1 lost: it took more than 1 seconds", b"2"]


def test_an_answer_that_is_too_long_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_ANSWER_BYTES", 10)

    found = answers(2, lambda number: b"x" * (11 if number else 10))

    assert found == [b"x" * 10, b"1 lost: its report is too long"]


def test_no_process_is_left_when_nobody_wants_further_answers(tmp_path: Path) -> None:
    def work(number: int) -> bytes:
        (tmp_path / str(os.getpid())).touch()
        if number:
            time.sleep(3600)
        return b""

    running = answers_in_order(100, 3, work, lost)
    next(running)
    running.close()

    pids = [int(path.name) for path in tmp_path.iterdir()]
    assert pids
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_worker_is_never_far_ahead_of_what_is_missing() -> None:
    reading, writing = os.pipe()

    def work(number: int) -> bytes:
        os.write(writing, b".")
        if number == 0:
            time.sleep(0.5)
        return b""

    running = answers_in_order(2_000, 2, work, lost)
    next(running)
    done = len(os.read(reading, 10_000))
    running.close()
    os.close(reading)
    os.close(writing)

    assert done <= 2 * workers.AHEAD
