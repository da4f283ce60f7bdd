"""The entities: all that the simulator serves are declared, as both authors read Intuit's papers, and read right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbosim.clock import Clock
from qbosim.entities.catalogue import ENTITIES as SERVED
from qbosim.entities.entity import Entity as Served
from qbosim.records.shape import known_keys
from qbosim.simulator import Simulator
from qbosim.webhooks.events import COVERED
from tests.qbo.real_objects import SHARED, company_objects
from tests.qbo.test_books import MONDAY, World
from tieout.qbo.entities import ENTITIES, Can, Entity, by_name, by_word
from tieout.qbo.entities.reference import document
from tieout.qbo.record import Record

PARTIES = ("CustomerRef", "VendorRef", "EntityRef")
NUMBERS = {
    "Payment": "PaymentRefNum",
    "Item": "Sku",
    "Account": "AcctNum",
    "Vendor": "AcctNum",
    "CompanyCurrency": "Code",
}
NAMED_BY = {
    "Deposit": "DepositToAccountRef",
    "Transfer": "ToAccountRef",
    "CreditCardPayment": "CreditCardAccountRef",
    "InventoryAdjustment": "AdjustAccountRef",
}
UNSHOWN_VOIDS = {"Purchase"}
"""Whose void the simulator assumes: no page of Intuit's shows it."""


@pytest.mark.parametrize("served", SERVED, ids=lambda served: served.name)
def test_every_entity_that_is_served_is_declared_as_it_is_served(served: Served) -> None:
    entity = by_word(served.name)
    assert entity is not None, f"{served.name} is not declared"
    assert entity.answered_as == served.name
    assert entity.active_flag == served.is_list
    assert entity.wrapped == bool(served.kind_key)
    assert (Can.FOLLOW in entity.can) == served.in_change_feed
    assert (Can.NOTIFY in entity.can) == (served.name in COVERED)
    assert {Can.QUERY, Can.COUNT} <= set(entity.can)
    assert (Can.CREATE in entity.can) == ("create" in served.verbs)
    assert (Can.UPDATE in entity.can) == ("update" in served.verbs)
    assert (Can.DELETE in entity.can) == ("delete" in served.verbs)
    assert (Can.VOID in entity.can) == ("void" in served.verbs and served.name not in UNSHOWN_VOIDS)
    assert (Can.DEACTIVATE in entity.can) == (served.is_list and "update" in served.verbs)
    shown = [path for paths in entity.columns.paths().values() for path in paths]
    fields = {path.split(".")[0] for path in [*shown, *entity.key] if path != "Id"}
    known = {key for name in (served.kinds or (served.name,)) for key in known_keys(name)}
    assert fields <= known, f"no {served.name} has {fields - known}"


def test_nothing_is_declared_that_is_not_served_and_no_name_means_two() -> None:
    assert len(ENTITIES) == len(SERVED)
    words = [word.lower() for one in ENTITIES for word in {one.name, one.answered_as, one.told_as}]
    assert len(words) == len(set(words))
    assert by_word("currency") is by_name("CompanyCurrency")
    assert by_word("creditcardpaymenttxn") is by_name("CreditCardPayment")
    assert by_word("Shoe") is None


def test_the_page_of_entities_is_as_they_are_declared() -> None:
    kept = Path(__file__).parents[2] / "docs" / "entities.md"
    assert kept.read_text(encoding="utf-8") == document(), (
        "docs/entities.md is stale: run `python -m tieout.qbo.entities.reference > docs/entities.md`"
    )


def test_only_what_the_engine_ties_out_is_translated() -> None:
    assert {one.name for one in ENTITIES if one.applied} == {
        "Account",
        "TaxCode",
        "Term",
        "Class",
        "Department",
        "PaymentMethod",
        "Customer",
        "Item",
        "Invoice",
        "CreditMemo",
        "Payment",
    }


def expected(entity: Entity, body: dict[str, Any]) -> dict[str, Any]:
    """Say what the columns must be, from what a bookkeeper would look for in the object."""
    if entity.wrapped:
        (body,) = body.values()

    def ref(key: str, part: str) -> str:
        return str((body.get(key) or {}).get(part) or "")

    def number(*keys: str) -> Decimal | None:
        return next((body[key] for key in keys if key in body), None)

    worker = next((key for key in ("EmployeeRef", "VendorRef") if key in body), "EmployeeRef")
    party = (
        worker
        if entity.name == "TimeActivity"
        else next((key for key in PARTIES if key in body), "CustomerRef")
    )
    own = next((body[key] for key in ("DisplayName", "Name", "CompanyName", "FileName") if body.get(key)), "")
    name = own or ref(NAMED_BY.get(entity.name, party), "name")
    return {
        "name": name.replace(" (deleted)", ""),
        "number": body.get(NUMBERS.get(entity.name, "DocNumber"), ""),
        "party": "" if own else ref(party, "value"),
        "dated": body.get("TxnDate"),
        "due": body.get("DueDate", body.get("ExpirationDate")),
        "amount": number("TotalAmt", "Amount"),
        "balance": number("Balance", "CurrentBalance", "UnappliedAmt"),
        "currency": ref("CurrencyRef", "value"),
    }


def columns_of(record: Record) -> dict[str, Any]:
    return {
        "name": record.name,
        "number": record.number,
        "party": record.party,
        "dated": record.dated.isoformat() if record.dated else None,
        "due": record.due.isoformat() if record.due else None,
        "amount": Decimal(record.amount) if record.amount else None,
        "balance": Decimal(record.balance) if record.balance else None,
        "currency": record.currency,
    }


