"""`sealroot registry checkpoint|trust-anchor|bundle ...`.

What verifiers without a network believe, and who signs it.
"""

from pathlib import Path
from typing import Annotated

import typer

from credential.display import shown
from credential.signer import Signer
from registry import families
from registry.anchor_file import TrustAnchor, decode_trust_anchor, short_digest
from registry.bundle import open_bundle
from registry.checkpoint import Checkpoint
from registry.cli_evidence import hex_addresses
from registry.cli_key import public_key
from registry.cli_modules import module_key
from registry.cli_options import DEFAULT_HOME, AsJson, Home, moment, now, open_home, opened
from registry.cli_output import print_done, print_facts, print_rows
from registry.cli_proposal import Lang, language_of
from registry.key_files import KEY_SUFFIX, InsecureKeyFile
from registry.key_uris import is_in_module
from registry.operations import bundles, checkpoints, governance
from registry.operations.vouchers import EvidenceChoice
from registry.public_folder import write_atomically
from registry.told import Language
from registry.trust_data import BundleKind, Guest

checkpoint_app = typer.Typer(
    help="Checkpoints: signers, create, sign, assemble, show.", no_args_is_help=True
)
trust_anchor_app = typer.Typer(help="The trust anchor: write, show.", no_args_is_help=True)
bundle_app = typer.Typer(help="Trust bundles: make, show.", no_args_is_help=True)

ExistingFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
KeyOption = Annotated[
    list[str],
    typer.Option("--key", help="Key file, its name in keys/, or a pkcs11: URI; repeat for each."),
]


