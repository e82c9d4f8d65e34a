"""Bundles that carry other registries' bundles, and the verdicts on foreign credentials."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from credential import cbor
from credential.ids import AgencyCode, UnixTime
from credential.keys import ALG_ES256
from registry import payloads as p
from registry.anchor_file import encode_trust_anchor
from registry.bundle_file import PAGE_LIMITS, GuestFile
from registry.kinds import KeyPurpose
from registry.signers import make_signers
from registry.trust_data import Floor
from tests.simulated_registries import move
from tests.simulator import PERMIT, Batch, Office, SimulatedKey, Simulator
from tests.vectors.make_bundle_vectors import bundle_vector
from tests.vectors.make_credential_vectors import DAY
from tests.vectors.make_trust_vectors import Json
from tests.vectors.make_verdict_vectors import Case, case_vector, judged
from verifier import Policy

NORTH, SOUTH = b"\x22" * 20, b"\x33" * 20
FERRY = PERMIT.replace(b'"type": 1', b'"type": 2').replace(b"simulated-permit", b"ferry-pass")
ROAD = FERRY.replace(b'"kind": "text"', b'"kind": "number"').replace(b"ferry-pass", b"road-pass")
"""Type 2 at home, whose label 1 is a number; type 2 of the north is the ferry pass."""


def abroad(chain_id: int, contract: bytes, *names: str) -> tuple[Simulator, dict[str, Office]]:
    """Another registry with its own keys, an office of each name, and a checkpoint."""
    sim = Simulator(chain_id=chain_id, contract=contract)
    sim.set_signers(*(SimulatedKey(f"signer {chain_id} {n}") for n in range(2)))
    sim.first_signers = sim.state().signers
    sim._last_signers = sim.signer_keys
    offices = {name: sim.office(name) for name in names}
    sim.checkpoint()
    return sim, offices


def repacked(bundle: bytes, member: cbor.Value) -> bytes:
    """The bundle with other bytes as member 10 of its body."""
    outer = cbor.decode(bundle, max_bytes=1 << 24)
    assert isinstance(outer, dict)
    assert isinstance(outer[6], bytes)
    body = zlib.decompress(outer[6])
    encoded = bytes([body[0] + 1]) + body[1:] + b"\x0a" + cbor.encode(member)
    return cbor.encode({**outer, 5: len(encoded), 6: zlib.compress(encoded, 9)})


def claiming(bundle: bytes, length: int) -> bytes:
    """The bundle with another stated length of its body."""
    outer = cbor.decode(bundle, max_bytes=1 << 24)
    assert isinstance(outer, dict)
    return cbor.encode({**outer, 5: length})


def guest_bundles() -> Iterator[tuple[str, dict[str, Json]]]:
    """The bundle vectors of guests by name."""
    north, _ = abroad(886, NORTH, "N1")
    south, _ = abroad(81, SOUTH, "S1")
    home = Simulator()
    home.office("A1")
    first, second = home.recognise(north), home.recognise(south)
    home.checkpoint()
    full, lite, southern = north.full_bundle(), north.lite_bundle(), south.lite_bundle()
    one, both = [GuestFile(first, full)], [GuestFile(first, lite), GuestFile(second, southern)]
    seen = north.trust().floor
    floors = {(886, NORTH): seen}

    def good(
        sim: Simulator, bundle: bytes, held: Sequence[tuple[int, Simulator]], **also: object
    ) -> dict[str, Json]:
        guests: list[Json] = [
            {"recognition": number, **_as_opened(guest)} for number, guest in held
        ]
        expect: dict[str, Json] = {**_as_opened(sim), "guests": guests}
        return _guest_vector(sim, bundle, expect, **also)

    yield "guest_full_in_lite", good(home, home.lite_bundle(one), [(first, north)])
    yield "guests_lite_in_full", good(home, home.full_bundle(both), [(1, north), (2, south)])
    known = good(home, home.lite_bundle(both), [(1, north), (2, south)], floors=floors)
    yield "guest_as_seen_before", known
    yield "guest_left_out", good(home, home.lite_bundle(), [], floors=floors)
    again = _with_recognitions(north, ended=True, anew=True)
    yield (
        "guest_recognised_again",
        good(again, again.lite_bundle([GuestFile(2, lite)]), [(2, north)]),
    )
    ended = _with_recognitions(north, ended=True)
    yield (
        "guest_of_ended_recognition",
        good(ended, ended.lite_bundle([GuestFile(1, lite)]), [(1, north)]),
    )

    old = abroad(886, NORTH, "N1")[0]
    lasting = Simulator()
    lasting.recognise(old)
    lasting.checkpoint()
    move(old, 5)
    old.checkpoint()
    held = [GuestFile(1, old.full_bundle())]
    yield "guest_that_moved", good(lasting, lasting.lite_bundle(held), [(1, old)], floors=floors)

    nested = Simulator(chain_id=886, contract=NORTH)
    nested.recognise(south)
    nested.checkpoint()
    outer = Simulator()
    outer.recognise(nested)
    outer.checkpoint()
    strangers = Simulator()
    strangers.recognise(north, signers=make_signers(1, (SimulatedKey("nobody").cose_key,)))
    strangers.checkpoint()
    unreadable = Simulator()
    unreadable.append(p.RegistryRecognised(1, 886, NORTH, UnixTime(0), b"\xa0"))
    unreadable.checkpoint()
    newer = seen._replace(size=seen.size + 1)
    later = seen._replace(as_of=UnixTime(seen.as_of + 1))
    plain = home.lite_bundle()
    bad: dict[str, tuple[Simulator, bytes, str, Floor | None]] = {
        "unknown_recognition": (home, home.lite_bundle([GuestFile(9, lite)]), "malformed", None),
        "of_another_registry": (home, home.lite_bundle([GuestFile(1, southern)]), "foreign", None),
        "by_strangers": (strangers, strangers.lite_bundle(one), "malformed", None),
        "read_from_a_node": (
            home,
            home.lite_bundle([GuestFile(1, north.full_bundle(read_at=north.now))]),
            "malformed",
            None,
        ),
        "inside_a_guest": (
            outer,
            outer.lite_bundle([GuestFile(1, nested.lite_bundle([GuestFile(1, southern)]))]),
            "malformed",
            None,
        ),
        "out_of_order": (home, repacked(plain, [[2, southern], [1, lite]]), "malformed", None),
        "twice": (home, repacked(plain, [[1, lite], [1, lite]]), "malformed", None),
        "none": (home, repacked(plain, []), "malformed", None),
        "as_bare_bytes": (home, repacked(plain, [lite]), "malformed", None),
        "by_an_older_recognition": (
            again,
            again.lite_bundle([GuestFile(1, lite)]),
            "malformed",
            None,
        ),
        "damaged": (home, home.lite_bundle([GuestFile(1, lite[:-1])]), "malformed", None),
        "unreadable_recognition": (unreadable, unreadable.lite_bundle(one), "malformed", None),
        "over_the_limit_together": (
            home,
            home.lite_bundle([GuestFile(1, claiming(lite, PAGE_LIMITS.lite_body_bytes - 64))]),
            "malformed",
            None,
        ),
        "fewer_entries_than_seen": (home, home.lite_bundle(one), "rollback", newer),
        "earlier_than_seen": (home, home.lite_bundle(both), "rollback", later),
    }
    for name, (sim, bundle, code, floor) in bad.items():
        held = {} if floor is None else {(886, NORTH): floor}
        vector = _guest_vector(sim, bundle, {"refused": f"trust.{code}"}, floors=held)
        yield f"guest_{name}_fail", vector


def _with_recognitions(north: Simulator, *, ended: bool = False, anew: bool = False) -> Simulator:
    sim = Simulator()
    number = sim.recognise(north)
    if ended:
        sim.end_recognition(number)
    if anew:
        sim.recognise(north)
    sim.checkpoint()
    return sim


def _as_opened(sim: Simulator) -> dict[str, Json]:
    state, as_of = sim.state(), sim.checkpoints[-1].statement.at
    return {"size": state.size, "head": state.head.hex(), "as_of": as_of, "strength": 2}


def _guest_vector(
    home: Simulator, bundle: bytes, expect: dict[str, Json], **also: object
) -> dict[str, Json]:
    vector = bundle_vector(bundle, home.trust_anchor, None, expect)
    floors = also.get("floors")
    assert floors is None or isinstance(floors, dict)
    if floors:
        vector["guests_seen_before"] = [
            {
                "chain_id": chain_id,
                "contract": contract.hex(),
                "size": floor.size,
                "head": floor.head.hex(),
                "as_of": floor.as_of,
            }
            for (chain_id, contract), floor in floors.items()
        ]
    return vector


ORDINARY = Policy()


class ForeignCase(NamedTuple):
    """A case of a verdict, and the recognition by which the registry judged; None for home."""

    case: Case
    recognition: int | None = 1


class Abroad:
    """Home, which recognises north for types 1 and 2 until some day, and south for type 1."""

    def __init__(self) -> None:
        home = self.home = Simulator()
        self.office, self.leaked = home.office("A1"), home.office("B1")
        home.register_type(ROAD)
        self.domestic = self._anchored(home, self.office, {1: "王小明"}, {1: "陳美麗"})
        home.revoke(self.office, 0)
        south, self.in_south = abroad(81, SOUTH, "S1", "S2")
        self.southern = self._anchored(south, self.in_south["S1"], {1: "花子"})
        self.unanchored_south = south.issue(self.in_south["S2"], {1: "次郎"})
        south.checkpoint()
        self.north, self.in_north = abroad(886, NORTH, "N1", "A1", "N2", "N3")
        self._northern_documents()
        self._northern_tricks()
        self.north.checkpoint()
        home.now = max(home.now, self.north.now, south.now)
        self.recognised_at = home.now + home.block_seconds
        self.until = self.recognised_at + 30 * DAY
        home.recognise(self.north, 1, 2, until=self.until)
        home.recognise(south)
        home.compromise(self.leaked.key, since=home.now)
        home.checkpoint()
        self.at = home.now
        files = [GuestFile(1, self.north.full_bundle()), GuestFile(2, south.lite_bundle())]
        self.bundles = {
            "foreign": home.lite_bundle(files),
            "foreign_left_out": home.full_bundle(files[1:]),
        }
        home.end_recognition(1)
        home.wait(60)
        home.checkpoint()
        self.ended_at = home.now
        self.bundles["foreign_ended"] = home.full_bundle(files)
        self.bundles["foreign_stale_guest"] = self._as_of(home_at=20 * DAY, guest_at=0)
        self.bundles["foreign_stale_home"] = self._as_of(home_at=0, guest_at=20 * DAY)

    def _northern_documents(self) -> None:
        north, offices = self.north, self.in_north
        north.register_type(FERRY)
        north.register_type(FERRY.replace(b'"type": 2', b'"type": 3'))
        for name, type_no in (("N2", 2), ("N3", 3)):
            north.accredit(name, type_no)
            offices[name].type_no = type_no
        self.foreign = self._anchored(north, offices["N1"], {1: "Anna"}, {1: "Björn"})
        self.unrecognised = self._anchored(north, offices["N3"], {1: "Gustav"})
        self.ferry = self._anchored(north, offices["N2"], {1: "Carla"})
        self.mistyped = self._anchored(north, offices["N2"], {1: 5})
        self.namesake = self._anchored(north, offices["A1"], {1: "Dora"})
        self.revoked = self._anchored(north, offices["N1"], {1: "Emil"})
        north.revoke(offices["N1"], self.revoked.entries[0].index)
        self.fresh = north.issue(offices["N1"], {1: "Frida"})

    def _northern_tricks(self) -> None:
        """The north registers keys of ours and of the south, and anchors under them."""
        north, offices = self.north, self.in_north
        for code, key in (
            ("A1", self.office.key),
            ("N1", self.leaked.key),
            ("N3", self.in_south["S1"].key),
        ):
            north.append(_added(code, key))
        posing = replace(offices["A1"], key=self.office.key)
        self.posing = self._anchored(north, posing, {1: "冒名"})
        leaked = replace(offices["N1"], key=self.leaked.key)
        self.leaked_abroad = self._anchored(north, leaked, {1: "冒名"})

    def _anchored(self, sim: Simulator, office: Office, *fields: dict[int, cbor.Value]) -> Batch:
        batch = sim.issue(office, *fields)
        sim.anchor(batch)
        return batch

    def _as_of(self, *, home_at: int, guest_at: int) -> bytes:
        """Home as it recognises north, both vouched for anew at these times."""
        size = self.home.checkpoints[-2].statement.size
        past = Simulator()
        past.entries, past.now = self.home.entries[:size], self.at + home_at
        past._builder.extend(past.entries[past._builder.size :])
        past._published = self.home._published
        past.checkpoint()
        self.north.checkpoint(at=self.at + guest_at)
        return past.lite_bundle([GuestFile(1, self.north.lite_bundle())])


def _added(code: str, key: SimulatedKey) -> p.Payload:
    return p.KeyAdded(
        AgencyCode(code), key.kid, ALG_ES256, KeyPurpose.SIGN_BATCH_ROOTS, key.cose_key
    )


def foreign_cases(world: Abroad) -> Iterator[tuple[str, ForeignCase]]:
    """Every rule about registries, each beside a twin that is well."""
    anna = world.foreign.sealed[0]
    late = Policy(max_trust_age=99 * DAY, max_status_age=99 * DAY)

    def case(
        sealed: bytes,
        outcome: str,
        code: str,
        bundle: str = "foreign",
        after: int = 60,
        *,
        policy: Policy = ORDINARY,
        recognition: int | None = 1,
    ) -> ForeignCase:
        return ForeignCase(Case(sealed, outcome, code, bundle, after, policy), recognition)

    yield (
        "home_beside_guests",
        case(world.domestic.sealed[1], "VALID", "proof.signature", recognition=None),
    )
    yield "anchored", case(anna, "VALID", "proof.anchored")
    yield "fresh", case(world.fresh.sealed[0], "VALID", "anchor.fresh")
    yield "second_type", case(world.ferry.sealed[0], "VALID", "issuer.accredited")
    yield (
        "type_not_recognised_fail",
        case(world.unrecognised.sealed[0], "INVALID", "issuer.not_recognised"),
    )
    yield "mistyped_there_fail", case(world.mistyped.sealed[0], "INVALID", "form.type_mismatch")
    yield "namesake", case(world.namesake.sealed[0], "VALID", "status.valid")
    yield "revoked_there_fail", case(world.revoked.sealed[0], "INVALID", "status.revoked")
    yield (
        "key_of_ours_there_fail",
        case(world.posing.sealed[0], "INVALID", "proof.signature_invalid", recognition=None),
    )
    yield (
        "leaked_key_of_ours_there_fail",
        case(world.leaked_abroad.sealed[0], "INVALID", "proof.signature_invalid", recognition=None),
    )
    until = world.until - world.at
    yield "last_second", case(anna, "VALID", "issuer.accredited", after=until - 1, policy=late)
    yield (
        "until_passed_fail",
        case(anna, "INVALID", "issuer.not_recognised", after=until, policy=late),
    )
    since = world.recognised_at - world.at
    yield "first_second", case(anna, "VALID", "issuer.accredited", after=since)
    yield "not_yet_fail", case(anna, "INVALID", "issuer.not_recognised", after=since - 1)
    ended = world.ended_at - world.at
    yield "ended_fail", case(anna, "INVALID", "issuer.not_recognised", "foreign_ended", ended)
    yield (
        "other_guest_after_the_first_ended",
        case(
            world.southern.sealed[0],
            "VALID",
            "issuer.accredited",
            "foreign_ended",
            ended,
            recognition=2,
        ),
    )
    yield (
        "lite_guest",
        case(world.unanchored_south.sealed[0], "VALID", "anchor.not_in_lite", recognition=2),
    )
    yield (
        "left_out_fail",
        case(
            world.ferry.sealed[0],
            "INDETERMINATE",
            "proof.key_unknown",
            "foreign_left_out",
            recognition=None,
        ),
    )
    yield (
        "left_out_namesake_fail",
        case(
            world.namesake.sealed[0],
            "INDETERMINATE",
            "skipped.after_failure",
            "foreign_left_out",
            recognition=None,
        ),
    )
    yield (
        "spoilt_by_another_guest_fail",
        case(
            world.southern.sealed[0],
            "INVALID",
            "proof.signature_invalid",
        ),
    )
    yield (
        "stale_guest_fail",
        case(anna, "INDETERMINATE", "status.too_old", "foreign_stale_guest", 20 * DAY),
    )
    yield (
        "stale_home_fail",
        case(anna, "INDETERMINATE", "trust.too_old", "foreign_stale_home", 20 * DAY),
    )
    yield (
        "home_ahead_of_the_clock_fail",
        case(anna, "INDETERMINATE", "trust.clock_behind", "foreign_stale_guest", 60),
    )
    yield (
        "guest_ahead_of_the_clock_fail",
        case(anna, "INDETERMINATE", "trust.clock_behind", "foreign_stale_home", 60),
    )
    yield (
        "weak_evidence_fail",
        case(anna, "INDETERMINATE", "trust.weak", policy=Policy(min_evidence=3)),
    )


def foreign_verdicts() -> Iterator[tuple[str, Json]]:
    """The bundles with guests, and the cases that name one of them."""
    world = Abroad()
    anchor = world.home.trust_anchor
    for name, bundle in world.bundles.items():
        held = {"bundle": bundle.hex(), "trust_anchor": encode_trust_anchor(anchor).hex()}
        yield f"bundle_{name}", {**held}
    for name, (case, recognition) in foreign_cases(world):
        at = world.at + case.after_seconds
        verdict = judged(
            case.sealed, world.bundles[case.bundle], anchor, at=at, policy=case.policy, seen=None
        )
        codes = [check.reason.value for check in verdict.checks]
        found = None if verdict.guest is None else verdict.guest.number
        assert (verdict.outcome.value, case.code in codes, found) == (
            case.outcome,
            True,
            recognition,
        ), (name, verdict.outcome, codes, found)
        vector = case_vector(case, at, verdict)
        assert isinstance(vector, dict)
        expect = vector["expect"]
        assert isinstance(expect, dict)
        expect["recognition"] = found
        yield f"case_foreign_{name}", vector
