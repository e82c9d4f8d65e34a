"""The vectors of check receipts: receipt, key set, what it says; or the step that refuses it."""

from collections.abc import Iterator
from dataclasses import asdict

from credential import cbor
from credential.cbor import Value
from credential.keys import ALG_MLDSA44
from credential.sign1 import TAG_SIGN1, protected_header, sig_structure
from registry.trust_data import TrustData
from tests.simulated_keys import SimulatedKey
from tests.simulator import Simulator
from tests.vectors.make_credential_vectors import Json
from verifier.documents import Held, PlaceKind, Reading
from verifier.errors import DocumentError
from verifier.examine import Finding, examine, unread
from verifier.policy import DEFAULT_POLICY, STRICT_POLICY, Policy
from verifier.reasons import Reason
from verifier.receipt import EXTERNAL_AAD, encode_key_set, sign_receipt
from verifier.receipt_findings import CheckReceipt, JournalMark, encode_findings
from verifier.receipt_of import receipt_of
from verifier.verdict import Verdict
from verifier.verify import verify, verify_without_trust

KEY, OLDER, STRANGER = (SimulatedKey(f"receipts {name}") for name in ("now", "before", "stranger"))
LATTICE = SimulatedKey("receipts lattice", ALG_MLDSA44)
CHECKPOINT_AAD = b"sealroot/checkpoint/1"
KEYS = encode_key_set([KEY.cose_key, OLDER.cose_key])
Vectors = Iterator[tuple[str, Json]]
Members = dict[cbor.Key, Value]


class World:
    """One registry, one holder, and findings on what the holder carries."""

    def __init__(self) -> None:
        self.sim = Simulator()
        office = self.sim.office("A15030000C")
        batch = self.sim.issue(office, {1: "王小明"}, {1: "陳美麗"})
        self.sim.anchor(batch)
        self.sim.checkpoint()
        self.trust: TrustData = self.sim.trust()
        self.sealed, self.other = batch.sealed
        self.at = self.sim.now + 60

    def finding(self, *sealed: bytes, policy: Policy = DEFAULT_POLICY) -> Finding:
        held = tuple(Held(PlaceKind.FILE, None, one) for one in sealed)
        return examine(
            "x", Reading(held), lambda b: verify(b, self.trust, self.at, policy), self.at
        )

    def receipt(self, finding: Finding, policy: Policy = DEFAULT_POLICY) -> CheckReceipt:
        return receipt_of(finding, self.trust, policy, self.at)


def receipts() -> Vectors:
    """Good receipts with all that they say, then those that must be refused."""
    yield from _good(World())
    yield from _bad(World())


def _good(world: World) -> Vectors:
    valid = world.receipt(world.finding(world.sealed))
    yield _vector("valid", "one credential, VALID", sign_receipt(valid, KEY), valid)
    yield _vector("by_an_older_key", "the second key of the set", sign_receipt(valid, OLDER), valid)
    yield _vector("ml_dsa_44", "signed for the long term", sign_receipt(valid, LATTICE), valid)
    strict = world.receipt(world.finding(world.sealed, policy=STRICT_POLICY), STRICT_POLICY)
    yield _vector("strict", "another policy", sign_receipt(strict, KEY), strict)
    page = valid._replace(page_state="fields_as_issued")
    yield _vector("pages", "a PDF whose fields alone are as issued", sign_receipt(page, KEY), page)
    both = world.receipt(world.finding(world.sealed, world.other))
    yield _vector("disagreeing", "a document with two credentials", sign_receipt(both, KEY), both)
    spoilt = world.receipt(world.finding(world.sealed[:-1]))
    yield _vector("no_entry", "bytes that hold no entry", sign_receipt(spoilt, KEY), spoilt)
    nothing = world.receipt(unread("x", DocumentError(Reason.DOCUMENT_NO_CODE, "none")))
    yield _vector("nothing_read", "a photo of nothing", sign_receipt(nothing, KEY), nothing)
    untrusting = receipt_of(_without_trust(world), None, DEFAULT_POLICY, world.at)
    yield _vector("no_trust_data", "trust data too bad", sign_receipt(untrusting, KEY), untrusting)


