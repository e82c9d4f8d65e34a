"""Proposals for tests of the words: any call of any contract, in a registry of three agencies."""

from typing import Any

from eth_utils.address import to_checksum_address

from registry.artifacts import CONTRACT_NAMES, ContractName, artifact
from registry.chain import encode_call
from registry.decoded_call import DecodedCall, decoded
from registry.explained_proposal import Explained, explained_proposal
from registry.payload_codec import encode_agency_code
from registry.seen import AccreditationSeen, AddressSeen, AgencySeen, KeySeen, Seen, SignersSeen
from registry.told import Told

NOW = 1_800_000_000
CONTRACTS: dict[ContractName, str] = {
    "Registry": to_checksum_address("0x" + "11" * 20),
    "Council": to_checksum_address("0x" + "22" * 20),
    "AccessManager": to_checksum_address("0x" + "33" * 20),
}
MEMBERS = tuple(to_checksum_address("0x" + digit * 40) for digit in "abc")
PERSON = to_checksum_address("0x" + "4d" * 20)
OTHER_PERSON = to_checksum_address("0x" + "4d" * 19 + "4e")
STRANGER = to_checksum_address("0x" + "7f" * 20)
AGENCY_ACCOUNT = to_checksum_address("0x" + "5e" * 20)
KNOWN_KID = "ab" * 16
REGISTRY_NAME = Told("示範登錄簿", "Demonstration Registry")


def seen_of(contract: ContractName, call: bytes, **changes: object) -> Seen:
    """What a machine with a network sees of this call."""
    known: dict[str, Any] = {
        "chain_id": 31337,
        "registry": CONTRACTS["Registry"],
        "council": CONTRACTS["Council"],
        "manager": CONTRACTS["AccessManager"],
        "at": NOW,
        "journal_size": 42,
        "number": 7,
        "state": "open",
        "proposer": MEMBERS[0],
        "target": CONTRACTS[contract],
        "call": call.hex(),
        "approved_by": (MEMBERS[0],),
        "members": MEMBERS,
        "threshold": 2,
        "pause_threshold": 1,
        "needed": 2,
        "expires_at": NOW + 1000,
        "ready_at": 0,
        "is_immediate": True,
        "delay_seconds": 0,
        "lapse_seconds": 604_800,
        "agencies": {
            "A15030000C": AgencySeen(zh_hant="內政部", en="Ministry", state="active"),
            "OFFICE": AgencySeen(zh_hant="臺北市監理所", en="Motor Office", state="suspended"),
        },
        "keys": {
            KNOWN_KID: KeySeen(agency="OFFICE"),
        },
        "accreditations": {
            1: AccreditationSeen(agency="A15030000C", type_no=2, until=0, ended=False)
        },
        "types": {2: (1, "駕駛執照", "Driver licence")},
        "addresses": {
            PERSON: AddressSeen(sent=3),
            AGENCY_ACCOUNT: AddressSeen(agencies=("OFFICE",), sent=9),
            MEMBERS[1]: AddressSeen(is_member=True, sent=1),
            CONTRACTS["Council"]: AddressSeen(has_code=True, sent=1),
        },
        "signers": SignersSeen(threshold=2, kids=("cd" * 16, "ef" * 16)),
    }
    return Seen(**{**known, **changes})


def call_of(contract: ContractName, function: str, *arguments: object) -> bytes:
    """The bytes of a call; agency codes may be given as text."""
    return encode_call(contract, function, list(arguments))


def read(contract: ContractName, call: bytes, **changes: object) -> tuple[Explained, DecodedCall]:
    """What a member reads of this call."""
    seen = seen_of(contract, call, **changes)
    found = decoded(
        {address.lower(): name for name, address in CONTRACTS.items()}, seen.target, call
    )
    return explained_proposal(seen, found, REGISTRY_NAME), found


def alerts_of(
    contract: ContractName, function: str, *arguments: object, **changes: object
) -> set[str]:
    """The codes of what stands out in this call."""
    told, _ = read(contract, call_of(contract, function, *arguments), **changes)
    return {alert.code for alert in told.alerts}


def changing_functions() -> list[tuple[ContractName, str, list[dict[str, Any]]]]:
    """Every function of our contracts that changes anything, with its inputs."""
    return [
        (contract, item["name"], item["inputs"])
        for contract in CONTRACT_NAMES
        for item in artifact(contract).abi
        if item["type"] == "function" and item["stateMutability"] not in {"view", "pure"}
    ]


def sample(kind: str) -> Any:  # noqa: ANN401 - whatever the ABI takes
    """A value of this ABI type."""
    if kind == "tuple[]":
        return []  # entries of a journal, which nobody proposes
    if kind.endswith("[]"):
        return [sample(kind.removesuffix("[]"))]
    if kind == "bytes16":
        return encode_agency_code("OFFICE")
    if kind.startswith("bytes"):
        return bytes(int(kind.removeprefix("bytes") or 5))
    return {"address": PERSON, "string": "新名\nNew name", "bool": True}.get(kind, 3)


code = encode_agency_code
