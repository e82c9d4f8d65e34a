"""The registry of a nation, made up: a journal of 100,000 entries, and a lite bundle of 2,000 agencies.

python -m benchmarks.registry_cases      prints what replay, opening and the questions cost
"""

import random
import sys
import time
import zlib
from collections.abc import Callable
from hashlib import sha256
from statistics import median

from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from credential.keys import ALG_ES256
from credential.status import StatusList, encode_status_list
from registry import payloads as p
from registry.bundle import make_lite_bundle, open_bundle
from registry.bundle_file import read_envelope, PAGE_LIMITS
from registry.checkpoint import make_checkpoint, sign_statement, state_statement
from registry.journal import (
    Journal,
    JournalEntry,
    make_entry,
    open_journal_file,
    write_journal_file,
)
from registry.kinds import KeyPurpose
from registry.trust import TrustBuilder, replay
from registry.trust_data import Documents
from tests.simulator import CHAIN_ID, CONTRACT, PERMIT, SimulatedKey, Simulator

CITIES = "臺北 新北 桃園 臺中 臺南 高雄 基隆 新竹 苗栗 彰化 南投 雲林 嘉義 屏東 宜蘭 花蓮 臺東 澎湖 金門 連江"
DISTRICTS = "中正 大同 中山 松山 大安 萬華 信義 士林 北投 內湖 南港 文山 板橋 三重 永和 中和 新店 新莊 樹林 鶯歌 三峽 淡水"
OFFICES = (
    "戶政事務所 Household Registration Office",
    "監理站 Motor Vehicle Station",
    "衛生所 Health Centre",
)


def nation(agencies: int = 2000) -> tuple[Simulator, list[tuple[AgencyCode, Kid]]]:
    """A ministry that has delegated its accreditation to so many offices, each with one key."""
    chance = random.Random(1)
    sim = Simulator()
    ministry = sim.office("A01000000A")
    offices: list[tuple[AgencyCode, Kid]] = []
    for n in range(agencies - 1):
        code = AgencyCode(f"{chance.choice('ABCDEFGHIJ')}{chance.randrange(10**8):08d}{n % 10}")
        kind_zh, kind_en = chance.choice(OFFICES).split(" ", 1)
        city, district = chance.choice(CITIES.split()), chance.choice(DISTRICTS.split())
        key = SimulatedKey(f"office {n}")
        account = sha256(code.encode()).digest()[:20]
        names = p.Names(f"{city}{district}區{kind_zh}", f"{kind_en} {n}, District {n % 97}")
        sim.append(p.AgencyRegistered(code, account, account, names))
        sim.append(p.KeyAdded(code, key.kid, ALG_ES256, KeyPurpose.SIGN_BATCH_ROOTS, key.cose_key))
        sim.append(p.AccreditationDelegated(2 + n, ministry.accreditation, code, 1, 1, UnixTime(0)))
        offices.append((code, key.kid))
    return sim, offices


def busy_journal(sim: Simulator, offices: list[tuple[AgencyCode, Kid]], size: int) -> Journal:
    """The journal filled up to `size` with anchored batches and, for one in ten, a status list."""
    chance = random.Random(2)
    entries = list(sim.entries)
    batches: dict[AgencyCode, int] = {}
    versions: dict[AgencyCode, int] = {}
    now = sim.now
    while len(entries) < size:
        code, kid = chance.choice(offices)
        now += 12
        if chance.random() < 0.1:
            versions[code] = versions.get(code, 0) + 1
            payload: p.Payload = p.StatusPublished(
                code, 1, versions[code], Digest(chance.randbytes(32))
            )
        else:
            batches[code] = batches.get(code, 0) + 1
            payload = p.BatchAnchored(code, batches[code], Root(chance.randbytes(32)), 4096, kid)
        entries.append(make_entry(len(entries), now, payload))
    return Journal(CHAIN_ID, CONTRACT, tuple(entries))


def status_lists(
    offices: list[tuple[AgencyCode, Kid]], slots: int = 2500, revoked: float = 0.01
) -> list[bytes]:
    """One list for each office, with this share of its slots revoked at random."""
    chance = random.Random(3)
    files = []
    for code, _ in offices:
        bits = bytearray((slots + 3) // 4)
        for slot in chance.sample(range(slots), int(slots * revoked)):
            bits[slot >> 2] |= 1 << 2 * (slot & 3)
        files.append(encode_status_list(StatusList(code, 1, 1, slots, bytes(bits), None)))
    return files


def national_lite_bundle(agencies: int = 2000) -> tuple[Simulator, bytes]:
    """A lite bundle of so many agencies, keys, delegated accreditations and lists of 2,500 slots."""
    sim, offices = nation(agencies)
    files = status_lists(offices)
    for (code, _), file in zip(offices, files, strict=True):
        sim.append(p.StatusPublished(code, 1, 1, Digest(sha256(file).digest())))
    checkpoint = sim.checkpoint()
    documents = Documents(tuple([*sim.documents().status_lists, *files]), (), (PERMIT,))
    bundle = make_lite_bundle(sim.state(), documents, made_at=sim.now, checkpoints=[checkpoint])
    return sim, bundle


def milliseconds(work: Callable[[], object], repeats: int = 7) -> float:
    """The median time of the work."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times) * 1000


def main() -> None:
    """Measures and prints."""
    sim, offices = nation()
    journal = busy_journal(sim, offices, 100_000)
    file = write_journal_file(journal)
    print(f"journal of {len(journal.entries)} entries: {len(file) / 1e6:.1f} MB")

    def from_file() -> object:
        opened = open_journal_file(file)
        return replay(opened.chain_id, opened.contract, opened.entries)

    print(
        f"replay from entries {milliseconds(lambda: replay(CHAIN_ID, CONTRACT, journal.entries), 3):8.1f} ms"
    )
    print(f"replay from a file  {milliseconds(from_file, 3):8.1f} ms")
    sim, bundle = national_lite_bundle()
    envelope = read_envelope(bundle, PAGE_LIMITS)
    print(f"lite bundle: {len(bundle) / 1000:.1f} kB, inflated {envelope.body_bytes / 1000:.1f} kB")
    anchor = sim.trust_anchor
    print(f"open lite bundle    {milliseconds(lambda: open_bundle(bundle, anchor=anchor)):8.1f} ms")
    state = replay(CHAIN_ID, CONTRACT, journal.entries)
    known = state.content.anchors[50_000]
    for name, ask in {
        "anchor": lambda: state.anchor(known.root, known.agency, known.kid),
        "key": lambda: state.key(known.kid),
        "active": lambda: state.active(known.agency, known.at),
        "accredited": lambda: state.accredited(known.agency, 1, known.at),
        "algorithm": lambda: state.algorithm(-7, known.at),
        "key_safety": lambda: state.key_safety(known.kid, known),
        "latest_status": lambda: state.latest_status(known.agency, 1),
        "type_digest": lambda: state.type_digest(1, 1),
    }.items():
        print(
            f"{name:20}{milliseconds(lambda ask=ask: [ask() for _ in range(100_000)], 3) / 100:8.2f} us"
        )


if __name__ == "__main__":
    main()
