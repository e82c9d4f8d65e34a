"""The numbered steps of docs/formats/sealed.md with the values that were used."""

from collections.abc import Iterator
from hashlib import sha256

from credential.display import shown
from credential.entry import Entry
from credential.errors import PathError
from credential.merkle import leaf_hash, node_hash
from credential.sealed import Receipt, Sealed, decode_sealed, registry_aad
from credential.sign1 import sig_structure
from registry.trust_data import Guest, TrustData
from verifier.checks import signing_home
from verifier.fields import rfc3339
from verifier.policy import Policy
from verifier.verdict import Check, CheckName, Result, Verdict


def explain(sealed: bytes, verdict: Verdict, trust: TrustData, policy: Policy) -> list[str]:
    """Return the ten steps with values and the checks they feed, in words of the formats.

    `trust` is home's; the values of a foreign credential are those of the registry that judged it.
    """
    guest = verdict.guest
    judged_by = trust if guest is None else guest.trust
    home = [] if guest is None else [*_home(guest, trust, verdict)]
    return [*home, *_steps(sealed, verdict, judged_by, policy)]


def _home(guest: Guest, home: TrustData, verdict: Verdict) -> Iterator[str]:
    """Yield why another registry judges, and what home has to say of it."""
    known, contents = guest.recognition, guest.recognition.contents
    yield f"registry: the key is not home's; it is known to the guest of recognition {known.number}"
    if contents is not None:  # it is: a guest is opened by what its recognition holds
        yield f"  {shown(contents.name_zh_hant)} / {shown(contents.name_en)}"
        yield f"  types {', '.join(map(str, contents.type_nos))}"
    yield f"  named as chain {known.chain_id}, contract 0x{known.contract.hex()}"
    ends = f"until {_time(known.until or None)}, ended {_time(known.ended_at)}"
    yield f"  recognised {_time(known.at)}, {ends}: in force now: {known.in_force(verdict.at)}"
    yield f"  home: strength {home.evidence.strength}, as of {_time(home.evidence.as_of)}"
    judged = guest.judged.evidence
    yield f"  counted: the weaker, {judged.strength}, and the older, {_time(judged.as_of)}"


def _steps(sealed: bytes, verdict: Verdict, trust: TrustData, policy: Policy) -> Iterator[str]:
    entry = verdict.entry
    yield f"sealed: {len(sealed)} bytes, SHA-256 {sha256(sealed).hexdigest()}"
    yield f"now = {_time(verdict.at)}; policy: {policy}"
    yield "1 form: decode strictly"
    if entry is None or verdict.check(CheckName.FORM).result is not Result.PASS:
        yield _told(verdict, CheckName.FORM)
        return
    credential = decode_sealed(sealed)
    yield f"  entry: {len(credential.entry)} bytes {credential.entry.hex()}"
    yield from _entry(entry)
    yield from _receipt(credential.receipt)
    yield _told(verdict, CheckName.FORM)
    yield "2 proof: from the leaf up the inclusion path to the root"
    yield from _climb(credential)
    yield "3 proof: anchored root, or else the key's signature over the root"
    yield from _standing(credential, verdict, trust)
    yield _told(verdict, CheckName.PROOF)
    counted = verdict.at if verdict.anchor is None else verdict.anchor.at
    why = "now: not anchored" if verdict.anchor is None else "block time of the anchor"
    yield f"4 T = {_time(counted)} ({why})"
    yield f"5 issuer: {entry.iss}, type {entry.type_no} version {entry.type_version}, at T"
    yield from _issuer(entry, trust)
    yield _told(verdict, CheckName.ISSUER)
    yield "6 key: safe for this anchor, algorithm allowed at T"
    yield from _key(credential.receipt, counted, trust)
    yield _told(verdict, CheckName.KEY)
    found = _time(verdict.anchor.at) if verdict.anchor else f"none; iat says {_time(entry.iat)}"
    yield f"7 anchor: {found}"
    yield _told(verdict, CheckName.ANCHOR)
    yield f"8 dates: nbf {_time(entry.nbf)}, exp {_time(entry.exp)}, iat {_time(entry.iat)}"
    yield _told(verdict, CheckName.DATES)
    yield f"9 status: slot {entry.index} of list {entry.list_no} of {entry.iss}"
    yield from _status(entry, trust)
    yield _told(verdict, CheckName.STATUS)
    yield "10 trust: strength and age of the evidence"
    yield f"  strength {trust.evidence.strength}, as of {_time(trust.evidence.as_of)}"
    if trust.seals is not None:
        sealers = ", ".join(f"0x{address.hex()}" for address in trust.seals.sealed_by)
        yield f"  block {trust.seals.block}, vouched for by validators {sealers}"
    yield f"  journal of chain {trust.state.chain_id}, contract 0x{trust.state.contract.hex()}"
    for home in trust.state.homes[:-1]:
        yield (
            f"  at home in chain {home.chain_id}, contract 0x{home.contract.hex()} up to entry "
            f"{home.end}"
        )
    yield f"  size {trust.state.size}, head {trust.state.head.hex()}"
    yield _told(verdict, CheckName.TRUST)
    yield f"verdict: {verdict.outcome.value}"


