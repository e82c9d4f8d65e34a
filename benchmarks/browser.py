"""How fast the scan page is in a real browser: one verdict, the way to the screen, a cold start.

The page is the built site below a sub-path, with the trust data of a whole country (the same as of
`lite_bundle_load_ms`). Times are those of the browser's own clock, and so of the wall.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.results import Measured
from benchmarks.trust import Country
from benchmarks.world import CHECKPOINT_AT, LIST_NO, NOW, OFFICE, URL, drivers
from credential.ids import Digest
from credential.qr_text import qr_encode
from credential.status import changed, encode_status_list, new_status_list
from registry import payloads as p
from registry.anchor_file import encode_trust_anchor
from registry.bundle import make_lite_bundle
from registry.trust_data import Documents
from verifier.page_config import PageConfig
from verifier.site import make_site, read_built, write_site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright

KEYS: Final = (
    "browser_verify_median_ms",
    "browser_verify_p95_ms",
    "browser_shown_ms",
    "browser_ready_ms",
    "page_kb",
)
ROOT: Final = Path(__file__).parent.parent
_WEB: Final = ROOT / "verifier" / "web"
_DIFFERENT: Final = 512
_STARTS: Final = 7
_NO_CHROMIUM: Final = "there is no Chromium: `apt-get install chromium`, or CHROMIUM=path"
_NO_PLAYWRIGHT: Final = "playwright is not installed: `make bench` installs it"

# The measured registry lives at a time of its own, so the browser's clock is moved there.
_CLOCK: Final = f"""(() => {{
    const Real = Date;
    const shift = {NOW * 1000} - Real.now();
    globalThis.Date = class extends Real {{
        constructor(...words) {{ super(...(words.length ? words : [Real.now() + shift])); }}
        static now() {{ return Real.now() + shift; }}
    }};
    new MutationObserver((_, observer) => {{
        if (document.documentElement?.dataset.ready !== 'true') return;
        globalThis.readyAfter = performance.now();
        observer.disconnect();
    }}).observe(document, {{ attributes: true, childList: true, subtree: true }});
}})();"""

_VERIFY: Final = """async ([texts, bundle, anchor, now, rounds]) => {
    const library = (name) => import(new URL(`lib/${name}.js`, location.href).href);
    const { openBundle } = await library("bundle");
    const { decodeQrText } = await library("qr-text");
    const { decodeTrustAnchor } = await library("trust-anchor");
    const { verify } = await library("verify");
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const trust = await openBundle(bytes(bundle), { anchor: decodeTrustAnchor(bytes(anchor)) });
    const times = [];
    for (let round = -texts.length; round < rounds; round++) {
        const text = texts[(round + texts.length) % texts.length];
        const before = performance.now();
        const { outcome } = await verify(decodeQrText(text).sealed, trust, now);
        const after = performance.now();
        if (outcome !== "VALID") throw new Error(outcome);
        if (round >= 0) times.push(after - before);
    }
    return times;
}"""

# From the moment a text has been read until a frame with the verdict has been drawn.
_SHOWN: Final = """([text, field, button, verdict]) => new Promise((done) => {
    const before = document.querySelector(verdict);
    document.querySelector(field).value = text;
    const began = performance.now();
    new MutationObserver((_, observer) => {
        const shown = document.querySelector(verdict);
        if (shown === null || shown === before) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    }).observe(document.body, { attributes: true, childList: true, subtree: true });
    document.querySelector(button).click();
})"""


class Counter(NamedTuple):
    """What stands at a counter: QR texts, and the files that vouch for them."""

    texts: list[str]
    bundle: bytes
    anchor: bytes


def measure(*, quick: bool) -> Measured:
    """Return the keys about the page, or why they could not be measured."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        return Measured({}, {"not measured": _NO_CHROMIUM})
    if find_spec("playwright") is None:
        return Measured({}, {"not measured": _NO_PLAYWRIGHT})
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not installed everywhere)

    counter = _counter()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        site = _site(folder / "www", counter)
        start = partial(_started, driver, chromium, folder / "profile")
        with _served(folder / "www") as url, start() as context:
            page = _opened(context, url)
            page.wait_for_selector("html[data-offline='ready']", state="attached")
            times = sorted(_verify_times(page, counter, 500 if quick else 5_000))
            shown = _shown_times(page, counter, 20 if quick else 100)
        starts = []
        for _ in range(2 if quick else _STARTS):
            with start() as context:  # the server is gone: what opens now, opens without a network
                starts.append(_opened(context, url).evaluate("globalThis.readyAfter"))
    return Measured(
        {
            "browser_verify_median_ms": statistics.median(times),
            "browser_verify_p95_ms": times[int(0.95 * len(times))],
            "browser_shown_ms": statistics.median(shown),
            "browser_ready_ms": statistics.median(starts),
            "page_kb": sum(site["first"]) / 1_024,
        },
        {
            "bundle, KB": round(len(counter.bundle) / 1_000),
            "slowest of the ready times, ms": round(max(starts)),
            "slowest of the shown times, ms": round(max(shown)),
            "files of the first load": len(site["first"]),
            "KB that come later": round(sum(site["later"]) / 1_024),
        },
    )


