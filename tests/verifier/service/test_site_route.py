"""The page at /page/: types, policy and caching of its files, and nothing beside them."""

import asyncio
import gzip

import pytest

from tests.verifier.service.worlds import Answer, app_of, ask
from verifier.service.site_route import policy_of

INDEX = (
    b'<!doctype html><meta http-equiv="Content-Security-Policy" '
    b"content=\"default-src 'none'; script-src 'self'\"><p>page"
)
SITE = {
    "index.html": INDEX,
    "sw.js": b"// worker",
    "app/main.js": b"// " + b"x" * 5_000,
    "vendor/reader.wasm": b"\x00asm",
    "manifest.webmanifest": b"{}",
    "config.json": b"{}",
    "trust-anchor.cbor": b"\xa0",
}


def got(path: str, method: str = "GET", **headers: str) -> Answer:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(ask(app_of(site=SITE), method, path, headers=told))


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("sw.js", "text/javascript; charset=utf-8"),
        ("app/main.js", "text/javascript; charset=utf-8"),
        ("vendor/reader.wasm", "application/wasm"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("config.json", "application/json"),
        ("trust-anchor.cbor", "application/cbor"),
    ],
)
def test_files_have_their_types(path: str, media_type: str) -> None:
    answer = got(f"/page/{path}")

    assert answer.status == 200
    assert answer.headers["content-type"] == media_type
    assert answer.body == SITE[path or "index.html"]


def test_every_file_carries_the_policy_of_the_page() -> None:
    for path in SITE:
        headers = got(f"/page/{path}").headers
        policy = "default-src 'none'; script-src 'self'; frame-ancestors 'none'"
        assert headers["content-security-policy"] == policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "camera=(self)" in headers["permissions-policy"]


def test_files_are_asked_for_again_and_not_sent_again() -> None:
    first = got("/page/app/main.js")

    again = got("/page/app/main.js", if_none_match=first.headers["etag"])

    assert first.headers["cache-control"] == "public, no-cache"
    assert (again.status, again.body) == (304, b"")


def test_large_texts_are_zipped_for_who_takes_that() -> None:
    answer = got("/page/app/main.js", accept_encoding="gzip")

    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == SITE["app/main.js"]


def test_the_start_leads_to_the_page() -> None:
    for path in ("/", "/page"):
        answer = got(path)
        assert (answer.status, answer.headers["location"]) == (307, "/page/")


@pytest.mark.parametrize(
    "path", ["/page/../app.py", "/page//etc/passwd", "/page/app", "/page/%2e%2e/x", "/page/nothing"]
)
def test_nothing_beside_the_files_is_served(path: str) -> None:
    assert got(path).status == 404


def test_head_says_how_long_a_file_is() -> None:
    answer = got("/page/app/main.js", "HEAD")

    assert answer.body == b""
    assert answer.headers["content-length"] == str(len(SITE["app/main.js"]))
    assert got("/page/app/main.js", "POST").status == 405


def test_a_page_without_a_policy_may_do_nothing() -> None:
    assert policy_of("<p>") == "default-src 'none'; frame-ancestors 'none'"


def test_there_is_no_page_where_none_was_given() -> None:
    assert asyncio.run(ask(app_of(), "GET", "/page/")).status == 404
