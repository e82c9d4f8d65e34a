"""Entry data: every kind there and back, and every malformed field refused."""

import pytest

from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from credential.keys import ALG_EDDSA, ALG_MLDSA44
from registry import payloads as p
from registry.errors import JournalError
from registry.kinds import AlgorithmPhase, KeyPurpose, Kind
from registry.payload_codec import decode_payload, encode_payload, kind_of
from tests.simulator import SimulatedKey

A1 = AgencyCode("A1-B")
ACCOUNT, OTHER = bytes(range(1, 21)), bytes(range(2, 22))
KID, DIGEST, ROOT = Kid(bytes(16)), Digest(bytes(32)), Root(bytes(32))
NAMES = p.Names("𠮷野家‧公所", "Office of O'Neil-Smith")
KEY = SimulatedKey("k")
EXAMPLES: list[p.Payload] = [
    p.AgencyRegistered(A1, ACCOUNT, OTHER, NAMES),
    p.AgencyRenamed(A1, NAMES),
    p.AgencyAccountsChanged(A1, ACCOUNT, OTHER),
    p.AgencySuspended(A1),
    p.AgencyResumed(A1),
    p.AgencyClosed(A1, None),
    p.AgencyClosed(A1, AgencyCode("A2")),
    p.KeyAdded(A1, KEY.kid, -7, KeyPurpose.SIGN_BATCH_ROOTS, KEY.cose_key),
    p.KeyEnded(KID),
    p.KeyCompromised(KID, UnixTime(2**64 - 1)),
    p.BatchConfirmed(A1, 7),
    p.AccreditationGranted(1, A1, 2, 3, UnixTime(4)),
    p.AccreditationDelegated(2, 1, A1, 2, 255, UnixTime(0)),
    p.AccreditationEnded(1),
    p.TypeRegistered(2**32 - 1, 65535, DIGEST),
    p.BatchAnchored(A1, 1, ROOT, 4096, KID),
    p.StatusPublished(A1, 1, 2, DIGEST),
    p.AlgorithmSet(-48, AlgorithmPhase.STOP, UnixTime(1)),
    p.CheckpointSignersSet(
        2,
        (
            KEY.cose_key,
            SimulatedKey("e", ALG_EDDSA).cose_key,
            SimulatedKey("m", ALG_MLDSA44).cose_key,
        ),
    ),
    p.SuccessorRegistrySet(2**256 - 1, ACCOUNT),
    p.JournalCarried(1, ACCOUNT),
    p.RegistryRecognised(1, 2**64 - 1, OTHER, UnixTime(0), b"\xa0\x01"),
    p.RecognitionEnded(2**64 - 1),
]


@pytest.mark.parametrize("payload", EXAMPLES, ids=lambda payload: type(payload).__name__)
def test_a_payload_survives_its_bytes(payload: p.Payload) -> None:
    assert decode_payload(kind_of(payload), encode_payload(payload)) == payload


def test_there_is_an_example_of_every_kind() -> None:
    assert {kind_of(payload) for payload in EXAMPLES} == set(Kind)


@pytest.mark.parametrize("payload", EXAMPLES, ids=lambda payload: type(payload).__name__)
def test_a_payload_without_its_last_byte_is_refused_or_another_tail(payload: p.Payload) -> None:
    encoded = encode_payload(payload)
    has_tail = kind_of(payload) in {
        Kind.AGENCY_REGISTERED,
        Kind.AGENCY_RENAMED,
        Kind.KEY_ADDED,
        Kind.REGISTRY_RECOGNISED,
    }
    if has_tail:
        assert decode_payload(kind_of(payload), encoded[:-1]) != payload
    else:
        with pytest.raises(JournalError):
            decode_payload(kind_of(payload), encoded[:-1])


