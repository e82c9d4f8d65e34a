"""An office's own server with the page below a sub-path, its configuration, and two mirrors."""

import mimetypes
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

from tests.browser.site import TYPES, Answer, StaticServer
from tests.browser.world import OFFICIAL, World
from verifier.page_config import PageConfig
from verifier.site import Site, make_site, read_built

ROOT: Final = Path(__file__).parents[2]
WEB: Final = ROOT / "verifier" / "web"
PAGE: Final = "/office/check/"
BUNDLE: Final = "/bundles/lite.srb"
# The headers that docs/operations.md asks of a server; they bind workers, which a <meta> does not.
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self'; img-src 'self' blob: data:; connect-src 'self' {mirror}; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

Built = tuple[Site, frozenset[str]]


def built_site() -> Built:
    """The site as `make page` builds it."""
    node = shutil.which("node", path=f"{ROOT / '.venv/bin'}:{os.environ['PATH']}")
    assert node is not None
    subprocess.run([node, "build.mjs"], cwd=WEB, check=True)
    return read_built()


class OfficeSite:
    """The page at `url`; `near` and `far` serve the bundle, near is asked first."""

    def __init__(self, built: Built, world: World) -> None:
        self.built, self.world = built, world
        self.near = StaticServer()
        self.far = StaticServer()

    def __enter__(self) -> Self:
        self.near.start()
        self.far.start()
        mirror = {"mirror": self.far.url}
        self.near.headers = {name: value.format_map(mirror) for name, value in HEADERS.items()}
        self.configure()
        self.serve_bundle(self.world.bundle)
        return self

    def __exit__(self, *_: object) -> None:
        self.close_down()

    @property
    def url(self) -> str:
        """Where a person opens the page."""
        return f"{self.near.url}{PAGE}"

    @property
    def origins(self) -> frozenset[str]:
        """Who may be asked."""
        return frozenset({self.near.url, self.far.url})

    def configure(self, *, anchor: bytes | None = None, **changes: Any) -> None:  # noqa: ANN401
        """Make the page anew with another config or trust anchor, as `verifier page` does."""
        config = PageConfig(
            sources=(f"../..{BUNDLE}", f"{self.far.url}{BUNDLE}"),
            official_urls=(OFFICIAL,),
            name_zh_hant="模擬登錄",
            name_en="Simulated registry",
        )
        config = replace(config, **changes)
        self.near.files.update(
            {
                f"{PAGE}{path}": Answer(content, media_type=media_type(path))
                for path, content in make_site(
                    *self.built, config, self.world.anchor if anchor is None else anchor
                ).items()
            }
        )

    def serve_bundle(self, near: bytes | Answer, far: bytes | Answer | None = None) -> None:
        """Both mirrors serve this, or the far one something else."""
        for server, content in ((self.near, near), (self.far, near if far is None else far)):
            served = content if isinstance(content, Answer) else Answer(content)
            server.files[BUNDLE] = served

    def close_down(self) -> None:
        """No server answers any more."""
        self.near.stop()
        self.far.stop()


def media_type(path: str) -> str:
    """What a server says a file is."""
    suffix = Path(path).suffix
    return TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "text/plain"
