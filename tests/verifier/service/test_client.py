"""The client against a real service, and against servers that are none."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.verifier.paper import page, pdf, symbol
from tests.verifier.service.running import Running, running
from verifier.client import (
    Client,
    ClientError,
    ProblemError,
    UnexpectedError,
    UnreachableError,
)
from verifier.receipt import decode_key_set, open_receipt
from verifier.receipt_keys import new_receipt_key

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
]
TEXT = "1" * 170


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("service")
    new_receipt_key(str(folder / "receipts.key"))
    with running(folder, "--receipt-key", folder / "receipts.key") as one:
        yield one


class TestAgainstAService:
    def test_a_text_is_answered_with_all_its_fields(self, service: Running) -> None:
        answer = service.client().verify_text(service.text)

        assert (answer.outcome, answer.codes) == ("VALID", [])
        assert answer.fields == {"1": "王小明", "2": "2010-01-01"}

    def test_sealed_bytes_a_picture_and_a_pdf_say_the_same(self, service: Running) -> None:
        client, counter = service.client(), service.counter
        drawn = pdf(page(symbol(counter.mine)))

        outcomes = {
            client.verify_sealed(counter.mine).outcome,
            client.verify_file(counter.folder / "mine.png").outcome,
            client.verify_content(drawn, "印好的文件.pdf").outcome,
        }

        assert outcomes == {"VALID"}

    def test_a_bad_document_is_an_answer_and_no_exception(self, service: Running) -> None:
        spoilt = service.counter.mine[:-1]

        answer = service.client().verify_sealed(spoilt)

        assert (answer.outcome, answer.codes) == ("INVALID", ["form.encoding"])

    def test_a_receipt_opens_with_the_keys_of_the_service(self, service: Running) -> None:
        client = service.client()

        answer = client.verify_text(service.text, receipt=True)
        opened = open_receipt(answer.receipt or b"", decode_key_set(client.receipt_keys()))

        assert opened.receipt.outcome == "VALID"
        assert opened.kid.hex() == service.told["receipts_signed_by"]

    def test_a_receipt_comes_with_a_file_too(self, service: Running) -> None:
        answer = service.client().verify_file(service.counter.folder / "mine.png", receipt=True)

        assert answer.receipt is not None

    def test_a_stream_is_answered_in_order_and_without_end(self, service: Running) -> None:
        documents = (service.text if n % 3 else service.counter.mine[:-1] for n in range(3000))

        lines = list(service.client().verify_stream(documents))

        assert [line.number for line in lines] == list(range(1, 3001))
        assert [line.outcome == "VALID" for line in lines] == [n % 3 > 0 for n in range(3000)]

    def test_a_stream_may_be_left_early(self, service: Running) -> None:
        for line in service.client().verify_stream([service.text] * 2000):
            assert line.outcome == "VALID"
            break

        assert service.client().ready()["ready"] is True

    def test_what_the_documents_raise_is_raised_in_the_stream(self, service: Running) -> None:
        def documents() -> Iterator[str]:
            yield service.text
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            list(service.client().verify_stream(documents()))

    def test_a_refusal_is_a_problem_with_its_kind_in_the_language_asked(
        self, service: Running
    ) -> None:
        with pytest.raises(ProblemError) as refused:
            service.client(language="zh-Hant").verify_text("")

        assert (refused.value.status, refused.value.kind) == (422, "unusable")
        assert "文件尚未查驗" in refused.value.detail

    def test_a_wrong_address_is_told(self, service: Running) -> None:
        with pytest.raises(ProblemError, match="Not here"):
            Client(service.url + "elsewhere/").verify_text(TEXT)


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "verify.example",
            "ftp://verify.example/",
            "https://name:secret@verify.example/",
            "https://verify.example/?x=1",
        ],
    )
    def test_what_is_no_address_is_refused(self, url: str) -> None:
        with pytest.raises(ClientError, match="no address"):
            Client(url)

    def test_a_key_is_never_sent_in_the_clear(self) -> None:
        with pytest.raises(ClientError, match="unencrypted"):
            Client("http://verify.example/", key="srk_x")


@contextmanager
def saying(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says these words, one for each connection, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    asked.append(connection.recv(65_536))
                    connection.sendall(answer)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", asked
        thread.join(60)


def answer(status: str, body: str, *headers: str, media: str = "application/json") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {media}", f"Content-Length: {len(body)}"]
    return ("\r\n".join([*head, *headers, "Connection: close", "", ""]) + body).encode()


def problem(status: str, kind: str, *headers: str) -> bytes:
    body = f'{{"type": "urn:sealroot:problem:{kind}", "title": "t", "detail": "d"}}'
    return answer(status, body, *headers, media="application/problem+json")


VALID = answer("200 OK", '{"outcome": "VALID"}')


class TestRetries:
    def test_too_often_is_tried_again_after_as_long_as_the_service_says(self) -> None:
        slept: list[float] = []
        often = problem("429 Too Many", "too-often", "Retry-After: 7")
        with saying(often, VALID) as (url, asked):
            found = Client(url, sleep=slept.append).verify_text(TEXT)

        assert (found.outcome, slept, len(asked)) == ("VALID", [7.0], 2)

    @pytest.mark.parametrize(
        "refusal",
        [
            problem("429 Too Many", "quota-used-up", "Retry-After: 7"),
            problem("429 Too Many", "too-often", "Retry-After: 3600"),
            problem("422 Unprocessable", "unusable"),
            problem("500 Broken", "broken"),
        ],
    )
    def test_what_waiting_does_not_help_is_raised_at_once(self, refusal: bytes) -> None:
        with saying(refusal) as (url, _), pytest.raises(ProblemError):
            Client(url, sleep=pytest.fail).verify_text(TEXT)

    def test_an_answer_that_breaks_off_is_not_asked_for_twice(self) -> None:
        with saying(VALID[:-5]) as (url, asked), pytest.raises(UnreachableError):
            Client(url, sleep=pytest.fail).verify_text(TEXT)

        assert len(asked) == 1

    def test_nobody_there_is_tried_again_and_then_told(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            url = f"http://127.0.0.1:{gone.getsockname()[1]}/"
        slept: list[float] = []

        with pytest.raises(UnreachableError, match="does not answer"):
            Client(url, sleep=slept.append).verify_text(TEXT)
        assert len(slept) == 2


class TestStrangers:
    @pytest.mark.parametrize(
        "told",
        [
            answer("200 OK", "<html>", media="text/html"),
            answer("200 OK", "[]"),
            answer("200 OK", '{"outcome": "GENUINE"}'),
            answer("200 OK", "{}"),
            answer("302 Found", "", "Location: http://127.0.0.1:1/"),
            answer("502 Bad Gateway", "<html>", media="text/html"),
        ],
    )
    def test_an_answer_of_another_kind_is_no_verdict(self, told: bytes) -> None:
        with saying(told) as (url, _), pytest.raises(UnexpectedError):
            Client(url).verify_text(TEXT)

    def test_a_stream_that_is_cut_off_between_two_lines_is_not_whole(self) -> None:
        line = '{"line":1,"outcome":"VALID","codes":[],"leaf":null}\n'
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
        cut = f"{head}Transfer-Encoding: chunked\r\n\r\n{len(line):x}\r\n{line}\r\n".encode()
        with saying(cut) as (url, _), pytest.raises(UnreachableError):
            list(Client(url).verify_stream([TEXT, TEXT]))

    def test_a_stream_that_answers_less_than_was_asked_is_not_whole(self) -> None:
        line = '{"line":1,"outcome":"VALID","codes":[],"leaf":null}\n'
        with (
            saying(answer("200 OK", line, media="application/x-ndjson")) as (url, _),
            pytest.raises(UnreachableError, match="after 1 answers"),
        ):
            list(Client(url).verify_stream([TEXT, TEXT]))


def test_the_name_of_a_file_cannot_end_its_header(tmp_path: Path) -> None:
    file = tmp_path / 'a"\r\nX-Evil: 1\r\n.png'
    file.write_bytes(b"x")
    with saying(answer("200 OK", '{"documents": [{"outcome": "VALID"}]}')) as (url, asked):
        Client(url).verify_file(file)

    assert b"\r\nX-Evil" not in asked[0]
