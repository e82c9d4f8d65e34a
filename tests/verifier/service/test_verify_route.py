"""POST /verify with JSON: what is found is what the command finds, and what is refused is told."""

import asyncio
import base64
import json

import pytest

from tests.verifier.service.worlds import NO_TRUST, WORLD, Anything, app_of, ask, ask_json
from verifier.documents import read_text
from verifier.examine import examine
from verifier.json_report import json_report
from verifier.report import Setting
from verifier.service.limits import Limits
from verifier.service.trust_desk import FixedDesk
from verifier.verify import verify


def asked(
    members: Anything, app: Anything = None, path: str = "/verify", **more: Anything
) -> Anything:
    return asyncio.run(ask_json(app or app_of(), members, path, **more))


def test_answer_is_the_report_of_the_command() -> None:
    def judge(sealed: bytes) -> Anything:
        return verify(sealed, WORLD.trust, WORLD.now)

    finding = examine("", read_text(WORLD.text()), judge, WORLD.now)

    answer = asked({"text": WORLD.text()})

    assert answer.status == 200
    assert answer.json() == json_report(finding, Setting("en", WORLD.trust, WORLD.now))
    assert answer.json()["outcome"] == "VALID"
    assert answer.headers["cache-control"] == "no-store"


def test_sealed_bytes_are_judged_as_the_text_is() -> None:
    sealed = base64.b64encode(WORLD.batch.sealed[2]).decode()

    answer = asked({"sealed": sealed}).json()

    assert answer["outcome"] == "INVALID"
    assert "status.revoked" in [check["code"] for check in answer["checks"]]


def test_several_come_back_in_order_with_the_worst_outcome() -> None:
    forged = base64.b64encode(WORLD.forged).decode()
    documents = [
        {"name": "first", "text": WORLD.text(0)},
        {"name": "stranger", "sealed": forged},
        {"name": "result", "text": "SEALROOT-RESULT: VALID"},
    ]

    answer = asked({"documents": documents}).json()

    assert answer["outcome"] == "INDETERMINATE"
    assert [one["input"] for one in answer["documents"]] == ["first", "stranger", "result"]
    assert [one["outcome"] for one in answer["documents"]] == [
        *("VALID", "INDETERMINATE", "INDETERMINATE")
    ]
    assert answer["documents"][2]["document"]["code"] == "document.is_result"


def test_words_are_in_the_language_that_is_asked_for() -> None:
    chinese = asked({"text": WORLD.text()}, headers={"accept-language": "zh-TW,en;q=0.5"}).json()
    english = asked({"text": WORLD.text(), "lang": "en"}, headers={"accept-language": "zh"}).json()

    assert chinese["credential"]["type_title"] == "模擬許可證"
    assert english["credential"]["type_title"] == "Simulated permit"


def test_without_trust_data_nothing_is_valid() -> None:
    app = app_of(desk=FixedDesk(NO_TRUST))

    answer = asked({"text": WORLD.text()}, app).json()

    assert answer["outcome"] == "INDETERMINATE"
    assert "trust.unavailable" in [check["code"] for check in answer["checks"]]


def test_new_trust_data_counts_from_the_next_request() -> None:
    desk = FixedDesk(NO_TRUST)
    app = app_of(desk=desk)
    asked({"text": WORLD.text()}, app)

    desk.standing = WORLD.standing()

    assert asked({"text": WORLD.text()}, app).json()["outcome"] == "VALID"


NOT_JSON = [
    b"",
    b"{",
    b'{"text": "1", "text": "2"}',
    b'{"documents": [{"text": "1", "text": "2"}]}',
    b'{"text": NaN}',
    b'{"text": Infinity}',
    b'{"text": "1"} {}',
    b'\xef\xbb\xbf{"text": "1"}',
    '{"text": "é"}'.encode("latin-1"),
    '{"text": "1"}'.encode("utf-16"),
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"documents":' + b"[" * 7 + b"]" * 7 + b"}",
    b'"' + b'\\"' * 200_000,
    b'{"text": ' + b"9" * 5_000 + b"}",
    b"{'text': '1'}",
    b'{"documents":[' + b"[]," * 100_000 + b"[]]}",
]


@pytest.mark.parametrize("body", NOT_JSON, ids=range(len(NOT_JSON)))
def test_refuses_what_is_not_strict_json(body: bytes) -> None:
    answer = asked(body)

    assert answer.status == 400
    assert answer.json()["type"] == "urn:sealroot:problem:not-json"


