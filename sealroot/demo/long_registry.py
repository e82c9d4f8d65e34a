"""A registry in memory whose clock goes where it is put: journal, checkpoints, bundles of years.

Everything in it is what a real one has, byte by byte: entries pass the rules of a replay, keys
sign, and a bundle is opened the way a verifier opens it. Only the chain is missing.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol

from credential.batch import seal_batch
from credential.entry import Entry, encode_entry
from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from credential.sealed import registry_aad
from credential.status import encode_status_list, new_status_list
from credential.types import load_type
from registry import payloads as p
from registry.anchor_file import TrustAnchor
from registry.belief import needed_chain
from registry.bundle_writer import make_full_bundle, make_lite_bundle
from registry.checkpoint import Checkpoint, make_checkpoint, sign_statement, state_statement
from registry.journal import Journal, JournalEntry, make_entry
from registry.kinds import AlgorithmPhase, KeyPurpose
from registry.signers import Signers
from registry.trust_builder import TrustBuilder
from registry.trust_data import Documents
from registry.trust_state import TrustState

CHAIN_ID = 20_261
CONTRACT = bytes.fromhex("5ea1007000000000000000000000000000002026")
AGENCY = AgencyCode("TPE-MVO")
NAMES = p.Names("臺北市區監理所", "Taipei City Motor Vehicles Office")
TYPE_NO = 1
SLOTS = 64


class SigningKey(Protocol):
    """A private key with its public half."""

    cose_key: bytes

    @property
    def alg(self) -> int:
        """The COSE algorithm."""

    @property
    def kid(self) -> Kid:
        """The key id."""

    def sign(self, message: bytes) -> bytes:
        """The signature over a message."""


class Paper(NamedTuple):
    """One credential: what its holder carries, and what would be anchored."""

    sealed: bytes
    root: Root
    kid: Kid


class LongRegistry:
    """The journal so far, and what was published beside it."""

    def __init__(self, type_document: bytes) -> None:
        self._type_document = type_document
        self._builder = TrustBuilder(CHAIN_ID, CONTRACT)
        self._entries: list[JournalEntry] = []
        self._checkpoints: list[Checkpoint] = []
        self._status_list = b""
        self._issued = 0
        self._batches = 0

    def state(self) -> TrustState:
        """What the journal says so far."""
        return self._builder.build()

    def append(self, at: int, payload: p.Payload) -> None:
        """The entry is in a block of this time. Raises JournalError where the rules forbid it."""
        entry = make_entry(len(self._entries), at, payload)
        self._builder.apply(entry)
        self._entries.append(entry)

    def found(self, at: int, signers: Sequence[SigningKey], threshold: int) -> TrustAnchor:
        """An agency is ready to issue; returns the trust anchor that verifiers begin from."""
        loaded = load_type(self._type_document)
        account = sha256(AGENCY.encode()).digest()[:20]
        self.append(at, p.TypeRegistered(loaded.type_no, loaded.version, loaded.digest))
        self.append(at, p.AgencyRegistered(AGENCY, account, account[::-1], NAMES))
        self.append(at, p.AccreditationGranted(1, AGENCY, TYPE_NO, 0, UnixTime(0)))
        self._status_list = encode_status_list(new_status_list(AGENCY, 1, SLOTS))
        digest = Digest(sha256(self._status_list).digest())
        self.append(at, p.StatusPublished(AGENCY, 1, 1, digest))
        self.name_signers(at, signers, threshold)
        named = Signers(threshold, tuple(key.cose_key for key in signers))
        return TrustAnchor(CHAIN_ID, CONTRACT, named, "示範登錄簿", "Demonstration Registry")

    def name_signers(self, at: int, signers: Sequence[SigningKey], threshold: int) -> None:
        """These keys sign checkpoints from now on."""
        self.append(at, p.CheckpointSignersSet(threshold, tuple(key.cose_key for key in signers)))

    def set_algorithm(self, at: int, alg: int, phase: AlgorithmPhase, effective_at: int) -> None:
        """The council decides when an algorithm starts, is warned of, or stops."""
        self.append(at, p.AlgorithmSet(alg, phase, UnixTime(effective_at)))

    def add_key(self, at: int, key: SigningKey) -> None:
        """The agency signs batches with this key too."""
        purpose = KeyPurpose.SIGN_BATCH_ROOTS
        self.append(at, p.KeyAdded(AGENCY, key.kid, key.alg, purpose, key.cose_key))

    def issue(self, at: int, key: SigningKey, name: str) -> Paper:
        """One credential is signed; it is not anchored by this."""
        self._issued += 1
        entry = Entry(
            iss=AGENCY,
            iat=UnixTime(at),
            nbf=None,
            exp=None,
            cti=sha256(f"{name} {self._issued}".encode()).digest()[:16],
            type_no=TYPE_NO,
            type_version=1,
            list_no=1,
            index=self._issued,
            fields={1: name},
            other={},
        )
        batch = seal_batch(
            [encode_entry(entry)],
            alg=key.alg,
            kid=key.kid,
            aad=registry_aad(CHAIN_ID, CONTRACT),
            sign=key.sign,
        )
        return Paper(batch.sealed[0], batch.root, key.kid)

    def anchor(self, at: int, paper: Paper) -> None:
        """The credential's batch of one is anchored in a block of this time."""
        self._batches += 1
        self.append(at, p.BatchAnchored(AGENCY, self._batches, paper.root, 1, paper.kid))

    def checkpoint(self, at: int, by: Sequence[SigningKey]) -> None:
        """The journal as it is now is vouched for by these keys."""
        statement = state_statement(self.state(), at)
        signatures = [sign_statement(statement, key) for key in by]
        self._checkpoints.append(make_checkpoint(statement, signatures))

    def forget_checkpoints(self) -> None:
        """The checkpoints made so far are withheld, as somebody would who rewrites history."""
        self._checkpoints = []

    def bundle(self, anchor: TrustAnchor, at: int, *, lite: bool = False) -> bytes:
        """The bundle as of the last checkpoint, which must be of the journal as it is now."""
        documents = Documents(status_lists=(self._status_list,), types=(self._type_document,))
        chain = needed_chain(self._checkpoints, anchor.signers)
        if lite:
            return make_lite_bundle(self.state(), documents, made_at=at, checkpoints=chain)
        journal = Journal(CHAIN_ID, CONTRACT, tuple(self._entries))
        return make_full_bundle(journal, documents, made_at=at, checkpoints=chain)

    def copy(self) -> "LongRegistry":
        """The same journal in other hands: what happens to one leaves the other alone."""
        other = LongRegistry(self._type_document)
        for entry in self._entries:
            other._builder.apply(entry)
        other._entries = list(self._entries)
        other._checkpoints = list(self._checkpoints)
        other._status_list = self._status_list
        other._issued, other._batches = self._issued, self._batches
        return other
