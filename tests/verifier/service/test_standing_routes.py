"""Alive, ready and the bundle; and what every answer carries."""

import asyncio

from registry.bundle import open_bundle
from tests.verifier.service.worlds import NO_TRUST, WORLD, Anything, SilentLog, app_of, ask
from verifier.service.trust_desk import FixedDesk


def got(path: str, app: Anything = None, method: str = "GET", **headers: str) -> Anything:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(ask(app or app_of(), method, path, headers=told))


def test_ready_with_fresh_trust_data() -> None:
    answer = got("/readyz")

    assert answer.status == 200
    assert answer.json()["code"] == "trust.fresh"
    assert answer.json()["age_seconds"] == WORLD.now - WORLD.trust.evidence.as_of


def test_not_ready_without_trust_data_but_alive() -> None:
    app = app_of(desk=FixedDesk(NO_TRUST))

    ready = got("/readyz", app)

    assert ready.status == 503
    assert ready.json()["code"] == "trust.unavailable"
    assert got("/healthz", app).json() == {"status": "ok"}


def test_not_ready_once_trust_data_is_too_old() -> None:
    app = app_of(clock=lambda: WORLD.now + 400 * 86_400)

    assert got("/readyz", app).json()["code"] == "trust.too_old"


def test_bundle_is_the_one_the_desk_holds() -> None:
    answer = got("/bundle")

    assert open_bundle(answer.body).state.head == WORLD.trust.state.head
    assert answer.headers["access-control-allow-origin"] == "*"


def test_bundle_that_is_known_is_not_sent_again() -> None:
    app = app_of()
    etag = got("/bundle", app).headers["etag"]

    again = got("/bundle", app, if_none_match=etag)

    assert (again.status, again.body) == (304, b"")


def test_no_bundle_is_told_with_when_to_ask_again() -> None:
    answer = got("/bundle", app_of(desk=FixedDesk(NO_TRUST)))

    assert answer.status == 503
    assert answer.headers["retry-after"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_answer_forbids_scripts_and_sniffing() -> None:
    for path in ("/healthz", "/nothing", "/bundle", "/verify"):
        headers = got(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_log_holds_nothing_of_a_document() -> None:
    log = SilentLog()
    got(f"/verify/{WORLD.text()[-50:]}?text={WORLD.text()[-50:]}", app_of(log=log))

    assert [line["path"] for line in log.lines] == ["(other)"]
    assert WORLD.text()[-50:] not in str(log.lines)


def test_unknown_addresses_and_methods_are_problems() -> None:
    assert got("/nothing").json()["type"] == "urn:sealroot:problem:not-here"
    assert got("/healthz", method="DELETE").json()["type"] == "urn:sealroot:problem:method"


def test_description_has_the_busy_addresses_too() -> None:
    assert {"/verify", "/bundle", "/healthz", "/readyz"} <= got("/openapi.json").json()[
        "paths"
    ].keys()


def test_the_description_for_people_names_every_address_and_holds_no_script() -> None:
    page = got("/docs").body.decode()

    for path in got("/openapi.json").json()["paths"]:
        assert path in page
    assert "<script" not in page
    assert "查驗文件" in page