@checkpoint_app.command()
def signers(
    key: KeyOption,
    threshold: Annotated[int, typer.Option(min=1, max=16, help="How many must sign.")],
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Name the checkpoint signers in the journal. Council."""
    registry = opened(home)
    keys = [public_key(registry.home.keys, name) for name in key]
    governance.set_checkpoint_signers(registry, threshold, keys)
    print_done(
        f"{threshold} of {len(keys)} signers sign checkpoints.",
        {"threshold": threshold, "signers": len(keys)},
        as_json=as_json,
    )


@checkpoint_app.command()
def create(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Write the statement of where the journal stands now, to be signed by each signer alone."""
    path = checkpoints.create(opened(home), now())
    print_done(f"The statement is in {path}.", {"file": str(path)}, as_json=as_json)


@checkpoint_app.command()
def sign(
    statement: ExistingFile, key: KeyOption, home: Home = DEFAULT_HOME, *, as_json: AsJson = False
) -> None:
    """Sign a statement with one or more signer keys; needs no network."""
    paths = [checkpoints.sign(statement, _signer(home, name)) for name in key]
    print_done(
        "\n".join(f"The signature is in {path}." for path in paths),
        {"files": [str(path) for path in paths]},
        as_json=as_json,
    )


@checkpoint_app.command()
def assemble(
    statement: ExistingFile,
    signed: Annotated[
        list[Path] | None, typer.Argument(help="Signature files; without any, those beside it.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Put the signatures of enough signers together into a checkpoint."""
    path = checkpoints.assemble(statement, signed or checkpoints.signed_files(statement))
    print_done(f"The checkpoint is in {path}.", {"file": str(path)}, as_json=as_json)


@checkpoint_app.command("show")
def show_checkpoints(
    lang: Lang = None, home: Home = DEFAULT_HOME, *, as_json: AsJson = False
) -> None:
    """List the assembled checkpoints of this home folder, and which algorithms signed them."""
    rows = [
        {
            "size": checkpoint.statement.size,
            "at": moment(checkpoint.statement.at),
            "head": checkpoint.statement.head.hex(),
            "needed": checkpoint.statement.signers.threshold,
            "signed_by": [signature.kid.hex() for signature in checkpoint.signatures],
            **_families(checkpoint, language_of(lang), as_json=as_json),
        }
        for checkpoint in checkpoints.assembled(open_home(home))
    ]
    print_rows("Checkpoints", rows, as_json=as_json, empty="No checkpoint has been assembled here.")


def _families(checkpoint: Checkpoint, language: Language, *, as_json: bool) -> dict[str, object]:
    told = families.families_of(checkpoint)
    if as_json:
        return {"algorithms": told.algorithms, "quantum_safe": told.is_quantum_safe}
    return {"families": families.families_told(told).in_language(language)}


@trust_anchor_app.command()
def write(
    out: Annotated[Path | None, typer.Option(help="Also write it to this file.")] = None,
    home: Home = DEFAULT_HOME,
    *,
    validators: Annotated[
        checkpoints.FirstValidators,
        typer.Option(help="Which validators of the chain it names, where the chain has any."),
    ] = checkpoints.FirstValidators.GENESIS,
    epoch: Annotated[
        int | None, typer.Option(min=1, help="Epoch length of the chain; else a node is asked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the trust anchor: what every verifier of this registry begins from."""
    encoded = checkpoints.write_trust_anchor(opened(home), first=validators, epoch=epoch)
    if out is not None:
        write_atomically(out, encoded)
    _print_anchor(encoded, as_json=as_json)


@trust_anchor_app.command("show")
def show_anchor(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False)] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Show a trust anchor with its short digest: compare it with a copy you got in another way."""
    _print_anchor((file or open_home(home).trust_anchor).read_bytes(), as_json=as_json)


@bundle_app.command()
def make(
    out: Annotated[Path, typer.Option(help="Where the bundle goes.")],
    *,
    lite: Annotated[
        bool, typer.Option("--lite/--full", help="Lite: no roots of healthy keys.")
    ] = False,
    guest: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, help="Bundle of a recognised registry; repeat for each."
        ),
    ] = None,
    evidence: Annotated[
        EvidenceChoice,
        typer.Option(
            help="Who vouches for it: the chain's validators (strength 3), checkpoint signers "
            "(strength 2), both; auto: the chain where it has validators, and checkpoints that fit."
        ),
    ] = EvidenceChoice.AUTO,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Make a trust bundle, with the public documents that are here."""
    registry = opened(home)
    guests = [path.read_bytes() for path in guest or ()]
    make_one = bundles.make_lite if lite else bundles.make_full
    encoded, missing = make_one(registry, now(), guests, evidence=evidence)
    write_atomically(out, encoded)
    for name in missing:
        typer.echo(f"Warning: {name} is not in {registry.home.public.root}.", err=True)
    facts = {"file": str(out), "bytes": len(encoded), "missing": list(missing)}
    print_done(f"The bundle is in {out} ({len(encoded):,} bytes).", facts, as_json=as_json)


@bundle_app.command("show")
def show_bundle(
    file: ExistingFile,
    trust_anchor: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Trust anchor to check it by.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Open a bundle as a verifier does, and show what is in it."""
    trust = open_bundle(file.read_bytes(), anchor=_anchor(trust_anchor))
    state = trust.state
    facts = {
        "kind": "full" if trust.kind is BundleKind.FULL else "lite",
        "bytes": file.stat().st_size,
        "chain_id": state.chain_id,
        "contract": f"0x{state.contract.hex()}",
        "journal_size": state.size,
        "journal_head": state.head.hex(),
        "as_of": moment(trust.evidence.as_of),
        "evidence_strength": int(trust.evidence.strength),
        "signed_by": [kid.hex() for kid in trust.evidence.signed_by],
        "sealed_by": [] if trust.seals is None else hex_addresses(trust.seals.sealed_by),
        "agencies": len(state.content.agencies),
        "keys": len(state.content.keys),
        "anchors": len(state.content.anchors),
        "status_lists": [
            f"{code} list {no}, version {found.version}"
            for (code, no), found in trust.status_lists.items()
        ],
        "types": [f"{found.id} {no}.{version}" for (no, version), found in trust.types.items()],
        "guests": [_guest_line(guest) for guest in trust.guests],
    }
    print_facts("Trust bundle", facts, as_json=as_json)


def _guest_line(guest: Guest) -> str:
    contents, state = guest.recognition.contents, guest.trust.state
    names = ("", "") if contents is None else (contents.name_zh_hant, contents.name_en)
    known = "in force" if guest.recognition.in_force(now()) else "not in force"
    return (
        f"recognition {guest.number} ({known}): {' / '.join(map(shown, names))}, "
        f"contract 0x{state.contract.hex()} on chain {state.chain_id}, {state.size} entries "
        f"as of {moment(guest.trust.evidence.as_of)}"
    )


def _print_anchor(encoded: bytes, *, as_json: bool) -> None:
    anchor = decode_trust_anchor(encoded)
    facts = {
        "digest": short_digest(encoded),
        "name": f"{anchor.name_zh_hant} / {anchor.name_en}",
        "chain_id": anchor.chain_id,
        "contract": f"0x{anchor.contract.hex()}",
        "signatures_needed": anchor.signers.threshold,
        "signers": len(anchor.signers.cose_keys),
        "validators": hex_addresses(anchor.validators),
        "engine": None if anchor.consensus is None else anchor.consensus.engine.name.lower(),
        "epoch_length": None if anchor.consensus is None else anchor.consensus.epoch,
    }
    print_facts("Trust anchor", facts, as_json=as_json)


def _anchor(path: Path | None) -> TrustAnchor | None:
    return None if path is None else decode_trust_anchor(path.read_bytes())


def _signer(home: Path, name: str) -> Signer:
    return module_key(name) if is_in_module(name) else InsecureKeyFile(_key_file(home, name))


def _key_file(home: Path, name: str) -> Path:
    given = Path(name)
    return (
        given
        if given.is_file()
        else open_home(home).keys / f"{name.removesuffix(KEY_SUFFIX)}{KEY_SUFFIX}"
    )
