"""The commands of all packages as one, and what went wrong told in words."""

import warnings
from importlib import import_module
from typing import Final, NamedTuple

import typer

from credential.errors import SealrootError
from registry.plain_words import told
from sealroot.failure_words import words_for

EXIT_USAGE: Final = 3
EXIT_FAILED: Final = 4
"""Neither 1 nor 2: those are the verdicts INVALID and INDETERMINATE of `sealroot verify`."""
EXIT_INTERRUPTED: Final = 130


class Part(NamedTuple):
    """Where the commands of a package are: an app, one command, or a function that adds one."""

    module: str
    attribute: str
    adds_itself: bool = False


PARTS: Final = {
    "registry": Part("registry.cli", "registry_app"),
    "issuer": Part("issuer.cli", "issuer_app"),
    "network": Part("network.cli", "network_app"),
    "verifier": Part("verifier.commands.cli", "verifier_app"),
    "verify": Part("verifier.command", "add_to", adds_itself=True),
    "demo": Part("sealroot.demo.cli", "app"),
    "drill": Part("sealroot.drill.cli", "drill"),
}


def build_app(arguments: list[str]) -> typer.Typer:
    """Return the commands; where the first argument names one package, only that is imported."""
    app = typer.Typer(
        name="sealroot",
        help="Issue, anchor and verify public certificates.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # a traceback may hold personal data
    )

    @app.callback()
    def root() -> None:
        """Issue, anchor and verify public certificates."""

    named = [name for name in arguments[:1] if name in PARTS]
    for name in named or PARTS:
        _add(app, name, PARTS[name])
    return app


def run(arguments: list[str]) -> int:
    """Return the exit code of these arguments; what went wrong is told on standard error."""
    _tell_warnings_plainly()
    try:
        result = build_app(arguments)(arguments, standalone_mode=False)
    except typer.TyperException as error:
        _show_usage(error)
        return EXIT_USAGE
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("Stopped. Run the same command again to go on where it stopped.", err=True)
        return EXIT_INTERRUPTED
    except SealrootError as error:
        _tell(error)
        return EXIT_FAILED
    except OSError as error:
        _tell(error)
        return EXIT_FAILED
    return result if isinstance(result, int) else 0


def _add(app: typer.Typer, name: str, part: Part) -> None:
    found = getattr(import_module(part.module), part.attribute)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    elif part.adds_itself:
        found(app)
    else:
        app.command(name)(found)


def _show_usage(error: typer.TyperException) -> None:
    show = getattr(error, "show", None)
    if callable(show):
        show()
    else:
        typer.echo(f"Error: {error}", err=True)


def _tell(error: SealrootError | OSError) -> None:
    what, means, way_out = told(error)
    usual_means, usual_way_out = words_for(error)
    lines = [f"What happened:  {what}", f"What it means:  {means or usual_means}"]
    lines.append(f"What to do:     {way_out or usual_way_out}")
    typer.echo("\n".join(lines), err=True)


def _tell_warnings_plainly() -> None:
    """A warning is one line on standard error; the same one is told once."""
    seen: set[str] = set()

    def show(message: Warning | str, *_rest: object, **_more: object) -> None:
        line = str(message)
        if line not in seen:
            seen.add(line)
            typer.echo(f"Warning: {line}", err=True)

    warnings.showwarning = show
