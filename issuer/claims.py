"""A prepared record as the database keeps it until its entry is made.

And the entry made from it.
"""

from typing import NamedTuple

from credential import cbor
from credential.cbor import Value
from credential.entry import Entry
from credential.errors import StructureError
from credential.ids import AgencyCode, UnixTime
from credential.types import CredentialType
from issuer.validity import Validity


class Slot(NamedTuple):
    """A status slot: which list, which index."""

    list_no: int
    slot_index: int


class Claims(NamedTuple):
    """The fields of an entry and its validity, before the moment of sealing is known."""

    fields: dict[int, Value]
    validity: Validity


def encode_claims(claims: Claims) -> bytes:
    """Return the claims as bytes for the database; they never leave it in this form."""
    validity = claims.validity
    fields: dict[cbor.Key, Value] = dict(claims.fields.items())
    return cbor.encode([fields, validity.nbf, validity.exp, validity.days])


def decode_claims(stored: bytes) -> Claims:
    """Return the claims from the database.

    Raises StructureError when the bytes are not what was stored.
    """
    match cbor.decode(stored):
        case [dict(fields), nbf, exp, days]:
            return Claims(fields, Validity(nbf, exp, days))  # type: ignore[arg-type]  # written by encode_claims
        case _:
            raise StructureError("these are not the claims that were stored")


def entry_of(
    agency: AgencyCode,
    kind: CredentialType,
    claims: Claims,
    *,
    cti: bytes,
    slot: Slot,
    iat: UnixTime,
) -> Entry:
    """Return the entry of a credential sealed at `iat`."""
    return Entry(
        iss=agency,
        iat=iat,
        nbf=claims.validity.nbf,
        exp=claims.validity.exp_at(iat),
        cti=cti,
        type_no=kind.type_no,
        type_version=kind.version,
        list_no=slot.list_no,
        index=slot.slot_index,
        fields=claims.fields,
        other={},
    )
