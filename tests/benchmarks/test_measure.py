import os

from benchmarks.measure import median_seconds, one_core, over, side_by_side


def _count(steps: int) -> int:
    return sum(range(steps))


def test_more_work_takes_more_seconds() -> None:
    seconds = side_by_side(
        {"little": lambda: _count(100), "much": lambda: _count(10_000)},
        rounds=3,
        slice_seconds=0.002,
    )

    assert 0 < seconds["little"] * 10 < seconds["much"]


def test_every_work_is_measured_under_its_name() -> None:
    seconds = side_by_side(
        {"one": lambda: None, "two": lambda: None}, rounds=1, slice_seconds=0.001
    )

    assert list(seconds) == ["one", "two"]


def test_a_slow_work_is_timed_as_a_whole() -> None:
    assert median_seconds(lambda: _count(100_000), rounds=3) > 1e-4


def test_the_inputs_of_a_loop_take_turns() -> None:
    seen: list[str] = []
    work = over(seen.append, ["first", "second", "third"])

    for _ in range(4):
        work()

    assert seen == ["first", "second", "third", "first"]


def test_one_core_gives_back_the_cores_it_took() -> None:
    cores = getattr(os, "sched_getaffinity", lambda _pid: set())
    before = cores(0)

    with one_core():
        inside = cores(0)

    assert len(inside) <= 1
    assert cores(0) == before
