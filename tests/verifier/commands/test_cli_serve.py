"""`sealroot verifier serve` and `key`, as those who run a service meet them."""

import json
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sealroot.commands import EXIT_FAILED, EXIT_USAGE, run
from tests.registry.mirror.worlds import lying, mirror_of
from tests.verifier.paper import Counter
from tests.verifier.service.running import first_words, running, started
from verifier.client import Client, ProblemError, UnreachableError
from verifier.commands.cli_serve import default_store

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PATIENCE_SECONDS = 120


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_page_and_api_answer_on_one_address_and_the_bundle_is_followed(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        client = service.client()
        before = client.ready()
        found = client.verify_text(service.text)
        service.counter.sim.publish_status(service.counter.sim.office("NEW"))
        service.counter.renew()

        until(lambda: client.ready()["journal_size"] != before["journal_size"])

    assert (found.outcome, service.told["trust"]["source"]) == ("VALID", "file")


def test_several_workers_hold_the_same_and_end_together(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", 2) as service:
        client = service.client()
        outcomes = {client.verify_text(service.text).outcome for _ in range(8)}
        service.process.send_signal(signal.SIGTERM)
        service.process.wait(PATIENCE_SECONDS)

    assert (outcomes, service.process.returncode) == ({"VALID"}, 0)
    with pytest.raises(UnreachableError):
        Client(service.url, attempts=1).ready()


def test_trust_data_come_from_a_mirror_and_survive_its_end(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    mirror = tmp_path / "mirror"
    mirror_of(counter.sim, mirror)
    with lying(mirror, lambda _path, held: held) as url:
        with started(counter, "--source", url) as process:
            first = first_words(process)
        shutil.rmtree(mirror)
        with started(counter, "--source", url) as process:
            second = first_words(process)
            ready = Client(second["url"]).ready()

    assert first["trust"]["source"] == second["trust"]["source"] == "mirror 1"
    assert "has no mirror.json" in second["trust"]["last_failure"]
    assert ready["ready"] is True


def test_ctrl_c_ends_it_without_a_word_more(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    with (tmp_path / "said").open("w+") as said:
        with started(counter, "--bundle", counter.bundle, stderr=said) as process:
            client = Client(first_words(process)["url"])
            until(lambda: bool(client.ready()["ready"]))
            time.sleep(1.5)  # what was loaded is settled in the first second
        said.seek(0)
        lines = [json.loads(line) for line in said]

    assert process.returncode == 130
    assert [line["event"] for line in lines] == ["trust data taken in"]


def test_keys_open_the_service_until_they_are_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys.db"

    def command(*words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        assert run(["verifier", "key", *words, "--keys", str(keys), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    made = command("add", "第一銀行")
    with running(tmp_path / "service", "--keys", keys) as service:
        with pytest.raises(ProblemError, match="A key is needed"):
            service.client().verify_text(service.text)
        opened = service.client(key=made["key"])
        outcome = opened.verify_text(service.text).outcome
        until(lambda: command("list")[0]["used_today"] == 1)
        command("revoke", made["id"])

        def is_refused() -> bool:
            try:
                opened.verify_text(service.text)
            except ProblemError as error:
                return error.kind == "key-needed"
            return False

        until(is_refused)

    assert outcome == "VALID"
    assert made["key"].encode() not in keys.read_bytes()


class TestWhatIsRefused:
    def serve(self, counter: Counter, *options: object) -> int:
        words = ["verifier", "serve", "--trust-anchor", counter.anchor_file, "--port", 0]
        words += ["--store", counter.folder / "store", *options]
        return run([str(word) for word in words])

    @pytest.fixture
    def counter(self, tmp_path: Path) -> Counter:
        return Counter(tmp_path)

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            ((), "where trust data come from"),
            (("--bundle", "nowhere.srb"), "cannot be used"),
            (("--source", "mirror.example"), "no address"),
            (("--bundle", "x", "--host", "192.0.2.1"), "without a key"),
            (("--bundle", "x", "--proxy", "everywhere"), "no network"),
            (("--bundle", "x", "--receipt-key", "nowhere.key"), "cannot be used"),
            (("--bundle", "x", "--official-url", "verify.example"), "is no address"),
        ],
    )
    def test_in_words_before_anything_is_served(
        self,
        counter: Counter,
        capsys: pytest.CaptureFixture[str],
        options: tuple[str, ...],
        told: str,
    ) -> None:
        assert self.serve(counter, *options) in {EXIT_FAILED, EXIT_USAGE}
        assert told in capsys.readouterr().err


def test_another_registry_has_another_store() -> None:
    assert default_store(b"one") != default_store(b"other")
