"""Upgrades: brings a database to the shape of this version, once, whoever starts first.

Alembic is loaded when there is something to upgrade, and not by every command of a database that is up to date: it
takes a third of the time and a tenth of the memory that a command needs to start.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, inspect, text

from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS: Final = Path(__file__).parent / "migrations"
LOCK: Final = 0x7469656F7574
"""The key of PostgreSQL's advisory lock for upgrades: the bytes of our name."""


def upgrade(engine: Engine, *, name: str, file: Path | None) -> None:
    """Upgrade the database behind an engine; Invalid when a newer version of Tieout has used it.

    `file` is SQLite's file, which is copied to `<file>.before-<revision>` before it is changed.
    """
    if file is not None and not file.exists() and file.parent.is_dir():
        # The file will hold sealed tokens and somebody's books: nobody else on the machine reads it.
        file.touch(mode=0o600)
    with engine.connect() as connection:
        # Tables that are rebuilt must not take with them the rows that refer to them.
        _keep_references(connection, False)
        try:
            _upgrade(connection, name, file)
        finally:
            _keep_references(connection, True)


def _keep_references(connection: Connection, yes: bool) -> None:
    """Switch SQLite's watch over references on or off; it listens outside a transaction only."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA foreign_keys = {'ON' if yes else 'OFF'}")


def head() -> str:
    """Name the revision that this version of Tieout works with."""
    known = _known()
    assert known, "the package was built without its migrations"
    return known[-1]


def _known() -> list[str]:
    """List the revisions of this version, the oldest first: `r0002_….py` is 0002."""
    return sorted(one.name[1:].partition("_")[0] for one in (SCRIPTS / "versions").glob("r*_*.py"))


def revision(connection: Connection) -> str | None:
    """Name the revision that a database is at; None for one without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    now: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return now


def _upgrade(connection: Connection, name: str, file: Path | None) -> None:
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        now = revision(connection)
        if now == head():
            return
        if now is not None and now not in _known():
            raise Invalid(
                "The database belongs to a newer Tieout",
                record=name,
                reason=f"its tables have the shape {now}, which this version does not know",
                remedy="Install the newer version again, or restore the copy that was made before its upgrade",
            )
        if now is not None and file is not None:
            _copy(file, file.with_name(f"{file.name}.before-{now}"))
        from alembic import command

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            assert not broken, f"an upgrade left rows that refer to nothing: {broken[:3]}"


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    return config


def _copy(file: Path, target: Path) -> None:
    """Copy a SQLite file as it was last saved, also while others read it."""
    unfinished = target.with_name(target.name + ".part")
    unfinished.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    unfinished.replace(target)
