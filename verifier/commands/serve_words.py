"""What `sealroot verifier serve` says when it starts: the links, the registry, the trust data."""

from pathlib import Path
from typing import NamedTuple

from credential.display import shown
from verifier.service.refresh_folder import FolderStanding


class Started(NamedTuple):
    """How a service stands at its start."""

    host: str
    port: int
    has_page: bool
    registry: tuple[str, str]
    anchor_digest: str
    standing: FolderStanding
    store: Path
    workers: int
    receipt_kid: str | None
    is_open: bool

    @property
    def url(self) -> str:
        """Where it answers."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    @property
    def links(self) -> list[tuple[str, str, str]]:
        """Every link with its name in zh-Hant and English."""
        page = [("查驗頁面", "Scan page", f"{self.url}page/")] if self.has_page else []
        rest = (("查驗介面說明", "API", "docs"), ("狀態", "Health", "readyz"))
        return [*page, *((zh, en, self.url + path) for zh, en, path in rest)]


def started_facts(started: Started) -> dict[str, object]:
    """Return the start for programs."""
    standing = started.standing
    return {
        "url": started.url,
        "page": f"{started.url}page/" if started.has_page else None,
        "registry": {"zh-Hant": started.registry[0], "en": started.registry[1]},
        "trust_anchor": started.anchor_digest,
        "trust": {
            "code": standing.code,
            "source": standing.source or None,
            "taken_at": standing.taken_at,
            "next_look_at": standing.next_at,
            "last_failure": standing.last_failure or None,
        },
        "store": str(started.store),
        "workers": started.workers,
        "receipts_signed_by": started.receipt_kid,
        "open_without_key": started.is_open,
    }


def started_text(started: Started) -> str:
    """Return the start for people; the links stand alone, so that a terminal opens them."""
    standing = started.standing
    names = " / ".join(shown(name) for name in started.registry)
    lines = [
        f"Registry 登錄簿   {names}",
        f"Trust anchor 信任錨   {started.anchor_digest}   compare it with what the registry says",
        *(f"{en} {zh}   {url}" for zh, en, url in started.links),
    ]
    if standing.judged is None:
        lines += [
            f"NO TRUST DATA YET 尚無信任資料: {standing.last_failure or standing.code}",
            "Every answer is INDETERMINATE until a source answers; it is asked again by itself.",
        ]
    else:
        lines.append(f"Trust data 信任資料   from the {standing.source}, kept in {started.store}")
        if standing.last_failure:
            lines.append(f"The last look failed: {standing.last_failure}")
    if started.receipt_kid is not None:
        lines.append(f"Receipts 收據   signed by {started.receipt_kid}, {started.url}receipt-key")
    if not started.has_page:
        lines.append("The scan page is not built: `make page` builds it; the API answers alone.")
    if started.is_open:
        lines.append("No key is asked for: anybody who reaches this address may use it.")
    return "\n".join([*lines, "Ctrl-C stops it 以 Ctrl-C 停止"])