def _counter() -> Counter:
    country = Country()
    world = country.world
    listed = encode_status_list(changed(new_status_list(OFFICE, LIST_NO, 100_000), {}, version=2))
    world.append(p.StatusPublished(OFFICE, LIST_NO, 2, Digest(sha256(listed).digest())))
    sealed = world.seal(world.encode(drivers(world, _DIFFERENT))).sealed
    state, documents = country.state(), country.documents()
    bundle = make_lite_bundle(
        state,
        Documents(status_lists=(*documents.status_lists, listed), types=documents.types),
        made_at=CHECKPOINT_AT,
        checkpoints=[country.council.checkpoint(state)],
    )
    texts = [qr_encode(one, URL) for one in sealed]
    return Counter(texts, bundle, encode_trust_anchor(country.council.anchor()))


def _site(folder: Path, counter: Counter) -> dict[str, list[int]]:
    """Write the page and the bundle into a folder; return what the page's first load is made of."""
    node = shutil.which("node", path=f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert node is not None, "Node comes with `make setup`"
    subprocess.run([node, "build.mjs"], cwd=_WEB, check=True, stdout=subprocess.DEVNULL)
    built, later = read_built()
    config = PageConfig(
        sources=("../lite.srb",),
        official_urls=(URL,),
        name_zh_hant="測試登記",
        name_en="A measured registry",
    )
    site = make_site(built, later, config, counter.anchor)
    write_site(site, folder / "check")
    (folder / "lite.srb").write_bytes(counter.bundle)
    parts = {"first": site.keys() - later, "later": later}
    return {part: [len(site[path]) for path in sorted(paths)] for part, paths in parts.items()}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Isolate the page, so that its clock is read to five microseconds and not to a hundred."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/check/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _started(driver: "Playwright", chromium: str, profile: Path) -> Iterator["BrowserContext"]:
    """A browser started anew, with the memory of the profile."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    context = driver.chromium.launch_persistent_context(
        profile, executable_path=chromium, args=["--no-sandbox"] if root else []
    )
    context.add_init_script(_CLOCK)
    try:
        yield context
    finally:
        context.close()


def _opened(context: "BrowserContext", url: str) -> "Page":
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("html[data-ready='true']", state="attached")
    return page


def _verify_times(page: "Page", counter: Counter, rounds: int) -> list[float]:
    files = [b64encode(one).decode() for one in (counter.bundle, counter.anchor)]
    times: list[float] = page.evaluate(_VERIFY, [counter.texts, *files, NOW, rounds])
    return times


def _shown_times(page: "Page", counter: Counter, rounds: int) -> list[float]:
    hooks = ["#text", "#text-check", "[data-outcome]:not([data-row])"]
    return [page.evaluate(_SHOWN, [counter.texts[n], *hooks]) for n in range(rounds)]
