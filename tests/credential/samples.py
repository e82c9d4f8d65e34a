"""Credentials, keys and random values that the tests of this folder share."""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import strategies as st

from credential.batch import SealedBatch, seal_batch
from credential.cbor import Value
from credential.entry import Entry, encode_entry
from credential.ids import AgencyCode, UnixTime
from credential.keys import ALG_ES256, encode_es256_key, kid_of
from credential.sealed import registry_aad

CONTRACT = bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3")
AAD = registry_aad(31337, CONTRACT)
PRIVATE_KEY = ec.derive_private_key(0x5EA1, ec.SECP256R1())
COSE_KEY = encode_es256_key(PRIVATE_KEY.public_key())
KID = kid_of(COSE_KEY)


def sign_es256(message: bytes) -> bytes:
    """Return r || s over the message, s high or low as it comes."""
    r, s = decode_dss_signature(PRIVATE_KEY.sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def driver_licence(index: int = 4711, **changes: object) -> Entry:
    """Return the entry of a driver licence with ten fields."""
    entry = Entry(
        iss=AgencyCode("A15030000C"),
        iat=UnixTime(1_700_000_000),
        nbf=UnixTime(1_700_000_000),
        exp=UnixTime(1_900_000_000),
        cti=sha256(index.to_bytes(4, "big")).digest()[:16],
        type_no=2,
        type_version=1,
        list_no=1,
        index=index,
        fields={
            1: "DL-000123456",
            2: "王𠮷明‧Kacaw",
            3: "A123456789",
            4: "1990-01-01",
            5: "M",
            6: "B",
            7: "2020-01-01",
            8: 3,
            9: "2030-01-01",
            24: "臺北市中正區重慶南路一段 122 號",
        },
        other={},
    )
    return entry._replace(**changes)


def batch_of(size: int) -> SealedBatch:
    """Return a batch of that many driver licences, signed with the ES256 key above."""
    entries = [encode_entry(driver_licence(index)) for index in range(size)]
    return seal_batch(entries, alg=ALG_ES256, kid=KID, aad=AAD, sign=sign_es256)


texts = st.text(st.characters(codec="utf-8"), max_size=30)
integers = st.integers(-(2**64), 2**64 - 1) | st.integers(-30, 300)
scalars: st.SearchStrategy[Value] = st.one_of(
    integers, texts, st.binary(max_size=30), st.booleans(), st.none()
)
keys = st.one_of(integers, texts, st.binary(max_size=8))
values: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=12,
)

labels = st.integers(1, 65_535)
_field_scalars: st.SearchStrategy[Value] = st.one_of(
    integers, texts, st.binary(max_size=30), st.booleans()
)
_field_values: st.SearchStrategy[Value] = st.recursive(
    _field_scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(labels, inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Draw an entry of any shape docs/formats/sealed.md permits."""
    iat, nbf = draw(st.integers(0, 2**33)), draw(st.none() | st.integers(0, 2**33))
    exp = draw(st.none() | st.integers((nbf or 0) + 1, 253_402_300_799))
    return Entry(
        iss=AgencyCode(draw(st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,15}", fullmatch=True))),
        iat=UnixTime(iat),
        nbf=None if nbf is None else UnixTime(nbf),
        exp=None if exp is None else UnixTime(exp),
        cti=draw(st.binary(min_size=16, max_size=16)),
        type_no=draw(st.integers(1, 2**32 - 1)),
        type_version=draw(st.integers(1, 65_535)),
        list_no=draw(st.integers(1, 2**32 - 1)),
        index=draw(st.integers(0, 67_108_863)),
        fields=draw(st.dictionaries(labels, _field_values, min_size=1, max_size=8)),
        other=draw(
            st.dictionaries(
                st.integers(8, 2**64 - 1) | st.integers(-65_536, -1), _field_values, max_size=2
            )
        ),
    )


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Draw the bytes with one thing done to them: a byte changed, cut, doubled or added."""
    at = draw(st.integers(0, len(whole) - 1))
    other = draw(st.integers(0, 255))
    changed = whole[:at] + bytes((other,)) + whole[at + 1 :]
    return draw(
        st.sampled_from(
            [
                changed,
                whole[:at],
                whole[:at] + whole[at + 1 :],
                whole[:at] + bytes((other,)) + whole[at:],
                whole + bytes((other,)),
            ]
        )
    )
