"""A mirror that lies over HTTP: endless, slow, false, or sending readers elsewhere."""

import gzip
import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.mirror.folder import MirrorFolder
from registry.mirror.range_file import decode_range, encode_range
from registry.mirror.sources import FolderSource, HttpSource
from registry.mirror.sync import sync
from registry.mirror.sync_report import SyncReport
from tests.registry.mirror.worlds import Answer, anchor_of, busy, lying, mirror_of

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
WORLD = busy()
Lie = Callable[[str, bytes | None], Answer | bytes | None]


@pytest.fixture
def honest(tmp_path: Path) -> Path:
    return mirror_of(WORLD, tmp_path / "honest").root


def synced_from(
    root: Path, lie: Lie, into: Path, *, request_seconds: float = 5.0, beside: Path | None = None
) -> SyncReport:
    with (
        lying(root, lie) as url,
        HttpSource(url, time.monotonic, request_seconds=request_seconds) as source,
    ):
        sources = [source] if beside is None else [source, FolderSource(beside)]
        return sync(sources, MirrorFolder(into), anchor_of(WORLD), now=WORLD.now + 9)


def endless(part: bytes = bytes(1 << 16)) -> Iterator[bytes]:
    return itertools.repeat(part, 5_000)  # 312 MiB, far above every limit


def only_for(path: str, answer: Callable[[bytes], Answer | bytes | None]) -> Lie:
    return lambda asked, content: answer(content or b"") if asked == path else content


def test_honest_mirror_is_synced(tmp_path: Path, honest: Path) -> None:
    report = synced_from(honest, lambda _path, content: content, tmp_path / "copy")

    assert (report.outcomes[0].result, report.size) == ("synced", len(WORLD.entries))


def test_zipped_answers_are_taken(tmp_path: Path, honest: Path) -> None:
    def zipped(_path: str, content: bytes | None) -> Answer | None:
        if content is None:
            return None
        small = gzip.compress(content)
        headers = {"Content-Encoding": "gzip", "Content-Length": str(len(small))}
        return 200, headers, iter([small])

    assert synced_from(honest, zipped, tmp_path / "copy").size == len(WORLD.entries)


@pytest.mark.parametrize(
    "path", ["mirror.json", "checkpoints.cbor", "journal/tail.bin", "bundles/full.srb"]
)
def test_endless_body_ends_at_the_limit(tmp_path: Path, honest: Path, path: str) -> None:
    lie = only_for(path, lambda _content: (200, {}, endless()))

    report = synced_from(honest, lie, tmp_path / "copy", request_seconds=20)

    assert report.outcomes[0].result == ("synced" if path.startswith("bundles") else "unavailable")


def test_huge_length_is_refused_before_a_byte_is_read(tmp_path: Path, honest: Path) -> None:
    lie = only_for(
        "journal/tail.bin", lambda _content: (200, {"Content-Length": str(1 << 50)}, iter([]))
    )

    report = synced_from(honest, lie, tmp_path / "copy")

    assert "not read" in report.outcomes[0].reason


def test_longer_body_than_its_length_is_cut(tmp_path: Path, honest: Path) -> None:
    lie = only_for(
        "journal/tail.bin", lambda content: (200, {"Content-Length": "20"}, iter([content]))
    )

    report = synced_from(honest, lie, tmp_path / "copy")

    assert report.outcomes[0].code == "malformed"


def test_shorter_body_than_its_length_is_no_answer(tmp_path: Path, honest: Path) -> None:
    lie = only_for(
        "journal/tail.bin", lambda content: (200, {"Content-Length": "99999"}, iter([content]))
    )

    report = synced_from(honest, lie, tmp_path / "copy")

    assert report.outcomes[0].result == "unavailable"


@pytest.mark.parametrize("length", ["-1", "1e3", "\xb2", "99 99", "0x10"])
def test_length_that_is_no_number_is_no_answer(tmp_path: Path, honest: Path, length: str) -> None:
    lie = only_for(
        "journal/tail.bin",
        lambda content: (
            200,
            {"Content-Length": length.encode().decode("latin-1")},
            iter([content]),
        ),
    )

    report = synced_from(honest, lie, tmp_path / "copy")

    assert report.outcomes[0].result == "unavailable"


def test_slow_drip_ends_at_the_deadline(tmp_path: Path, honest: Path) -> None:
    def dripping() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.1)
            yield b"\0"

    lie = only_for(
        "journal/tail.bin", lambda _content: (200, {"Content-Length": "100"}, dripping())
    )
    started = time.monotonic()

    report = synced_from(honest, lie, tmp_path / "copy", request_seconds=1.0)

    assert "within 1 seconds" in report.outcomes[0].reason
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("path", ["journal/tail.bin", "checkpoints.cbor"])
def test_gzip_bomb_is_inflated_no_further_than_the_limit(
    tmp_path: Path, honest: Path, path: str
) -> None:
    bomb = gzip.compress(bytes(100 << 20), 9)
    lie = only_for(
        path,
        lambda _content: (
            200,
            {"Content-Encoding": "gzip", "Content-Length": str(len(bomb))},
            iter([bomb]),
        ),
    )

    report = synced_from(honest, lie, tmp_path / "copy")

    assert "not read" in report.outcomes[0].reason


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda small: small[:-3], id="cut short"),
        pytest.param(lambda small: small + b"more", id="bytes behind"),
        pytest.param(lambda small: b"\0" + small, id="no gzip at all"),
    ],
)
def test_broken_gzip_is_no_answer(
    tmp_path: Path, honest: Path, spoil: Callable[[bytes], bytes]
) -> None:
    lie = only_for(
        "journal/tail.bin",
        lambda content: (
            200,
            {"Content-Encoding": "gzip"},
            iter([spoil(gzip.compress(content))]),
        ),
    )

    report = synced_from(honest, lie, tmp_path / "copy")

    assert report.outcomes[0].result == "unavailable"


