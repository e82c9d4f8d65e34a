"""Faultless bytes that the registry speaks against: agencies, keys, anchors, dates, slots, texts.

Everything is signed by a trusted key, most of it anchored; one fact in the journal, the claims or
the status list is against it. Returned cases are judged at `desk.sim.now` of the last bundle.
"""

from collections.abc import Iterator

from credential.keys import ALG_ES256, ALG_MLDSA44
from credential.qr_text import qr_encode
from credential.status import SlotState
from registry.kinds import AlgorithmPhase
from tests.hostile.desk import (
    DAY,
    Case,
    Desk,
    Pair,
    claims,
    field_map,
    header,
    inclusion,
    leaf,
    node,
    refused,
    undecided,
    whole,
    with_proofs,
)
from tests.hostile.pen import array, octets, text, uint
from tests.simulator import Batch, Office, Simulator


def trust_faults(desk: Desk) -> Iterator[Case]:
    """All of them; the desk's registry goes on while they are made."""
    for generator in (_claims, _anchors, _agencies, _keys, _slots):
        yield from generator(desk)


def _slot(*numbers: int) -> bytes:
    return array(*map(uint, numbers))


def _both(desk: Desk, entry: bytes) -> Iterator[tuple[str, bytes]]:
    """The entry signed only, and the entry signed and anchored."""
    pair = desk.pair(entry)
    yield "signed", desk.seal(pair)
    pair = Pair(entry, desk.entry())
    sealed = desk.seal(pair)
    desk.anchor(pair.root)
    yield "anchored", sealed


def _claims(desk: Desk) -> Iterator[Case]:
    """What the claims themselves say."""
    now = desk.sim.now
    for name, entry, code in (
        ("run out a day ago", desk.entry(exp=uint(now - 3_600)), "dates.expired"),
        ("run out long before it was sealed", _without(desk, "nbf", exp=1), "dates.expired"),
        ("not yet in force", desk.entry(nbf=uint(now + 30 * DAY)), "dates.not_yet"),
        ("issued in the future", desk.entry(iat=uint(now + 30 * DAY)), "dates.issued_in_future"),
        ("slot 1,000 of 1,000", desk.entry(slot=_slot(2, 1, 1, 1_000)), "status.not_a_slot"),
        ("the last slot there can be", desk.entry(slot=_slot(2, 1, 1, 2**26 - 1)),
         "status.not_a_slot"),
        ("a type this agency may not issue", desk.entry(slot=_slot(1, 1, 1, 7), fields=PERMIT),
         "issuer.not_accredited"),
        ("another agency's code", _of(desk, "B1"), "issuer.mismatch"),
        ("the code of nobody", _of(desk, "Z9"), "issuer.mismatch"),
    ):  # fmt: skip
        for how, sealed in (
            _both(desk, entry) if code != "issuer.mismatch" else _signed(desk, entry)
        ):
            yield refused(f"{name}, {how}", sealed, code)
    for name, entry, code in (
        ("a type nobody registered", desk.entry(slot=_slot(77, 1, 1, 7)), "issuer.type_unknown"),
        ("a version nobody registered", desk.entry(slot=_slot(2, 2, 1, 7)), "issuer.type_unknown"),
        ("a list nobody published", desk.entry(slot=_slot(2, 1, 9, 7)), "status.list_missing"),
    ):
        for how, sealed in _both(desk, entry):
            yield undecided(f"{name}, {how}", sealed, code)


PERMIT = field_map({1: text("王小明")})
"""Faultless fields of type 1."""


def _signed(desk: Desk, entry: bytes) -> Iterator[tuple[str, bytes]]:
    yield "signed", desk.seal(desk.pair(entry))


def _without(desk: Desk, *names: str, **times: int) -> bytes:
    members = desk.members()
    for name in names:
        del members[name]
    changed = {n: (k, uint(times[n]) if n in times else i) for n, (k, i) in members.items()}
    return claims(changed)


def _of(desk: Desk, agency: str) -> bytes:
    return claims(desk.members(agency))


