"""Where a mirror stands: mirror.json, from bytes of anybody and back (mirror.md)."""

import json
import re
from typing import Any, NamedTuple

from registry.mirror.errors import RefusedError
from registry.mirror.range_file import RegistryId

MAX_STANDING_BYTES = 64 * 1024
MAX_HOMES = 100
_CONTRACT = re.compile(r"0x[0-9a-f]{40}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Standing(NamedTuple):
    """What a mirror says of itself; nobody has to believe it."""

    registry: RegistryId
    size: int
    head: bytes
    time: int
    vouched_size: int | None
    as_of: int | None
    names: tuple[str, str] | None
    made_at: int
    homes: tuple[RegistryId, ...] = ()
    """The registries its journal was at home in, the first and the one in force among them."""

    @property
    def all_homes(self) -> tuple[RegistryId, ...]:
        """The homes it tells of; the one of the journal at least."""
        return self.homes or (self.registry,)


def write_standing(standing: Standing) -> bytes:
    """The bytes of mirror.json."""
    names = standing.names
    members = {
        "version": 1,
        "chain_id": standing.registry.chain_id,
        "contract": f"0x{standing.registry.contract.hex()}",
        "size": standing.size,
        "head": standing.head.hex(),
        "time": standing.time,
        "vouched_size": standing.vouched_size,
        "as_of": standing.as_of,
        "names": None if names is None else {"zh-Hant": names[0], "en": names[1]},
        "made_at": standing.made_at,
        "homes": [
            {"chain_id": home.chain_id, "contract": f"0x{home.contract.hex()}"}
            for home in standing.all_homes
        ],
    }
    return json.dumps(members, ensure_ascii=False, indent=1).encode() + b"\n"


def read_standing(source: bytes) -> Standing:
    """What a mirror.json says. Raises RefusedError (malformed)."""
    try:
        members = json.loads(source.decode("utf-8"), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise _malformed("is not JSON") from error
    if not isinstance(members, dict) or members.get("version") != 1:
        raise _malformed("is of another version")
    return Standing(
        _registry(members),
        _number(members, "size"),
        bytes.fromhex(_text(members, "head", _DIGEST)),
        _number(members, "time"),
        _optional_number(members, "vouched_size"),
        _optional_number(members, "as_of"),
        _names(members.get("names")),
        _number(members, "made_at"),
        _homes(members.get("homes", [])),
    )


def _registry(members: dict[str, Any]) -> RegistryId:
    contract = bytes.fromhex(_text(members, "contract", _CONTRACT)[2:])
    return RegistryId(_number(members, "chain_id"), contract)


def _homes(value: object) -> tuple[RegistryId, ...]:
    if not isinstance(value, list) or len(value) > MAX_HOMES:
        raise _malformed("has no usable list of homes")
    return tuple(_registry(home if isinstance(home, dict) else {}) for home in value)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands there twice")
    return members


def _number(members: dict[str, Any], name: str) -> int:
    value = members.get(name)
    if type(value) is not int or not 0 <= value < 1 << 64:
        raise _malformed(f"has no usable {name}")
    return value


def _optional_number(members: dict[str, Any], name: str) -> int | None:
    return None if members.get(name) is None else _number(members, name)


def _text(members: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = members.get(name)
    if not isinstance(value, str) or form.fullmatch(value) is None:
        raise _malformed(f"has no usable {name}")
    return value


def _names(value: object) -> tuple[str, str] | None:
    match value:
        case {"zh-Hant": str(zh_hant), "en": str(en)} if max(len(zh_hant), len(en)) <= 120:
            return zh_hant, en
    return None


def _malformed(why: str) -> RefusedError:
    return RefusedError(f"its mirror.json {why}", "malformed")
