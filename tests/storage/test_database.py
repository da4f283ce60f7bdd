"""The database: set-up, transactions, and what people are told when it cannot be used."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, make_url, text

from tests.storage.sample import NOW, with_company
from tieout.kit.errors import Invalid, TieoutError, Unreachable
from tieout.storage import upgrades
from tieout.storage.database import Database
from tieout.storage.tables import metadata
from tieout.storage.upgrades import SCRIPTS, head


def test_migrations_lead_to_exactly_the_tables_that_the_code_declares(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == head()


def test_every_table_is_reached_by_a_migration_of_an_empty_database(database: Database) -> None:
    names = set(inspect(database.engine).get_table_names())
    assert {table.name for table in metadata.sorted_tables} | {"alembic_version"} == names


def test_migrating_again_changes_nothing(database: Database) -> None:
    with_company(database)
    database.migrate()
    with database.reading() as work:
        assert work.companies.get("co_1") is not None


def test_a_database_of_a_newer_version_is_refused_in_words(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(Invalid) as refused:
            database.migrate()
    finally:
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head()})
    assert all(refused.value.parts().values())
    assert "9999" in refused.value.reason


NEXT = """
import sqlalchemy as sa
from alembic import op
revision = "next"
down_revision = "HEAD"

def upgrade():
    with op.batch_alter_table("companies", recreate="always") as table:
        table.add_column(sa.Column("nickname", sa.Text(), nullable=False, server_default="none"))