UNUSABLE: list[Anything] = [
    *(None, 1, "text", [], {}, {"text": 1}, {"text": None}, {"text": ""}, {"texts": "1"}),
    {"text": "1", "sealed": "AA=="},
    *({"sealed": "AA"}, {"sealed": "AB=="}, {"sealed": " AA=="}, {"sealed": "é"}, {"sealed": ""}),
    *({"text": "1", "name": 7}, {"text": "1", "name": "n" * 201}, {"text": "1", "lang": "fr"}),
    *({"text": "1", "receipt": "yes"}, {"documents": []}, {"documents": {}}, {"documents": ["1"]}),
    *({"documents": [{}]}, {"documents": [{"text": "1"}], "text": "1"}),
]


@pytest.mark.parametrize("members", UNUSABLE, ids=range(len(UNUSABLE)))
def test_refuses_what_is_not_described(members: Anything) -> None:
    answer = asked(members)

    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["?lang=fr", "?receipt=perhaps", "?x=1", "?lang=en&lang=en", "?&"]
)
def test_refuses_parameters_that_are_not_described(query: str) -> None:
    assert asked({"text": "1"}, path="/verify" + query).status == 422


def test_a_lone_surrogate_is_a_text_like_any_other() -> None:
    answer = asked(b'{"text": "\\ud800", "name": "\\udfff"}')

    assert answer.status == 200
    assert answer.json()["outcome"] == "INVALID"


def test_text_that_begins_like_a_pdf_is_never_parsed_as_one() -> None:
    answer = asked({"text": "%PDF-1.7 " + WORLD.text()}).json()

    assert [place["kind"] for place in answer["places"]] == ["text"]


def test_too_many_documents_are_refused_before_any_is_judged() -> None:
    app = app_of(limits=Limits(documents=2))

    assert asked({"documents": [{"text": "1"}] * 3}, app).status == 413


def test_body_over_the_limit_is_refused_by_its_own_word_and_by_its_bytes() -> None:
    app = app_of(limits=Limits(json_bytes=1_000))

    declared = asked({"text": "1"}, app, headers={"content-length": "1001"})
    counted = asked(json.dumps({"text": "1" * 2_000}).encode(), app)

    assert (declared.status, counted.status) == (413, 413)
    assert counted.headers["connection"] == "close"


def test_an_endless_body_is_refused_at_the_limit() -> None:
    taken = 0

    def endless() -> Anything:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(10_000)

    answer = asyncio.run(
        ask(app_of(), "POST", "/verify", endless(), {"content-type": "application/json"})
    )

    assert answer.status == 413
    assert taken < 200


def test_a_body_that_drips_is_given_up() -> None:
    async def dripping() -> Anything:
        while True:
            await asyncio.sleep(0.01)
            yield b" "

    app = app_of(limits=Limits(body_seconds=0.2))
    answer = asyncio.run(
        ask(app, "POST", "/verify", dripping(), {"content-type": "application/json"})
    )

    assert answer.status == 408


def test_bodies_together_are_bounded() -> None:
    app = app_of(limits=Limits(bytes_in_flight=10))

    answer = asked({"text": "1" * 100}, app)

    assert answer.status == 503
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": ""}, 415),
        ({"content-type": "application/json", "content-encoding": "gzip"}, 415),
        ({"content-type": "application/json; charset=utf-8"}, 200),
        ({"content-type": "application/json", "content-length": "-1"}, 422),
        ({"content-type": "application/json", "content-length": "1e3"}, 422),
    ],
)
def test_media_types_and_lengths_are_looked_at_first(headers: dict[str, str], status: int) -> None:
    answer = asyncio.run(
        ask(app_of(), "POST", "/verify", json.dumps({"text": "1"}).encode(), headers)
    )

    assert answer.status == status


def test_problems_are_told_in_the_language_that_is_asked_for() -> None:
    answer = asked(b"", headers={"accept-language": "zh-Hant"})

    assert answer.headers["content-language"] == "zh-Hant"
    assert answer.json()["title"] == answer.json()["title_zh_hant"]


def test_another_method_is_told_which_one_is_answered() -> None:
    answer = asyncio.run(ask(app_of(), "GET", "/verify"))

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_receipts_need_a_key_to_sign_them() -> None:
    for answer in (
        asked({"text": "1", "receipt": True}),
        asked({"text": "1"}, path="/verify?receipt=true"),
    ):
        assert answer.status == 422
        assert answer.json()["type"] == "urn:sealroot:problem:no-receipts"