def _without_trust(world: World) -> Finding:
    reading = Reading((Held(PlaceKind.FILE, None, world.sealed),))

    def judge(sealed: bytes) -> Verdict:
        return verify_without_trust(sealed, Reason.TRUST_ROLLBACK, world.at)

    return examine("x", reading, judge, world.at)


def _vector(name: str, about: str, source: bytes, says: CheckReceipt) -> tuple[str, Json]:
    vector: Json = {
        "about": about,
        "receipt": source.hex(),
        "keys": (LATTICE.cose_key if name == "ml_dsa_44" else KEYS).hex(),
        "says": receipt_as_json(says),
    }
    return name, vector


def receipt_as_json(receipt: CheckReceipt) -> Json:
    """All that a receipt says; byte strings are hex."""
    return {
        "checked_at": receipt.checked_at,
        "outcome": receipt.outcome.value,
        "journal": _mark(receipt.journal),
        "policy": asdict(receipt.policy),
        "document": [receipt.document[0].value, receipt.document[1]],
        "page_state": receipt.page_state,
        "credentials": [
            {
                "outcome": one.outcome.value,
                "checks": [
                    [check.name.value, check.result.value, check.code, check.as_of]
                    for check in one.checks
                ],
                "leaf": None if one.leaf is None else one.leaf.hex(),
                "sealed_digest": None if one.sealed_digest is None else one.sealed_digest.hex(),
                "guest": _mark(one.guest),
            }
            for one in receipt.credentials
        ],
    }


def _mark(mark: JournalMark | None) -> Json:
    if mark is None:
        return None
    return {
        "chain_id": mark.chain_id,
        "contract": mark.contract.hex(),
        "size": mark.size,
        "head": mark.head.hex(),
        "as_of": mark.as_of,
        "strength": mark.strength,
    }


# --- what must be refused ---


def _bad(world: World) -> Vectors:
    good = world.receipt(world.finding(world.sealed))
    genuine = sign_receipt(good, KEY)
    payload = encode_findings(good)
    flipped = bytes((genuine[-1] ^ 1,))
    wrong: dict[str, tuple[str, bytes]] = {
        "unknown_key": ("key_unknown", sign_receipt(good, STRANGER)),
        "empty": ("malformed", b""),
        "credential": ("malformed", world.sealed),
        "without_tag": ("malformed", genuine[1:]),
        "trailing_byte": ("malformed", genuine + b"\0"),
        "cut": ("malformed", genuine[:-1]),
        "signature_flipped": ("not_genuine", genuine[:-1] + flipped),
        "payload_changed": ("not_genuine", genuine.replace(payload, _later(payload))),
        "signature_of_a_checkpoint": (
            "not_genuine",
            _signed(payload, aad=CHECKPOINT_AAD),
        ),
        "no_external_aad": ("not_genuine", _signed(payload, aad=b"")),
        "kid_of_another_key": ("not_genuine", _signed(payload, signer=STRANGER, kid_of=KEY)),
        "algorithm_of_another_key": ("malformed", _signed(payload, alg=ALG_MLDSA44)),
        "algorithm_not_allowed": ("malformed", _signed(payload, alg=-8)),
        "algorithm_unprotected": ("malformed", _outside(payload)),
        "payload_detached": ("malformed", _item(protected_header(KEY.alg, KEY.kid), {}, None)),
        "critical_header": ("malformed", _critical(payload)),
    }
    for name, (step, source) in wrong.items():
        yield _refused(name, step, source)
    for name, members in _spoilt_members(good).items():
        yield _refused(name, "malformed", _signed(cbor.encode(members)))
    yield _refused("findings_not_deterministic", "malformed", _signed(payload + b"\0"))


def _refused(name: str, step: str, source: bytes) -> tuple[str, Json]:
    return f"{name}_fail", {"receipt": source.hex(), "keys": KEYS.hex(), "expect": step}


def _later(payload: bytes) -> bytes:
    members = _members(payload)
    return cbor.encode({**members, 2: 1_700_000_999})


def _members(payload: bytes) -> Members:
    members = cbor.decode(payload, max_bytes=len(payload))
    assert isinstance(members, dict)
    return members