def test_the_example_of_the_format_page_is_what_the_code_makes() -> None:
    payload = p.AlgorithmSet(-7, AlgorithmPhase.START, UnixTime(1_700_000_000))
    assert encode_payload(payload) == bytes.fromhex("fffffff9 01 000000006553f100")


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        (Kind.AGENCY_SUSPENDED, bytes(16), "is not an agency code"),
        (Kind.AGENCY_SUSPENDED, b"a1".ljust(16, b"\0"), "is not an agency code"),
        (Kind.AGENCY_SUSPENDED, b"-A1".ljust(16, b"\0"), "is not an agency code"),
        (Kind.AGENCY_SUSPENDED, b"A\0B".ljust(16, b"\0"), "is not an agency code"),
        (Kind.AGENCY_SUSPENDED, b"\0A1".ljust(16, b"\0"), "is not an agency code"),
        (Kind.AGENCY_SUSPENDED, b"A1\n".ljust(16, b"\0"), "is not an agency code"),
        (Kind.AGENCY_SUSPENDED, b"A1".ljust(17, b"\0"), "has 17 bytes of data, not 16"),
        (Kind.AGENCY_SUSPENDED, b"", "has 0 bytes of data, not 16"),
        (Kind.AGENCY_RENAMED, b"A1", "has 2 bytes of data, not 16 or more"),
        (Kind.AGENCY_RENAMED, b"A1".ljust(16, b"\0") + b"zh", "are not two lines"),
        (Kind.AGENCY_RENAMED, b"A1".ljust(16, b"\0") + b"\xff\nen", "not UTF-8"),
        (Kind.AGENCY_RENAMED, b"A1".ljust(16, b"\0") + b"zh\n", "is not a name"),
        (Kind.AGENCY_RENAMED, b"A1".ljust(16, b"\0") + b"\nen", "is not a name"),
        (Kind.AGENCY_RENAMED, b"A1".ljust(16, b"\0") + b"zh\ne\nn", "is not a name"),
        (Kind.AGENCY_RENAMED, b"A1".ljust(16, b"\0") + b"zh\n\xc2\x85", "is not a name"),
        (Kind.AGENCY_RENAMED, b"A1".ljust(16, b"\0") + b"zh\n" + b"e" * 121, "is not a name"),
        (Kind.AGENCY_ACCOUNTS_CHANGED, b"A1".ljust(36, b"\0") + ACCOUNT, "the zero address"),
        (Kind.SUCCESSOR_REGISTRY_SET, bytes(52), "the zero address"),
        (Kind.KEY_ADDED, b"A1".ljust(36, b"\0") + b"\2", "key purpose 2"),
        (Kind.KEY_ADDED, b"A1".ljust(36, b"\0") + b"\1" + bytes(2049), "at most 2048"),
        (Kind.TYPE_REGISTERED, bytes(38), "counts from 1 is 0"),
        (Kind.ACCREDITATION_GRANTED, bytes(8) + b"A1".ljust(29, b"\0"), "counts from 1 is 0"),
        (Kind.ALGORITHM_SET, bytes(13), "algorithm phase 0"),
        (Kind.ALGORITHM_SET, bytes(4) + b"\4" + bytes(8), "algorithm phase 4"),
        (Kind.CHECKPOINT_SIGNERS_SET, b"", "has 0 bytes of data, not 1 or more"),
        (Kind.CHECKPOINT_SIGNERS_SET, b"\1\x81\x01", "array of at most 16 COSE_Key maps"),
        (Kind.CHECKPOINT_SIGNERS_SET, b"\1\xa0", "array of at most 16 COSE_Key maps"),
        (Kind.CHECKPOINT_SIGNERS_SET, b"\1\x81\xa0\0", "after the end"),
    ],
)
def test_a_malformed_field_is_refused(kind: Kind, content: bytes, reason: str) -> None:
    with pytest.raises(JournalError, match=reason):
        decode_payload(kind, content)


@pytest.mark.parametrize(
    "payload",
    [
        p.AgencySuspended(AgencyCode("lower")),
        p.AgencySuspended(AgencyCode("A" * 17)),
        p.AgencyRenamed(A1, p.Names("", "en")),
        p.KeyEnded(Kid(bytes(15))),
        p.AccreditationEnded(2**64),
        p.AccreditationEnded(-1),
        p.AgencyAccountsChanged(A1, bytes(20), ACCOUNT),
        p.AlgorithmSet(2**31, AlgorithmPhase.START, UnixTime(0)),
    ],
)
def test_a_field_that_does_not_fit_is_not_written(payload: p.Payload) -> None:
    with pytest.raises(JournalError):
        encode_payload(payload)
