"""A registry with one document for every kind of verdict, and the lite bundle of its mirror.

What each document must be found to be is asked of the verifier in Python, so that the browser is
held against it; the outcome and the code that the case is made for are written beside it, so that
no case can quietly become another.
"""

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from credential.catalog import catalog_documents
from credential.cbor import Value
from credential.ids import UnixTime
from credential.qr_text import qr_encode
from credential.sealed import without_signature
from credential.status import SlotState
from credential.types import CredentialType, load_type
from registry.anchor_file import encode_trust_anchor
from registry.bundle import open_bundle
from registry.bundle_file import GuestFile
from tests.simulated_registries import contract_of
from tests.simulator import Batch, Office, SimulatedKey, Simulator
from verifier import Policy, Verdict, verify

DAY: Final = 86_400
OFFICIAL: Final = "https://verify.example.gov.tw/s/"
LICENCE_DOCUMENT: Final = next(one for one in catalog_documents() if b'"driver-licence"' in one)
LICENCE: Final[CredentialType] = load_type(LICENCE_DOCUMENT)
HOLDER: Final[dict[int, Value]] = {
    1: "L151307638",
    2: "王小明",
    3: "Wang Hsiao-ming",
    4: "M",
    5: "2001-11-10",
    6: "A",
    7: "01",
    8: "新北市板橋區文化路二段50號",
    11: "289435381030",
}
# What `sealroot verify` and the page ask of a bundle file where they hold a trust anchor.
POLICY: Final = Policy(min_evidence=2)


class Case(NamedTuple):
    """One credential, and the outcome and code that it was made to have."""

    name: str
    sealed: bytes
    outcome: str
    code: str

    @property
    def text(self) -> str:
        """What its QR symbol says."""
        return qr_encode(self.sealed, OFFICIAL)


class World:
    """The registry, its documents and its bundle; `now` is a time shortly after the bundle."""

    def __init__(self, now: int | None = None, types: tuple[bytes, ...] = ()) -> None:
        self.now = int(time.time()) if now is None else now
        self.sim = Simulator(now=self.now - 2 * DAY)
        self.sim.register_type(LICENCE_DOCUMENT)
        for document in types:
            self.sim.register_type(document)
        self.office = self.sim.office("A15030000C", type_no=2)
        self.sim.rename(
            self.office, "高雄市苓雅區戶政事務所", "Lingya Household Registration Office"
        )
        self.guests: list[GuestFile] = []
        self.cases: dict[str, Case] = {}
        for make in _MAKERS:
            for case in make(self):
                self.cases[case.name] = case
        self.sim.now = max(self.sim.now, self.now - 600)
        self.sim.checkpoint()
        self.bundle = self.sim.lite_bundle(self.guests)
        self.anchor = encode_trust_anchor(self.sim.trust_anchor)

    def licence(self, office: Office | None = None, **claims: object) -> Batch:
        """A sealed licence of an office, not yet anchored."""
        return self.sim.issue(self.office if office is None else office, HOLDER, **claims)

    def expected(self, sealed: bytes, at: int | None = None) -> Verdict:
        """What the verifier in Python says about it, with this bundle, at that time."""
        trust = open_bundle(self.bundle, anchor=self.sim.trust_anchor)
        return verify(sealed, trust, UnixTime(self.now if at is None else at), POLICY)

    def later_bundle(self) -> bytes:
        """The bundle of a minute later, in which the good licence has been revoked."""
        self.sim.revoke(self.office, 0)
        self.sim.now = max(self.sim.now, self.now - 60)
        self.sim.checkpoint()
        return self.sim.lite_bundle(self.guests)


def _good(world: World) -> list[Case]:
    signed = world.licence()
    world.sim.anchor(signed)
    return [Case("good", signed.sealed[0], "VALID", "anchor.not_in_lite")]


def _leaked(world: World) -> list[Case]:
    sim = world.sim
    office = sim.office("A20000000A", type_no=2)
    before, inside, after = (world.licence(office) for _ in range(3))
    sim.anchor(before)
    since = sim.now + 1
    confirmed = sim.anchor(inside)
    sim.compromise(office.key, since=since)
    sim.confirm(confirmed, office)
    return [
        Case("anchored before the key leaked", before.sealed[0], "VALID", "proof.anchored"),
        Case("anchored and no signature", without_signature(before.sealed[0]), "VALID", "key.safe"),
        Case("confirmed after the key leaked", inside.sealed[0], "VALID", "key.confirmed"),
        Case("signed by a leaked key", after.sealed[0], "INVALID", "key.compromised"),
    ]


