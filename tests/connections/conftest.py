"""Brings the worlds and databases to these tests."""

from tests.databases import database, postgres_database, postgres_url, sqlite_template
from tests.worlds import small_world, world

__all__ = ["database", "postgres_database", "postgres_url", "small_world", "sqlite_template", "world"]
