"""Brings the worlds and databases to these tests."""

from tests.databases import postgres_database, postgres_url, sqlite_template
from tests.worlds import small_world, world

__all__ = ["postgres_database", "postgres_url", "small_world", "sqlite_template", "world"]
