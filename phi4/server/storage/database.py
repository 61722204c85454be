"""The connection to the database: opened when it is first needed, migrated, and tried again after a loss."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from phi4.errors import UsageError, first_line
from phi4.server.failures import StorageDown

SECONDS = 5.0  # longest one transaction may take
BUSY_SECONDS = 2.0  # longest wait for another process that writes the same SQLite file
RETRY_SECONDS = 2.0
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
# What may stand behind the '?' of PostgreSQL's address: what asyncpg takes as text. Times are ours.
QUERY = (
    "ssl", "host", "port", "user", "password", "database", "passfile", "service", "servicefile",
    "target_session_attrs", "krbsrvname", "gsslib", "prepared_statement_cache_size",
)  # fmt: skip
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
PRAGMAS = {
    "journal_mode": "WAL",  # readers do not wait for a writer
    "synchronous": "NORMAL",  # with WAL: a power cut may lose the last turns, never the file
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what is deleted is overwritten
    "busy_timeout": str(int(BUSY_SECONDS * 1000)),
}
log = logging.getLogger("phi4.server")


def _url(text: str) -> URL:
    """The address with its asynchronous driver. Raises ``UsageError``, which does not repeat a password."""
    try:
        url = make_url(text)
        url = url.set(drivername=DRIVERS[url.drivername.partition("+")[0]])
    except (ArgumentError, KeyError) as error:
        raise UsageError(
            "PHI4_DATABASE_URL is no database that is known here",
            "write sqlite:////absolute/file.sqlite or postgresql://user:password@host/name",
        ) from error
    return _for_asyncpg(url) if url.get_backend_name() == "postgresql" else url


def _for_asyncpg(url: URL) -> URL:
    """The address with its query in asyncpg's words: libpq's ``sslmode`` is ``ssl`` there. Raises ``UsageError``
    for what asyncpg does not know: it would fail with each connection, as a defect. What is stated under a name
    that is not known may be a secret, and is not repeated."""
    unknown = sorted(set(url.query) - {"sslmode", *QUERY})
    if unknown:
        raise UsageError(
            f"PHI4_DATABASE_URL: '{unknown[0]}' behind the '?' is not known here",
            f"leave it out; known are sslmode, {', '.join(QUERY)}; certificates are named in the environment: "
            "PGSSLROOTCERT, PGSSLCERT, PGSSLKEY",
        )
    query = {"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
    if "ssl" in query and query["ssl"] not in SSL_MODES:
        raise UsageError(
            f"PHI4_DATABASE_URL: sslmode='{query['ssl']}' is none", f"choose one of {', '.join(SSL_MODES)}"
        )
    return url.set(query=query)


class Database:
    """SQLite or PostgreSQL. Nothing is connected before the first transaction."""

    def __init__(self, url: str) -> None:
        self._url = _url(url)
        self.kind = self._url.get_backend_name()
        self.failing = ""  # why the last transaction failed; "" when it did not
        self._writer: Any = asyncio.Lock() if self.kind == "sqlite" else contextlib.nullcontext()
        self._opening = asyncio.Lock()
        self._open = False
        options: dict[str, Any] = {"hide_parameters": True}  # an error's text would hold what people wrote
        if self.kind == "sqlite":
            options |= {"connect_args": {"timeout": BUSY_SECONDS}}
        else:
            options |= {
                "pool_pre_ping": True,
                "pool_size": 5,
                "connect_args": {"timeout": SECONDS, "command_timeout": SECONDS},
            }
        try:
            self._engine = create_async_engine(self._url, **options)
        except ModuleNotFoundError as error:
            raise UsageError(
                f"PHI4_DATABASE_URL needs the package '{error.name}'", "type: pip install 'phi4[postgresql]'"
            ) from error
        if self.kind == "sqlite":
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """All of it is written, or none. Raises ``StorageDown``; what is wrong is then in ``failing``."""
        try:
            async with asyncio.timeout(SECONDS), self._writer:
                await self._migrated()
                async with self._sessions.begin() as session:
                    yield session
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            if not self.failing:
                log.warning("conversations are not kept: %s: %s", type(error).__name__, _short(error))
            self.failing = f"{type(error).__name__}: {_short(error)}"
            raise StorageDown("conversations cannot be read or written now", None, int(RETRY_SECONDS)) from error
        self.failing = ""

    async def close(self) -> None:
        """Give the connections back."""
        await self._engine.dispose()

    async def _migrated(self) -> None:
        async with self._opening:
            if not self._open:
                if self.kind == "sqlite" and self._url.database not in (None, "", ":memory:"):
                    _private(Path(self._url.database))
                async with self._engine.begin() as connection:
                    await connection.run_sync(migrate)
                self._open = True


def migrate(connection: Connection) -> None:
    """Bring the tables to this version's form."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def now_ms() -> int:
    """The time of day, for records; durations are measured with ``time.monotonic``."""
    return time.time_ns() // 1_000_000


def _private(path: Path) -> None:
    """The file, readable for nobody else: it holds what people asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _short(error: BaseException) -> str:
    """The driver's own words: SQLAlchemy's would repeat the statement with what people wrote."""
    cause = getattr(error, "orig", None) or error
    return first_line(cause)[:200]
