"""The sample company: believable, the same for the same seed, in balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from qbosim.clock import Clock
from qbosim.simulator import Simulator
from tests.qbosim.asking import api, control, granted
from tests.qbosim.conftest import MONDAY


@pytest.fixture(scope="module")
def sample() -> Iterator[Simulator]:
    with Simulator(seed=0, clock=Clock.at(MONDAY)) as made:
        yield made


def rows(simulator: Simulator, query: str) -> list[dict[str, Any]]:
    bearer = granted(simulator)["access_token"]
    response = api(simulator, "GET", "query", bearer=bearer, query=f"{query} maxresults 1000")
    assert response.status == 200, response.body
    found = response.json()["QueryResponse"]
    return next((each for each in found.values() if isinstance(each, list)), [])


def test_it_has_customers_with_sites_items_classes_and_locations(sample: Simulator) -> None:
    customers = rows(sample, "select * from Customer")
    assert 25 <= len(customers) <= 35
    assert any(each.get("Job") for each in customers)
    assert len(rows(sample, "select * from Customer where Active = false")) == 1
    assert len(rows(sample, "select * from Item where Active in (true, false)")) >= 20
    assert len(rows(sample, "select * from Class")) == 3
    assert len(rows(sample, "select * from Department")) == 2


def test_its_invoices_are_open_partly_paid_overdue_paid_and_void(sample: Simulator) -> None:
    invoices = rows(sample, "select * from Invoice")
    assert 100 <= len(invoices) <= 250
    today = MONDAY.date().isoformat()
    assert any(each["Balance"] == each["TotalAmt"] > 0 for each in invoices)
    assert any(0 < each["Balance"] < each["TotalAmt"] for each in invoices)
    assert any(each["Balance"] > 0 and each["DueDate"] < today for each in invoices)
    assert any(each["Balance"] == 0 < each["TotalAmt"] for each in invoices)
    assert any(each.get("PrivateNote", "").startswith("Voided") for each in invoices)
    assert any(each["TxnTaxDetail"]["TotalTax"] > 0 for each in invoices)
    numbers = [each["DocNumber"] for each in invoices]
    assert len(set(numbers)) == len(numbers)


def test_its_payments_are_whole_split_unapplied_and_one_applies_a_credit(sample: Simulator) -> None:
    payments = rows(sample, "select * from Payment")
    assert len(payments) >= 60
    assert any(len(each["Line"]) == 2 for each in payments)
    assert any(each["UnappliedAmt"] > 0 and each["Line"] for each in payments)
    assert any(each["UnappliedAmt"] == each["TotalAmt"] > 0 for each in payments)
    assert any(each["TotalAmt"] == 0 and len(each["Line"]) == 2 for each in payments)
    memos = rows(sample, "select * from CreditMemo")
    assert sorted(each["RemainingCredit"] > 0 for each in memos) == [False, True]


def test_what_customers_owe_is_what_their_invoices_and_money_say(sample: Simulator) -> None:
    owed: dict[str, float] = {}
    for entity, field, sign in (
        ("Invoice", "Balance", 1),
        ("Payment", "UnappliedAmt", -1),
        ("CreditMemo", "RemainingCredit", -1),
    ):
        for each in rows(sample, f"select * from {entity}"):
            who = each["CustomerRef"]["value"]
            owed[who] = owed.get(who, 0) + sign * each[field]
    for each in rows(sample, "select * from Customer where Active in (true, false)"):
        assert each["Balance"] == pytest.approx(owed.get(each["Id"], 0), abs=0.001), each["DisplayName"]
    assert control(sample, "GET", "check")["balanced"] is True


def test_its_history_lies_in_the_half_year_before_the_clock_and_changed_on_its_own_days(
    sample: Simulator,
) -> None:
    invoices = rows(sample, "select * from Invoice")
    days = [each["TxnDate"] for each in invoices]
    assert max(days) <= MONDAY.date().isoformat()
    assert min(days) >= (MONDAY - timedelta(days=220)).date().isoformat()
    assert len({each["MetaData"]["CreateTime"][:10] for each in invoices}) > 20
    for each in invoices:
        assert each["MetaData"]["CreateTime"][:10] == each["TxnDate"]


def test_nobody_real_is_reachable_from_it(sample: Simulator) -> None:
    for each in rows(sample, "select * from Customer"):
        if "PrimaryEmailAddr" in each:
            assert each["PrimaryEmailAddr"]["Address"].endswith(".example")
            assert "555-01" in each["PrimaryPhone"]["FreeFormNumber"]
        assert "GivenName" not in each


def everything(simulator: Simulator) -> list[Any]:
    entities = ("Account", "Customer", "Item", "Invoice", "Payment", "CreditMemo", "Term", "TaxCode")
    return [rows(simulator, f"select * from {entity}") for entity in entities]


def test_the_same_seed_and_day_make_the_same_company_and_another_seed_another(sample: Simulator) -> None:
    first = everything(sample)
    with Simulator(seed=0, clock=Clock.at(MONDAY)) as twin:
        assert everything(twin) == first
    with Simulator(seed=1, clock=Clock.at(MONDAY)) as other:
        assert everything(other) != first


@pytest.mark.parametrize("day", ["2026-01-01", "2026-03-31", "2028-02-29", "2026-07-15"])
def test_it_can_be_made_on_any_day(day: str) -> None:
    clock = Clock.at(MONDAY.fromisoformat(f"{day}T05:00:00+00:00"))
    with Simulator(seed=3, clock=clock) as simulator:
        assert len(rows(simulator, "select * from Invoice")) > 80
        assert control(simulator, "GET", "check")["balanced"] is True
