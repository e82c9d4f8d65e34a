"""Keys, quotas and limits: who may ask how much, also after a restart and behind a proxy."""

import asyncio
import json
import sqlite3
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.verifier.service.worlds import WORLD, Answer, Anything, SilentLog, app_of, ask, ask_json
from verifier.errors import StoreError
from verifier.service.buckets import Allowance, Buckets
from verifier.service.key_book import KeyBook
from verifier.service.key_store import DAY_SECONDS, KeyStore
from verifier.service.proxies import Proxies

AT = WORLD.now
TODAY = AT // DAY_SECONDS


def asked(app: Anything, secret: str = "", documents: int = 1, **more: Anything) -> Answer:
    headers = {**more.pop("headers", {})}
    if secret:
        headers["authorization"] = f"Bearer {secret}"
    members = {"documents": [{"text": "1"}] * documents}
    return asyncio.run(ask_json(app, members, headers=headers, **more))


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys.sqlite")


def new_key(store: KeyStore, per_second: int = 100, per_day: int = 1_000, **more: str) -> str:
    return store.add("counter", per_second=per_second, per_day=per_day, at=AT, **more)


def test_a_key_opens_the_service_and_nothing_else_does(store: KeyStore) -> None:
    secret = new_key(store)
    app = app_of(key_store=store)

    assert asked(app, secret).status == 200
    for wrong in ("", secret[:-1], secret + "x", "srk_0_x", "x", secret.swapcase()):
        answer = asked(app, wrong)
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_file_holds_no_secret(store: KeyStore, tmp_path: Path) -> None:
    secret = new_key(store)

    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())

    assert secret.encode() not in kept
    assert secret.rpartition("_")[2].encode() not in kept
    assert (tmp_path / "keys.sqlite").stat().st_mode & 0o077 == 0


def test_two_keys_never_have_one_secret(store: KeyStore) -> None:
    assert new_key(store) != new_key(store)
    assert len(store.rows()) == 2


def test_a_revoked_key_opens_nothing_once_the_book_is_read_again(store: KeyStore) -> None:
    secret = new_key(store)
    book = KeyBook(store, lambda: AT)
    (key,) = store.rows()
    assert book.find(key.id) is not None

    assert store.revoke(key.id, at=AT)
    book.write()

    assert book.find(key.id) is None
    assert asked(app_of(key_store=store), secret).status == 401
    assert not store.revoke("nobody", at=AT)


def test_the_quota_of_a_day_is_kept_to_and_told(store: KeyStore) -> None:
    secret = new_key(store, per_day=5)
    app = app_of(key_store=store)

    assert asked(app, secret, documents=4).status == 200
    over = asked(app, secret, documents=2)

    assert over.status == 429
    assert over.json()["type"] == "urn:sealroot:problem:quota-used-up"
    assert int(over.headers["retry-after"]) == DAY_SECONDS - AT % DAY_SECONDS
    assert asked(app, secret).status == 200


def test_a_quota_survives_a_restart(store: KeyStore) -> None:
    new_key(store)
    (key,) = store.rows()
    book = KeyBook(store, lambda: AT)
    book.use(key.id, TODAY, 7)
    asyncio.run(book.write_apart())
    book.use(key.id, TODAY, 2)

    book.write()

    assert book.used(key.id, TODAY) == 9
    assert KeyBook(store, lambda: AT).used(key.id, TODAY) == 9
    assert KeyBook(store, lambda: AT).used(key.id, TODAY + 1) == 0


def test_quotas_of_several_workers_add_up(store: KeyStore) -> None:
    new_key(store)
    (key,) = store.rows()
    one, other = KeyBook(store, lambda: AT), KeyBook(store, lambda: AT)
    one.use(key.id, TODAY, 3)
    other.use(key.id, TODAY, 4)

    one.write()
    other.write()
    one.write()

    assert (one.used(key.id, TODAY), other.used(key.id, TODAY)) == (7, 7)


def test_what_could_not_be_written_is_written_later(store: KeyStore, tmp_path: Path) -> None:
    new_key(store)
    (key,) = store.rows()
    book = KeyBook(store, lambda: AT)
    book.use(key.id, TODAY, 3)
    path = tmp_path / "keys.sqlite"
    aside = path.rename(tmp_path / "aside")
    path.mkdir()

    with pytest.raises(StoreError):
        book.write()
    path.rmdir()
    aside.rename(path)
    book.write()

    assert store.used(TODAY) == {key.id: 3}


def test_a_file_that_is_no_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "keys.sqlite"
    path.write_bytes(b"x" * 5_000)

    with pytest.raises(StoreError):
        KeyStore(path).rows()


def test_the_store_holds_nothing_of_requests(store: KeyStore, tmp_path: Path) -> None:
    asked(app_of(key_store=store), new_key(store))

    with sqlite3.connect(tmp_path / "keys.sqlite") as file:
        tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master")}
    file.close()

    assert {name for name in tables if not name.startswith("sqlite_")} == {"keys", "used"}


def test_requests_of_one_key_are_slowed_down_and_others_not(store: KeyStore) -> None:
    slow, other = new_key(store, per_second=1), new_key(store)
    app = app_of(key_store=store)

    first = asked(app, slow, documents=100)
    second = asked(app, slow)

    assert (first.status, second.status) == (200, 429)
    assert int(second.headers["retry-after"]) >= 80
    assert asked(app, other).status == 200


