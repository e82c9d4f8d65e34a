"""Addresses of their own for validators on one machine: network namespaces joined by a bridge.

Each namespace holds one validator and one address of 10.83.N.0/24; the bridge has .1, so commands
on this machine reach every node. Nothing of it is reachable from outside, and nothing routes on.
"""

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from network.errors import NetworkError
from network.settings import may_make_namespaces
from registry.plain_words import explained

NETS: Final = range(1, 255)
FIRST_HOST: Final = 10
LONGEST_ALIAS: Final = 250


class Wires:
    """The bridge and the namespaces of one network on this machine, by the number of its net."""

    def __init__(self, net: int) -> None:
        self.net = net

    @property
    def bridge(self) -> str:
        """The name of the bridge."""
        return f"sealroot{self.net}"

    @property
    def own_address(self) -> str:
        """The address of this machine on the bridge."""
        return f"10.83.{self.net}.1"

    def address(self, number: int) -> str:
        """Return the address of a validator."""
        return f"10.83.{self.net}.{FIRST_HOST + number}"

    def namespace(self, number: int) -> str:
        """Return the name of a validator's namespace."""
        return f"sealroot-{self.net}-{number}"

    def inside(self, number: int, command: Sequence[str]) -> list[str]:
        """Return a command that runs in a validator's namespace."""
        return [_tool(), "netns", "exec", self.namespace(number), *command]

    # ------------------------------------------------------------- laying and removing

    def lay(self, numbers: Iterable[int]) -> None:
        """The bridge and a namespace for each number are there; what was there before stays."""
        if not _has_link(self.bridge):
            _ip("link", "add", self.bridge, "type", "bridge")
        _ip("addr", "replace", f"{self.own_address}/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")
        for number in numbers:
            self._lay_one(number)

    def _lay_one(self, number: int) -> None:
        name, inner, outer = self.namespace(number), "uplink", f"sr{self.net}-{number}"
        if name not in _namespaces():
            _ip("netns", "add", name)
        if not _has_link(outer):
            # A crash between these lines leaves a part; the next `lay` or `remove` finds it.
            peer = ("peer", "name", inner, "netns", name)
            _ip("link", "add", outer, "type", "veth", *peer)
        _ip("link", "set", outer, "master", self.bridge, "up")
        _ip("-n", name, "addr", "replace", f"{self.address(number)}/24", "dev", inner)
        _ip("-n", name, "link", "set", inner, "up")
        _ip("-n", name, "link", "set", "lo", "up")

    def remove(self) -> None:
        """Nothing of this net is left on the machine."""
        own = f"sealroot-{self.net}-"
        for name in [name for name in _namespaces() if name.startswith(own)]:
            _ip("netns", "del", name)
        # The kernel takes the pairs of cables away with the namespaces, a moment later.
        for name in [name for name in _links() if name.startswith(f"sr{self.net}-")]:
            subprocess.run([_tool(), "link", "del", name], capture_output=True, check=False)
        if _has_link(self.bridge):
            _ip("link", "del", self.bridge)

    # -------------------------------------------------------------------------- faults

    def part(self, groups: Sequence[Sequence[int]]) -> None:
        """Validators of different groups no longer reach each other; this machine reaches all."""
        group_of = {number: index for index, group in enumerate(groups) for number in group}
        for here, own in group_of.items():
            for there, other in group_of.items():
                if own != other:
                    lost = f"{self.address(there)}/32"
                    _ip("-n", self.namespace(here), "route", "replace", "blackhole", lost)

    def join(self, numbers: Sequence[int]) -> None:
        """All validators reach each other again."""
        for here in numbers:
            for there in numbers:
                gone = ["-n", self.namespace(here), "route", "del", "blackhole"]
                words = [_tool(), *gone, f"{self.address(there)}/32"]
                subprocess.run(words, capture_output=True, check=False)  # it may not be lost


def nets_of(owner: Path) -> list[Wires]:
    """Return the wires whose bridge carries this owner's name; none where `ip` is not here."""
    if shutil.which("ip") is None:
        return []
    listed = json.loads(_ip("-json", "link", "show"))
    own = [str(link["ifname"]) for link in listed if link.get("ifalias") == _alias(owner)]
    return [Wires(net) for net in NETS if Wires(net).bridge in own]


def claim_net(owner: Path) -> Wires:
    """Return the wires of a net that nobody else uses; its bridge is there and carries our name."""
    for wires in nets_of(owner):  # an earlier run died before it had written the net down
        return wires
    taken = set(_links())
    for net in NETS:
        wires = Wires(net)
        if wires.bridge in taken:
            continue
        made = [_tool(), "link", "add", wires.bridge, "type", "bridge"]
        if subprocess.run(made, capture_output=True, check=False).returncode == 0:
            _ip("link", "set", wires.bridge, "alias", _alias(owner))
            return wires
    raise explained(
        NetworkError("all 254 nets for trying out networks are taken on this machine"),
        means="Nothing was started.",
        way_out="Stop networks that nobody needs with `sealroot network down`.",
    )


def can_lay_wires() -> bool:
    """Return whether this machine lets us make namespaces; nothing is left of the attempt."""
    tool = shutil.which("ip")
    if tool is None or not may_make_namespaces():
        return False
    name = "sealroot-probe"
    made = subprocess.run([tool, "netns", "add", name], capture_output=True, check=False)
    subprocess.run([tool, "netns", "del", name], capture_output=True, check=False)
    return made.returncode == 0


def _alias(owner: Path) -> str:
    return str(owner)[-LONGEST_ALIAS:]


def _tool() -> str:
    found = shutil.which("ip")
    if found is None:
        raise explained(
            NetworkError("the command `ip` is not on this machine"),
            means="No network namespace can be made or removed.",
            way_out="Install iproute2, or start with `--isolation ports`.",
        )
    return found


def _ip(*words: str) -> str:
    ran = subprocess.run([_tool(), *words], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise explained(
            NetworkError(f"`ip {' '.join(words)}` failed: {ran.stderr.strip()[:200]}"),
            means="The validators' addresses on this machine are not as they should be.",
            way_out="Run `sealroot network down`, then `up` again; or use `--isolation ports`.",
        )
    return ran.stdout


def _links() -> list[str]:
    return [str(link["ifname"]) for link in json.loads(_ip("-json", "link", "show"))]


def _has_link(name: str) -> bool:
    return name in _links()


def _namespaces() -> list[str]:
    listed = _ip("netns", "list")
    return [line.split()[0] for line in listed.splitlines() if line.strip()]
