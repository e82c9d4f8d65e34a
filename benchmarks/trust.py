"""How fast trust is read: the replay of a long journal, and a lite bundle of a whole country."""

import random
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Final

from benchmarks.measure import median_seconds
from benchmarks.results import Measured
from benchmarks.world import (
    CHAIN_ID,
    CHECKPOINT_AT,
    CONTRACT,
    Council,
    Key,
    World,
)
from credential.catalog import catalog_documents
from credential.ids import AgencyCode, Digest, Root, UnixTime
from credential.keys import ALG_ES256
from credential.status import SlotState, changed, encode_status_list, new_status_list
from registry import payloads as p
from registry.bundle import make_full_bundle, make_lite_bundle, open_bundle
from registry.journal import Journal, open_journal_file, write_journal_file
from registry.kinds import KeyPurpose
from registry.trust import TrustState, replay
from registry.trust_data import Documents

KEYS: Final = ("replay_100k_s", "lite_bundle_kb", "lite_bundle_load_ms")
_ENTRIES: Final = 100_000
_AGENCIES: Final = 2_000
_SLOTS: Final = 5_000_000
_REVOKED_SHARE: Final = 0.01
_ACCOUNT: Final = b"\x22" * 20
# Characters that stand in the names of Taiwan's counties, towns and districts.
_PLACES: Final = (
    "臺北新竹桃園苗栗彰化南投雲林嘉義高雄屏東花蓮宜蘭基隆澎湖金門馬祖大安信中"
    "正山士內湖文萬華港松左營鼓楠梓三民前鎮苓雅旗津鳥松仁武岡"
)
_SYLLABLES: Final = ("bei", "xin", "zhu", "tao", "miao", "hua", "nan", "lin", "yi", "xiong", "ping")


def measure(*, quick: bool) -> Measured:
    """Return the three keys about reading trust, with the parts of the bundle in the details."""
    rounds = 2 if quick else 5
    country = Country()
    state, documents = country.state(), country.documents()
    checkpoint = country.council.checkpoint(state)
    lite = make_lite_bundle(state, documents, made_at=CHECKPOINT_AT, checkpoints=[checkpoint])
    full = make_full_bundle(
        Journal(CHAIN_ID, CONTRACT, tuple(country.world.entries)),
        documents,
        made_at=CHECKPOINT_AT,
        checkpoints=[checkpoint],
    )
    anchor = country.council.anchor()
    journal = write_journal_file(long_journal(_ENTRIES // (10 if quick else 1)))
    return Measured(
        {
            "replay_100k_s": median_seconds(lambda: replay_file(journal), rounds=rounds),
            "lite_bundle_kb": len(lite) / 1_000,
            "lite_bundle_load_ms": median_seconds(
                lambda: open_bundle(lite, anchor=anchor), rounds=rounds
            )
            * 1e3,
        },
        {
            "agencies, each with a key, a delegated accreditation and a list": _AGENCIES,
            "slots": _SLOTS,
            "revoked": country.revoked,
            "journal file of the replay, MB": round(len(journal) / 1e6, 1),
            "full bundle of the same country, KB": round(len(full) / 1_000),
            "full bundle load, ms": round(
                median_seconds(lambda: open_bundle(full, anchor=anchor), rounds=rounds) * 1e3
            ),
        },
    )


def replay_file(journal_file: bytes) -> TrustState:
    """Return the state of a journal file: read, every rule kept, the head computed."""
    journal = open_journal_file(journal_file)
    return replay(journal.chain_id, journal.contract, journal.entries)


def long_journal(entries: int) -> Journal:
    """Return the journal of `long_history`."""
    return Journal(CHAIN_ID, CONTRACT, tuple(long_history(entries).world.entries))


def long_history(entries: int) -> "Country":
    """Return a journal as years make it: 200 agencies, then their batches and status lists.

    One entry in ten of those publishes a status list; the rest anchor batches.
    """
    country = Country(agencies=200)
    world = country.world
    chance = random.Random(1)
    batches = dict.fromkeys(country.keys, 0)
    versions = dict.fromkeys(country.keys, 2)
    codes = list(country.keys)
    while len(world.entries) < entries:
        code = chance.choice(codes)
        if chance.random() < 0.1:
            versions[code] += 1
            digest = Digest(chance.randbytes(32))
            world.append(p.StatusPublished(code, 1, versions[code], digest))
        else:
            batches[code] += 1
            root, size = Root(chance.randbytes(32)), chance.randint(1, 4_096)
            kid = country.keys[code].kid
            world.append(p.BatchAnchored(code, batches[code], root, size, kid))
    return country


class Country:
    """A registry with many agencies, each with names, a key, a delegation and a status list."""

    def __init__(self, agencies: int = _AGENCIES) -> None:
        self.world = World()
        self.keys: dict[AgencyCode, Key] = {}
        self.revoked = 0
        self._chance = random.Random(2)
        self._lists: list[bytes] = []
        accreditations = 2 * len(self.world.types)
        for number, name in enumerate(islice(self._names(), agencies), 1):
            code = AgencyCode(f"A{number:08d}X")
            self._register(code, name, accreditations + number)
            self._publish(code, _SLOTS // _AGENCIES)

    @property
    def council(self) -> Council:
        """The checkpoint signers."""
        return self.world.council

    def state(self) -> TrustState:
        """Return what the journal says."""
        return replay(CHAIN_ID, CONTRACT, self.world.entries)

    def documents(self) -> Documents:
        """Return all status lists and types."""
        return Documents(status_lists=tuple(self._lists), types=catalog_documents())

    def _register(self, code: AgencyCode, names: p.Names, accreditation: int) -> None:
        key = self.keys[code] = Key()
        append = self.world.append
        append(p.AgencyRegistered(code, _ACCOUNT, _ACCOUNT, names))
        append(p.AccreditationDelegated(accreditation, self._parent(), code, 2, 0, UnixTime(0)))
        append(p.KeyAdded(code, key.kid, ALG_ES256, KeyPurpose.SIGN_BATCH_ROOTS, key.cose_key))

    def _parent(self) -> int:
        """Return the ministry's own accreditation for driver licences."""
        numbers = [kind.type_no for kind in self.world.types.values()]
        return 2 * numbers.index(2) + 1

    def _publish(self, code: AgencyCode, slots: int) -> None:
        revoked = [slot for slot in range(slots) if self._chance.random() < _REVOKED_SHARE]
        self.revoked += len(revoked)
        states = dict.fromkeys(revoked, SlotState.REVOKED)
        file = encode_status_list(changed(new_status_list(code, 1, slots), states, version=2))
        self._lists.append(file)
        self.world.append(p.StatusPublished(code, 1, 2, Digest(sha256(file).digest())))

    def _names(self) -> Iterator[p.Names]:
        choose = self._chance.choices
        while True:
            place = "".join(choose(_PLACES, k=2)), "".join(choose(_PLACES, k=2))
            town = (
                "".join(choose(_SYLLABLES, k=2)).title(),
                "".join(choose(_SYLLABLES, k=2)).title(),
            )
            yield p.Names(
                f"{place[0]}市{place[1]}區戶政事務所",
                f"Household Registration Office, {town[1]} District, {town[0]} City",
            )
