"""Every decoder of the product as a function of bytes, with genuine input for each."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from credential import cbor
from credential.catalog import catalog_documents
from credential.entry import decode_entry, parse_certificate_number
from credential.keys import encode_es256_key, load_foreign_key, load_key
from credential.qr_text import qr_decode, qr_encode
from credential.sealed import decode_sealed, without_signature
from credential.sign1 import protected_header, sig_structure, verify_sign1
from credential.status import decode_status_list
from credential.status_details import decode_status_details
from credential.types import load_type
from registry.anchor_file import decode_trust_anchor, encode_trust_anchor
from registry.bundle import make_full_bundle, open_bundle
from registry.bundle_file import BundleLimits
from registry.checkpoint import decode_checkpoint, decode_statement, encode_checkpoint
from registry.evidence.consensus import Consensus
from registry.evidence.file import chain_evidence_value, decode_chain_evidence
from registry.evidence.header import decode_header
from registry.evidence.prove import claimed, prove
from registry.evidence.qbft import decode_extra
from registry.journal import decode_payload, read_journal_file, write_journal_file
from registry.recognition import decode_tail, encode_tail
from registry.signers import decode_cose_key_array, encode_cose_key_array
from registry.snapshot import decode_snapshot, encode_snapshot
from registry.trust import replay
from tests.simulated_chain import (
    CLIQUE,
    EPOCH,
    QBFT,
    CliqueChain,
    QbftChain,
    State,
    addresses,
    evidence_of,
    people,
)
from tests.simulated_registries import contents_for, move, recognise
from tests.simulator import CONTRACT, SimulatedKey, Simulator

Open = Callable[[bytes], object]
SMALL = BundleLimits(file_bytes=1 << 20, body_bytes=8 << 20)
"""What a reader with little memory sets (bundle.md, File)."""


class Door(NamedTuple):
    """A decoder, and bytes it takes in."""

    name: str
    opens: Open
    genuine: tuple[bytes, ...]


def as_text(open_text: Callable[[str], object]) -> Open:
    """A decoder of texts, as a function of bytes of any kind."""
    return lambda source: open_text(source.decode("utf-8", "surrogateescape"))


def _replayed(source: bytes) -> object:
    journal = read_journal_file(source)
    return replay(journal.chain_id, journal.contract, journal.entries)


def _payload(source: bytes) -> object:
    return decode_payload(source[0] if source else 0x10, source[1:])


def message() -> tuple[bytes, bytes]:
    """A COSE_Sign1 and the COSE_Key that verifies it."""
    key = SimulatedKey("message")
    protected = protected_header(key.alg, key.kid)
    signature = key.sign(sig_structure(protected, b"", b"payload"))
    return cbor.encode(cbor.Tag(18, [protected, {}, b"payload", signature])), key.cose_key


_VALIDATORS = addresses(people(4))


def _evidences(head: bytes) -> tuple[bytes, bytes]:
    """Evidence of both engines for a contract's head."""
    state = State({CONTRACT: head})
    qbft = QbftChain(people(4)).block(7, state.root)
    clique = CliqueChain(people(4))
    for _ in range(4):
        clique.append(state.root)
    made = ((QBFT, [qbft]), (CLIQUE, clique.headers))
    return tuple(  # type: ignore[return-value]  # one for each engine
        cbor.encode(chain_evidence_value(evidence_of(engine, headers, state, CONTRACT)))
        for engine, headers in made
    )


def _proven(source: bytes) -> object:
    evidence = decode_chain_evidence(source)
    consensus = Consensus(evidence.engine, EPOCH)
    claimed(evidence, CONTRACT)
    return prove(evidence, _VALIDATORS, consensus, CONTRACT)


def _header(source: bytes) -> object:
    header = decode_header(source)
    return decode_extra(header.extra) if header.extra[:1] > b"\xc0" else header


@cache
def doors() -> tuple[Door, ...]:
    """All of them."""
    sim = Simulator()
    office = sim.office("A15030000C")
    batch = sim.issue(office, {1: "王小明", 2: "2020-02-29"}, {1: "陳美麗"}, {1: "林志明"})
    sim.anchor(batch)
    sim.revoke(office, 3, 5)
    evidences = _evidences(sim.state().head)
    sealed_by_chain = make_full_bundle(
        sim.journal, sim.documents(), made_at=sim.now, chain=decode_chain_evidence(evidences[0])
    )
    recognise(sim, 5)
    move(sim, 7)
    checkpoint = sim.checkpoint()
    sealed = (*batch.sealed, without_signature(batch.sealed[0]))
    documents = sim.documents()
    sign1, cose_key = message()
    anchor = replace(sim.trust_anchor, validators=_VALIDATORS, consensus=QBFT)
    header = decode_chain_evidence(evidences[0]).headers[0]
    bundles = (
        sim.lite_bundle(),
        sim.full_bundle(),
        sim.full_bundle(read_at=sim.now),
        sealed_by_chain,
    )
    keys = tuple(key.cose_key for key in sim.signer_keys)
    return (
        Door("sealed credential", decode_sealed, sealed),
        Door("entry", decode_entry, tuple(decode_sealed(one).entry for one in sealed)),
        Door(
            "QR text",
            as_text(qr_decode),
            tuple(qr_encode(s, "https://a.gov/").encode() for s in sealed),
        ),
        Door("certificate number", as_text(parse_certificate_number), (b"A15030000C-1-004711",)),
        Door("COSE_Sign1", lambda source: verify_sign1(source, cose_key), (sign1,)),
        Door(
            "COSE_Key",
            load_key,
            (cose_key, *keys, encode_es256_key(SimulatedKey("k")._p256.public_key())),
        ),
        Door("foreign COSE_Key", load_foreign_key, (cose_key,)),
        Door("status list", decode_status_list, documents.status_lists),
        Door("status details", decode_status_details, documents.details),
        Door("type document", load_type, (*catalog_documents(), *documents.types)),
        Door("journal file", _replayed, (write_journal_file(sim.journal),)),
        Door("journal entry", _payload, tuple(bytes((e.kind,)) + e.data for e in sim.entries)),
        Door("recognition", decode_tail, (encode_tail(contents_for(1, 3)),)),
        Door("signers", decode_cose_key_array, (encode_cose_key_array(keys),)),
        Door("snapshot", decode_snapshot, (encode_snapshot(sim.state()),)),
        Door("statement", decode_statement, (checkpoint.statement_bytes,)),
        Door("checkpoint", decode_checkpoint, (encode_checkpoint(checkpoint),)),
        Door("chain evidence", _proven, evidences),
        Door("block header", _header, (header,)),
        Door("trust anchor", decode_trust_anchor, (encode_trust_anchor(anchor),)),
        Door("bundle", lambda source: open_bundle(source, anchor=anchor, limits=SMALL), bundles),
    )
