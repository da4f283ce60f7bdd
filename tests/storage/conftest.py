"""Fixtures of the storage tests: real databases of both kinds."""

from tests.databases import database, postgres_database, postgres_url, sqlite_template

__all__ = ["database", "postgres_database", "postgres_url", "sqlite_template"]
