"""Fixtures of the host tests: the built-in ledger over real databases of both kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.databases import database, postgres_database, postgres_url, sqlite_template
from tieout.hosts.ledger.adapter import LedgerHost
from tieout.hosts.ledger.records import LedgerRecords
from tieout.storage.database import Database
from tieout.storage.unit_of_work import Work

__all__ = ["database", "postgres_database", "postgres_url", "sqlite_template"]


def ledger_of(database: Database, tenant: str) -> LedgerHost:
    """Open a tenant's ledger as the product does: one transaction for each call."""
    return LedgerHost(tenant, _books(database.transaction), _books(database.reading))


def _books(
    opened: Callable[[], AbstractContextManager[Work]],
) -> Callable[[], AbstractContextManager[LedgerRecords]]:
    @contextmanager
    def books() -> Iterator[LedgerRecords]:
        with opened() as work:
            yield work.ledger

    return books


@pytest.fixture
def ledger(database: Database) -> LedgerHost:
    """Give the empty ledger of a tenant."""
    return ledger_of(database, "tenant-1")