def _anchors(desk: Desk) -> Iterator[Case]:
    """Anchored roots under other sizes, keys and paths than were anchored."""
    sizes = {"one leaf more": 3, "one leaf less": 1, "2^20 leaves": 2**20}
    for name, size in sizes.items():
        pair = desk.pair()
        sealed = desk.seal(pair)
        desk.twins.pop()
        desk.anchor(pair.root, size)
        yield refused(f"anchored with {name}", sealed, "proof.tree_size")
    entries = [desk.entry() for _ in range(3)]
    a, b, c = map(leaf, entries)
    root = node(node(a, b), c)
    desk.anchor(root, 3)

    def under(kid: bytes, entry: bytes, size: int, index: int, *path: bytes) -> bytes:
        proof = with_proofs(octets(inclusion(size, index, *path)))
        protected = octets(header(ALG_ES256, kid))
        return whole(octets(entry), protected, proof, b"\xf6", octets(b""))

    own = desk.key.kid
    desk.twins.append(("anchored, unsigned", under(own, entries[2], 3, 2, node(a, b))))
    for name, case in {
        "another entry": (own, desk.entry(), 3, 2, node(a, b)),
        "a claim changed": (
            own,
            entries[2].replace(b"2020-02-29", b"2020-02-28"),
            3,
            2,
            node(a, b),
        ),
        "the path of a sibling": (own, entries[2], 3, 0, b, c),
        "an inner node as root": (own, entries[0], 2, 0, b),
        "the last leaf as its own twin": (own, entries[2], 4, 3, c, node(a, b)),
        "the agency's second key": (desk.second_key.kid, entries[2], 3, 2, node(a, b)),
    }.items():
        yield undecided(f"anchored, but {name}", under(*case), "proof.root_unknown")  # type: ignore[arg-type]  # kid, entry, numbers, path
    foreign = under(desk.other.key.kid, entries[2], 3, 2, node(a, b))
    yield refused("anchored, but another agency's key", foreign, "issuer.mismatch")
    wrong_alg = whole(
        octets(entries[2]),
        octets(header(ALG_MLDSA44, own)),
        with_proofs(octets(inclusion(3, 2, node(a, b)))),
        b"\xf6",
        octets(b""),
    )
    yield refused("anchored, but another alg", wrong_alg, "proof.algorithm")


def _agencies(desk: Desk) -> Iterator[Case]:
    """Agencies that may not issue now, or did not when it was anchored."""
    sim = desk.sim
    suspended, closed, ended = (sim.office(code, type_no=2) for code in ("S1", "C1", "E1"))
    before = {office.code: _batch(sim, office) for office in (suspended, closed, ended)}
    for batch in before.values():
        sim.anchor(batch)
        desk.twins += [(f"anchored by {batch.office.code} before", one) for one in batch.sealed]
    sim.suspend(suspended)
    sim.close(closed)
    sim.end_accreditation(ended)
    yield refused("signed by a suspended agency", _fresh(sim, suspended), "issuer.not_active")
    yield refused("signed by a closed agency", _fresh(sim, closed), "issuer.not_active")
    yield refused("signed after the accreditation", _fresh(sim, ended), "issuer.not_accredited")
    after = _batch(sim, ended)
    sim.anchor(after)
    name = "anchored after the accreditation"
    yield refused(name, after.sealed[0], "issuer.not_accredited")
    parent = sim.office("P1", type_no=2)
    child = sim.branch(parent, "P2")
    sim.end_accreditation(parent)
    name = "signed under a delegation whose parent ended"
    yield refused(name, _fresh(sim, child), "issuer.not_accredited")
    brief = sim.office("T1", type_no=2, until=sim.now + 200)
    sim.wait(300)
    late = _batch(sim, brief)
    sim.anchor(late)
    yield refused("anchored after `until`", late.sealed[0], "issuer.not_accredited")


def _batch(sim: Simulator, office: Office, **claims: object) -> Batch:
    fields = {1: "王小明", 2: "2020-02-29", 3: "A", 4: 3, 5: [{1: "a"}], 7: bytes(32)}
    return sim.issue(office, fields, fields, type_no=2, **claims)  # type: ignore[arg-type]  # nested values


def _fresh(sim: Simulator, office: Office) -> bytes:
    return _batch(sim, office).sealed[0]


