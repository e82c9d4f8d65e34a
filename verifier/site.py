"""Makes a scan page for one registry out of the built site: a config, a trust anchor, a version.

What `verifier/web/site/seal.js` does for the bare site is done again here, since new files make a
new version: index.html names it, and the service worker knows every file by its digest.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final

from registry.anchor_file import decode_trust_anchor
from verifier.errors import PageError
from verifier.page_config import ANCHOR_NAME, CONFIG_NAME, PageConfig

BUILT: Final = Path(__file__).parent / "web" / "dist"
"""Where `make page` leaves the site."""

Site = Mapping[str, bytes]
"""The files of a site, by their paths with slashes."""

_LISTING, _INDEX, _WORKER = "site.json", "index.html", "sw.js"
_FORMAT = 1
_VERSION_LETTERS = 32
_VERSION_TAG = re.compile(r'(?<=<meta name="sealroot-version" content=")[^"]*(?=">)')
_LIST_LINE = re.compile(r"^const SITE = .*;$", re.MULTILINE)
_OWN_SOURCES = "connect-src 'self'"


def read_built(folder: Path = BUILT) -> tuple[Site, frozenset[str]]:
    """Return the built site, and the paths that need not be there before the page can work.

    Raises PageError where it was not built, or is not what the build left.
    """
    try:
        listing = json.loads((folder / _LISTING).read_bytes())
        rows = [*listing["first"], *listing["later"]]
        site = {row["path"]: (folder / row["path"]).read_bytes() for row in rows}
        site[_WORKER] = (folder / _WORKER).read_bytes()
        is_known = listing["format"] == _FORMAT
        later = frozenset(row["path"] for row in listing["later"])
    except FileNotFoundError as error:
        raise PageError(f"the scan page is not built in {folder}: run `make page` first") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PageError(f"the scan page in {folder} cannot be read: run `make page`") from error
    changed = [row["path"] for row in rows if _digest(site[row["path"]]) != row["digest"]]
    if changed or not is_known:
        raise PageError(f"{folder} is not as it was built ({changed[:1]}): run `make page`")
    return site, later


def make_site(built: Site, later: frozenset[str], config: PageConfig, anchor_file: bytes) -> Site:
    """Return the files of a page with this config and trust anchor, of one version.

    Raises TrustAnchorError for another file.
    """
    decode_trust_anchor(anchor_file)
    index = _with_mirrors(_text(built, _INDEX), config.mirrors).encode()
    beside = {CONFIG_NAME: config.encoded(), ANCHOR_NAME: anchor_file}
    return sealed({**built, **beside, _INDEX: index}, later)


def sealed(files: Site, later: frozenset[str]) -> Site:
    """Return the site with its version written into index.html, and the lists into sw.js."""
    index = _once(_VERSION_TAG, _text(files, _INDEX), "")
    worker = _text(files, _WORKER)
    site = {**files, _INDEX: index.encode()}
    site[_WORKER] = _once(_LIST_LINE, worker, "const SITE = {};").encode()
    lines = "".join(f"{_digest(site[path])} {path}\n" for path in sorted(site))
    version = _digest(lines.encode())[:_VERSION_LETTERS]
    site[_INDEX] = _once(_VERSION_TAG, index, version).encode()
    listed = [path for path in sorted(site) if path != _WORKER]
    lists = {
        "version": version,
        "first": [_row(path, site[path]) for path in listed if path not in later],
        "later": [_row(path, site[path]) for path in listed if path in later],
    }
    told = f"const SITE = {json.dumps(lists, separators=(',', ':'))};"
    site[_WORKER] = _once(_LIST_LINE, worker, told).encode()
    return site


def write_site(site: Site, out: Path) -> None:
    """The folder holds exactly this site; a web server sees the old one or the new one.

    Raises PageError where the folder holds something that is no scan page.
    """
    out = out.absolute()
    if out.exists() and not out.is_dir():
        raise PageError(f"{out} is no folder; nothing was written")
    if out.is_dir() and any(out.iterdir()) and not _is_page(out):
        raise PageError(f"{out} holds files that are no scan page; nothing was written")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as beside:
        made, old = Path(beside) / "made", Path(beside) / "old"
        for path, content in site.items():
            place = made.joinpath(*PurePosixPath(path).parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        if out.exists():
            out.replace(old)  # a crash right here leaves the page in a hidden folder beside
        try:
            made.replace(out)
        except OSError:
            if old.exists():
                old.replace(out)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _is_page(folder: Path) -> bool:
    return (folder / _WORKER).is_file() and (folder / CONFIG_NAME).is_file()


def _with_mirrors(index: str, mirrors: tuple[str, ...]) -> str:
    """Name the mirrors in the page's content policy: it may ask them, and nobody else."""
    if index.count(_OWN_SOURCES) != 1:
        raise PageError("the page's content policy is not where it belongs: run `make page`")
    allowed = [mirror.partition("?")[0] for mirror in mirrors]
    return index.replace(_OWN_SOURCES, " ".join([_OWN_SOURCES, *dict.fromkeys(allowed)]))


def _row(path: str, content: bytes) -> dict[str, object]:
    return {"path": path, "digest": _digest(content), "bytes": len(content)}


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _text(site: Site, path: str) -> str:
    return site[path].decode("utf-8")


def _once(form: re.Pattern[str], text: str, replacement: str) -> str:
    written, count = form.subn(lambda _: replacement, text)
    if count != 1:
        raise PageError("the built page is not as its maker left it: run `make page`")
    return written
