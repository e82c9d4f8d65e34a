"""One small registry with real keys, from which every measurement takes its bytes.

A ministry delegates its types to a motor vehicle office; the office seals batches of real rows,
anchors them and publishes a status list; two of three signers sign a checkpoint. What a measurement
gets is what a verifier gets: sealed credentials, a bundle file and a trust anchor.
"""

import random
from collections.abc import Sequence
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from credential.batch import SealedBatch, seal_batch
from credential.catalog import catalog_documents
from credential.entry import encode_entry
from credential.ids import AgencyCode, Digest, UnixTime
from credential.keys import ALG_ES256, encode_es256_key, kid_of, low_s
from credential.merkle import inclusion_paths, leaf_hash
from credential.sealed import Receipt, encode_sealed, receipt_header, registry_aad
from credential.sign1 import sig_structure
from credential.status import SlotState, changed, encode_status_list, new_status_list
from credential.types import CredentialType, load_type
from issuer.claims import Claims, Slot, entry_of
from issuer.prepare import PreparedRecord, read_records
from registry import payloads as p
from registry.anchor_file import TrustAnchor
from registry.bundle import make_full_bundle, open_bundle
from registry.checkpoint import Checkpoint, make_checkpoint, sign_statement, state_statement
from registry.journal import Journal, JournalEntry, make_entry
from registry.kinds import AlgorithmPhase, KeyPurpose
from registry.signers import Signers
from registry.trust import TrustState, replay
from registry.trust_data import Documents, TrustData

DATA: Final = Path(__file__).parent.parent / "sealroot" / "demo" / "data"
URL: Final = "https://verify.example.gov.tw/v1/"
"""The address before the digits: 33 characters."""
CHAIN_ID: Final = 31_337
CONTRACT: Final = bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3")
MINISTRY: Final = AgencyCode("A15000000H")
OFFICE: Final = AgencyCode("A15030000C")
FOUNDED_AT: Final = UnixTime(1_790_000_000)
CHECKPOINT_AT: Final = UnixTime(1_795_000_000)
SEALED_AT: Final = UnixTime(CHECKPOINT_AT + 600)
"""Soon before NOW, so that what is signed and not yet anchored is still fresh."""
NOW: Final = UnixTime(CHECKPOINT_AT + 3_600)
LIST_NO: Final = 1
DRIVER, HOUSEHOLD = "driver-licence", "household-registration"
_FILES: Final = {DRIVER: "driver_licence.csv", HOUSEHOLD: "household_registration.csv"}
_ACCOUNT: Final = b"\x11" * 20
_HANDED_OUT: Final = 100_000  # slots of the office's status list


class Key:
    """A P-256 key that signs as a batch key and as a checkpoint signer does."""

    alg = ALG_ES256

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.cose_key = encode_es256_key(self.private.public_key())
        self.kid = kid_of(self.cose_key)

    def sign(self, message: bytes) -> bytes:
        """Return r || s, with a low s."""
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA256())))
        return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


class Council:
    """Three checkpoint signers of whom two must agree."""

    def __init__(self) -> None:
        self.keys = [Key() for _ in range(3)]
        self.signers = Signers(2, tuple(key.cose_key for key in self.keys))

    def anchor(self) -> TrustAnchor:
        """Return the trust anchor a verifier begins from."""
        return TrustAnchor(CHAIN_ID, CONTRACT, self.signers, "測試登記", "A measured registry")

    def checkpoint(self, state: TrustState) -> Checkpoint:
        """Return the checkpoint over a state."""
        statement = state_statement(state, CHECKPOINT_AT)
        return make_checkpoint(statement, [sign_statement(statement, key) for key in self.keys[:2]])


class Office(NamedTuple):
    """What the office is measured with: its credentials, and the files that vouch for them."""

    sealed: list[bytes]
    bundle_file: bytes
    anchor: TrustAnchor

    def trust(self) -> TrustData:
        """Return the trust data, opened as a verifier opens them: checkpoint, replay, documents."""
        return open_bundle(self.bundle_file, anchor=self.anchor)


