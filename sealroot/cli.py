"""The one command `sealroot`: it only composes the commands of the other packages."""

import typer

app = typer.Typer(
    name="sealroot",
    help="Issue, anchor and verify public certificates.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold personal data
)


@app.callback()
def root() -> None:
    """Issue, anchor and verify public certificates."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    app()
