"""Generated companies: the books that the API would have made of the same history, only sooner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from qbosim import jsontext
from qbosim.api import Api, ensure_schema
from qbosim.books.ledger import check_balanced
from qbosim.cli import app
from qbosim.clock import Clock
from qbosim.companies.empty import create_company
from qbosim.entities.catalogue import ENTITIES
from qbosim.generate.company import USER, Moments, create_generated
from qbosim.generate.msp import History, Posted, Size
from qbosim.generated_file import CannotGenerate, generate_file
from qbosim.simulator import Simulator
from qbosim.store import Store
from qbosim.wire import Request
from tests.qbosim.asking import api, control, granted

REALM = "1"
NOW = datetime(2026, 5, 5, 17, 0, tzinfo=UTC)
LAST = date(2026, 5, 4)


class ByApi:
    """Books that are written call by call, through the door that everybody uses."""

    def __init__(self, size: Size, seed: int) -> None:
        self.store = Store()
        ensure_schema(self.store)
        self._clock = Clock.at(NOW)
        self._api = Api(self.store, self._clock)
        self._moments = Moments(LAST)
        history = History(self, size, seed, LAST)
        self._moments.on(history.first - timedelta(days=4))
        self._clock.set(self._moments.next() - timedelta(seconds=1))
        create_company(self.store, self._clock, REALM, name="Example", seed=seed)
        history.set_up()
        history.tell_years()

    def on(self, day: date) -> None:
        self._moments.on(day)

    def post(
        self, entity: str, body: dict[str, Any], verb: str = "create", office: int | None = None
    ) -> Posted:
        assert office in (None, 0, 1)
        self._clock.set(self._moments.next())
        query = {} if verb == "create" else {"operation": verb}
        answer = self._ask("POST", entity.lower(), query, jsontext.dumps(body))[entity]
        return Posted(answer["Id"], answer.get("SyncToken", "gone"))

    def find(self, entity: str, name: str) -> str:
        key = "FullyQualifiedName" if entity == "Account" else "Name"
        query = {"query": f"select * from {entity} where {key} = '{name}'"}
        (row,) = self._ask("GET", "query", query)["QueryResponse"][entity]
        return str(row["Id"])

    def _ask(self, method: str, place: str, query: dict[str, str], body: bytes = b"") -> Any:
        headers = {"accept": "application/json", "content-type": "application/json"}
        request = Request(method, f"/v3/company/{REALM}/{place}", query, headers, body)
        response = self._api.answer(REALM, request, user=USER)
        assert response.status == 200, (body, response.body)
        return response.json()


def _generated(size: Size, seed: int) -> Store:
    store = Store()
    ensure_schema(store)
    create_generated(store, Clock.at(NOW), REALM, name="Example", seed=seed, size=size)
    return store


def _tables(store: Store) -> dict[str, list[Any]]:
    with store.transaction() as db:
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for (name,) in names.fetchall()}


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10_000),
    customers=st.integers(1, 12),
    invoices=st.integers(1, 150),
    years=st.integers(1, 2),
)
def test_what_is_generated_is_what_the_api_would_have_written_row_by_row(
    seed: int, customers: int, invoices: int, years: int
) -> None:
    size = Size(customers, invoices, years)
    quick, slow = _tables(_generated(size, seed)), _tables(ByApi(size, seed).store)
    assert quick.keys() == slow.keys()
    for table, rows in slow.items():
        assert quick[table] == rows, table


@pytest.fixture(scope="module")
def books() -> Store:
    """A year of a small provider, large enough for every mistake to be made."""
    return _generated(Size(40, 2_400, 1), 11)


def _bodies(store: Store, entity: str) -> Iterator[dict[str, Any]]:
    with store.transaction() as db:
        for (text,) in db.execute(f"SELECT body FROM r_{entity} WHERE deleted = 0"):
            yield json.loads(text, parse_float=Decimal)


def test_generated_books_balance_and_what_customers_owe_is_what_the_ledger_says(books: Store) -> None:
    assert check_balanced(books, REALM) == []
    (owed,) = [row for row in _bodies(books, "Account") if row["AccountType"] == "Accounts Receivable"]
    customers = sum(row["Balance"] for row in _bodies(books, "Customer"))
    open_now = sum(row["Balance"] for row in _bodies(books, "Invoice"))
    open_now -= sum(row["Balance"] for row in _bodies(books, "CreditMemo"))
    open_now -= sum(row["UnappliedAmt"] for row in _bodies(books, "Payment"))
    assert owed["CurrentBalance"] == customers == open_now > 0
    (owing,) = [row for row in _bodies(books, "Account") if row["AccountType"] == "Accounts Payable"]
    vendors = sum(row["Balance"] for row in _bodies(books, "Vendor"))
    assert owing["CurrentBalance"] == -vendors
    assert vendors == sum(row["Balance"] for row in _bodies(books, "Bill")) > 0


def test_a_generated_year_holds_what_happens_in_life(books: Store) -> None:
    invoices = list(_bodies(books, "Invoice"))
    with books.transaction() as db:
        (made,) = db.execute("SELECT count(*) FROM r_Invoice").fetchone()
        (removed,) = db.execute("SELECT count(*) FROM r_Invoice WHERE deleted = 1").fetchone()
    assert made - removed == len(invoices) == 2_400
    assert removed > 0
    voided = [row for row in invoices if row.get("PrivateNote") == "Voided"]
    part_paid = [row for row in invoices if 0 < row["Balance"] < row["TotalAmt"]]
    unpaid = [row for row in invoices if row["Balance"] == row["TotalAmt"] > 0]
    paid = [row for row in invoices if not row["Balance"] and row["LinkedTxn"]]
    assert all((voided, part_paid, unpaid))
    assert len(paid) > 1_500
    due = {row["Id"]: row["DueDate"] for row in invoices}
    paid_on = [
        (payment["TxnDate"], due[line["LinkedTxn"][0]["TxnId"]])
        for payment in _bodies(books, "Payment")
        for line in payment["Line"]
        if line["LinkedTxn"][0]["TxnType"] == "Invoice"
    ]
    assert sum(day > last for day, last in paid_on) > 200
    assert sum(day < last for day, last in paid_on) > 200
    assert any(len(payment["Line"]) > 1 for payment in _bodies(books, "Payment"))
    assert any(payment["UnappliedAmt"] for payment in _bodies(books, "Payment"))
    names = [row["FullyQualifiedName"] for row in _bodies(books, "Customer")]
    assert any(":" in name for name in names)
    assert not all(name.isascii() for name in names)
    assert max(row["TxnDate"] for row in invoices) <= LAST.isoformat()


def test_saving_a_generated_record_as_it_is_changes_nothing(books: Store) -> None:
    door = Api(books, Clock.at(NOW))
    for entity in ENTITIES:
        if not entity.day_key or "update" not in entity.verbs:
            continue
        for body in [*_bodies(books, entity.name)][::97]:
            headers = {"accept": "application/json", "content-type": "application/json"}
            needed = (
                "Id",
                "SyncToken",
                "CustomerRef",
                "VendorRef",
                "TotalAmt",
                "PaymentType",
                "AccountRef",
                "PayType",
            )
            sent = {"sparse": True, **{key: body[key] for key in needed if key in body}}
            for key in ("CheckPayment", "CreditCardPayment"):
                if key in body:
                    sent[key] = body[key]
            place = f"/v3/company/{REALM}/{entity.name.lower()}"
            request = Request("POST", place, {}, headers, jsontext.dumps(sent))
            answer = json.loads(door.answer(REALM, request, user=USER).body, parse_float=Decimal)
            assert answer[entity.name] == body


def test_saving_all_that_a_client_read_of_a_record_changes_nothing(books: Store) -> None:
    later = Api(books, Clock.at(NOW + timedelta(days=1)))
    headers = {"accept": "application/json", "content-type": "application/json"}
    before = _tables(books)
    for entity in ENTITIES:
        if "update" not in entity.verbs:
            continue
        for body in [*_bodies(books, entity.name)][:: 41 if entity.day_key else 3]:
            place = f"/v3/company/{REALM}/{entity.name.lower()}"
            answer = later.answer(REALM, Request("POST", place, {}, headers, jsontext.dumps(body)), user=USER)
            assert json.loads(answer.body, parse_float=Decimal).get(entity.name) == body, entity.name
    assert _tables(books) == before


def test_a_generated_file_is_served_like_any_other_and_goes_on_counting(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    report = generate_file(path, Size(5, 60, 1), 3, clock=Clock.at(NOW))
    assert report["Invoice"] == 60
    assert [each.name for each in tmp_path.iterdir()] == ["books.db"]
    with Simulator(path, clock=Clock.at(NOW)) as simulator:
        bearer = granted(simulator)["access_token"]
        query = {"query": "select * from Invoice orderby Id desc maxresults 1"}
        answer = api(simulator, "GET", "query", bearer=bearer, **query).json()
        (newest,) = answer["QueryResponse"]["Invoice"]
        body = {"CustomerRef": newest["CustomerRef"], "Line": newest["Line"][:1]}
        made = api(simulator, "POST", "invoice", bearer=bearer, body=body).json()["Invoice"]
        assert int(made["Id"]) > int(newest["Id"])
        assert int(made["DocNumber"]) == int(newest["DocNumber"]) + 1
        before = simulator.companies()
        control(simulator, "POST", "reset", {})
        assert simulator.companies() == before
        bearer = granted(simulator)["access_token"]
        again = api(simulator, "GET", "query", bearer=bearer, **query).json()
        assert again["QueryResponse"]["Invoice"] == [newest]


def test_no_file_is_written_over_and_none_is_left_half_written(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    path.write_text("somebody's")
    with pytest.raises(CannotGenerate, match="a file already"):
        generate_file(path, Size(1, 1, 1), 0)
    assert path.read_text() == "somebody's"
    with pytest.raises(CannotGenerate, match="cannot be written"):
        generate_file(tmp_path / "nowhere" / "books.db", Size(1, 1, 1), 0)
    assert [each.name for each in tmp_path.iterdir()] == ["books.db"]


def test_the_command_writes_a_file_says_what_is_in_it_and_leaves_other_files_alone(tmp_path: Path) -> None:
    path = tmp_path / "big.db"
    asked = ["generate", "--data", str(path), "--customers", "3", "--invoices", "12", "--years", "1"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert "12 Invoice" in told.output
    kept = path.read_bytes()
    again = CliRunner().invoke(app, asked)
    assert again.exit_code == 1
    assert "What to do" in again.output
    assert path.read_bytes() == kept
