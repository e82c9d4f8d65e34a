"""How far behind a mirror is, as far as it can know, in entries, blocks and seconds."""

import json
from dataclasses import dataclass
from typing import Final

from registry.mirror.answers import NOT_STORED, Resource, resource
from registry.mirror.standing import Standing
from registry.mirror.tree import JSON

STALE_SECONDS: Final = 7 * 24 * 3600
LAST_SYNC: Final = "sync.json"


@dataclass(frozen=True, slots=True)
class Upstream:
    """What is known of where the data come from.

    `state` is reachable, unreachable or not asked; `lag_blocks` how many blocks of the chain have
    passed since the journal was read, `lag_entries` how many entries are known of and not here.
    """

    state: str = "not asked"
    checked_at: int | None = None
    lag_entries: int | None = None
    lag_blocks: int | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Where one mirrored registry stands, and how old that is now."""

    standing: Standing | None
    upstream: Upstream
    now: int

    @property
    def age_seconds(self) -> int | None:
        """How long ago somebody vouched for what is here."""
        if self.standing is None or self.standing.as_of is None:
            return None
        return max(self.now - self.standing.as_of, 0)

    @property
    def status(self) -> str:
        """Return fresh, stale, unvouched or empty."""
        if self.standing is None:
            return "empty"
        if self.age_seconds is None:
            return "unvouched"
        return "fresh" if self.age_seconds <= STALE_SECONDS else "stale"

    def value(self) -> dict[str, object]:
        """The health as JSON has it."""
        standing, upstream = self.standing, self.upstream
        return {
            "version": 1,
            "status": self.status,
            "size": None if standing is None else standing.size,
            "head": None if standing is None else standing.head.hex(),
            "vouched_size": None if standing is None else standing.vouched_size,
            "as_of": None if standing is None else standing.as_of,
            "lag": {
                "entries": upstream.lag_entries,
                "blocks": upstream.lag_blocks,
                "seconds": self.age_seconds,
            },
            "source": upstream.state,
            "source_checked_at": upstream.checked_at,
            "trouble": upstream.trouble,
            "now": self.now,
        }

    def resource(self) -> Resource:
        """The file health.json of this moment."""
        content = json.dumps(self.value(), indent=1, ensure_ascii=False).encode() + b"\n"
        return resource(content, JSON, NOT_STORED)


def upstream_of_sync(content: bytes | None) -> Upstream:
    """What the last sync into a folder left in sync.json."""
    try:
        found = json.loads(content or b"")
        return Upstream(
            "reachable" if found["reached"] else "unreachable",
            int(found["checked_at"]),
            None if found["lag_entries"] is None else int(found["lag_entries"]),
            None,
            None if found["trouble"] is None else str(found["trouble"]),
        )
    except (ValueError, KeyError, TypeError):
        return Upstream()
