"""The built-in ledger keeps the contract of hosts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hosts.contract_suite import CHECKS, Subject
from tests.hosts.sample import CLIENT, INVOICE, RECORDS
from tieout.domain.documents import HostRecord
from tieout.hosts import HOSTS
from tieout.hosts.contract import abilities
from tieout.hosts.ledger.adapter import LedgerHost


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_ledger_keeps_the_contract(check: Callable[[Subject], None], ledger: LedgerHost) -> None:
    def put(record: HostRecord) -> None:
        ledger.put(record)

    check(Subject(ledger, put, CLIENT, INVOICE, RECORDS))


def test_the_registry_tells_the_abilities_that_the_adapter_has(ledger: LedgerHost) -> None:
    [kind] = [one for one in HOSTS if one.name == "ledger"]
    assert kind.abilities == abilities(ledger)
    assert set(kind.abilities) == {"AcceptsPayments", "AcceptsAmendments", "ShowsBalances", "AcceptsRecords"}
    assert abilities(object()) == ()
