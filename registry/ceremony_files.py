"""The two files of a decision that is signed on a machine without a network.

    PROPOSAL FILE   what was seen of a proposal, and the nonce of the member who will sign
    SIGNED FILE     the member's signed transaction, to be sent by anybody

The signing machine takes only the nonce and what was seen from the first file: council, chain and
act it knows itself, so the file cannot make it sign anything else than this act on this proposal.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import rlp
from eth_utils.address import to_checksum_address
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from registry.chain import encode_call
from registry.chain_protocol import ChainAccount
from registry.explained_proposal import code_of_proposal, digest_of_proposal
from registry.home import RegistrySettings
from registry.plain_words import explained
from registry.public_folder import write_atomically
from registry.rim_errors import CouncilError
from registry.seen import Address, Hex, Seen

MOST_FILE_BYTES: Final = 4 * 1024 * 1024
GAS_LIMIT: Final = 8_000_000
"""Gas costs nothing on a registry's chain; what an act does not use is given back."""


class CeremonyAct(StrEnum):
    """What a member does with a proposal."""

    APPROVE = "approve"
    WITHDRAW = "withdraw"
    EXECUTE = "execute"
    CANCEL = "cancel"


class ProposalFile(BaseModel):
    """A proposal on its way to a machine without a network."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["sealroot-proposal-1"] = "sealroot-proposal-1"
    act: CeremonyAct
    member: Address
    nonce: Annotated[int, Field(ge=0, lt=1 << 64)]
    seen: Seen


class SignedFile(BaseModel):
    """A member's signed act on its way to the chain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["sealroot-signed-act-1"] = "sealroot-signed-act-1"
    act: CeremonyAct
    number: Annotated[int, Field(ge=1)]
    code: Annotated[str, Field(pattern=r"^[0-9A-Z-]{29}$")]
    member: Address
    transaction: Hex


FileT = TypeVar("FileT", ProposalFile, SignedFile)


def write_ceremony_file(path: Path, file: ProposalFile | SignedFile) -> None:
    """The file is on disk."""
    write_atomically(path, (file.model_dump_json(indent=1) + "\n").encode())


def read_ceremony_file(path: Path, kind: type[FileT]) -> FileT:
    """Return such a file. Raises `CouncilError` for anything else."""
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise _unusable(path, f"it is larger than {MOST_FILE_BYTES} bytes")
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise _unusable(path, f"it cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unusable(path, f"{where or 'it'}: {first['msg']}") from error


def signed_act(file: ProposalFile, settings: RegistrySettings, account: ChainAccount) -> SignedFile:
    """Return the act signed by its member, for the council that `settings` name.

    Raises `CouncilError` for another registry's proposal or another member's file.
    """
    seen = file.seen
    there = (seen.chain_id, seen.council.lower(), seen.registry.lower())
    if there != (settings.chain_id, settings.council.lower(), settings.registry.lower()):
        raise _not_ours("the file is of another registry than the one in registry.json")
    if account.address.lower() != file.member.lower():
        raise _not_ours(f"the file was made for {file.member}, and this is {account.address}")
    transaction = {
        "chainId": settings.chain_id,
        "nonce": file.nonce,
        "gasPrice": 0,
        "gas": GAS_LIMIT,
        "to": str(to_checksum_address(settings.council)),
        "value": 0,
        "data": _call(file),
    }
    return SignedFile(
        act=file.act,
        number=seen.number,
        code=code_of_proposal(seen),
        member=account.address,
        transaction=account.sign_transaction(transaction).hex(),
    )


def _call(file: ProposalFile) -> bytes:
    """The act's call; an approval is bound to the call that was read and serves no other."""
    if file.act is CeremonyAct.APPROVE:
        bound = [file.seen.number, digest_of_proposal(file.seen)]
        return encode_call("Council", "approveCall", bound)
    return encode_call("Council", file.act.value, [file.seen.number])


class SignedElsewhere:
    """An account that can only sign the one transaction it signed on another machine."""

    def __init__(self, signed: SignedFile) -> None:
        self.address = signed.member
        self._raw = bytes.fromhex(signed.transaction)
        try:
            self._fields: list[bytes] = list(rlp.decode(self._raw))
        except rlp.DecodingError as error:
            raise _not_ours("the file holds no signed transaction") from error

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """Return the signed transaction. Raises `CouncilError` where it is not this one."""
        if len(self._fields) != 9:
            raise _not_ours("the file holds no signed transaction of the kind this chain takes")
        nonce, _price, _gas, to, value, data = self._fields[:6]
        wanted = (bytes.fromhex(str(transaction["to"])[2:]), b"", bytes(transaction["data"]))
        if (to, value, data) != wanted:
            raise _not_ours("the signed transaction is not the act that the file names")
        if int.from_bytes(nonce, "big") != transaction["nonce"]:
            raise explained(
                CouncilError("the member's account has sent something since the file was signed"),
                means="This signature can no longer be used; nothing was sent.",
                way_out="Export the proposal again with `council show --export`, and sign it anew.",
            )
        return self._raw


def _unusable(path: Path, why: str) -> CouncilError:
    return explained(
        CouncilError(f"the file {path} cannot be used: {why}"),
        means="Nothing was signed or sent.",
        way_out="Export the proposal again: `sealroot registry council show NUMBER --export FILE`.",
    )


def _not_ours(why: str) -> CouncilError:
    return explained(
        CouncilError(why),
        means="Nothing was signed or sent.",
        way_out="Ask who gave you the file, and compare the short code by voice.",
    )
