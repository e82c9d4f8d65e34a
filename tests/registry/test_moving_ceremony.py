"""A move decided by members on machines of their own, each with a folder and an account."""

import json
from pathlib import Path
from typing import Any

import pytest

from registry.home import RegistryHome
from registry.local_chain import LocalChain
from sealroot.commands import run

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def said(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    capsys.readouterr()
    assert run(["registry", *words, "--home", str(home), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def decided(
    capsys: pytest.CaptureFixture[str], members: tuple[Path, Path], function: str, *given: object
) -> None:
    """One member has proposed this, the other has read and approved it, and it is carried out."""
    one, other = members
    made = said(capsys, one, "council", "propose", function, json.dumps(given))
    number = str(made["proposal"])
    code = said(capsys, other, "council", "show", number)["code"]
    said(capsys, other, "council", "approve", number, "--read", code)
    assert said(capsys, other, "council", "execute", number)["state"] == "executed"


def joined(folder: Path, settings: Path, accounts: list[Path]) -> tuple[Path, Path]:
    """Two members with a folder each, which holds one account and the registry's settings."""
    homes = (folder / "one", folder / "other")
    for home, account in zip(homes, accounts, strict=True):
        (home / "accounts").mkdir(parents=True)
        (home / "accounts" / account.name).write_bytes(account.read_bytes())
        assert run(["registry", "council", "join", str(settings), "--home", str(home)]) == 0
    return homes


def test_a_registry_moves_by_decisions_of_members_on_their_own_machines(
    local_chain: LocalChain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "registry"
    deploy = ["registry", "deploy", "--rpc", local_chain.url, "--members", "2"]
    assert run([*deploy, "--home", str(home)]) == 0
    accounts = sorted((home / "accounts").glob("council-*"))
    old = joined(tmp_path / "old", home / "registry.json", accounts)
    decided(capsys, old, "startAlgorithm", -7, 0)
    for account in accounts:
        account.unlink()

    assert run(["registry", "move", "start", "--rpc", local_chain.url, "--home", str(home)]) != 0
    begun = said(capsys, home, "move", "show")
    there = RegistryHome(home).move()
    assert there is not None
    decided(capsys, old, "setSuccessor", there.chain_id, there.registry)
    announced = said(capsys, home, "move", "show")
    new = joined(tmp_path / "new", home / "move.json", accounts_of(old))
    decided(capsys, new, "expectJournal", announced["entries"], f"0x{announced['head']}")
    moved = said(capsys, home, "move", "continue")

    assert (begun["stage"], announced["stage"], moved["stage"]) == ("begun", "announced", "at home")
    assert RegistryHome(home).settings().registry == there.registry
    assert said(capsys, new[0], "show")["journal_size"] == announced["entries"] + 1


def accounts_of(homes: tuple[Path, Path]) -> list[Path]:
    return [next((home / "accounts").iterdir()) for home in homes]
