"""A whole network on this machine, for trying out and for tests: each validator a process.

`lab/` in the network's folder holds it: lab.json (where each validator answers), and for each one
its data and its log. Whoever starts it twice, or after a crash, finds what runs and adds the rest.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from network import processes
from network.command_line import (
    Listening,
    NodePaths,
    config_toml,
    every_api,
    import_key_arguments,
    init_arguments,
    run_arguments,
)
from network.engines import find_program
from network.errors import NetworkError, NodeSilentError
from network.founding import NODE_KEY
from network.lab_record import (
    Isolation,
    LabRecord,
    place_in,
    place_on_loopback,
    read_record,
    remove_record,
    write_record,
)
from network.plan import GENESIS_FILE, NetworkPlan, Validator, load_plan
from network.rpc import Node
from network.software import Software
from network.wires import Wires, can_lay_wires, claim_net, nets_of
from registry.plain_words import explained
from registry.public_folder import write_atomically

__all__ = ["Isolation", "Lab"]

LAB_FOLDER: Final = "lab"
SECONDS_TO_ANSWER: Final = 60.0
PAUSE_SECONDS: Final = 0.1
MISSES_THAT_TELL: Final = 5
"""So often in a row a process must not be found before it counts as ended."""


def _nothing_to_say(_text: str) -> None:
    """For callers that show no progress."""


class Lab:
    """The network of one folder, on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._home = self.folder / LAB_FOLDER

    # ------------------------------------------------------------------- what there is

    @property
    def plan(self) -> NetworkPlan:
        """The network as its folder says now."""
        return load_plan(self.folder)

    @property
    def record(self) -> LabRecord:
        """How it runs here; raises `NetworkError` where it was not started."""
        found = self.find_record()
        if found is None:
            raise explained(
                NetworkError(f"the network of {self.folder} does not run on this machine"),
                means="No validator could be asked.",
                way_out="Start it with `sealroot network up`, or name nodes with --rpc.",
            )
        return found

    def find_record(self) -> LabRecord | None:
        """Return how it runs here, or None where it was not started."""
        return read_record(self._home)

    def urls(self) -> list[str]:
        """Return the RPC address of each validator, in order of their numbers."""
        return [place.url for _, place in sorted(self.record.places.items())]

    def node(self, number: int) -> Node:
        """Return a validator to ask."""
        return Node(self.record.places[number].url)

    def numbers(self) -> list[int]:
        """Return the numbers of the validators that have a place here."""
        return sorted(self.record.places)

    def data_folder(self, number: int) -> Path:
        """Return where a validator keeps its chain."""
        return self._home / f"validator-{number}" / "data"

    def log_file(self, number: int) -> Path:
        """Return where a validator writes what it does."""
        return self._home / f"validator-{number}" / "log"

    def process_of(self, number: int) -> int | None:
        """Return the process id of a validator that runs."""
        return processes.find_process(self.data_folder(number))

    # -------------------------------------------------------------- starting, stopping

    def up(
        self,
        isolation: Isolation | None = None,
        *,
        say: Callable[[str], None] = _nothing_to_say,
    ) -> list[str]:
        """All validators run and blocks are made; returns their RPC addresses.

        Where none ran before, what fails on the way is taken down again.
        """
        plan = self.plan
        find_program(plan.software)
        none_ran = all(self.process_of(one.number) is None for one in plan.validators)
        try:
            self._settle(plan, isolation, say)
            for validator in plan.validators:
                if self.start(validator.number):
                    say(f"{validator.name} starts at {self.record.places[validator.number].url}")
            say("Waiting for the first blocks")
            self.wait_for_blocks(1)
        except BaseException:
            # Whoever kills this command instead leaves validators that `up` and `down` still find.
            if none_ran:
                self.down()
            raise
        return self.urls()

    def down(self) -> int:
        """No validator runs, its addresses are gone, its chain stays; returns how many ran."""
        stopped = 0
        for home in sorted(self._home.glob("validator-*")):
            stopped += processes.stop(home / "data")
        for wires in nets_of(self._home):
            wires.remove()
        remove_record(self._home)
        return stopped

    def start(self, number: int) -> bool:
        """The validator runs and answers; returns whether it had to be started."""
        if self.process_of(number) is not None:
            return False
        plan, place = self.plan, self.record.places[number]
        validator = plan.named(number)
        program = str(find_program(plan.software))
        paths = self._prepare(plan, validator, program)
        listening = Listening(
            place.address,
            place.p2p_port,
            place.address,
            place.rpc_port,
            every_api(plan.software),
            has_ipc=False,  # the path of a socket may be no longer than 104 characters
        )
        command = [program, *run_arguments(plan, validator, paths, listening)]
        wires = self._wires()
        processes.spawn(wires.inside(number, command) if wires else command, self.log_file(number))
        self._wait_for_answer(number)
        if plan.software is Software.GETH:
            # geth refuses a price of zero on its command line, and takes it once it runs.
            self.node(number).ask("miner_setGasPrice", "0x0")
        return True

    # ---------------------------------------------------------- faults, and their ends

    def kill(self, number: int) -> bool:
        """The validator was killed as `kill -9` does; returns whether it ran."""
        return processes.stop(self.data_folder(number), at_once=True)

    def stop(self, number: int) -> bool:
        """The validator has ended in good order; returns whether it ran."""
        return processes.stop(self.data_folder(number))

    def wipe(self, number: int) -> None:
        """The validator does not run, and its disk is empty; its key is kept elsewhere."""
        self.kill(number)
        shutil.rmtree(self.data_folder(number), ignore_errors=True)

    def part(self, *groups: Sequence[int]) -> None:
        """Validators of different groups do not reach each other; all still answer RPC."""
        wires = self._wires()
        if wires is not None:
            wires.part(groups)
            return
        group_of = {number: index for index, group in enumerate(groups) for number in group}
        for here, there, peer in self._pairs():
            if here in group_of and there in group_of and group_of[here] != group_of[there]:
                with suppress(NodeSilentError):  # one that was killed reaches nobody anyway
                    self.node(here).ask("admin_removeTrustedPeer", peer)
                    self.node(here).ask("admin_removePeer", peer)

    def rejoin(self) -> None:
        """Every validator reaches every other again."""
        wires = self._wires()
        if wires is not None:
            wires.join(self.numbers())
        self.introduce()

    def introduce(self) -> None:
        """Every validator that runs knows every other one and tries to reach it at once."""
        for here, _there, peer in self._pairs():
            with suppress(NodeSilentError):
                self.node(here).ask("admin_addTrustedPeer", peer)
                self.node(here).ask("admin_addPeer", peer)

    def farewell(self, number: int) -> None:
        """No validator tries to reach this one any more."""
        for here, there, peer in self._pairs():
            if there == number:
                with suppress(NodeSilentError):
                    self.node(here).ask("admin_removePeer", peer)

    # ------------------------------------------------------------------------- waiting

    def wait_for_blocks(self, count: int, seconds: float = SECONDS_TO_ANSWER) -> float:
        """This many more blocks were made, as seen by any node; returns the seconds it took."""
        began = time.monotonic()
        target: int | None = None
        while time.monotonic() - began < seconds:
            height = self.height()
            if height is not None:
                target = height + count if target is None else target
                if height >= target:
                    return time.monotonic() - began
            time.sleep(PAUSE_SECONDS)
        raise explained(
            NetworkError(f"no new block within {seconds:.0f} seconds"),
            means="Nothing can be anchored now; documents go out as signed, not yet anchored.",
            way_out="See why with `sealroot network doctor`, and the logs in "
            f"{self._home}/validator-*/log.",
        )

    def height(self) -> int | None:
        """Return the number of the newest block any node has; None where none answers."""
        heights = []
        for number in self.numbers():
            with suppress(NodeSilentError):
                heights.append(self.node(number).number("eth_blockNumber"))
        return max(heights, default=None)

    def make_place(self, number: int) -> None:
        """A validator added to the network's folder has a place here to listen at."""
        record = self.record
        wires = self._wires()
        place = place_in(wires, number) if wires else place_on_loopback()
        places = {**record.places, number: place}
        write_record(self._home, record.model_copy(update={"places": places}))
        if wires is not None:
            wires.lay([number])

    def forget_place(self, number: int) -> None:
        """A validator no longer has a place here; its chain is removed."""
        self.wipe(number)
        record = self.record
        places = {key: place for key, place in record.places.items() if key != number}
        write_record(self._home, record.model_copy(update={"places": places}))

    # ---------------------------------------------------------------------- within here

    def _settle(
        self, plan: NetworkPlan, isolation: Isolation | None, say: Callable[[str], None]
    ) -> None:
        """lab.json says where each validator listens, and the addresses are there."""
        numbers = [validator.number for validator in plan.validators]
        record = self.find_record()
        if record is None:
            chosen = isolation or (Isolation.NAMESPACES if can_lay_wires() else Isolation.PORTS)
            say(f"Keeping the validators apart by {chosen.value}")
            self._home.mkdir(parents=True, exist_ok=True)
            if chosen is Isolation.NAMESPACES:
                # A crash right here leaves a bridge that carries this folder's name: it is found.
                wires = claim_net(self._home)
                places = {number: place_in(wires, number) for number in numbers}
                record = LabRecord(isolation=chosen, net=wires.net, places=places)
            else:
                places = {number: place_on_loopback() for number in numbers}
                record = LabRecord(isolation=chosen, places=places)
            write_record(self._home, record)
        if record.net is not None:
            Wires(record.net).lay(numbers)

    def _prepare(self, plan: NetworkPlan, validator: Validator, program: str) -> NodePaths:
        """The validator's data folder holds the first block, and its peers as they are now."""
        home = self.log_file(validator.number).parent
        data = self.data_folder(validator.number)
        password, config = home / "empty-password", home / "config.toml"
        key = self.folder / validator.name / NODE_KEY
        paths = NodePaths(str(data), str(config), str(key), str(password))
        home.mkdir(parents=True, exist_ok=True)
        password.touch()
        if not (data / "geth" / "chaindata").is_dir():
            # A crash within leaves a folder without the first block; the next start makes it anew.
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir(mode=0o700)
            first = str(self.folder / GENESIS_FILE)
            processes.run_to_end([program, *init_arguments(paths, first)], "writing block 0")
            if plan.software is Software.GETH:
                processes.run_to_end([program, *import_key_arguments(paths)], "taking the key")
        place = self.record.places[validator.number]
        listening = Listening(place.address, place.p2p_port, place.address, place.rpc_port)
        peers = [peer for here, _there, peer in self._pairs() if here == validator.number]
        write_atomically(config, config_toml(listening, peers).encode())
        if plan.software is Software.GOQUORUM:
            self._permit_all()
        return paths

    def _permit_all(self) -> None:
        """Every validator lets every other one connect, whenever it looks at its list."""
        plan, places = self.plan, self.record.places
        nodes = [
            validator.enode(places[validator.number].address, places[validator.number].p2p_port)
            for validator in plan.validators
            if validator.number in places
        ]
        content = "[\n" + ",\n".join(f' "{node}"' for node in nodes) + "\n]\n"
        for number in places:
            if self.data_folder(number).is_dir():
                path = self.data_folder(number) / "permissioned-nodes.json"
                write_atomically(path, content.encode())

    def _pairs(self) -> list[tuple[int, int, str]]:
        """Each pair of validators: one, the other, and how the one reaches the other."""
        plan, places = self.plan, self.record.places
        there = {
            validator.number: validator.enode(place.address, place.p2p_port)
            for validator in plan.validators
            if (place := places.get(validator.number)) is not None
        }
        return [(a, b, peer) for a in places for b, peer in there.items() if a != b]

    def _wait_for_answer(self, number: int) -> None:
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        node = self.node(number)
        missed = 0
        while time.monotonic() < deadline and missed < MISSES_THAT_TELL:
            with suppress(NodeSilentError):
                node.ask("eth_chainId")
                return
            # While one program takes the place of another, a process has no command line.
            missed = missed + 1 if self.process_of(number) is None else 0
            time.sleep(PAUSE_SECONDS)
        raise explained(
            NetworkError(f"validator-{number} does not run: {self._last_words(number)}"),
            means="The network is short of this validator.",
            way_out=f"Read {self.log_file(number)}; correct what it names and start it again.",
        )

    def _last_words(self, number: int) -> str:
        with suppress(OSError):
            lines = self.log_file(number).read_text("utf-8", "replace").strip().splitlines()
            if lines:
                return lines[-1][:200]
        return "it wrote nothing"

    def _wires(self) -> Wires | None:
        net = self.record.net
        return None if net is None else Wires(net)
