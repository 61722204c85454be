"""The database as such: its address, its tables, and what happens when it is locked, full or gone."""

import asyncio
import inspect
import sqlite3
import stat
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from phi4.errors import UsageError
from phi4.paths import CHECKOUT
from phi4.server.failures import StorageDown
from phi4.server.storage import Conversations, Database, begin
from phi4.server.storage import database as module
from phi4.server.storage.tables import Base
from tests.server.storage.test_conversations import ME, said, talk


@pytest.mark.parametrize("url", ["mysql://a:secret@b/c", "nonsense", "", "sqlite3:///x", "postgresql"])
def test_an_address_that_is_none_is_refused_without_its_password(url):
    with pytest.raises(UsageError) as caught:
        Database(url)
    assert "PHI4_DATABASE_URL" in caught.value.message
    assert "secret" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("mode", ["disable", "require", "verify-full"])
@pytest.mark.parametrize("name", ["sslmode", "ssl"])
def test_encryption_is_asked_for_in_postgresqls_own_words(mode, name):
    database = Database(f"postgresql://phi4:secret@db.example/phi4?{name}={mode}&target_session_attrs=primary")
    url = database._url
    _, told = database._engine.dialect.create_connect_args(url)
    assert (told["ssl"], told["target_session_attrs"]) == (mode, "primary")
    assert "sslmode" not in told


@pytest.mark.parametrize("name", module.QUERY)
def test_what_may_stand_behind_an_address_is_known_to_the_driver(name):
    import asyncpg

    known = {*inspect.signature(asyncpg.connect).parameters, "prepared_statement_cache_size"}  # SQLAlchemy's own
    assert name in known


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        ("sslmode=maybe", "sslmode='maybe'", "require"),
        ("ssl=true", "sslmode='true'", "require"),
        ("sslmode=require&sslmode=disable", "sslmode=", "require"),
        ("sslpassword=secret", "'sslpassword'", "sslmode"),
        ("application_name=phi4", "'application_name'", "target_session_attrs"),
        ("sslrootcert=/etc/root.crt", "'sslrootcert'", "PGSSLROOTCERT"),
    ],
)
def test_what_the_driver_does_not_know_is_refused_at_once(query, message, hint):
    with pytest.raises(UsageError) as caught:
        Database(f"postgresql://phi4:secret@db.example/phi4?{query}")
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert "secret" not in str(caught.value)


def test_postgresql_is_reached_in_the_mode_that_is_asked_for(postgresql):
    async def scene(mode):
        database = Database(f"{postgresql.database(f'mode_{mode}')}?sslmode={mode}")
        try:
            await talk(Conversations(database), "가", "나")
        finally:
            await database.close()

    asyncio.run(scene("prefer"))
    with pytest.raises(StorageDown):  # the tests' server has no certificate
        asyncio.run(scene("require"))


def test_the_migrations_lead_to_the_tables(in_database):
    """Nothing is left for alembic to change, so a change of a table without its migration fails here."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    async def scene(database):
        async with database.transaction() as session:
            connection = await session.connection()
            return await connection.run_sync(
                lambda inner: compare_metadata(MigrationContext.configure(inner), Base.metadata)
            )

    assert in_database(scene) == []


def test_a_second_opening_finds_what_the_first_one_wrote(database_url):
    async def write():
        database = Database(database_url)
        conversation, _ = await talk(Conversations(database), "가", "나")
        await database.close()
        return conversation

    async def read(conversation):
        database = Database(database_url)
        _, turns = await Conversations(database).read(ME, conversation)
        await database.close()
        return [turn.content for turn, _ in turns]

    assert asyncio.run(read(asyncio.run(write()))) == ["가", "나"]


START = """
import asyncio, sys, time
from phi4.server.storage import Conversations, Database
from tests.server.storage.test_conversations import talk

async def main():
    database = Database(sys.argv[1])
    print("here", flush=True)
    sys.stdin.readline()
    await talk(Conversations(database), "가", "나")
    await database.close()

