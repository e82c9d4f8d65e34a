"""Council ceremonies as they are held: three members, three folders, words, codes, and a liar."""

import json
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from registry.local_chain import LocalChain
from sealroot.commands import EXIT_FAILED, run
from tests.fault_proxy import Alter, Answer, FaultProxy

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
]

NAMES = "戶政事務所\nHousehold Office"
PASSPHRASE = "three words here"


class Realm(NamedTuple):
    """A registry and the folders of its three members; each holds only its member's account."""

    operator: Path
    members: tuple[Path, ...]
    addresses: tuple[str, ...]
    url: str


def said(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    capsys.readouterr()
    assert run(["registry", *words, "--home", str(home), "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> str:
    capsys.readouterr()
    assert run(["registry", *words, "--home", str(home)]) == EXIT_FAILED
    return capsys.readouterr().err


@pytest.fixture(scope="module")
def realm(local_chain: LocalChain, tmp_path_factory: pytest.TempPathFactory) -> Realm:
    folder = tmp_path_factory.mktemp("council")
    members = tuple(folder / name for name in ("lin", "chen", "wang"))
    addresses = []
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEALROOT_ACCOUNT_PASSWORD", PASSPHRASE)
        for home in members:
            line = ["registry", "council", "account", "me", "--home", str(home)]
            assert run([*line, *(["--insecure"] if home is not members[0] else [])]) == 0
            (file,) = (home / "accounts").iterdir()
            addresses.append(json.loads(file.read_text())["address"])
    operator = folder / "operator"
    named = [f"0x{address.removeprefix('0x')}" for address in addresses]
    flags = [flag for address in named for flag in ("--member", address)]
    deploy = ["registry", "deploy", "--rpc", local_chain.url, "--delay", "2", *flags]
    assert run([*deploy, "--home", str(operator)]) == 0
    for home in members:
        join = ["registry", "council", "join", str(operator / "registry.json")]
        assert run([*join, "--home", str(home)]) == 0
    return Realm(operator, members, tuple(named), local_chain.url)


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEALROOT_ACCOUNT_PASSWORD", PASSPHRASE)


def proposed(
    capsys: pytest.CaptureFixture[str], realm: Realm, function: str, *arguments: object
) -> Any:  # noqa: ANN401 - whatever JSON holds
    line = ("council", "propose", function, json.dumps(arguments))
    return said(capsys, realm.members[1], *line)


def registering(realm: Realm, code: str) -> tuple[object, ...]:
    return "registerAgency", code, realm.addresses[2], realm.addresses[1], NAMES


def test_act_with_a_delay_is_read_approved_scheduled_and_carried_out_from_three_folders(
    realm: Realm, capsys: pytest.CaptureFixture[str]
) -> None:
    _, chen, wang = realm.members
    made = proposed(capsys, realm, *registering(realm, "FIRST"))
    number = str(made["proposal"])
    read = said(capsys, wang, "council", "show", number)

    approved = said(capsys, wang, "council", "approve", number, "--read", read["code"])
    scheduled = said(capsys, chen, "council", "execute", number)
    later = said(capsys, wang, "council", "show", number)
    time.sleep(3)
    done = said(capsys, chen, "council", "execute", number)

    assert read["code"] == made["code"]
    assert "2 seconds" in read["when"][0]["en"]
    assert "戶政事務所" in read["what"][0]["zh-Hant"]
    assert approved["approved_by"] == [realm.addresses[1], realm.addresses[2]]
    assert scheduled["state"] == "scheduled"
    assert "It is scheduled" in later["when"][0]["en"]
    assert done["state"] == "executed"


def test_member_signs_without_a_network_and_somebody_else_sends_it_twice(
    realm: Realm, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lin, chen, _ = realm.members
    made = proposed(capsys, realm, *registering(realm, "OFFLINE"))
    file = tmp_path / "proposal.json"
    line = ("council", "show", str(made["proposal"]), "--export", str(file))
    said(capsys, chen, *line, "--for", realm.addresses[0])

    with pytest.MonkeyPatch.context() as no_network:
        no_network.setattr("socket.socket.connect", None)
        signed = said(capsys, lin, "council", "sign", str(file), "--read", made["code"])
    first = said(capsys, chen, "council", "send", signed["file"])
    second = said(capsys, chen, "council", "send", signed["file"])

    assert (first["approvals"], second["approvals"]) == (2, 2)
    shown = said(capsys, chen, "council", "show", str(made["proposal"]))
    assert shown["approved_by"] == [realm.addresses[0], realm.addresses[1]]


def test_wrong_code_approves_nothing(realm: Realm, capsys: pytest.CaptureFixture[str]) -> None:
    made = proposed(capsys, realm, *registering(realm, "WRONG"))
    other = proposed(capsys, realm, *registering(realm, "OTHER"))
    number = str(made["proposal"])

    told = refused(capsys, realm.members[2], "council", "approve", number, "--read", other["code"])

    assert "not that of the proposal" in told
    shown = said(capsys, realm.members[2], "council", "show", number)
    assert shown["approved_by"] == [realm.addresses[1]]


def test_nobody_at_a_terminal_approves_nothing(
    realm: Realm, capsys: pytest.CaptureFixture[str]
) -> None:
    made = proposed(capsys, realm, *registering(realm, "NOBODY"))

    told = refused(capsys, realm.members[2], "council", "approve", str(made["proposal"]))

    assert "--read" in told


def lying_about(code: str, instead: str) -> Any:  # noqa: ANN401 - what FaultProxy takes
    truth, lie = (text.encode().hex() for text in (code, instead))

    def altered(answer: Answer) -> Answer:
        result = answer.get("result")
        return (
            {**answer, "result": result.replace(truth, lie)} if isinstance(result, str) else answer
        )

    return altered


def test_node_that_shows_another_proposal_is_found_out_by_the_code_the_others_read(
    realm: Realm, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = proposed(capsys, realm, *registering(realm, "EVIL-1"))
    number, deceived = str(made["proposal"]), realm.members[2]
    with FaultProxy(realm.url) as liar:
        liar.on("eth_call", Alter(lying_about("EVIL-1", "GOOD-1")))
        home = _through(deceived, [liar.url], tmp_path)
        shown = said(capsys, home, "council", "show", number)
        told = refused(capsys, home, "council", "approve", number, "--read", made["code"])
        unheard = refused(capsys, home, "council", "approve", number, "--read", shown["code"])

    assert "GOOD-1" in shown["what"][0]["en"]
    assert "shows another proposal" in told
    assert "another call than the one that was read" in unheard  # the council's own word
    honest = said(capsys, deceived, "council", "show", number)
    assert honest["approved_by"] == [realm.addresses[1]]


def test_node_that_shows_another_proposal_than_the_other_nodes_is_refused_at_once(
    realm: Realm, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = proposed(capsys, realm, *registering(realm, "EVIL-2"))
    with FaultProxy(realm.url) as liar:
        liar.on("eth_call", Alter(lying_about("EVIL-2", "GOOD-2")))
        home = _through(realm.members[2], [realm.url, liar.url], tmp_path)
        told = refused(capsys, home, "council", "show", str(made["proposal"]))

    assert "shows another proposal" in told


def _through(member: Path, urls: list[str], folder: Path) -> Path:
    """The same member's folder, connected to other nodes."""
    home = folder / "home"
    (home / "accounts").mkdir(parents=True)
    for file in (member / "accounts").iterdir():
        copy = home / "accounts" / file.name
        copy.write_bytes(file.read_bytes())
        copy.chmod(0o600)
    settings = json.loads((member / "registry.json").read_text())
    (home / "registry.json").write_text(json.dumps({**settings, "rpc_urls": urls}))
    return home


def test_file_of_another_registry_is_not_signed(
    realm: Realm, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lin, chen, _ = realm.members
    made = proposed(capsys, realm, *registering(realm, "FOREIGN"))
    file = tmp_path / "proposal.json"
    line = ("council", "show", str(made["proposal"]), "--export", str(file))
    said(capsys, chen, *line, "--for", realm.addresses[0])
    content = json.loads(file.read_text())
    content["seen"]["council"] = "0x" + "99" * 20
    file.write_text(json.dumps(content))
    capsys.readouterr()

    told = refused(capsys, lin, "council", "sign", str(file), "--read", made["code"])

    assert "not that of the proposal" in told  # the code is bound to the council too


def test_altered_proposal_file_has_another_code(
    realm: Realm, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lin, chen, _ = realm.members
    made = proposed(capsys, realm, *registering(realm, "STICK-1"))
    file = tmp_path / "proposal.json"
    line = ("council", "show", str(made["proposal"]), "--export", str(file))
    said(capsys, chen, *line, "--for", realm.addresses[0])
    file.write_text(file.read_text().replace(b"STICK-1".hex(), b"STICK-2".hex()))

    told = refused(capsys, lin, "council", "sign", str(file), "--read", made["code"])

    assert "not that of the proposal" in told


def test_wrong_passphrase_signs_nothing(
    realm: Realm, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEALROOT_ACCOUNT_PASSWORD", "guessed")

    told = refused(capsys, realm.members[0], "council", "withdraw", "1")

    assert "password is wrong" in told


def test_members_are_shown_with_both_thresholds_and_the_delay(
    realm: Realm, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = said(capsys, realm.members[0], "council", "members")

    others = said(capsys, realm.members[1], "council", "members")
    assert shown["members"] == list(realm.addresses)
    assert shown["code"] == others["code"]
    assert (shown["must_agree"], shown["delay_seconds"]) == (2, 2)


def test_passphrase_may_come_through_a_file_descriptor(
    realm: Realm, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = proposed(capsys, realm, *registering(realm, "PIPED"))
    reader, writer = os.pipe()
    os.write(writer, f"{PASSPHRASE}\n".encode())
    os.close(writer)
    monkeypatch.delenv("SEALROOT_ACCOUNT_PASSWORD")
    monkeypatch.setenv("SEALROOT_ACCOUNT_PASSWORD_FD", str(reader))
    line = ("council", "approve", str(made["proposal"]), "--read", made["code"])

    approved = said(capsys, realm.members[0], *line)

    assert realm.addresses[0] in approved["approved_by"]


def test_file_descriptor_that_gives_nothing_is_an_error_in_words(
    realm: Realm, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEALROOT_ACCOUNT_PASSWORD_FD", "no number")

    assert "gives no password" in refused(capsys, realm.members[0], "council", "withdraw", "1")


def test_settings_of_contracts_that_do_not_belong_together_are_not_taken_over(
    realm: Realm, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = json.loads((realm.operator / "registry.json").read_text())
    wrong = tmp_path / "registry.json"
    wrong.write_text(json.dumps({**settings, "manager": settings["council"]}))
    home = tmp_path / "home"

    refused(capsys, home, "council", "join", str(wrong))

    assert not (home / "registry.json").exists()
