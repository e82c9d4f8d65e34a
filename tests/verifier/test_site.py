"""`sealroot verifier page`: static files of one version, for one registry."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from credential.errors import SealrootError
from registry.anchor_file import short_digest
from registry.errors import TrustAnchorError
from sealroot.commands import EXIT_FAILED, run
from verifier.errors import PageError
from verifier.page_config import PageConfig
from verifier.policy import STRICT_POLICY
from verifier.site import Site, make_site, read_built, sealed, write_site

VECTORS = Path(__file__).parents[1] / "vectors" / "trust-anchor"
ANCHOR = bytes.fromhex(json.loads((VECTORS / "three_signers.json").read_text())["file"])
BUILT = {
    "index.html": b"<meta content=\"connect-src 'self'; x\">"
    b'<meta name="sealroot-version" content="">',
    "sw.js": b"// worker\nconst SITE = {};\nrest();\n",
    "app/main.js": b"main();\n",
    "app/later.js": b"later();\n",
}
LATER = frozenset({"app/later.js"})
CONFIG = PageConfig(("../bundle", "https://mirror.example:8443/lite.srb?fresh=1"))


def _lists(site: Site) -> dict[str, object]:
    line = re.search(r"^const SITE = (.*);$", site["sw.js"].decode(), re.MULTILINE)
    assert line is not None
    return json.loads(line[1])


def _page_of(config: PageConfig) -> Site:
    return make_site(BUILT, LATER, config, ANCHOR)


def _write_built(folder: Path) -> None:
    rows = {
        path: {"path": path, "digest": sha256(content).hexdigest(), "bytes": len(content)}
        for path, content in BUILT.items()
        if path != "sw.js"
    }
    first = [row for path, row in rows.items() if path not in LATER]
    listing = {"format": 1, "first": first, "later": [rows[path] for path in LATER]}
    for path, content in {**BUILT, "site.json": json.dumps(listing).encode()}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def test_the_worker_knows_every_file_by_its_digest() -> None:
    site = _page_of(CONFIG)
    lists = _lists(site)
    listed = {row["path"]: row["digest"] for row in [*lists["first"], *lists["later"]]}
    expected = {path: sha256(site[path]).hexdigest() for path in site if path != "sw.js"}
    assert listed == expected


def test_only_what_the_build_left_for_later_is_fetched_later() -> None:
    assert [row["path"] for row in _lists(_page_of(CONFIG))["later"]] == ["app/later.js"]


def test_page_and_worker_name_the_same_version() -> None:
    site = _page_of(CONFIG)
    assert f'content="{_lists(site)["version"]}"' in site["index.html"].decode()


def test_the_version_is_the_one_the_build_would_give() -> None:
    version = _lists(sealed(BUILT, frozenset()))["version"]
    assert version == "1a25edb8beb7458b48ddaa1192cc1453"  # as in tests/web/page-build.test.js


@pytest.mark.parametrize(
    "other",
    [
        {**BUILT, "app/main.js": b"other();\n"},
        {**BUILT, "index.html": BUILT["index.html"] + b"<p>"},
        {**BUILT, "sw.js": BUILT["sw.js"] + b"more();\n"},
    ],
)
def test_another_file_makes_another_version(other: Site) -> None:
    changed = make_site(other, LATER, CONFIG, ANCHOR)
    assert _lists(changed)["version"] != _lists(_page_of(CONFIG))["version"]


def test_another_config_makes_another_version() -> None:
    strict = PageConfig(CONFIG.sources, policy=STRICT_POLICY)
    assert _lists(_page_of(strict))["version"] != _lists(_page_of(CONFIG))["version"]


def test_the_page_may_ask_its_mirrors_and_nobody_else() -> None:
    policy = "connect-src 'self' https://mirror.example:8443/lite.srb; x"
    assert policy in _page_of(CONFIG)["index.html"].decode()


def test_the_config_says_all_that_the_page_reads() -> None:
    config = PageConfig(
        ("b.srb",),
        ("https://verify.example/s/",),
        policy=STRICT_POLICY,
        kiosk=True,
        name_zh_hant="登錄簿",
        name_en="Registry",
    )
    assert json.loads(_page_of(config)["config.json"]) == {
        "trust_anchor": "trust-anchor.cbor",
        "sources": ["b.srb"],
        "official_urls": ["https://verify.example/s/"],
        "policy": {
            "max_trust_age": 86_400,
            "max_status_age": 86_400,
            "max_unanchored_age": 0,
            "require_anchor": True,
            "min_evidence": 2,
        },
        "kiosk": True,
        "registry_name": {"zh-Hant": "登錄簿", "en": "Registry"},
    }


def test_refuses_a_file_that_is_no_trust_anchor() -> None:
    with pytest.raises(TrustAnchorError):
        make_site(BUILT, LATER, CONFIG, ANCHOR + b"\0")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "http://mirror.example/b",
        "ftp://mirror.example/b",
        "//mirror.example/b",
        "javascript:alert(1)",
        "https://",
        "https://name@mirror.example/b",
        "https://Mirror.example/b",
        "https://mirror.example:99999/b",
        "https://mirror.example/b#x",
        "https://mirror.example/b c",
        "https://mirror.example/b;script-src *",
        "https://mirror.example/b,c",
        "https://*.example/b",
        "https://mirror.example\\b",
        "https://鏡.example/b",
        "../b\n",
        "'unsafe-inline'",
    ],
)
def test_refuses_a_source_the_page_could_not_ask(source: str) -> None:
    with pytest.raises(PageError):
        PageConfig((source,))


@pytest.mark.parametrize("url", ["https://verify.example/s", "https://verify.example/?a/", "s/"])
def test_refuses_an_official_address_that_others_begin_with(url: str) -> None:
    with pytest.raises(PageError):
        PageConfig(("b",), (url,))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/b", "http://[::1]:1/b", "http://localhost/"]
)
def test_takes_plain_http_on_this_machine(url: str) -> None:
    assert PageConfig((url,)).mirrors == (url,)


@pytest.mark.parametrize("names", [("登錄簿", ""), ("", "Registry"), ("登錄\n簿", "Registry")])
def test_refuses_half_a_name_or_one_of_another_form(names: tuple[str, str]) -> None:
    with pytest.raises(SealrootError):
        PageConfig(("b",), name_zh_hant=names[0], name_en=names[1])


def test_refuses_a_page_without_sources() -> None:
    with pytest.raises(PageError):
        PageConfig(())


def test_writes_exactly_the_site(tmp_path: Path) -> None:
    site = _page_of(CONFIG)
    write_site(site, tmp_path / "page")
    files = (tmp_path / "page").rglob("*")
    found = {
        path.relative_to(tmp_path / "page").as_posix(): path.read_bytes()
        for path in files
        if path.is_file()
    }
    assert found == site


def test_replaces_an_older_page_and_leaves_nothing_beside(tmp_path: Path) -> None:
    write_site({**_page_of(CONFIG), "old.js": b"old"}, tmp_path / "page")
    write_site(_page_of(CONFIG), tmp_path / "page")
    assert not (tmp_path / "page" / "old.js").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["page"]


def test_never_replaces_a_folder_that_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(PageError):
        write_site(_page_of(CONFIG), tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_reads_what_was_built(tmp_path: Path) -> None:
    _write_built(tmp_path)
    assert read_built(tmp_path) == (BUILT, LATER)


def test_says_how_to_build_a_page_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="make page"):
        read_built(tmp_path)


def test_refuses_a_build_that_was_changed(tmp_path: Path) -> None:
    _write_built(tmp_path)
    (tmp_path / "app" / "main.js").write_bytes(b"evil();\n")
    with pytest.raises(PageError, match="make page"):
        read_built(tmp_path)


def _command(tmp_path: Path, *more: object) -> int:
    (tmp_path / "built").mkdir()
    _write_built(tmp_path / "built")
    (tmp_path / "anchor.cbor").write_bytes(ANCHOR)
    words = ["--out", tmp_path / "page", "--trust-anchor", tmp_path / "anchor.cbor"]
    given = [*words, "--built", tmp_path / "built", *more]
    return run(["verifier", "page", *map(str, given)])


def test_the_command_tells_the_digest_to_compare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _command(tmp_path, "--source", "../bundle") == 0
    assert short_digest(ANCHOR) in capsys.readouterr().out


def test_the_command_answers_programs_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _command(tmp_path, "--source", "../bundle", "--json")
    assert json.loads(capsys.readouterr().out)["trust_anchor"] == short_digest(ANCHOR)


def test_the_command_writes_nothing_for_an_address_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _command(tmp_path, "--source", "javascript:alert(1)") == EXIT_FAILED
    assert "What to do:" in capsys.readouterr().err
    assert not (tmp_path / "page").exists()