def test_strangers_are_limited_by_address_and_64_bits_of_it() -> None:
    app = app_of(strangers=Allowance(per_second=1, per_day=1_000, burst=1))

    assert asked(app, client="192.0.2.1").status == 200
    assert asked(app, client="192.0.2.1").status == 429
    assert asked(app, client="192.0.2.2").status == 200
    assert asked(app, client="2001:db8::1").status == 200
    assert asked(app, client="2001:db8::2").status == 429
    assert asked(app, client="::ffff:192.0.2.2").status == 429


def test_requests_that_say_nothing_cost_as_much_as_others() -> None:
    app = app_of(strangers=Allowance(per_second=1, per_day=1_000, burst=3))

    statuses = [asyncio.run(ask_json(app, b"{")).status for _ in range(4)]

    assert statuses == [400, 400, 400, 429]


def test_strangers_have_a_quota_of_their_own() -> None:
    app = app_of(strangers=Allowance(per_second=100, per_day=3))

    assert asked(app, documents=3).status == 200
    assert asked(app).json()["type"] == "urn:sealroot:problem:quota-used-up"


def test_a_wrong_key_is_no_stranger(store: KeyStore) -> None:
    app = app_of(key_store=store, strangers=Allowance(10, 10))

    assert asked(app).status == 200
    assert asked(app, "srk_0_x").status == 401


FORWARDED = {"x-forwarded-for": "198.51.100.7, 203.0.113.9"}


def test_forwarded_addresses_count_from_our_proxies_only() -> None:
    proxies = Proxies((ip_network("10.0.0.0/8"),))
    app = app_of(strangers=Allowance(1, 100, burst=1), proxies=proxies)

    assert asked(app, client="10.0.0.1", headers=FORWARDED).status == 200
    assert asked(app, client="203.0.113.9").status == 429  # the proxy saw this one
    assert asked(app, client="192.0.2.5", headers=FORWARDED).status == 200
    assert asked(app, client="192.0.2.5").status == 429  # anybody can write a header


def test_a_client_certificate_stands_for_its_key_behind_our_proxy_only(store: KeyStore) -> None:
    new_key(store, certificate="CN=counter")
    proxies = Proxies((ip_network("10.0.0.1"),), "X-Client-Cert")
    app = app_of(key_store=store, proxies=proxies)
    told = {"x-client-cert": "CN=counter"}

    assert asked(app, client="10.0.0.1", headers=told).status == 200
    assert asked(app, client="10.0.0.2", headers=told).status == 401
    assert asked(app, client="10.0.0.1", headers={"x-client-cert": "CN=other"}).status == 401
    assert asked(app, client="10.0.0.1").status == 401
    with pytest.raises(StoreError):
        new_key(store, certificate="CN=counter")


def test_a_stream_waits_for_its_rate_and_ends_with_the_quota(store: KeyStore) -> None:
    secret = new_key(store, per_second=1_000, per_day=128)
    headers = {"content-type": "application/x-ndjson", "authorization": f"Bearer {secret}"}

    answer = asyncio.run(
        ask(app_of(key_store=store), "POST", "/verify/batch", b'{"text":"1"}\n' * 200, headers)
    )

    lines = [json.loads(one) for one in answer.body.splitlines()]
    assert len(lines) == 129
    assert lines[-1]["error"]["type"] == "urn:sealroot:problem:quota-used-up"


def test_numbers_need_a_key_where_keys_are_needed(store: KeyStore) -> None:
    secret = new_key(store)
    app = app_of(key_store=store, strangers=Allowance(1, 1))

    assert asyncio.run(ask(app, "GET", "/metrics")).status == 401
    headers = {"authorization": f"Bearer {secret}"}
    assert asyncio.run(ask(app, "GET", "/metrics", headers=headers)).status == 200


def test_numbers_tell_outcomes_codes_and_nothing_of_a_document() -> None:
    log = SilentLog()
    app = app_of(log=log)
    asyncio.run(ask_json(app, {"text": WORLD.text(2), "name": "secret name"}))
    asyncio.run(ask_json(app, {"text": WORLD.text(0)}))

    told = asyncio.run(ask(app, "GET", "/metrics")).body.decode()

    assert 'sealroot_documents_total{outcome="VALID"} 1.0' in told
    assert 'sealroot_codes_total{code="status.revoked"} 1.0' in told
    assert 'sealroot_requests_total{route="/verify",status="200"} 2.0' in told
    assert "sealroot_trust_usable 1.0" in told
    for word in ("secret name", "127.0.0.1", "林志強", "A1-"):
        assert word not in told
        assert word not in str(log.lines)


def test_a_bucket_holds_its_average_however_large_the_requests() -> None:
    buckets, allowance, taken = Buckets(), Allowance(10, 10**9, burst=2), 0

    for tick in range(1_000):
        if buckets.take("one", 37, allowance, tick / 10) == 0:
            taken += 37

    assert 900 <= taken <= 1_000 + 20 + 37


def test_buckets_of_very_many_callers_stay_few() -> None:
    buckets = Buckets(most=10)

    for number in range(1_000):
        buckets.take(str(number), 1, Allowance(1, 1), 0.0)

    assert len(buckets._levels) == 10
