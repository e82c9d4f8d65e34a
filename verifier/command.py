"""The command `verify` as part of a larger typer app, which lists it and hands its words on."""

import typer

from verifier.cli import main

_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def add_to(app: typer.Typer) -> None:
    """The app has the command `verify`, with its own options, help and exit codes."""

    @app.command("verify", context_settings=_PASSED_ON, add_help_option=False)
    def verify(context: typer.Context) -> None:
        """Say whether documents are genuine, in force and not revoked (`verify --help`)."""
        raise typer.Exit(main(context.args))
