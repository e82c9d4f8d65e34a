"""The commands `sealroot registry ...`: one module for each group, put together here."""

import typer

from registry import (
    cli_agency,
    cli_chain,
    cli_council,
    cli_evidence,
    cli_journal,
    cli_key,
    cli_move,
    cli_recognition,
    cli_scope,
    cli_trust,
)
from registry.mirror import cli as cli_mirror

registry_app = typer.Typer(
    help="The registry: who is trusted for what, on the chain and in bundles.", no_args_is_help=True
)
registry_app.add_typer(cli_chain.app)
registry_app.add_typer(cli_agency.app, name="agency")
registry_app.add_typer(cli_key.app, name="key")
registry_app.add_typer(cli_scope.accredit_app, name="accredit")
registry_app.add_typer(cli_scope.type_app, name="type")
registry_app.add_typer(cli_scope.status_app, name="status")
registry_app.add_typer(cli_scope.algorithm_app, name="algorithm")
registry_app.add_typer(cli_recognition.app)
registry_app.add_typer(cli_recognition.recognition_app, name="recognition")
registry_app.add_typer(cli_trust.checkpoint_app, name="checkpoint")
registry_app.add_typer(cli_trust.trust_anchor_app, name="trust-anchor")
registry_app.add_typer(cli_trust.bundle_app, name="bundle")
registry_app.add_typer(cli_evidence.evidence_app, name="evidence")
registry_app.add_typer(cli_journal.app, name="journal")
registry_app.add_typer(cli_move.app, name="move")
registry_app.add_typer(cli_council.app, name="council")
registry_app.add_typer(cli_mirror.app)
registry_app.add_typer(cli_mirror.mirror_app, name="mirror")
