"""What the environment says about this machine: the one place of the registry that reads it."""

import os
from pathlib import Path


def hardhat_folder() -> Path:
    """Return the folder with Hardhat: $SEALROOT_HARDHAT, or hardhat-node beside the packages."""
    beside = Path(__file__).resolve().parent.parent / "hardhat-node"
    return Path(os.environ.get("SEALROOT_HARDHAT") or beside)


def environment_of_node() -> dict[str, str]:
    """Return the environment for a node we start.

    Ours, and nothing is reported to Hardhat's makers.
    """
    return {**os.environ, "HARDHAT_DISABLE_TELEMETRY": "true"}


def account_password() -> str | None:
    """Return $SEALROOT_ACCOUNT_PASSWORD, for encrypted account files, where it is set."""
    return os.environ.get("SEALROOT_ACCOUNT_PASSWORD")
