"""What peers take to decode and verify an equivalent credential made by their own encoders."""

from collections.abc import Callable
from typing import Final

import claim169
import cwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwcrypto.jwk import JWK
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from benchmarks.measure import over
from benchmarks.world import OFFICE, Key
from issuer.prepare import PreparedRecord

# The peers read the machine's clock, so their credentials are in force from 2020 until 2096.
_ISSUED_AT: Final = 1_600_000_000
_EXPIRES_AT: Final = 4_000_000_000
_MALE, _FEMALE = 1, 2


def peer_works(records: list[PreparedRecord]) -> dict[str, Callable[[], object]]:
    """Return a work for each peer: the text or token of a record is decoded and verified."""
    key = Key()
    return {
        **_claim169_works(records, key),
        **_cwt_work(records, key),
        **_sd_jwt_work(records, key),
    }


def _claim169_works(records: list[PreparedRecord], key: Key) -> dict[str, Callable[[], object]]:
    """Return its fastest way, Ed25519 through the compiled function, and two others."""
    edwards = Ed25519PrivateKey.generate()
    edwards_public = edwards.public_key().public_bytes_raw()
    secret = key.private.private_numbers().private_value.to_bytes(32, "big")
    point = key.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    made = [(_claim169_claims(record), _claim169_meta()) for record in records]
    signed = [
        claim169.encode(*claims, sign_with_ed25519=edwards.private_bytes_raw()) for claims in made
    ]
    signed_p256 = [claim169.encode(*claims, sign_with_ecdsa_p256=secret) for claims in made]
    return {
        "claim169": over(lambda text: claim169.decode_with_ed25519(text, edwards_public), signed),
        "claim169 decode()": over(
            lambda text: claim169.decode(text, verify_with_ed25519=edwards_public), signed
        ),
        "claim169 P-256": over(
            lambda text: claim169.decode_with_ecdsa_p256(text, point), signed_p256
        ),
    }


def _claim169_claims(record: PreparedRecord) -> claim169.Claim169Input:
    """Return the fields claim169 has a place for: seven of nine, so it carries less than we do."""
    fields = record.fields
    claims = claim169.Claim169Input(id=str(fields[1]), full_name=str(fields[2]))
    claims.secondary_full_name = str(fields[3])
    claims.gender = _MALE if fields[4] == "M" else _FEMALE
    claims.date_of_birth = str(fields[5])
    claims.legal_status = str(fields[6])
    claims.address = str(fields[8])
    return claims


def _claim169_meta() -> claim169.CwtMetaInput:
    meta = claim169.CwtMetaInput(issuer=OFFICE, expires_at=_EXPIRES_AT)
    meta.not_before, meta.issued_at = _ISSUED_AT, _ISSUED_AT
    return meta


def _cwt_work(records: list[PreparedRecord], key: Key) -> dict[str, Callable[[], object]]:
    signing = cwt.COSEKey.from_pem(_private_pem(key.private), kid=key.kid)
    verifying = cwt.COSEKey.from_pem(_public_pem(key.private), kid=key.kid)
    tokens = [
        cwt.encode(
            {1: str(OFFICE), 4: _EXPIRES_AT, 6: _ISSUED_AT, -65538: dict(record.fields)}, signing
        )
        for record in records
    ]
    return {"cwt": over(lambda token: cwt.decode(token, verifying), tokens)}


def _sd_jwt_work(records: list[PreparedRecord], key: Key) -> dict[str, Callable[[], object]]:
    signing = JWK.from_pem(_private_pem(key.private).encode())
    verifying = JWK.from_pem(_public_pem(key.private).encode())
    tokens = [
        SDJWTIssuer(_jwt_claims(record), signing, sign_alg="ES256").sd_jwt_issuance
        for record in records[:64]
    ]

    def verify(token: str) -> object:
        return SDJWTVerifier(token, lambda _issuer, _header: verifying).get_verified_payload()

    return {"sd-jwt": over(verify, tokens)}


def _jwt_claims(record: PreparedRecord) -> dict[str, object]:
    fields = {f"field_{label}": value for label, value in record.fields.items()}
    return {"iss": str(OFFICE), "iat": _ISSUED_AT, "nbf": _ISSUED_AT, "exp": _EXPIRES_AT, **fields}


def _private_pem(key: EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_pem(key: EllipticCurvePrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