def _entry(entry: Entry) -> Iterator[str]:
    yield f"  iss {entry.iss}, cti {entry.cti.hex()}, fields {shown(repr(entry.fields))}"


def _receipt(receipt: Receipt) -> Iterator[str]:
    yield f"  protected header {receipt.protected.hex()}"
    yield f"  alg {receipt.alg}, kid {receipt.kid.hex()}"
    signature = receipt.signature.hex() if receipt.signature else "(empty)"
    yield f"  signature {signature}"


def _climb(credential: Sealed) -> Iterator[str]:
    """Yield every hash from the leaf to the root (RFC 9162 §2.1.3.2), computed anew."""
    receipt = credential.receipt
    at, last = receipt.leaf_index, receipt.tree_size - 1
    node = leaf_hash(credential.entry)
    yield f"  leaf index {at}, tree size {last + 1}, {len(receipt.path)} steps"
    yield f"  leaf = SHA-256(00 || entry) = {node.hex()}"
    for step, sibling in enumerate(receipt.path, 1):
        if at > last or not last:
            break
        if at & 1 or at == last:
            while not at & 1:
                at, last = at >> 1, last >> 1
            node, shape = node_hash(sibling, node), "01 || sibling || node"
        else:
            node, shape = node_hash(node, sibling), "01 || node || sibling"
        at, last = at >> 1, last >> 1
        yield f"  {step}: sibling {sibling.hex()}"
        yield f"     SHA-256({shape}) = {node.hex()}"
    yield f"  root = {node.hex()}"


def _standing(credential: Sealed, verdict: Verdict, trust: TrustData) -> Iterator[str]:
    if verdict.root is None:
        yield f"  {PathError.__name__}: index, size and path cannot belong together"
        return
    if verdict.anchor is not None:
        anchor = verdict.anchor
        batch = f"batch {anchor.batch_no} of {anchor.agency}, {anchor.size} credentials"
        yield f"  anchored: {batch}, {_time(anchor.at)}"
        yield "  the signature is not looked at"
        return
    yield "  not anchored in this trust data"
    receipt = credential.receipt
    key = trust.state.key(receipt.kid)
    signed = key and signing_home(receipt, verdict.root, key, trust.state)
    aad = registry_aad(*(signed or trust.state.homes[-1]).registry)
    yield f"  external_aad {aad.hex()}"
    yield f"  Sig_structure {sig_structure(receipt.protected, aad, verdict.root).hex()}"


def _issuer(entry: Entry, trust: TrustData) -> Iterator[str]:
    agency = trust.state.agency(entry.iss)
    if agency is None:
        yield "  agency unknown"
        return
    yield f"  registered {_time(agency.registered_at)}; " + "; ".join(
        f"{change.state.name} from {_time(change.at)}" for change in agency.states
    )
    digest = trust.state.type_digest(entry.type_no, entry.type_version)
    yield f"  type document {digest.hex() if digest is not None else 'not registered'}"


def _key(receipt: Receipt, at: int, trust: TrustData) -> Iterator[str]:
    key = trust.state.key(receipt.kid)
    if key is None:
        yield "  key unknown"
        return
    yield f"  key of {key.agency}, added {_time(key.added_at)}, ended {_time(key.ended_at)}"
    compromise = key.compromise
    yield f"  compromised since {_time(compromise.since)}" if compromise else "  not compromised"
    yield f"  algorithm {key.alg}: {trust.state.algorithm(key.alg, at).name} at T"


def _status(entry: Entry, trust: TrustData) -> Iterator[str]:
    known = trust.status_lists.get((entry.iss, entry.list_no))
    if known is None:
        yield "  list not in this trust data"
        return
    slot = known.state(entry.index)
    told = "no such slot" if slot is None else slot.name
    yield f"  version {known.version}, {known.slots} slots: {told}"


def _told(verdict: Verdict, name: CheckName) -> str:
    check: Check = verdict.check(name)
    as_of = "" if check.as_of is None else f", as of {_time(check.as_of)}"
    return f"  => {name.value}: {check.result.value} {check.reason.value}{as_of}"


def _time(at: int | None) -> str:
    return "none" if at is None else f"{at} ({rfc3339(at)})"