def _signed(
    payload: bytes,
    *,
    signer: SimulatedKey = KEY,
    kid_of: SimulatedKey | None = None,
    alg: int | None = None,
    aad: bytes = EXTERNAL_AAD,
) -> bytes:
    protected = protected_header(alg or signer.alg, (kid_of or signer).kid)
    return _item(protected, {}, payload, signer.sign(sig_structure(protected, aad, payload)))


def _item(
    protected: bytes, outside: Members, payload: Value, signature: bytes = bytes(64)
) -> bytes:
    return cbor.encode(cbor.Tag(TAG_SIGN1, [protected, outside, payload, signature]))


def _outside(payload: bytes) -> bytes:
    protected = cbor.encode({4: KEY.kid})
    signature = KEY.sign(sig_structure(protected, EXTERNAL_AAD, payload))
    return _item(protected, {1: KEY.alg}, payload, signature)


def _critical(payload: bytes) -> bytes:
    protected = cbor.encode({1: KEY.alg, 2: [4], 4: KEY.kid})
    return _item(protected, {}, payload, KEY.sign(sig_structure(protected, EXTERNAL_AAD, payload)))


def _spoilt_members(good: CheckReceipt) -> dict[str, Members]:
    """Findings with one fault each, to be signed by the right key."""
    members = _members(encode_findings(good))
    (credential,) = members[7]  # type: ignore[misc, union-attr]  # a list of one
    checks = credential[2]  # type: ignore[index, call-overload]  # a list of eight
    failed = [["form", 2, "form.structure", None], *checks[1:]]  # type: ignore[index, misc]
    swapped = [checks[1], checks[0], *checks[2:]]  # type: ignore[index, misc]

    def with_credential(**changed: object) -> Members:
        made = {**credential, **{int(label[1:]): item for label, item in changed.items()}}  # type: ignore[dict-item]
        return {**members, 7: [made]}  # type: ignore[dict-item]

    def without(label: int) -> Members:
        return {key: item for key, item in members.items() if key != label}

    leafless = {key: item for key, item in credential.items() if key != 3}  # type: ignore[union-attr]
    bare = {key: item for key, item in credential.items() if key not in (3, 4)}  # type: ignore[union-attr]
    mark, policy = members[4], members[5]
    return {
        "later_version": {**members, 1: 2},
        "version_is_true": {**members, 1: True},
        "unknown_member": {**members, 9: 1},
        "member_missing": without(5),
        "page_state_unknown": {**members, 8: "perfect"},
        "time_too_late": {**members, 2: 253_402_300_800},
        "outcome_unknown": {**members, 3: 4},
        "outcome_is_true": {**members, 3: True},
        "journal_cut": {**members, 4: mark[:-1]},  # type: ignore[index]
        "strength_unknown": {**members, 4: [*mark[:-1], 4]},  # type: ignore[index, misc]
        "policy_cut": {**members, 5: policy[:-1]},  # type: ignore[index]
        "policy_number_for_truth": {**members, 5: [1, 1, 1, 0, 1]},
        "document_skipped": {**members, 6: [4, "skipped.after_failure"]},
        "document_failed_and_valid": {**members, 6: [2, "document.pages_disagree"]},
        "document_unknown_and_valid": {**members, 6: [3, "document.unreadable"]},
        "read_and_nothing_there": {**members, 7: []},
        "valid_without_trust_data": {**members, 4: None},
        "valid_with_a_failed_check": with_credential(_2=failed),
        "better_than_its_credential": {**with_credential(_1=2, _2=failed), 3: 1},
        "seven_checks": with_credential(_2=checks[:-1]),  # type: ignore[index]
        "checks_in_another_order": with_credential(_2=swapped),
        "code_with_a_space": with_credential(_2=[["form", 1, "form ok", None], *checks[1:]]),  # type: ignore[index, misc]
        "leaf_without_digest": {**members, 7: [leafless]},
        "valid_without_a_leaf": {**members, 7: [bare]},
        "leaf_too_short": with_credential(_3=bytes(31)),
        "too_many_credentials": {**members, 7: [credential] * 65},
    }
