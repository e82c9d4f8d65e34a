"""Journals that were changed, and statements about what was changed, signed by trusted signers."""

from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Final

from credential import cbor
from credential.cbor import Tag
from credential.errors import FormatError
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from credential.sign1 import protected_header, sig_structure
from credential.status import decode_status_list
from registry.checkpoint import EXTERNAL_AAD
from registry.errors import JournalError, TrustStateError
from registry.journal import Journal, JournalEntry
from registry.kinds import Kind
from registry.snapshot import snapshot_digest
from registry.trust import replay
from tests.simulated_keys import SimulatedKey
from tests.web.mutations import Value, spoilt_bytes

KINDS: Final = (*map(int, Kind), 0, 255)
KEYS: Final = (
    *(SimulatedKey(f"signer {n}") for n in range(2)),
    *(SimulatedKey(f"e{n}") for n in range(2)),
    SimulatedKey("e2", -8),
    *(SimulatedKey(f"e{n}", -48) for n in (3, 4)),
)
_SIGNERS: Final[Value] = [1, [cbor.decode(KEYS[0].cose_key)]]
"""Every checkpoint signer of the simulated registries."""


def other_journal(journal: Journal, chance: Random) -> Journal:
    """A journal with one entry changed, dropped, repeated, swapped, or cut there."""
    entries = list(journal.entries)
    if not entries:
        return journal
    at = chance.randrange(len(entries))
    entry = entries[at]
    match chance.randrange(10):
        case 0:
            del entries[at]
        case 1:
            entries.insert(at, entry)
        case 2:
            other = chance.randrange(len(entries))
            entries[at], entries[other] = entries[other], entry
        case 3:
            del entries[at:]
        case 4:
            entries[at] = entry._replace(
                time=max(0, entry.time + chance.choice((-99, -12, -1, 1, 12, 999)))
            )
        case 5:
            entries[at] = entry._replace(kind=chance.choice(KINDS))
        case _:
            entries[at] = entry._replace(data=spoilt_bytes(entry.data, chance)[:65535])
    renumbered = [JournalEntry(n, *one[1:]) for n, one in enumerate(entries)]
    return replace(journal, entries=tuple(renumbered))


def stated_by_snapshot(body: dict[cbor.Key, Value]) -> dict[cbor.Key, Value] | None:
    """Members 4 to 8 of a statement about the snapshot of a body, as far as it has them."""
    snapshot, lists, last = body[2], body[3], body[6]
    if not isinstance(snapshot, dict) or not isinstance(lists, list) or not isinstance(last, list):
        return None
    try:
        digests = _digests_by_slot(snapshot, lists)
        rows = [
            [*row[:4], digests.get((row[0], row[1]), b"")] if row[4] is None else row
            for row in snapshot[14]
        ]
        whole = cbor.encode({**snapshot, 14: rows})
        at = cbor.decode(last[-1][0], max_bytes=65536)[7]
        return {4: snapshot[4], 5: snapshot[5], 6: sha256(whole).digest(), 7: at, 8: snapshot[16]}
    except (FormatError, KeyError, TypeError, ValueError, IndexError):
        return None


def _digests_by_slot(
    snapshot: dict[cbor.Key, Value], lists: list[Value]
) -> dict[tuple[int, int], bytes]:
    codes = [row[0] for row in snapshot[10]]
    found = {}
    for file in lists:
        told = decode_status_list(file)
        found[codes.index(told.agency), told.list_no] = sha256(file).digest()
    return found


def stated_by_journal(journal: Journal) -> dict[cbor.Key, Value]:
    """Members 4 to 8 of a statement about a journal; where it breaks a rule, about nothing real."""
    try:
        state = replay(journal.chain_id, journal.contract, journal.entries)
        digest = snapshot_digest(state)
        signers = state.signers
    except (FormatError, JournalError, TrustStateError):
        signers = None
    if signers is None:
        return {4: len(journal.entries), 5: bytes(32), 6: bytes(32), 7: 2**32, 8: _SIGNERS}
    keys = [cbor.decode(key) for key in signers.cose_keys]
    return {
        4: state.size,
        5: state.head,
        6: digest,
        7: state.time + 9,
        8: [signers.threshold, keys],
    }


def checkpoint_of(statement: bytes, chance: Random) -> Value:
    """The statement, signed by every signer there is here, now and then by another algorithm."""
    signed = []
    for key in sorted(KEYS, key=lambda one: one.kid):
        alg = key.alg
        if alg != ALG_MLDSA44 and chance.random() < 0.02:
            alg = ALG_ES256 + ALG_EDDSA - alg  # the other one whose signatures have 64 bytes
        protected = protected_header(alg, key.kid)
        signature = key.sign(sig_structure(protected, EXTERNAL_AAD, statement))
        signed.append(Tag(18, [protected, {}, None, signature]))
    return [statement, signed]
