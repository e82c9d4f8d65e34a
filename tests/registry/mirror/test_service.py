"""The service: every resource, its limits and headers, and what happens when something is away."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from registry.bundle import open_bundle
from registry.mirror.app import make_app, make_service
from registry.mirror.folder import MirrorFolder
from registry.mirror.health import Upstream
from registry.mirror.publish import publish_neighbours
from registry.mirror.range_file import CHUNK_ENTRIES, decode_heads, decode_range
from tests.registry.mirror.worlds import busy, held_by, mirror_of, registry_of
from tests.simulator import Simulator

WORLD = busy()
NEIGHBOUR = busy(chain_id=99)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("mirror")
    folder = mirror_of(WORLD, root)
    mirror_of(NEIGHBOUR, root / "registries" / registry_of(NEIGHBOUR).folder)
    publish_neighbours(folder)
    return root


@pytest.fixture(scope="module")
def client(root: Path) -> TestClient:
    return TestClient(make_app(MirrorFolder(root), clock=lambda: WORLD.now + 60))


def test_standing_says_where_the_mirror_is(client: TestClient) -> None:
    told = client.get("/mirror.json").json()

    assert (told["size"], told["head"]) == (len(WORLD.entries), WORLD.state().head.hex())


def test_bundle_opens_from_the_trust_anchor(client: TestClient) -> None:
    bundle = client.get("/bundles/lite.srb").content

    assert open_bundle(bundle, anchor=WORLD.trust_anchor).state.size == len(WORLD.entries)


def test_bundle_that_is_held_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/bundles/full.srb").headers["etag"]

    assert client.get("/bundles/full.srb", headers={"If-None-Match": etag}).status_code == 304


def test_head_has_the_headers_of_get_and_no_body(client: TestClient) -> None:
    got, asked = client.get("/bundles/full.srb"), client.head("/bundles/full.srb")

    assert asked.content == b""
    assert asked.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize(("first", "count"), [(0, 1), (3, 4), (20, 999), (24, 1)])
def test_any_range_hashes_onto_the_entries_before_it(
    client: TestClient, first: int, count: int
) -> None:
    found = decode_range(client.get(f"/journal/range?first={first}&count={count}").content)

    assert list(found.entries) == WORLD.entries[first : first + count]
    assert found.head_after == WORLD.state(first + len(found.entries)).head


def test_range_over_a_chunk_border(tmp_path: Path) -> None:
    sim = Simulator(block_seconds=0)
    batch = sim.issue(sim.office("A1"), {1: "x"})
    while len(sim.entries) < CHUNK_ENTRIES + 9:
        sim.anchor(batch)
    sim.checkpoint()
    mirror_of(sim, tmp_path)
    client = TestClient(make_app(MirrorFolder(tmp_path)))

    found = decode_range(client.get(f"/journal/range?first={CHUNK_ENTRIES - 3}&count=8").content)

    assert list(found.entries) == sim.entries[CHUNK_ENTRIES - 3 : CHUNK_ENTRIES + 5]
    chunk = client.get("/journal/0000000000.bin")
    assert "immutable" in chunk.headers["cache-control"]


def test_heads_witness_every_entry(client: TestClient) -> None:
    found = decode_heads(client.get("/heads/tail.bin").content)

    assert found.heads[-1] == WORLD.state().head


@pytest.mark.parametrize(
    "query",
    ["", "first=0", "first=-1&count=1", "first=0&count=0", "first=0&count=1025", "first=x&count=1",
     "first=99999999999999999999999&count=1", "first=%D9%A1x&count=1"],
)  # fmt: skip
def test_range_that_is_none_is_refused(client: TestClient, query: str) -> None:
    answer = client.get(f"/journal/range?{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    ["/floor.json", "/sync.json", "/bundles/made-from.json", "/journal/0000000001.bin",
     "/refused/x/why.json", "/incoming/0000000000.bin", "/registries/nobody/mirror.json",
     "/..%2f..%2fetc%2fpasswd", "/status/..%2ffloor.json", "/evidence.cbor", "/journal/range/x"],
)  # fmt: skip
def test_what_is_not_of_the_tree_does_not_exist(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code in {404, 422}
    assert set(answer.json()) >= {"title", "detail", "title_zh_hant", "detail_zh_hant"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(client: TestClient, method: str) -> None:
    answer = client.request(method, "/mirror.json")

    assert (answer.status_code, answer.json()["title"]) == (405, "Read only")


def test_status_list_by_digest_is_immutable(client: TestClient, root: Path) -> None:
    (path, *_) = (root / "status").glob("*.cbor")

    answer = client.get(f"/status/{path.name}", headers={"Accept-Encoding": "gzip"})

    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == path.read_bytes()


def test_neighbour_has_the_same_tree(client: TestClient) -> None:
    names = client.get("/registries.json").json()["registries"]

    told = client.get(f"/registries/{names[0]}/mirror.json").json()

    assert told["chain_id"] == 99
    assert client.get(f"/registries/{names[0]}/agencies/A1").status_code == 200


def test_health_tells_the_lag(root: Path) -> None:
    upstream = Upstream("unreachable", 5, 3, None, "gone")
    client = TestClient(
        make_app(MirrorFolder(root), lambda: upstream, clock=lambda: WORLD.now + 60)
    )

    told = client.get("/health.json").json()

    assert told["lag"] == {"entries": 3, "blocks": None, "seconds": 60}
    assert (told["status"], told["source"]) == ("fresh", "unreachable")


def test_old_data_are_stale(root: Path) -> None:
    client = TestClient(make_app(MirrorFolder(root), clock=lambda: WORLD.now + 8 * 86_400))

    assert client.get("/health.json").json()["status"] == "stale"


def test_empty_folder_is_served_as_empty(tmp_path: Path) -> None:
    client = TestClient(make_app(MirrorFolder(tmp_path)))

    assert client.get("/health.json").json()["status"] == "empty"
    assert client.get("/mirror.json").status_code == 404
    assert client.get("/").status_code == 200
    assert client.get("/agencies").status_code == 503


def test_every_answer_forbids_scripts_and_frames(root: Path) -> None:
    client = TestClient(make_service(MirrorFolder(root)))  # type: ignore[arg-type]  # any ASGI application

    for path in ("/", "/mirror.json", "/nothing"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"


def test_log_names_no_address_and_no_search(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    client = TestClient(make_service(MirrorFolder(root)))  # type: ignore[arg-type]  # any ASGI application

    client.get("/search?q=SECRET")

    line = capsys.readouterr().err
    assert json.loads(line)["path"] == "/search"
    assert "SECRET" not in line
    assert "testclient" not in line


def test_address_is_logged_only_when_asked_for(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = TestClient(make_service(MirrorFolder(root), log_addresses=True))  # type: ignore[arg-type]  # as above

    client.get("/mirror.json")

    assert json.loads(capsys.readouterr().err)["address"] == "testclient"


def test_new_data_are_served_as_soon_as_they_are_there(tmp_path: Path) -> None:
    sim = busy()
    mirror_of(sim, tmp_path)
    client = TestClient(make_app(MirrorFolder(tmp_path)))
    before = client.get("/agencies?lang=en").text
    old = len(sim.entries)
    sim.office("NEW-1")
    sim.checkpoint()
    mirror_of(sim, tmp_path, old=old)

    assert "NEW-1" not in before
    assert "NEW-1" in client.get("/agencies?lang=en").text
    assert client.get("/mirror.json").json()["size"] == len(sim.entries)


@pytest.mark.parametrize(
    "path", ["/", "/agencies", "/health.json", "/journal/range?first=0&count=1"]
)
def test_folder_that_anybody_wrote_breaks_nothing(tmp_path: Path, path: str) -> None:
    mirror_of(WORLD, tmp_path)
    (tmp_path / "mirror.json").write_bytes(b"{")

    assert TestClient(make_app(MirrorFolder(tmp_path))).get(path).status_code in {200, 404, 503}


def test_journal_that_breaks_a_rule_is_shown_as_nothing(tmp_path: Path) -> None:
    folder = mirror_of(WORLD, tmp_path)
    held = folder.held(registry_of(WORLD))
    swapped = [held.entries[1]._replace(index=0), held.entries[0]._replace(index=1)]
    entries = [*swapped, *held.entries[2:]]
    folder.write_journal(registry_of(WORLD), held_by(WORLD, entries), old=0)

    assert TestClient(make_app(MirrorFolder(tmp_path))).get("/agencies").status_code == 503