def check(entity: Entity, record: Record) -> None:
    body = json.loads(record.raw, parse_float=Decimal, parse_int=Decimal)
    assert columns_of(record) == expected(entity, body), f"{entity.name} {record.qbo_id}"


@pytest.fixture(scope="module", params=["sample", "sandbox"])
def told(request: pytest.FixtureRequest) -> Iterator[tuple[str, World]]:
    """Two companies full of records: the simulator's own, and Intuit's fictional one where that is at hand."""
    folder = SHARED / "sandbox-company"
    if request.param == "sandbox" and not folder.is_dir():
        pytest.skip("real objects are needed and ../shared/fixtures/sandbox-company is absent")
    company: str | Path = "sample" if request.param == "sample" else folder
    with Simulator(company=company, seed=7, clock=Clock.at(MONDAY)) as simulator:
        yield request.param, World(simulator)


def test_every_record_of_a_full_company_is_read_with_its_columns(told: tuple[str, World]) -> None:
    _which, world = told
    entities = set()
    for entity in ENTITIES:
        records = world.books.find(entity.name, "")
        where = "Active IN (true, false)" if entity.active_flag else ""
        assert len(records) == world.books.count(entity.name, where), entity.name
        assert len({record.qbo_id for record in records}) == len(records)
        for record in records:
            assert record.entity == entity.name
            assert record.updated_at is not None
            assert record.created_at is not None
            if entity.name not in ("Preferences", "CompanyInfo", "TaxAgency"):
                check(entity, record)
            entities.add(entity.name)
    assert len(entities) >= 24


def test_all_that_is_followed_can_be_asked_for_in_one_call(told: tuple[str, World]) -> None:
    which, world = told
    followed = [entity.name for entity in ENTITIES if Can.FOLLOW in entity.can]
    seen = world.books.changes(followed, MONDAY.replace(year=2010))
    assert seen.may_be_cut == (sum(len(found) for found in seen.records.values()) >= 1000)
    assert set(seen.records) <= set(followed)
    assert seen.unread == ()
    assert "Purchase" in seen.records, which


@pytest.mark.parametrize(
    "file", sorted((SHARED / "sandbox-company").glob("*.json")), ids=lambda file: file.stem
)
def test_every_column_of_an_entity_is_found_in_some_real_object(file: Path) -> None:
    entity = by_name(file.stem)
    absent = {"Item.number", "Employee.number", "Payment.number", "Bill.number", "BillPayment.number"}
    absent |= {"Deposit.number", "VendorCredit.number", "PurchaseOrder.due", "Estimate.due", "Account.number"}
    bodies = company_objects(entity.name)
    for column, paths in entity.columns.paths().items():
        if paths and f"{entity.name}.{column}" not in absent:
            assert any(_at(body, path) is not None for body in bodies for path in paths), column


def _at(body: Any, path: str) -> Any:
    for step in path.split("."):
        body = body.get(step) if isinstance(body, dict) else None
    return body


def test_what_no_sample_company_has_is_read_as_the_simulator_serves_it() -> None:
    with Simulator(company="sample", seed=7, clock=Clock.at(MONDAY)) as simulator:
        world = World(simulator)
        customer = world.customer()
        service = world.item()
        line = {
            "Amount": 90,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": service.qbo_id}},
        }
        body = {
            "CustomerRef": {"value": customer.qbo_id},
            "Line": [line],
            "RecurringInfo": {"Name": "Monthly care", "RecurType": "UnScheduled"},
        }
        raw = json.dumps({"Invoice": body}).encode()
        made = world.books.create("RecurringTransaction", raw, request_id=world.rid())
        (found,) = world.books.find("RecurringTransaction", "")
        assert (made.qbo_id, made.name, made.amount, made.party) == (
            found.qbo_id,
            "Monthly care",
            "90.0",
            customer.qbo_id,
        )
        read = world.books.read("RecurringTransaction", made.qbo_id)
        assert read is not None
        assert read.raw == found.raw

        card = world.books.find("CreditCardPayment", "")[0]
        again = world.books.read("CreditCardPayment", card.qbo_id)
        assert again is not None
        assert (again.entity, again.raw) == ("CreditCardPayment", card.raw)
        note = json.dumps({"Note": "Signed by hand"}).encode()
        attached = world.books.create("Attachable", note, request_id=world.rid())
        assert attached.name == "Signed by hand"


def test_exchange_rates_have_their_currency_and_day_for_a_key() -> None:
    with Simulator(company="empty", seed=7, clock=Clock.at(MONDAY)) as simulator:
        world = World(simulator)
        (preferences,) = world.books.find("Preferences", "")
        several: dict[str, Any] = {"Id": "1", "SyncToken": preferences.sync_token, "sparse": True}
        several["CurrencyPrefs"] = {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}
        world.books.update("Preferences", json.dumps(several).encode(), request_id=world.rid())
        for day, rate in (("2026-03-01", 1.08), ("2026-03-02", 1.0871)):
            for code in ("EUR", "GBP"):
                body = {"SourceCurrencyCode": code, "AsOfDate": day, "Rate": rate}
                world.books.create("ExchangeRate", json.dumps(body).encode(), request_id=world.rid())
        rates = world.books.find("ExchangeRate", "")
        assert sorted(one.qbo_id for one in rates) == [
            "EUR:2026-03-01",
            "EUR:2026-03-02",
            "GBP:2026-03-01",
            "GBP:2026-03-02",
        ]
        assert {(one.currency, str(one.dated)) for one in rates} >= {("EUR", "2026-03-02")}
        euro = world.books.create("CompanyCurrency", b'{"Code": "EUR"}', request_id=world.rid())
        assert (euro.name, euro.number, euro.currency) == ("Euro", "EUR", "EUR")