"""


def test_an_upgrade_keeps_every_row_and_copies_a_sqlite_file_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "books.db"
    old = Database(f"sqlite:///{file}")
    old.migrate()
    before = head()
    with_company(old)
    with old.transaction() as work:
        work.settings.put("co_1", "export", "on", actor="owner", now=NOW)
    newer = tmp_path / "migrations"
    shutil.copytree(upgrades.SCRIPTS, newer, ignore=shutil.ignore_patterns("__pycache__"))
    (newer / "versions" / "rnext_one_more.py").write_text(NEXT.replace("HEAD", before))
    monkeypatch.setattr(upgrades, "SCRIPTS", newer)
    old.migrate()
    with old.engine.connect() as connection:
        assert connection.execute(text("SELECT id, nickname FROM companies")).fetchall() == [("co_1", "none")]
    with old.reading() as work:
        assert work.settings.all("co_1") == {"export": "on"}, "rebuilding a table removed what refers to it"
    old.close()
    copy = sqlite3.connect(tmp_path / f"books.db.before-{before}")
    assert copy.execute("SELECT id FROM companies").fetchall() == [("co_1",)]
    assert "nickname" not in [row[1] for row in copy.execute("PRAGMA table_info(companies)")]
    copy.close()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Database(f"sqlite:///{tmp_path / 'books.db'}")
    old.migrate()
    with_company(old)
    newer = tmp_path / "migrations"
    shutil.copytree(upgrades.SCRIPTS, newer, ignore=shutil.ignore_patterns("__pycache__"))
    broken = NEXT.replace("HEAD", head()) + "    raise RuntimeError('half way')\n"
    (newer / "versions" / "rnext_one_more.py").write_text(broken)
    monkeypatch.setattr(upgrades, "SCRIPTS", newer)
    with pytest.raises(RuntimeError):
        old.migrate()
    monkeypatch.undo()
    old.migrate()
    with old.reading() as work:
        assert work.companies.get("co_1") is not None
    old.close()


def test_two_starts_at_once_set_the_database_up_once(tmp_path: Path) -> None:
    file = tmp_path / "race.db"
    failures: list[BaseException] = []

    def start() -> None:
        one = Database(f"sqlite:///{file}")
        try:
            one.migrate()
        except BaseException as error:
            failures.append(error)
        finally:
            one.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sqlite3.connect(file).execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_what_was_written_is_gone_when_anything_is_raised(database: Database) -> None:
    def half() -> None:
        with database.transaction() as work:
            work.meta.put("colour", "blue")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with database.reading() as work:
        assert work.meta.get("colour") is None


def test_what_was_written_is_there_for_the_next_reader(database: Database) -> None:
    with database.transaction() as work:
        work.meta.put("colour", "blue")
        work.meta.put("colour", "green")
    with database.reading() as work:
        assert work.meta.get("colour") == "green"


def test_a_unit_of_work_inside_another_is_a_mistake(database: Database) -> None:
    with database.transaction(), pytest.raises(AssertionError), database.transaction():
        pass
    with database.reading(), pytest.raises(AssertionError), database.transaction():
        pass


def test_after_a_nested_mistake_the_database_can_still_be_used(database: Database) -> None:
    with pytest.raises(AssertionError), database.transaction(), database.reading():
        pass
    with database.transaction() as work:
        work.meta.put("a", "b")


def test_a_reading_cannot_write(database: Database) -> None:
    with pytest.raises(AssertionError), database.reading() as work:
        work.meta.put("colour", "blue")
    with database.transaction() as work:
        work.meta.put("colour", "green")


def test_a_reading_sees_one_moment_while_others_write(database: Database) -> None:
    with database.transaction() as work:
        work.meta.put("colour", "blue")

    def write() -> None:
        with database.transaction() as other:
            other.meta.put("colour", "green")

    with database.reading() as work:
        assert work.meta.get("colour") == "blue"
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert work.meta.get("colour") == "blue"


def test_instants_come_back_to_the_microsecond_in_utc_from_whatever_zone(database: Database) -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    with database.transaction() as work:
        work.companies.save_connection(
            id="co_1", tenant="shop", realm_id="1", environment="sandbox", name="Books", now=tokyo
        )
    with database.reading() as work:
        company = work.companies.get("co_1")
    assert company is not None
    assert company.connected_at == NOW
    assert company.connected_at.tzinfo is UTC
    assert company.connected_at.microsecond == 123456


def test_an_instant_without_a_zone_is_a_mistake(database: Database) -> None:
    with pytest.raises(AssertionError), database.transaction() as work:
        work.companies.save_connection(
            id="co_1",
            tenant="shop",
            realm_id="1",
            environment="sandbox",
            name="B",
            now=datetime(2026, 1, 1),  # noqa: DTZ001
        )


def test_a_database_in_memory_works_across_threads() -> None:
    memory = Database("sqlite:///:memory:")
    memory.migrate()

    def add(number: int) -> None:
        with memory.transaction() as work:
            work.meta.put(f"fact {number}", "x")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with memory.reading() as work:
        assert [work.meta.get(f"fact {number}") for number in range(8)] == ["x"] * 8
    memory.close()


def test_a_full_disk_is_named_and_nothing_is_half_done(tmp_path: Path) -> None:
    full = Database(f"sqlite:///{tmp_path / 'full.db'}")
    full.migrate()
    with full.transaction() as work:
        work.meta.put("before", "kept")

    @event.listens_for(full.engine, "begin")
    def leave_no_room(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with full.transaction() as work:
            for number in range(2000):
                work.meta.put(f"fact {number}", "x" * 500)

    with pytest.raises(Unreachable) as stopped:
        fill()
    _says_it_all(stopped.value)
    assert "disk is full" in stopped.value.reason
    assert "full.db" in stopped.value.record
    with full.reading() as work:
        assert work.meta.get("before") == "kept"
        assert work.meta.get("fact 0") is None
    full.close()


def test_a_file_that_another_process_holds_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.storage.database.BUSY_SECONDS", 0.1)
    held = Database(f"sqlite:///{tmp_path / 'held.db'}")
    held.migrate()
    other = sqlite3.connect(tmp_path / "held.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unreachable) as busy, held.transaction():
        pass
    _says_it_all(busy.value)
    other.execute("ROLLBACK")
    other.close()
    with held.transaction() as work:
        work.meta.put("now", "free")
    held.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("these are notes, long enough to be read as the head of a file. " * 20)
    with pytest.raises(Invalid) as damaged:
        Database(f"sqlite:///{file}").migrate()
    _says_it_all(damaged.value)
    assert "notes.db" in damaged.value.record
    assert file.read_text().startswith("these are notes")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as missing:
        Database(f"sqlite:///{tmp_path / 'nowhere' / 'books.db'}").migrate()
    _says_it_all(missing.value)
    assert "nowhere" in missing.value.record


def test_a_database_that_was_never_set_up_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(Invalid) as empty, Database(f"sqlite:///{tmp_path / 'empty.db'}").reading() as work:
        work.meta.get("anything")
    _says_it_all(empty.value)


def test_a_server_that_does_not_answer_is_tried_again_and_its_password_never_shown() -> None:
    away = Database("postgresql+psycopg://books:hunter2@127.0.0.1:1/ledger")
    with pytest.raises(Unreachable) as gone:
        away.migrate()
    _says_it_all(gone.value)
    assert "ledger" in gone.value.record
    assert "hunter2" not in gone.value.sentence() + str(gone.value.facts) + repr(away.name)


@pytest.mark.postgres
def test_a_missing_postgresql_database_is_named(postgres_url: str) -> None:
    url = make_url(postgres_url).set(database="tieout_no_such").render_as_string(hide_password=False)
    with pytest.raises(Invalid) as missing:
        Database(url).migrate()
    _says_it_all(missing.value)
    assert "tieout_no_such" in missing.value.record


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://root@host/db", "postgresql+asyncpg://x@y/z", "sqlite+x:///"]
)
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_opened(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        Database(url)
    _says_it_all(refused.value)


def _says_it_all(error: TieoutError) -> None:
    assert all(error.parts().values()), error.parts()


def test_the_newest_revision_by_the_names_of_the_files_is_the_one_that_the_files_name() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_current_head() == head()


def test_a_database_that_is_up_to_date_is_opened_without_what_upgrades_it(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path}/books.db").migrate()
    program = (
        "import sys; from tieout.storage.database import Database; "
        f"Database('sqlite:///{tmp_path}/books.db').migrate(); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
