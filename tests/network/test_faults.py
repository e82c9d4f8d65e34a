"""Four validators on QBFT: what they bear, how they halt, and how everything comes back."""

import csv
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from issuer.states import WaitFor
from network.errors import NetworkError
from network.lab import Lab
from network.rpc import Node
from sealroot.demo.offices import Desk
from sealroot.demo.realm import Realm
from sealroot.demo.story import DATA

pytestmark = [
    pytest.mark.network,
    pytest.mark.enable_socket,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
]
Measure = Callable[[str, float], None]
ALL = (1, 2, 3, 4)
QUIET_SECONDS = 8
PATIENCE_SECONDS = 120


@pytest.fixture
def one_row(tmp_path: Path) -> Callable[[int], Path]:
    """Return what writes a file with one row of the demonstration's companies."""

    def write(number: int) -> Path:
        with (DATA / "business_registration.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        path = tmp_path / f"row-{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, rows[number]])
        return path

    return write


def all_heights(lab: Lab, numbers: tuple[int, ...] = ALL) -> list[int]:
    return [lab.node(number).number("eth_blockNumber") for number in numbers]


def hash_at(lab: Lab, number: int, height: int) -> object:
    return lab.node(number).ask("eth_getBlockByNumber", hex(height), False)["hash"]


def seconds_until_level(lab: Lab, numbers: tuple[int, ...] = ALL) -> float:
    """All have the same blocks again, and one more than the highest had."""
    began = time.monotonic()
    target = max(all_heights(lab, numbers)) + 1
    while min(all_heights(lab, numbers)) < target:
        assert time.monotonic() - began < PATIENCE_SECONDS, all_heights(lab, numbers)
        time.sleep(0.1)
    assert len({hash_at(lab, number, target) for number in numbers}) == 1
    return time.monotonic() - began


def test_every_validator_tells_the_same_journal(qbft: Lab, realm: Realm) -> None:
    seconds_until_level(qbft)

    heads = realm.registry.chain.head_at_each_node()

    assert sorted(heads) == sorted(qbft.urls())
    assert len(set(heads.values())) == 1
    assert len(realm.registry.chain.entries(0)) == realm.registry.chain.head().size > 0


def test_anchoring_goes_on_with_one_of_four_killed(
    qbft: Lab, desk: Desk, one_row: Callable[[int], Path], measured: Measure
) -> None:
    qbft.kill(4)
    began = time.monotonic()

    desk.issue(one_row(1))

    measured("one of four killed: to issue and anchor a document", time.monotonic() - began)
    assert desk.waiting() == 0
    qbft.start(4)
    measured("the killed one is level again after its start", seconds_until_level(qbft))


def test_two_killed_halt_the_chain_and_the_backlog_drains_after_restart(
    qbft: Lab, desk: Desk, one_row: Callable[[int], Path], measured: Measure
) -> None:
    desk.issue(one_row(2))
    qbft.kill(3)
    qbft.kill(4)
    began = time.monotonic()
    time.sleep(2)
    halted_at = qbft.height()

    released = desk.issue(one_row(3), wait_for=WaitFor.NONE)
    time.sleep(QUIET_SECONDS)

    assert qbft.height() == halted_at
    assert all(path.is_file() for path in released)
    assert desk.waiting() == 1
    measured("halted with two of four killed for", time.monotonic() - began)
    began = time.monotonic()
    qbft.start(3)
    qbft.start(4)
    qbft.wait_for_blocks(1, PATIENCE_SECONDS)
    measured("first block after both are started again", time.monotonic() - began)
    began = time.monotonic()
    assert desk.carry_on()
    measured("the backlog of one batch drains", time.monotonic() - began)


def test_a_partition_of_two_and_two_halts_both_sides_and_heals(
    qbft: Lab, measured: Measure
) -> None:
    seconds_until_level(qbft)
    qbft.part([1, 2], [3, 4])
    time.sleep(3)
    before = all_heights(qbft)
    time.sleep(QUIET_SECONDS)

    assert all_heights(qbft) == before
    began = time.monotonic()
    qbft.rejoin()
    qbft.wait_for_blocks(1, PATIENCE_SECONDS)
    measured("first block after a partition 2|2 is healed", time.monotonic() - began)
    seconds_until_level(qbft)


def test_a_partition_of_three_and_one_leaves_only_the_one_behind(
    qbft: Lab, measured: Measure
) -> None:
    qbft.part([1, 2, 3], [4])
    time.sleep(3)
    alone = qbft.node(4).number("eth_blockNumber")

    measured("two blocks by the three of a partition 3|1", qbft.wait_for_blocks(2, 60))

    assert qbft.node(4).number("eth_blockNumber") == alone
    began = time.monotonic()
    qbft.rejoin()
    seconds_until_level(qbft)
    measured("the one of a partition 3|1 is level again", time.monotonic() - began)


def test_all_restarted_go_on_where_they_were(qbft: Lab, realm: Realm, measured: Measure) -> None:
    before = realm.registry.chain.head()
    for number in ALL:
        qbft.kill(number)
    began = time.monotonic()

    for number in ALL:
        qbft.start(number)
    qbft.wait_for_blocks(1, PATIENCE_SECONDS)

    measured("all four killed: from their start to a new block", time.monotonic() - began)
    assert realm.registry.chain.head() == before


def test_a_wiped_validator_reads_the_chain_again_and_signs(qbft: Lab, measured: Measure) -> None:
    qbft.wipe(2)
    began = time.monotonic()

    qbft.start(2)
    seconds_until_level(qbft)

    height = qbft.height()
    measured(f"a wiped validator has {height} blocks again", time.monotonic() - began)
    signer = qbft.plan.named(2).address
    deadline = time.monotonic() + PATIENCE_SECONDS
    while signer not in last_signers(qbft.node(1)):
        assert time.monotonic() < deadline
        time.sleep(0.5)


def last_signers(node: Node) -> list[str]:
    told = node.ask("istanbul_getSignersFromBlock", "latest")
    return [str(address).lower() for address in told["Committers"]]


def test_waiting_for_blocks_of_a_halted_chain_ends_with_words(qbft: Lab) -> None:
    qbft.kill(1)
    qbft.kill(2)
    time.sleep(2)

    with pytest.raises(NetworkError, match="no new block within 3 seconds"):
        qbft.wait_for_blocks(1, 3)

    qbft.start(1)
    qbft.start(2)
    qbft.wait_for_blocks(1, PATIENCE_SECONDS)
