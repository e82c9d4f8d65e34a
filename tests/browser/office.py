"""An office's own server with the page below a sub-path, its configuration, and two mirrors."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final, Self

from tests.browser.site import Answer, StaticServer
from tests.browser.world import OFFICIAL, World

ROOT: Final = Path(__file__).parents[2]
WEB: Final = ROOT / "verifier" / "web"
PAGE: Final = "/office/check/"
BUNDLE: Final = "/bundles/lite.srb"


def built_site(folder: Path) -> Path:
    """The site as `make page` builds it, in a folder of its own."""
    node = shutil.which("node", path=f"{ROOT / '.venv/bin'}:{os.environ['PATH']}")
    assert node is not None
    subprocess.run([node, "build.mjs"], cwd=WEB, check=True)
    return Path(shutil.copytree(WEB / "dist", folder / "site"))


class OfficeSite:
    """The page at `url`; `near` and `far` serve the bundle, near is asked first."""

    def __init__(self, folder: Path, world: World, **config: object) -> None:
        self.folder, self.world = folder, world
        self.near = StaticServer()
        self.far = StaticServer()
        self.config = config
        self.headers: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.near.start()
        self.far.start()
        self.near.add_folder(self.folder, PAGE)
        self.configure()
        self.serve_bundle(self.world.bundle)
        return self

    def __exit__(self, *_: object) -> None:
        self.near.stop()
        self.far.stop()

    @property
    def url(self) -> str:
        """Where a person opens the page."""
        return f"{self.near.url}{PAGE}"

    @property
    def origins(self) -> frozenset[str]:
        """Who may be asked."""
        return frozenset({self.near.url, self.far.url})

    def configure(self, **changes: object) -> None:
        """Write config.json and trust anchor anew."""
        config = {
            "trust_anchor": "trust-anchor.cbor",
            "sources": [f"../..{BUNDLE}", f"{self.far.url}{BUNDLE}"],
            "official_urls": [OFFICIAL],
            "policy": "default",
            "kiosk": False,
            "registry_name": {"zh-Hant": "模擬登錄", "en": "Simulated registry"},
            **self.config,
            **changes,
        }
        text = json.dumps(config, ensure_ascii=False).encode()
        self.near.files[f"{PAGE}config.json"] = Answer(text, media_type="application/json")
        self.serve_anchor(self.world.anchor)

    def serve_anchor(self, anchor: bytes) -> None:
        """The page begins to trust with this file."""
        self.near.files[f"{PAGE}trust-anchor.cbor"] = Answer(anchor)

    def serve_bundle(self, near: bytes | Answer, far: bytes | Answer | None = None) -> None:
        """Both mirrors serve this, or the far one something else."""
        for server, content in ((self.near, near), (self.far, near if far is None else far)):
            served = content if isinstance(content, Answer) else Answer(content)
            server.files[BUNDLE] = served

    def close_down(self) -> None:
        """No server answers any more."""
        self.near.stop()
        self.far.stop()
