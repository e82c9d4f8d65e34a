"""A registry, its agencies and its mirror in memory, with real keys and real bytes.

An attack is three lines:

    sim = Simulator()
    office = sim.office("A15030000C")       # registered, accredited, a key, an empty status list
    batch = sim.issue(office, {1: "王小明"}, {1: "陳美麗"})   # signed
    sim.anchor(batch)                       # anchored
    sim.checkpoint()                        # the signers vouch for the journal as it is now
    trust = sim.trust()                     # a verifier's trust data, out of a lite bundle
    sealed = batch.sealed[0]                # what the first holder carries

    sim.compromise(office.key, since=sim.now)        # a leaked key
    forged = sim.issue(office, {1: "駭客"})
    sim.checkpoint(); trust = sim.trust()            # ... and the forgery is refused

Every entry goes through the rules of a replay, so a simulator can only do what the contract would
allow; to break a rule, make the entry by hand with `registry.journal.make_entry`. Nothing but an
ML-DSA signature is random: the same calls give the same bytes. Each entry is a block of its own,
`block_seconds` after the one before; set that to 0 for several entries in a block.
"""

from collections.abc import Sequence
from hashlib import sha256

from credential.batch import seal_batch
from credential.cbor import Value
from credential.entry import Entry, encode_entry
from credential.ids import AgencyCode, Digest, UnixTime
from credential.keys import ALG_ES256, ALG_MLDSA44
from credential.sealed import registry_aad
from credential.status import SlotState, StatusList, changed, encode_status_list, new_status_list
from credential.types import load_type
from registry import payloads as p
from registry.anchor_file import TrustAnchor
from registry.belief import needed_chain
from registry.bundle import make_full_bundle, make_lite_bundle, open_bundle
from registry.bundle_file import GuestFile, ReadAt
from registry.checkpoint import (
    Checkpoint,
    make_checkpoint,
    sign_statement,
    state_statement,
)
from registry.journal import Journal, JournalEntry, make_entry
from registry.kinds import AlgorithmPhase, KeyPurpose
from registry.recognition import RecognisedRegistry, encode_tail
from registry.signers import Signers
from registry.trust import TrustBuilder, TrustState, replay
from registry.trust_data import Documents, Floor, TrustData
from tests.simulated_keys import SimulatedKey
from tests.simulated_office import PERMIT, Batch, Office, with_details

__all__ = ["PERMIT", "Batch", "Office", "SimulatedKey", "Simulator"]

CHAIN_ID = 31337
CONTRACT = bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3")
START = 1_700_000_000