def _keys(desk: Desk) -> Iterator[Case]:
    """Keys that have leaked or ended, and an algorithm that stopped."""
    sim = desk.sim
    office = sim.office("K1", type_no=2)
    before, at, inside = (_batch(sim, office) for _ in range(3))
    sim.anchor(before)
    sim.anchor(at)
    since = sim.now
    sim.anchor(inside)
    unanchored = _fresh(sim, office)
    sim.compromise(office.key, since=since)
    desk.twins += [("anchored before the leak", one) for one in before.sealed]
    yield refused("anchored when the leak began", at.sealed[0], "key.compromised")
    yield refused("anchored after the leak", inside.sealed[0], "key.compromised")
    yield refused("signed before the leak was known", unanchored, "key.compromised")
    yield refused("signed with a leaked key", _fresh(sim, office), "key.compromised")
    backdated = _batch(sim, office, iat=before.entries[0].iat)
    yield refused("signed with a leaked key, backdated", backdated.sealed[0], "key.compromised")
    confirmed = sim.office("K2", type_no=2)
    saved, lost = _batch(sim, confirmed), _batch(sim, confirmed)
    sim.anchor(saved)
    sim.anchor(lost)
    sim.compromise(confirmed.key, since=sim.now - 100)
    sim.confirm(1, confirmed)
    desk.twins += [("confirmed after the leak", one) for one in saved.sealed]
    yield refused("beside a confirmed batch", lost.sealed[0], "key.compromised")
    over = sim.office("K3", type_no=2)
    sim.end_key(over.key)
    yield undecided("signed with an ended key", _fresh(sim, over), "key.ended")
    off_curve = sim.office("K4", type_no=2, alg=ALG_MLDSA44)
    old = _batch(sim, off_curve)
    sim.anchor(old)
    desk.twins += [("anchored before the algorithm stopped", one) for one in old.sealed]
    sim.set_algorithm(ALG_MLDSA44, AlgorithmPhase.STOP)
    stopped = _batch(sim, off_curve)
    sim.anchor(stopped)
    name = "anchored after its algorithm stopped"
    yield refused(name, stopped.sealed[0], "key.algorithm_stopped")
    name = "signed after its algorithm stopped"
    yield refused(name, _fresh(sim, off_curve), "key.algorithm_stopped")


def _slots(desk: Desk) -> Iterator[Case]:
    sim = desk.sim
    office = sim.office("L1", type_no=2)
    batch = _batch(sim, office)
    sim.anchor(batch)
    other = _batch(sim, office)
    states = {
        batch.entries[0].index: SlotState.REVOKED,
        other.entries[0].index: SlotState.SUSPENDED,
    }
    sim.publish_status(office, states)
    desk.twins += [
        (f"beside it: slot {n}", one) for n, one in enumerate((batch.sealed[1], other.sealed[1]))
    ]
    yield refused("revoked and anchored", batch.sealed[0], "status.revoked")
    yield refused("suspended, signed only", other.sealed[0], "status.suspended")


def text_faults(sealed: bytes) -> Iterator[tuple[str, str]]:
    """Texts that are nearly the QR text of a credential, each with what is wrong (form.text)."""
    digits = qr_encode(sealed)
    url = "https://verify.example.gov/"
    half = len(digits) // 2
    spoilt = {
        "nothing": "",
        "a URL alone": url,
        "a URL without digits": f"{url}#",
        "two #": f"{url}##{digits}",
        "# behind": f"{url}#{digits}#",
        "a # between": f"{digits[:half]}#{digits[half:]}#{digits}",
        "a space in the URL": f"{url} #{digits}",
        "a letter beyond ASCII in the URL": f"https://vérify.example.gov/#{digits}",
        "a zero byte in the URL": f"{url}\0#{digits}",
        "a URL of 513 characters": "h" * 513 + f"#{digits}",
        "more than 42,000 digits": "0" * 42_000 + digits,
        "full-width digits": digits.translate({48 + n: 0xFF10 + n for n in range(10)}),
        "Arabic digits": digits.translate({48 + n: 0x660 + n for n in range(10)}),
        "superscript digits": digits.replace("2", "²"),
        "one digit missing": digits[:-1],
        "one digit more": digits + "0",
        "digits beyond 7 bytes": "9" * 17 + digits[17:],
        "hexadecimal": sealed.hex(),
        "base 45 of the EU": "HC1:" + digits,
    }
    for mark in (
        " ",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u200b",
        "\u202e",
        "\ufeff",
        "+",
        "-",
        "_",
        ".",
        ",",
    ):
        spoilt |= {
            f"{mark!r} in front": mark + digits,
            f"{mark!r} behind": digits + mark,
            f"{mark!r} between": digits[:half] + mark + digits[half:],
            f"{mark!r} behind the #": f"{url}#{mark}{digits}",
        }
    yield from spoilt.items()


def code_of_text(spoilt: str) -> str:
    """What qr-text.md promises: one limit, and for every other fault the same code."""
    return "form.too_large" if len(spoilt) > 42_000 else "form.text"