def test_encoding_nobody_asked_for_is_no_answer(tmp_path: Path, honest: Path) -> None:
    lie = only_for(
        "journal/tail.bin", lambda content: (200, {"Content-Encoding": "br"}, iter([content]))
    )

    report = synced_from(honest, lie, tmp_path / "copy")

    assert "not asked for" in report.outcomes[0].reason


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:9/x", "https://127.0.0.1/x", "file:///etc/passwd", "//127.0.0.2/x"]
)
def test_redirect_to_another_origin_is_not_followed(
    tmp_path: Path, honest: Path, target: str
) -> None:
    lie = only_for("mirror.json", lambda _content: (302, {"Location": target}, iter([])))

    report = synced_from(honest, lie, tmp_path / "copy")

    assert "not followed" in report.outcomes[0].reason


def test_redirect_within_the_mirror_is_followed(tmp_path: Path, honest: Path) -> None:
    shutil.copy(honest / "mirror.json", honest / "moved.json")
    lie = only_for("mirror.json", lambda _content: (302, {"Location": "/moved.json"}, iter([])))

    assert synced_from(honest, lie, tmp_path / "copy").size == len(WORLD.entries)


def test_redirects_in_a_circle_end(tmp_path: Path, honest: Path) -> None:
    lie = only_for("mirror.json", lambda _content: (302, {"Location": "/mirror.json"}, iter([])))

    report = synced_from(honest, lie, tmp_path / "copy")

    assert "in circles" in report.outcomes[0].reason


@pytest.mark.parametrize("status", [201, 204, 206, 401, 500, 503])
def test_any_other_status_is_no_answer(tmp_path: Path, honest: Path, status: int) -> None:
    lie = only_for("mirror.json", lambda _content: (status, {"Content-Length": "0"}, iter([])))

    report = synced_from(honest, lie, tmp_path / "copy")

    assert report.outcomes[0].result == "unavailable"


@pytest.mark.parametrize("at", range(len(WORLD.entries)))
def test_any_altered_entry_is_named(tmp_path: Path, honest: Path, at: int) -> None:
    def altered(content: bytes) -> bytes:
        found = decode_range(content)
        entries = list(found.entries)
        entry = entries[at]
        entries[at] = entry._replace(data=entry.data[:-1] + bytes([entry.data[-1] ^ 1]))
        return encode_range(found.registry, 0, entries, found.head_after)

    report = synced_from(honest, only_for("journal/tail.bin", altered), tmp_path / "copy")

    assert (report.outcomes[0].result, report.outcomes[0].index) == ("refused", at)


def test_next_source_serves_where_the_first_is_refused(tmp_path: Path, honest: Path) -> None:
    lie = only_for("journal/tail.bin", lambda content: content[:-1])

    report = synced_from(honest, lie, tmp_path / "copy", beside=honest)

    assert [one.result for one in report.outcomes] == ["refused", "synced"]


def test_next_source_serves_where_the_first_hangs(tmp_path: Path, honest: Path) -> None:
    def hanging() -> Iterator[bytes]:
        time.sleep(3)
        yield b""

    lie = only_for("journal/tail.bin", lambda _content: (200, {"Content-Length": "9"}, hanging()))

    report = synced_from(honest, lie, tmp_path / "copy", request_seconds=0.5, beside=honest)

    assert [one.result for one in report.outcomes] == ["unavailable", "synced"]


def test_claim_of_more_entries_than_are_served_names_the_first_missing(
    tmp_path: Path, honest: Path
) -> None:
    lie = only_for("journal/tail.bin", lambda _content: None)

    report = synced_from(honest, lie, tmp_path / "copy")

    assert (report.outcomes[0].code, report.outcomes[0].index) == ("missing", 0)


def test_two_registries_mixed_in_one_mirror_are_refused(tmp_path: Path, honest: Path) -> None:
    foreign = mirror_of(busy(chain_id=99), tmp_path / "foreign").root

    def mixed(path: str, content: bytes | None) -> bytes | None:
        return (foreign / path).read_bytes() if path.startswith("journal/") else content

    report = synced_from(honest, mixed, tmp_path / "copy")

    assert report.outcomes[0].code == "foreign"


def test_mirror_that_is_gone_is_told(tmp_path: Path) -> None:
    with HttpSource("http://127.0.0.1:9", time.monotonic, request_seconds=2) as gone:
        report = sync([gone], MirrorFolder(tmp_path / "copy"), anchor_of(WORLD), now=WORLD.now)

    assert (report.outcomes[0].result, report.lag_seconds) == ("unavailable", None)