class World:
    """A registry while its journal is being written."""

    def __init__(self, first_slot: int = 0) -> None:
        self.key = Key()
        self.council = Council()
        self.types = {kind.id: kind for kind in map(load_type, catalog_documents())}
        self.entries: list[JournalEntry] = []
        self._batches = 0
        self._slots = first_slot
        self._chance = random.Random(20_260_101)
        found(self)

    def append(self, payload: p.Payload) -> None:
        """The journal has one entry more, a second after the last."""
        at = len(self.entries)
        self.entries.append(make_entry(at, FOUNDED_AT + at, payload))

    def encode(self, records: Sequence[PreparedRecord], type_id: str = DRIVER) -> list[bytes]:
        """Return the entries of these records, each with a random cti and a slot of its own."""
        kind = self.types[type_id]
        return [
            encode_record(record, kind, self._chance.randbytes(16), self._slot())
            for record in records
        ]

    def _slot(self) -> int:
        self._slots += 1
        return self._slots - 1

    def seal(self, entries: Sequence[bytes]) -> SealedBatch:
        """Return the batch of these entries, as the issuer seals them."""
        aad = registry_aad(CHAIN_ID, CONTRACT)
        return seal_batch(entries, alg=ALG_ES256, kid=self.key.kid, aad=aad, sign=self.key.sign)

    def seal_large(self, entries: Sequence[bytes]) -> SealedBatch:
        """Return a batch of more than 4,096 entries, which the format permits."""
        root, paths = inclusion_paths([leaf_hash(entry) for entry in entries])
        protected = receipt_header(ALG_ES256, self.key.kid)
        signature = self.key.sign(sig_structure(protected, registry_aad(CHAIN_ID, CONTRACT), root))
        size = len(entries)
        sealed = [
            encode_sealed(
                entry, Receipt(ALG_ES256, self.key.kid, size, at, path, protected, signature)
            )
            for at, (entry, path) in enumerate(zip(entries, paths, strict=True))
        ]
        return SealedBatch(root, size, signature, sealed)

    def anchor(self, batch: SealedBatch) -> None:
        """The batch is in the journal."""
        self._batches += 1
        self.append(p.BatchAnchored(OFFICE, self._batches, batch.root, batch.size, self.key.kid))

    def close(self, sealed: list[bytes]) -> Office:
        """Return the credentials with a full bundle; a hundredth of the other slots is revoked."""
        revoked = dict.fromkeys(range(self._slots, _HANDED_OUT, 100), SlotState.REVOKED)
        file = encode_status_list(
            changed(new_status_list(OFFICE, LIST_NO, _HANDED_OUT), revoked, version=2)
        )
        self.append(p.StatusPublished(OFFICE, LIST_NO, 2, Digest(sha256(file).digest())))
        checkpoint = self.council.checkpoint(replay(CHAIN_ID, CONTRACT, self.entries))
        bundle_file = make_full_bundle(
            Journal(CHAIN_ID, CONTRACT, tuple(self.entries)),
            Documents(status_lists=(file,), types=catalog_documents()),
            made_at=CHECKPOINT_AT,
            checkpoints=[checkpoint],
        )
        return Office(sealed, bundle_file, self.council.anchor())


def found(world: World) -> None:
    """The journal begins: algorithm, signers, agencies, types, accreditation, a batch key."""
    world.append(p.AlgorithmSet(ALG_ES256, AlgorithmPhase.START, UnixTime(FOUNDED_AT + 5)))
    signers = world.council.signers
    world.append(p.CheckpointSignersSet(signers.threshold, signers.cose_keys))
    for code, names in (
        (MINISTRY, p.Names("交通部", "Ministry of Transport")),
        (OFFICE, p.Names("監理所", "Motor Vehicle Office")),
    ):
        world.append(p.AgencyRegistered(code, _ACCOUNT, _ACCOUNT, names))
    for number, kind in enumerate(world.types.values()):
        grant, no, forever = 2 * number + 1, kind.type_no, UnixTime(0)
        world.append(p.TypeRegistered(no, kind.version, kind.digest))
        world.append(p.AccreditationGranted(grant, MINISTRY, no, 1, forever))
        world.append(p.AccreditationDelegated(grant + 1, grant, OFFICE, no, 0, forever))
    key = world.key
    world.append(p.KeyAdded(OFFICE, key.kid, key.alg, KeyPurpose.SIGN_BATCH_ROOTS, key.cose_key))


def encode_record(record: PreparedRecord, kind: CredentialType, cti: bytes, index: int) -> bytes:
    """Return the entry of one prepared record, made by the issuer's own steps."""
    claims = Claims(record.claims(record.full_record(cti)), record.validity)
    return encode_entry(
        entry_of(OFFICE, kind, claims, cti=cti, slot=Slot(LIST_NO, index), iat=SEALED_AT)
    )


def real_records(kind: CredentialType, *, in_force: bool = True) -> list[PreparedRecord]:
    """Return the records of the sample data of this type, those in force at NOW or all."""
    records = read_records(DATA / _FILES[kind.id], kind).records
    return [record for record in records if not in_force or _in_force(record)]


def _in_force(record: PreparedRecord) -> bool:
    nbf, exp = record.nbf(), record.exp(SEALED_AT)
    return (nbf is None or nbf <= NOW) and (exp is None or exp > NOW)


def drivers(world: World, count: int) -> list[PreparedRecord]:
    """Return that many driver licences in force; the rows repeat, what is sealed never does."""
    return list(islice(cycle(real_records(world.types[DRIVER])), count))


def office_with(count: int, *, anchored: bool = True, large: bool = False) -> Office:
    """Return an office that has sealed one batch of driver licences, anchored or only signed."""
    world = World()
    entries = world.encode(drivers(world, count))
    batch = world.seal_large(entries) if large else world.seal(entries)
    if anchored:
        world.anchor(batch)
    return world.close(batch.sealed)
