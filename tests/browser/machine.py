"""The Chromium of this machine, and how it is started for a test."""

import os
import shutil
from typing import Final

CHROMIUM: Final = os.environ.get("CHROMIUM") or shutil.which("chromium")

# Root has no sandbox to hide in. No name outside this machine resolves, so a request to anybody
# else cannot go out even where the watch over requests has missed it.
OPTIONS: Final = (
    *(("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-dev-shm-usage",
)


def camera_options(film: str) -> tuple[str, ...]:
    """What makes Chromium's camera show a film, and nobody be asked whether it may."""
    return (
        *OPTIONS,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
