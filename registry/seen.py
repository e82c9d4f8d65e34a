"""What was seen of a proposal and of the registry around it, before anybody says what it means.

At a machine with a network it is gathered from the chain (registry/look_at_proposal.py); a machine
without one gets it in a file. Only number, target and call are what an approval is about; all else
is as the machine that looked tells it, and stands in the file for the words.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
Code = Annotated[str, Field(pattern=r"^[0-9A-Z-]{1,16}$")]
Hex = Annotated[str, Field(pattern=r"^(?:[0-9a-f]{2})*$", max_length=256 * 1024)]
KidHex = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, Field(max_length=480)]
Seconds = Annotated[int, Field(ge=0, lt=1 << 64)]


class _Seen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgencySeen(_Seen):
    """An agency as the journal has it now."""

    zh_hant: Text
    en: Text
    state: Text


class KeySeen(_Seen):
    """A key the proposal speaks of; `agency` is empty for one that is no batch key."""

    agency: Text = ""
    ended: bool = False
    compromised: bool = False
    signs_checkpoints: bool = False


class AccreditationSeen(_Seen):
    """An accreditation the proposal speaks of."""

    agency: Code
    type_no: int
    until: Seconds
    ended: bool


class AddressSeen(_Seen):
    """An account the proposal names: whose it is known to be, and what the chain says of it."""

    agencies: tuple[Code, ...] = ()
    is_member: bool = False
    has_code: bool = False
    sent: int = 0


class SignersSeen(_Seen):
    """The checkpoint signers in force."""

    threshold: int
    kids: tuple[KidHex, ...]


class Seen(_Seen):
    """A proposal and what surrounds it, as of the chain's time `at`."""

    chain_id: Annotated[int, Field(ge=1)]
    registry: Address
    council: Address
    manager: Address
    at: Seconds
    journal_size: int
    number: Annotated[int, Field(ge=1)]
    state: Text
    proposer: Address
    target: Address
    call: Hex
    approved_by: tuple[Address, ...]
    members: tuple[Address, ...]
    threshold: int
    pause_threshold: int
    needed: int
    expires_at: Seconds
    ready_at: Seconds
    is_immediate: bool
    delay_seconds: Seconds
    lapse_seconds: Seconds
    agencies: dict[Code, AgencySeen]
    keys: dict[KidHex, KeySeen]
    accreditations: dict[int, AccreditationSeen]
    types: dict[int, tuple[int, Text, Text]]
    addresses: dict[Address, AddressSeen]
    signers: SignersSeen | None

    def call_bytes(self) -> bytes:
        """Return the call data."""
        return bytes.fromhex(self.call)

    def is_decided(self) -> bool:
        """Return whether enough members approve."""
        return len(self.approved_by) >= self.needed
