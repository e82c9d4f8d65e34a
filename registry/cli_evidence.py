"""`sealroot registry evidence ...`: what proves the journal's head without believing a node."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from credential import cbor
from credential.errors import FormatError
from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.bundle import open_bundle
from registry.bundle_file import PAGE_LIMITS, inflate, read_body, read_envelope
from registry.cli_options import DEFAULT_HOME, AsJson, Home, moment, open_home, opened
from registry.cli_output import print_done, print_facts
from registry.errors import BundleError, EvidenceError
from registry.evidence.consensus import SealEngine
from registry.evidence.file import ChainEvidence, chain_evidence_value, decode_chain_evidence
from registry.evidence.prove import ProvenHead, prove
from registry.evidence.qbft import quorum
from registry.operations import chain_evidence
from registry.plain_words import explained
from registry.public_folder import write_atomically

evidence_app = typer.Typer(
    help="Chain evidence: collect, check. Block headers with validators' seals, and state proofs.",
    no_args_is_help=True,
)
_BUNDLE_START = b"\xa6"


@evidence_app.command()
def collect(
    out: Annotated[Path, typer.Option(help="Where the evidence goes.")],
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Collect evidence for the journal's head as it is now, checked from the trust anchor on."""
    registry = opened(home)
    found = chain_evidence.collect(registry)
    encoded = cbor.encode(chain_evidence_value(found.evidence))
    write_atomically(out, encoded)
    facts = {"file": str(out), "bytes": len(encoded), "journal_size": found.size}
    print_done(
        f"The evidence is in {out} ({len(encoded):,} bytes): block {found.proven.block} has a "
        f"journal of {found.size} entries.",
        {**facts, **_facts(found.evidence, found.proven)},
        as_json=as_json,
    )


@evidence_app.command()
def check(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="A bundle, or evidence of its own."),
    ],
    trust_anchor: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Else that of the home folder."),
    ] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Check headers, seals and proofs from a trust anchor on, and say what they prove. Offline."""
    anchor = decode_trust_anchor((trust_anchor or open_home(home).trust_anchor).read_bytes())
    source = file.read_bytes()
    evidence = _evidence_in(source)
    proven = prove(
        evidence, anchor.validators, chain_evidence.require_consensus(anchor), anchor.contract
    )
    words = _words(evidence, proven, anchor)
    size = None
    if source.startswith(_BUNDLE_START):
        size = open_bundle(source, anchor=anchor).state.size
        words += f" The {size} journal entries in the bundle give exactly this head."
    facts = {"proves": words, "journal_size": size, **_facts(evidence, proven)}
    print_facts("Chain evidence", facts, as_json=as_json)


def hex_addresses(addresses: Iterable[bytes]) -> list[str]:
    """Return addresses as people write them."""
    return [f"0x{address.hex()}" for address in addresses]


def _evidence_in(source: bytes) -> ChainEvidence:
    """The evidence in a bundle, or in a file of its own."""
    if not source.startswith(_BUNDLE_START):
        try:
            return decode_chain_evidence(source)
        except FormatError as error:
            raise EvidenceError(f"this file is no chain evidence: {error}") from error
    envelope = read_envelope(source, PAGE_LIMITS)
    body = read_body(inflate(envelope.compressed, envelope.body_bytes), envelope.kind)
    if body.chain is None:
        raise explained(
            BundleError("the bundle has no chain evidence"),
            means="Its head is vouched for by checkpoints (strength 2) or by a node (strength 1).",
            way_out="Make one with `sealroot registry bundle make --evidence chain`.",
        )
    return body.chain


def _facts(evidence: ChainEvidence, proven: ProvenHead) -> dict[str, object]:
    return {
        "engine": evidence.engine.name.lower(),
        "headers": len(evidence.headers),
        "block": proven.block,
        "block_hash": f"0x{proven.block_hash.hex()}",
        "as_of": moment(proven.at),
        "head": proven.head.hex(),
        "validators": hex_addresses(proven.validators),
        "sealed_by": hex_addresses(proven.sealed_by),
    }


def _words(evidence: ChainEvidence, proven: ProvenHead, anchor: TrustAnchor) -> str:
    """What was proven, in sentences."""
    in_force, sealed = len(proven.validators), len(proven.sealed_by)
    changed = set(proven.validators) != set(anchor.validators)
    followed = f"Beginning from the {len(anchor.validators)} validators of the trust anchor" + (
        f", and following their votes to the {in_force} in force, " if changed else ", "
    )
    if evidence.engine is SealEngine.QBFT:
        sealing = (
            f"{sealed} of {in_force} validators sealed block {proven.block} "
            f"({quorum(in_force)} are needed)"
        )
    else:
        sealing = (
            f"{sealed} of {in_force} signers built on block {proven.block} "
            f"({in_force // 2 + 1} are needed)"
        )
    return (
        f"{followed}{sealing}. In its state the contract 0x{anchor.contract.hex()} holds the "
        f"journal head {proven.head.hex()}, as of {moment(proven.at)}. Nobody else was believed."
    )
