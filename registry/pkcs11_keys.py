"""Signing keys inside a hardware module, through PKCS #11: for batches and for checkpoints.

A key is named by its URI (RFC 7512):

    pkcs11:token=Council;object=signer-1?module-path=/usr/lib/softhsm/libsofthsm2.so

ES256 only: modules that sign with ML-DSA-44 have no common mechanism yet. The private key never
leaves the module; each signature is checked with the public half before it is given away.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

import pkcs11
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from credential.errors import SignatureError
from credential.ids import Kid
from credential.keys import ALG_ES256, encode_es256_key, kid_of, load_key, low_s
from registry.key_uris import SCHEME
from registry.plain_words import explained
from registry.rim_errors import KeyFileError

AskPin = Callable[[str], str]
"""Gives the PIN of the token with this label."""

_WORDS: Final[dict[str, str]] = {
    "NoSuchToken": "no token of this label is in the module",
    "NoSuchKey": "no key of this label is on the token",
    "MultipleObjectsReturned": "several keys of this label are on the token",
    "MultipleTokensReturned": "several tokens have this label",
    "PinIncorrect": "the PIN is wrong",
    "PinLocked": "the PIN is locked after too many wrong ones",
    "TokenNotPresent": "the token is not in its slot",
    "DeviceRemoved": "the module was removed",
}


class KeyUri(NamedTuple):
    """Where a key is: the module's library, the token's label and the key's."""

    text: str
    module: str
    token: str
    label: str


def parse_uri(text: str, default_module: str | None = None) -> KeyUri:
    """Return the parts of a URI; raises `KeyFileError` for one that does not name all three."""
    path, _, query = text.removeprefix(SCHEME).partition("?")
    try:
        parts = dict(part.split("=", 1) for part in path.split(";"))
    except ValueError as error:
        raise _unusable(text, "it is no URI of RFC 7512") from error
    module = dict(parse_qsl(query)).get("module-path", default_module)
    unknown = parts.keys() - {"token", "object", "type"}
    if unknown or not parts.get("token") or not parts.get("object"):
        raise _unusable(text, "it must name token= and object=, and nothing else but type=")
    if not module:
        raise _unusable(text, "no module: add ?module-path=… or set SEALROOT_PKCS11_MODULE")
    return KeyUri(text, module, unquote(parts["token"]), unquote(parts["object"]))


class Pkcs11Key:
    """A signing key in a module; the PIN is asked for once, when the key is opened."""

    alg: Final = ALG_ES256

    def __init__(self, uri: KeyUri, ask_pin: AskPin) -> None:
        """Find the key; raises `KeyFileError` where module, token, PIN or key are not there."""
        self._uri = uri
        self._pin = ask_pin(uri.token)
        with _opened(uri, self._pin) as session:
            public = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=uri.label)
            self.cose_key = _cose_key(uri, public)
        self.kid: Kid = kid_of(self.cose_key)
        self._verifying = load_key(self.cose_key)

    def sign(self, message: bytes) -> bytes:
        """Return the COSE signature over the message, with low s."""
        with _opened(self._uri, self._pin) as session:
            private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self._uri.label)
            signature = private.sign(sha256(message).digest(), mechanism=Mechanism.ECDSA)
        signed = low_s(bytes(signature))
        try:
            self._verifying.verify(signed, message)
        except SignatureError as error:
            # A faulty module gives away its key with its signatures: none may leave.
            raise _unusable(self._uri.text, "the module's signature is false") from error
        return signed


def make_key(uri: KeyUri, ask_pin: AskPin) -> Pkcs11Key:
    """A new ES256 key is in the module, and cannot be taken out of it.

    Raises `KeyFileError` where the token has a key of this label.
    """
    pin = ask_pin(uri.token)
    with _opened(uri, pin, writes=True) as session:
        if list(session.get_objects({Attribute.LABEL: uri.label})):
            raise _unusable(uri.text, "the token has a key of this label, which is never replaced")
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
        private = {
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.SIGN: True,
            Attribute.TOKEN: True,
        }
        parameters.generate_keypair(
            mechanism=Mechanism.EC_KEY_PAIR_GEN,
            store=True,
            label=uri.label,
            private_template=private,
        )
    return Pkcs11Key(uri, lambda _token: pin)


@contextmanager
def _opened(uri: KeyUri, pin: str, *, writes: bool = False) -> Iterator[Any]:
    """A session with the token; what the module reports is told in words."""
    try:
        token = pkcs11.lib(uri.module).get_token(token_label=uri.token)
        with token.open(user_pin=pin, rw=writes) as session:
            yield session
    except (PKCS11Error, RuntimeError, OSError) as error:
        name = type(error).__name__
        why = _WORDS.get(name, f"the module reports {name} {str(error)[:120]}".rstrip())
        raise _unusable(uri.text, why) from error


def _cose_key(uri: KeyUri, public: Any) -> bytes:  # noqa: ANN401 - the class depends on the module
    try:
        loaded = load_der_public_key(encode_ec_public_key(public))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unusable(uri.text, "its public half is no elliptic key") from error
    if not isinstance(loaded, ec.EllipticCurvePublicKey) or not isinstance(
        loaded.curve, ec.SECP256R1
    ):
        raise _unusable(uri.text, "it is not of P-256, and ES256 needs that")
    return encode_es256_key(loaded)


def _unusable(text: str, why: str) -> KeyFileError:
    return explained(
        KeyFileError(f"the key {text} cannot be used: {why}"),
        means="Nothing was signed with it.",
        way_out="Check the URI, the PIN and the module; list its keys with `pkcs11-tool`.",
    )
