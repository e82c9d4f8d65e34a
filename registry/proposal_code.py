"""The short code of a proposal: what members compare by voice before they approve.

SHA-256 of `sealroot/proposal/1`, the chain id (32 bytes), the council (20), the number (32), the
target (20) and the call data, printed like the digest of a trust anchor: 24 characters of Crockford
base32. Whoever is shown another call, by a node that lies, sees another code; and the council
refuses an approval that was given for another call than it holds.
"""

from hashlib import sha256
from typing import Final

from registry.anchor_file import short_digest

PREFIX: Final = b"sealroot/proposal/1"
_LOOK_ALIKE: Final = str.maketrans("OIL", "011")


def proposal_digest(
    chain_id: int, council: bytes, number: int, target: bytes, call: bytes
) -> bytes:
    """Return the digest by which the council tells this proposal from any other (ICouncil.sol)."""
    return sha256(_preimage(chain_id, council, number, target, call)).digest()


def proposal_code(chain_id: int, council: bytes, number: int, target: bytes, call: bytes) -> str:
    """Return the code of one proposal: the first 15 bytes of its digest."""
    return short_digest(_preimage(chain_id, council, number, target, call))


def _preimage(chain_id: int, council: bytes, number: int, target: bytes, call: bytes) -> bytes:
    fixed = (chain_id.to_bytes(32, "big"), council, number.to_bytes(32, "big"), target)
    return b"".join((PREFIX, *fixed, call))


def registry_code(chain_id: int, registry: bytes, council: bytes, manager: bytes) -> str:
    """Return the code of a registry's three contracts: members compare it when they join."""
    fixed = (b"sealroot/contracts/1", chain_id.to_bytes(32, "big"), registry, council, manager)
    return short_digest(b"".join(fixed))


def is_same_code(typed: str, code: str) -> bool:
    """Return whether a code as a person types it (any case, with or without -) is this one."""
    plain = "".join(typed.split()).replace("-", "").upper().translate(_LOOK_ALIKE)
    return plain == code.replace("-", "")
