"""The one command `sealroot`. Checking a document does not wait for the tools of issuers."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    words = sys.argv[1:]
    if words[:1] == ["verify"]:
        from verifier.cli import main as verify  # noqa: PLC0415 - a third of a second to import all

        sys.exit(verify(words[1:]))
    from sealroot.commands import run  # noqa: PLC0415 - as above

    sys.exit(run(words))
