"""API keys and what each has used today, in one SQLite file that several workers share.

A key's secret is 256 random bits, shown once; the file holds its SHA-256, which nobody can guess
from. Nothing else is written: no address, no document, no time of a single request.
"""

import base64
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Final, NamedTuple

from verifier.errors import StoreError

SECRET_START: Final = "srk"  # noqa: S105  (what a secret begins with)
_SECRET_BYTES: Final = 32
_ID_BYTES: Final = 6
_DAYS_KEPT: Final = 40
DAY_SECONDS: Final = 86_400
_BUSY_SECONDS: Final = 10
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL, per_second INTEGER NOT NULL,
    per_day INTEGER NOT NULL, certificate TEXT UNIQUE, created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS used (
    id TEXT NOT NULL, day INTEGER NOT NULL, documents INTEGER NOT NULL, PRIMARY KEY (id, day)
) STRICT, WITHOUT ROWID;
"""


class Key(NamedTuple):
    """A key as the service knows it; `certificate` is the client certificate that stands for it."""

    id: str
    name: str
    digest: bytes
    per_second: int
    per_day: int
    certificate: str | None
    created_at: int
    revoked_at: int | None

    def is_opened_by(self, secret: str) -> bool:
        """Return whether this is the secret of the key, in the same time whatever it is."""
        return compare_digest(_digest(secret), self.digest)


class KeyStore:
    """The file; every call opens it, does one thing in one transaction, and closes it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(
        self, name: str, *, per_second: int, per_day: int, at: int, certificate: str | None = None
    ) -> str:
        """Return the secret of a new key, which is not kept anywhere.

        Raises StoreError when the certificate has a key already.
        """
        id_ = secrets.token_hex(_ID_BYTES)
        random = base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")
        secret = f"{SECRET_START}_{id_}_{random.rstrip('=')}"
        row = (id_, name, _digest(secret), per_second, per_day, certificate, at, None)
        with self._opened() as file:
            file.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return secret

    def revoke(self, id_: str, *, at: int) -> bool:
        """Return whether there was such a key; it opens nothing from here on."""
        with self._opened() as file:
            found = file.execute(
                "UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", (at, id_)
            )
            return found.rowcount == 1

    def rows(self) -> list[Key]:
        """Return all keys, the oldest first."""
        with self._opened() as file:
            rows = file.execute("SELECT * FROM keys ORDER BY created_at, id").fetchall()
        return [Key(*row) for row in rows]

    def used(self, day: int) -> dict[str, int]:
        """Return how many documents each key has had checked on a day."""
        with self._opened() as file:
            rows = file.execute("SELECT id, documents FROM used WHERE day = ?", (day,)).fetchall()
        return dict(rows)

    def record(self, day: int, more: Mapping[str, int]) -> dict[str, int]:
        """The documents are added to what was used; return the sums of that day, all workers'."""
        with self._opened() as file:
            file.executemany(
                "INSERT INTO used VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET documents = documents + excluded.documents",
                [(id_, day, documents) for id_, documents in more.items()],
            )
            file.execute("DELETE FROM used WHERE day < ?", (day - _DAYS_KEPT,))
            rows = file.execute("SELECT id, documents FROM used WHERE day = ?", (day,)).fetchall()
        return dict(rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it happens, or nothing."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            file = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
            try:
                file.execute("PRAGMA journal_mode = WAL")
                file.execute("PRAGMA synchronous = NORMAL")
                file.executescript(_TABLES)
                with file:
                    yield file
            finally:
                file.close()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the key store at {self._path} cannot be used: {error}. Without it no key is "
                "known. Repair the file or its permissions, or give another file."
            ) from error


def key_id(secret: str) -> str:
    """Return the public part of a secret, empty for what is no secret of ours."""
    start, _, rest = secret.partition("_")
    return rest.partition("_")[0] if start == SECRET_START else ""


def _digest(secret: str) -> bytes:
    return sha256(b"sealroot verifier key\x00" + secret.encode("utf-8", "replace")).digest()