asyncio.run(main())
"""


def test_servers_that_start_at_once_on_one_database_all_come_up(database_url):
    command = [sys.executable, "-c", START, database_url]
    pipe = subprocess.PIPE
    starting = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=CHECKOUT) for _ in range(4)]
    for one in starting:
        assert one.stdout.readline() == b"here\n"
    ends = []
    for one in starting:
        one.stdin.write(b"\n")
        one.stdin.flush()
    for one in starting:
        _, error = one.communicate(timeout=60)
        ends.append((one.returncode, error.decode()[-1000:]))
    assert ends == [(0, "")] * 4

    async def count():
        database = Database(database_url)
        found = len(await Conversations(database).listing(ME, "", 50, 0))
        await database.close()
        return found

    assert asyncio.run(count()) == 4


def test_many_write_at_once(in_database):
    async def scene(database):
        store = Conversations(database)
        await asyncio.gather(*(talk(store, "가", "나", "다", "라") for _ in range(30)))
        return len(await store.listing(ME, "", 100, 0))

    assert in_database(scene) == 30


def test_a_transaction_that_fails_leaves_nothing(in_database):
    async def scene(database):
        asked = begin([said("가")])
        store = Conversations(database)
        await store.keep(ME, asked)
        with pytest.raises(StorageDown):
            await store.keep(ME, asked)  # the same ids again
        failing = database.failing
        await talk(store, "나", "다")
        return failing, database.failing

    failing, healed = in_database(scene)
    assert "Integrity" in failing
    assert "가" not in failing
    assert healed == ""


def test_the_file_is_readable_for_its_owner_only(tmp_path):
    async def scene():
        database = Database(f"sqlite:///{tmp_path}/new/chats.sqlite")
        await talk(Conversations(database), "가")
        await database.close()

    asyncio.run(scene())
    assert stat.S_IMODE((tmp_path / "new" / "chats.sqlite").stat().st_mode) == 0o600


def test_a_locked_file_is_said_in_time_and_works_again_when_it_is_free(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(module, "PRAGMAS", {**module.PRAGMAS, "busy_timeout": "200"})

    async def scene():
        database = Database(f"sqlite:///{tmp_path}/chats.sqlite")
        store = Conversations(database)
        conversation, _ = await talk(store, "가", "나")
        other = sqlite3.connect(tmp_path / "chats.sqlite", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        with pytest.raises(StorageDown):
            await store.ask(ME, conversation, said("다"))
        took = time.monotonic() - start
        assert "locked" in database.failing
        assert len((await store.read(ME, conversation))[1]) == 2, "reading goes on"
        other.execute("COMMIT")
        other.close()
        await store.ask(ME, conversation, said("다"))
        await database.close()
        return took

    assert asyncio.run(scene()) < 3


def test_a_full_disk_loses_the_new_turn_and_nothing_before_it(tmp_path):
    async def scene():
        database = Database(f"sqlite:///{tmp_path}/chats.sqlite")
        store = Conversations(database)
        conversation, _ = await talk(store, "가", "나")
        async with database.transaction() as session:
            pages = await session.scalar(text("PRAGMA page_count"))
            await session.execute(text(f"PRAGMA max_page_count={pages}"))  # SQLite's own way to a full disk
        with pytest.raises(StorageDown):
            await store.ask(ME, conversation, said("다" * 20_000))
        failing = database.failing
        _, turns = await store.read(ME, conversation)
        await database.close()
        return failing, len(turns)

    failing, turns = asyncio.run(scene())
    assert "full" in failing
    assert turns == 2


@pytest.mark.parametrize("what", ["folder", "text"])
def test_a_place_where_no_database_can_be_is_said(tmp_path, what):
    place = tmp_path / "chats.sqlite"
    place.mkdir() if what == "folder" else place.write_text("안녕하십니까? " * 100)

    async def scene():
        database = Database(f"sqlite:///{place}")
        with pytest.raises(StorageDown):
            await talk(Conversations(database), "가")
        await database.close()
        return database.failing

    assert asyncio.run(scene())


def test_postgresql_that_stops_is_said_and_used_again_when_it_is_back(postgresql):
    async def scene():
        database = Database(postgresql.database("stops"))
        store = Conversations(database)
        conversation, _ = await talk(store, "가", "나")
        await asyncio.to_thread(postgresql.stop)
        start = time.monotonic()
        try:
            for _ in range(3):
                with pytest.raises(StorageDown):
                    await store.ask(ME, conversation, said("다"))
            took = time.monotonic() - start
            assert database.failing
        finally:
            await asyncio.to_thread(postgresql.start)
        await store.ask(ME, conversation, said("다"))
        _, turns = await store.read(ME, conversation)
        await database.close()
        return took, len(turns), database.failing

    took, turns, failing = asyncio.run(scene())
    assert took < 3 * (module.SECONDS + 1)
    assert (turns, failing) == (3, "")


def test_postgresql_that_is_not_there_is_said(closed_url):
    async def scene():
        database = Database(closed_url.replace("http://", "postgresql://user:secret@") + "/chats")
        with pytest.raises(StorageDown):
            await talk(Conversations(database), "가")
        await database.close()
        return database.failing

    failing = asyncio.run(scene())
    assert failing
    assert "secret" not in failing