def _guests(world: World) -> list[Case]:
    sim = world.sim
    found = []
    for number, (chain_id, ended) in enumerate([(886, False), (887, True)], 1):
        other = Simulator(chain_id=chain_id, contract=contract_of(chain_id), now=sim.now)
        office = other.office(f"N{number}")
        batch = other.issue(office, {1: "Anna Berg"})
        other.anchor(batch)
        other.now = world.now - 900
        other.checkpoint()
        sim.recognise(other)
        if ended:
            sim.end_recognition(number)
            told = ("no longer recognised", "INVALID", "issuer.not_recognised")
        else:
            told = ("of a recognised registry", "VALID", "issuer.accredited")
        found.append(Case(told[0], batch.sealed[0], *told[1:]))
        world.guests.append(GuestFile(number, other.lite_bundle()))
    return found


def _changed(world: World) -> list[Case]:
    good = world.cases["good"].sealed
    name, other = "王小明".encode(), "王大明".encode()
    assert good.count(name) == 1
    return [
        Case("a changed name", good.replace(name, other), "INVALID", "proof.signature_invalid"),
        Case("a byte too many", good + b"\0", "INVALID", "form.encoding"),
        Case("no signature", without_signature(good), "INDETERMINATE", "proof.root_unknown"),
    ]


def _dated(world: World) -> list[Case]:
    now = world.sim.now
    expired = world.licence(exp=UnixTime(now + 60))
    early = world.licence(nbf=UnixTime(world.now + 30 * DAY))
    future = world.licence(iat=UnixTime(world.now + 30 * DAY))
    return [
        Case("expired", expired.sealed[0], "INVALID", "dates.expired"),
        Case("not yet in force", early.sealed[0], "INVALID", "dates.not_yet"),
        Case("issued in the future", future.sealed[0], "INVALID", "dates.issued_in_future"),
    ]


def _listed(world: World) -> list[Case]:
    office = world.sim.office("A30000000B", type_no=2)
    revoked, suspended = world.licence(office), world.licence(office)
    changes = {0: SlotState.REVOKED, 1: SlotState.SUSPENDED}
    world.sim.publish_status(office, changes)
    beyond = world.licence(office, index=5000)
    unlisted = world.licence(office, list_no=9)
    return [
        Case("revoked", revoked.sealed[0], "INVALID", "status.revoked"),
        Case("suspended", suspended.sealed[0], "INVALID", "status.suspended"),
        Case("no such slot", beyond.sealed[0], "INVALID", "status.not_a_slot"),
        Case("no status list", unlisted.sealed[0], "INDETERMINATE", "status.list_missing"),
    ]


def _issuers(world: World) -> list[Case]:
    sim = world.sim
    asleep = sim.office("A40000000C", type_no=2)
    dropped = sim.office("A50000000D", type_no=2)
    retired = sim.office("A60000000E", type_no=2)
    of_asleep, of_dropped, of_retired = map(world.licence, (asleep, dropped, retired))
    sim.suspend(asleep)
    sim.end_accreditation(dropped)
    sim.end_key(retired.key)
    borrowed = world.licence(iss=asleep.code)
    stranger = world.licence(key=SimulatedKey("nobody's key"))
    untyped = world.licence(type_no=77)
    misshapen = sim.issue(world.office, {**HOLDER, 5: "10 November 2001"})
    return [
        Case("of a suspended agency", of_asleep.sealed[0], "INVALID", "issuer.not_active"),
        Case("not accredited", of_dropped.sealed[0], "INVALID", "issuer.not_accredited"),
        Case("with another's key", borrowed.sealed[0], "INVALID", "issuer.mismatch"),
        Case("not of its type's form", misshapen.sealed[0], "INVALID", "form.type_mismatch"),
        Case("with an ended key", of_retired.sealed[0], "INDETERMINATE", "key.ended"),
        Case("with an unknown key", stranger.sealed[0], "INDETERMINATE", "proof.key_unknown"),
        Case("of an unknown type", untyped.sealed[0], "INDETERMINATE", "issuer.type_unknown"),
    ]


_MAKERS: Final[tuple[Callable[[World], list[Case]], ...]] = (
    _good,
    _leaked,
    _guests,
    _changed,
    _dated,
    _listed,
    _issuers,
)
