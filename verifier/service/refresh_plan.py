"""What a service refreshes its trust from, as settings that one process hands to another."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from registry.plain_words import explained
from verifier.errors import UsageError

END = "end"
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class RefreshPlan:
    """Sources in the order in which they are asked; the chain last."""

    folder: Path
    trust_anchor: Path
    bundle: Path | None = None
    mirrors: tuple[str, ...] = ()
    rpc: str | None = None
    kind: str = "full"
    every_seconds: float = 300.0
    old_after_seconds: int = 3 * 86_400
    request_seconds: float = 60.0
    round_seconds: float = 600.0
    """After so long a round is ended, whatever it waits for."""

    def __post_init__(self) -> None:
        """Refuse a plan with nothing to ask, or with an address that is none."""
        if self.bundle is None and not self.mirrors and self.rpc is None:
            raise explained(
                UsageError("nothing says where trust data come from"),
                means="Without trust data no document can be judged, so the service does not "
                "start.",
                way_out="Give --bundle FILE, --source URL (a mirror; repeat for fall-back), or "
                "--rpc URL of a node that you trust.",
            )
        addresses = (*self.mirrors, *([] if self.rpc is None else [self.rpc]))
        for address in addresses:
            if not address.startswith(_SCHEMES) and (
                address == self.rpc or not Path(address).is_dir()
            ):
                raise explained(
                    UsageError(f"{address!r} is no address and no folder"),
                    means="Nothing could be asked there, so the service does not start.",
                    way_out="An address begins with http:// or https://; a mirror may also be a "
                    "folder that is there.",
                )

    @property
    def is_fixed(self) -> bool:
        """Say whether a file is all there is: nothing is asked over a network."""
        return not self.mirrors and self.rpc is None

    def to_json(self) -> str:
        """Return the plan as one line."""
        return json.dumps(asdict(self), default=str)


def plan_from_json(text: str) -> RefreshPlan:
    """Return the plan that `to_json` wrote."""
    members = json.loads(text)
    for name in ("folder", "trust_anchor", "bundle"):
        members[name] = None if members[name] is None else Path(members[name])
    members["mirrors"] = tuple(members["mirrors"])
    return RefreshPlan(**members)