class Simulator:
    """The whole registry. `now` is the time of the last block, and of the clock."""

    def __init__(
        self,
        *,
        chain_id: int = CHAIN_ID,
        contract: bytes = CONTRACT,
        now: int = START,
        block_seconds: int = 12,
        signers: int = 3,
        threshold: int = 2,
    ) -> None:
        self.chain_id = chain_id
        self.contract = contract
        self.first_home = (chain_id, contract)
        self.now = now
        self.block_seconds = block_seconds
        self.entries: list[JournalEntry] = []
        self.checkpoints: list[Checkpoint] = []
        self.signer_keys: tuple[SimulatedKey, ...] = ()
        self.type_documents: list[tuple[int, bytes]] = []
        self._published: dict[tuple[AgencyCode, int], list[tuple[int, bytes, bytes | None]]] = {}
        self._builder = TrustBuilder(chain_id, contract)
        self._issued = 0
        self._last_signers: tuple[SimulatedKey, ...] = ()
        for alg in (ALG_ES256, ALG_MLDSA44):
            self.set_algorithm(alg, AlgorithmPhase.START)
        self.register_type(PERMIT)
        self.set_signers(
            *(SimulatedKey(f"signer {n}") for n in range(signers)), threshold=threshold
        )
        self.first_signers = self.state().signers
        self._last_signers = self.signer_keys

    # --- the journal -------------------------------------------------------------------------

    def append(self, payload: p.Payload) -> JournalEntry:
        """The next block holds this entry.

        Raises JournalError for one the contract would refuse.
        """
        entry = make_entry(len(self.entries), self.now + self.block_seconds, payload)
        self._builder.apply(entry)
        self.now = entry.time
        self.entries.append(entry)
        return entry

    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.now += seconds

    @property
    def journal(self) -> Journal:
        """The journal so far."""
        return Journal(*self.first_home, tuple(self.entries))

    def state(self, size: int | None = None) -> TrustState:
        """The trust state now, or after the first `size` entries."""
        if size is None:
            return self._builder.build()
        return replay(*self.first_home, self.entries[:size])

    # --- the council ------------------------------------------------------------------------

    def office(
        self, code: str, *, type_no: int = 1, alg: int = ALG_ES256, until: int = 0
    ) -> Office:
        """A new agency, ready to issue.

        Accredited by the council, with a key and an empty list 1 of 1,000 slots.
        """
        self.register(code)
        accreditation = self.accredit(code, type_no, until=until)
        return self._opened(code, accreditation, type_no, alg)

    def branch(self, parent: Office, code: str, *, alg: int = ALG_ES256, until: int = 0) -> Office:
        """A new agency, ready to issue.

        accredited by another that may delegate (the council gives depth 2).
        """
        self.register(code)
        accreditation = self.delegate(parent.accreditation, code, parent.type_no, until=until)
        return self._opened(code, accreditation, parent.type_no, alg)

    def _opened(self, code: str, accreditation: int, type_no: int, alg: int) -> Office:
        key = self.add_key(code, alg=alg)
        office = Office(AgencyCode(code), key, accreditation, type_no)
        self.publish_status(office)
        return office

    def register(self, code: str) -> None:
        """A new agency without anything."""
        names = p.Names(f"機關 {code}", f"Agency {code}")
        account = sha256(code.encode()).digest()[:20]
        self.append(p.AgencyRegistered(AgencyCode(code), account, account[::-1], names))

    def rename(self, office: Office, zh_hant: str, en: str) -> None:
        """The agency has other names."""
        self.append(p.AgencyRenamed(office.code, p.Names(zh_hant, en)))

    def suspend(self, office: Office) -> None:
        """The agency may not act until it is resumed."""
        self.append(p.AgencySuspended(office.code))

    def resume(self, office: Office) -> None:
        """The agency may act again."""
        self.append(p.AgencyResumed(office.code))

    def close(self, office: Office, successor: Office | None = None) -> None:
        """The agency is gone for good."""
        self.append(p.AgencyClosed(office.code, None if successor is None else successor.code))

    def accredit(self, code: str, type_no: int = 1, *, depth: int = 2, until: int = 0) -> int:
        """The council grants the type; the number of the accreditation."""
        number = len(self.state().content.accreditations) + 1
        self.append(
            p.AccreditationGranted(number, AgencyCode(code), type_no, depth, UnixTime(until))
        )
        return number

    def delegate(
        self, parent: int, code: str, type_no: int = 1, *, depth: int | None = None, until: int = 0
    ) -> int:
        """An accredited agency passes the type on, one level less deep.

        The number of the accreditation.
        """
        accreditations = self.state().content.accreditations
        number = len(accreditations) + 1
        level = accreditations[parent].depth - 1 if depth is None else depth
        self.append(
            p.AccreditationDelegated(
                number, parent, AgencyCode(code), type_no, level, UnixTime(until)
            )
        )
        return number

    def end_accreditation(self, office: Office) -> None:
        """The office may issue no more; what it issued stands."""
        self.append(p.AccreditationEnded(office.accreditation))

    def register_type(self, document: bytes) -> None:
        """A credential type by its document.

        Such as one of `credential.catalog.catalog_documents()`.
        """
        loaded = load_type(document)
        self.append(p.TypeRegistered(loaded.type_no, loaded.version, loaded.digest))
        self.type_documents.append((len(self.entries), document))

    def set_algorithm(
        self, alg: int, phase: AlgorithmPhase, *, effective_at: int | None = None
    ) -> None:
        """An algorithm starts, is warned of or stops; by default with the block that says so."""
        at = self.now + self.block_seconds if effective_at is None else effective_at
        self.append(p.AlgorithmSet(alg, phase, UnixTime(at)))

    def set_signers(self, *keys: SimulatedKey, threshold: int = 2) -> None:
        """Other keys sign checkpoints."""
        self.append(p.CheckpointSignersSet(threshold, tuple(key.cose_key for key in keys)))
        self.signer_keys = keys

    def recognise(
        self, other: "Simulator", *type_nos: int, until: int = 0, signers: Signers | None = None
    ) -> int:
        """The council recognises another registry by its first signers; the recognition's number.

        Without type numbers, for type 1.
        """
        number = len(self.state().recognitions) + 1
        anchor = other.trust_anchor
        contents = RecognisedRegistry(
            anchor.signers if signers is None else signers,
            type_nos or (1,),
            f"外國登錄 {other.chain_id}",
            f"Registry {other.chain_id}",
        )
        self.append(
            p.RegistryRecognised(
                number, other.chain_id, other.contract, UnixTime(until), encode_tail(contents)
            )
        )
        return number

    def end_recognition(self, number: int) -> None:
        """The council recognises that registry no more."""
        self.append(p.RecognitionEnded(number))

    # --- keys -------------------------------------------------------------------------------

    def add_key(self, code: str, *, alg: int = ALG_ES256) -> SimulatedKey:
        """One more key of an agency; put it into `office.key` to sign with it from now on."""
        key = SimulatedKey(f"{code} key {len(self.entries)}", alg)
        self.append(
            p.KeyAdded(AgencyCode(code), key.kid, alg, KeyPurpose.SIGN_BATCH_ROOTS, key.cose_key)
        )
        return key

    def end_key(self, key: SimulatedKey) -> None:
        """The key anchors no more; what it anchored stands."""
        self.append(p.KeyEnded(key.kid))

    def compromise(self, key: SimulatedKey, *, since: int) -> None:
        """The key has leaked: what it signed counts only where it was anchored before `since`."""
        self.append(p.KeyCompromised(key.kid, UnixTime(since)))

    def confirm(self, batch_no: int, office: Office) -> None:
        """A batch inside the compromise window counts after all."""
        self.append(p.BatchConfirmed(office.code, batch_no))

    # --- issuing ----------------------------------------------------------------------------

    def issue(
        self,
        office: Office,
        *fields: dict[int, Value],
        key: SimulatedKey | None = None,
        **claims: object,
    ) -> Batch:
        """A sealed batch of one credential for each `fields`, not yet anchored.

        `claims` replace members of the Entry, such as `exp=...`, `iss=...` or `type_no=...`;
        `key` signs instead of the office's own.
        """
        entries = tuple(self._entry(office, values, claims) for values in fields)
        signer = office.key if key is None else key
        sealed = seal_batch(
            [encode_entry(entry) for entry in entries],
            alg=signer.alg,
            kid=signer.kid,
            aad=registry_aad(self.chain_id, self.contract),
            sign=signer.sign,
        )
        return Batch(office, signer, sealed.root, entries, tuple(sealed.sealed))

    def _entry(self, office: Office, values: dict[int, Value], claims: dict[str, object]) -> Entry:
        self._issued += 1
        entry = Entry(
            iss=office.code,
            iat=UnixTime(self.now),
            nbf=None,
            exp=None,
            cti=sha256(b"cti" + self._issued.to_bytes(8, "big")).digest()[:16],
            type_no=office.type_no,
            type_version=1,
            list_no=1,
            index=office.next_slot,
            fields=values,
            other={},
        )
        office.next_slot += 1
        return entry._replace(**claims)  # type: ignore[arg-type]  # the caller names the members

    def anchor(self, batch: Batch, *, size: int | None = None) -> int:
        """The batch is anchored; its number. `size` claims another size than it has."""
        office = batch.office
        number = office.next_batch
        count = len(batch.sealed) if size is None else size
        self.append(p.BatchAnchored(office.code, number, batch.root, count, batch.key.kid))
        office.next_batch += 1
        return number

    def publish_status(
        self,
        office: Office,
        states: dict[int, SlotState] | None = None,
        *,
        list_no: int = 1,
        slots: int = 1000,
    ) -> StatusList:
        """A new version of a list of the office with these slots changed, and its details."""
        before = office.lists.get(list_no)
        if before is None:
            version = new_status_list(office.code, list_no, slots)
            if states:
                version = changed(version, states, 2)
        else:
            version = changed(before, states or {}, before.version + 1)
        version, details = with_details(version, self.now)
        encoded = encode_status_list(version)
        self.append(
            p.StatusPublished(
                office.code, list_no, version.version, Digest(sha256(encoded).digest())
            )
        )
        office.lists[list_no] = version
        history = self._published.setdefault((office.code, list_no), [])
        history.append((len(self.entries), encoded, details))
        return version

    def revoke(self, office: Office, *slots: int) -> None:
        """These credentials are revoked."""
        self.publish_status(office, dict.fromkeys(slots, SlotState.REVOKED))

    # --- what a mirror hands out --------------------------------------------------------------

    def checkpoint(
        self, *, by: Sequence[SimulatedKey] | None = None, at: int | None = None
    ) -> Checkpoint:
        """A checkpoint of the journal as it is now, signed by all signers, or by the keys given.

        Kept for bundles.
        """
        statement = state_statement(self.state(), self.now if at is None else at)
        signers = self._all_signers() if by is None else by
        checkpoint = make_checkpoint(statement, [sign_statement(statement, key) for key in signers])
        self.checkpoints.append(checkpoint)
        return checkpoint

    def _all_signers(self) -> tuple[SimulatedKey, ...]:
        """The signers of the journal, and those of the last checkpoint where they are others."""
        keys = dict.fromkeys((*self.signer_keys, *self._last_signers))
        self._last_signers = self.signer_keys
        return tuple(keys)

    @property
    def trust_anchor(self) -> TrustAnchor:
        """The trust anchor of this registry: its first checkpoint signers."""
        signers = self.first_signers
        assert signers is not None
        return TrustAnchor(*self.first_home, signers, "模擬登錄", "Simulated registry")

    def documents(self, size: int | None = None) -> Documents:
        """The newest public files after the first `size` entries, or now."""
        limit = len(self.entries) if size is None else size
        newest = [
            [version for version in history if version[0] <= limit][-1:]
            for history in self._published.values()
        ]
        files = [version for versions in newest for version in versions]
        return Documents(
            status_lists=tuple(file for _, file, _ in files),
            details=tuple(details for _, _, details in files if details is not None),
            types=tuple(document for after, document in self.type_documents if after <= limit),
        )

    def lite_bundle(self, guests: Sequence[GuestFile] = ()) -> bytes:
        """The lite bundle as of the last checkpoint."""
        size = self.checkpoints[-1].statement.size
        return make_lite_bundle(
            self.state(size),
            self.documents(size),
            made_at=self.now,
            checkpoints=needed_chain(self.checkpoints, self.trust_anchor.signers),
            guests=guests,
        )

    def full_bundle(self, guests: Sequence[GuestFile] = (), *, read_at: int | None = None) -> bytes:
        """The full bundle, by the checkpoints or (`read_at`) read from a node at that time."""
        if read_at is not None:
            head = ReadAt(len(self.entries), UnixTime(read_at))
            return make_full_bundle(self.journal, self.documents(), made_at=self.now, read_at=head)
        size = self.checkpoints[-1].statement.size
        return make_full_bundle(
            self.journal,
            self.documents(size),
            made_at=self.now,
            checkpoints=needed_chain(self.checkpoints, self.trust_anchor.signers),
            guests=guests,
        )

    def trust(self, *, full: bool = False, floor: Floor | None = None) -> TrustData:
        """What a verifier with this registry's trust anchor gets out of a lite (or full) bundle."""
        bundle = self.full_bundle() if full else self.lite_bundle()
        return open_bundle(bundle, anchor=self.trust_anchor, floor=floor)
