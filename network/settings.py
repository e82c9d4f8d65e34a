"""What the environment says about this machine: the one place of the network package reading it."""

import os
from pathlib import Path


def engines_folder() -> Path:
    """Return the folder with the validators' programs.

    $SEALROOT_ENGINES, or .engines beside the packages, where `make engines` puts them.
    """
    beside = Path(__file__).resolve().parent.parent / ".engines"
    return Path(os.environ.get("SEALROOT_ENGINES") or beside)


def environment_of_validator() -> dict[str, str]:
    """Return the environment of a validator: ours, with GoQuorum's private transactions off."""
    return {**os.environ, "PRIVATE_CONFIG": "ignore"}


def may_make_namespaces() -> bool:
    """Return whether this process may ask for network namespaces at all (only root may)."""
    return os.geteuid() == 0
