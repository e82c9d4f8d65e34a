"""The commands of those who run a verifier: `sealroot verifier …`. Checking itself is `verify`."""

import typer

from verifier.commands import cli_serve, page
from verifier.commands.cli_keys import key_app
from verifier.commands.cli_receipt import receipt_app

verifier_app = typer.Typer(
    help="Serve checks to others, and check what such a service has signed.", no_args_is_help=True
)
verifier_app.add_typer(receipt_app, name="receipt")
verifier_app.add_typer(key_app, name="key")
cli_serve.add_to(verifier_app)
page.add_to(verifier_app)


@verifier_app.callback()
def verifier() -> None:
    """Serve checks to others, and check what such a service has signed."""
