"""A bookkeeper's desk: one company behind the API, asked with as few words as possible."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbosim.api import Api
from qbosim.books.ledger import check_balanced
from qbosim.clock import Clock
from qbosim.companies.empty import create_company
from qbosim.companies.load import LoadReport, load_directory
from qbosim.store import Store
from qbosim.wire import Request, Response

REALM = "9130350000000001"
USER = "Pat Example"
SHARED = Path(__file__).parents[2] / ".." / "shared"


def shared(place: str) -> Path:
    """A place in the reference folder beside the project; the test is skipped where there is none."""
    path = SHARED / place
    if not path.exists():
        pytest.skip(
            f"../shared/{place} is not there: this test compares with real data that lies beside the project"
        )
    return path


class Desk:
    """One company, and the questions a test asks it."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock.at(datetime(2026, 5, 5, 17, 0, tzinfo=UTC))
        self.store = Store(options.pop("path", ":memory:"))
        folder = options.pop("folder", None)
        self.report: LoadReport | None = None
        if folder is not None:
            self.report = load_directory(self.store, self.clock, REALM, folder)
        else:
            create_company(self.store, self.clock, REALM, **{"name": "Example Company", **options})
        self.api = Api(self.store, self.clock)

    def send(self, method: str, place: str, body: Any = b"", *, user: str = USER, **query: str) -> Response:
        """One call that wants JSON; a body that is not bytes goes as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = Request(
            method, f"/v3/company/{REALM}/{place}", query, {"accept": "application/json"}, content
        )
        return self.api.answer(REALM, request, user=user)

    def get(self, place: str, **query: str) -> Any:
        """A read that must succeed; answers its JSON."""
        return _good(self.send("GET", place, **query))

    def post(self, entity: str, body: Any, **query: str) -> Any:
        """A write that must succeed; answers the object."""
        answer = _good(self.send("POST", entity.lower(), body, **query))
        return answer[entity]

    def refused(self, entity: str, body: Any, **query: str) -> dict[str, Any]:
        """A write that must be refused; answers the first error of the fault."""
        return fault_of(self.send("POST", entity.lower(), body, **query))

    def one(self, entity: str, identity: str) -> Any:
        """A record as it is now."""
        return self.get(f"{entity.lower()}/{identity}")[entity]

    def query(self, text: str) -> Any:
        """A query that must succeed; answers its QueryResponse."""
        return self.get("query", query=text)["QueryResponse"]

    def rows(self, entity: str, rest: str = "") -> list[Any]:
        """The records a query finds."""
        found: list[Any] = self.query(f"select * from {entity} {rest}").get(entity, [])
        return found

    def customer(self, name: str = "Ada's Bakery", **more: Any) -> str:
        """A new customer's id."""
        return str(self.post("Customer", {"DisplayName": name, **more})["Id"])

    def invoice(self, customer: str, amount: float = 100.0, **more: Any) -> Any:
        """A new invoice with one line."""
        return self.post("Invoice", {**bill(customer, amount), **more})

    def pay(self, customer: str, total: float, *lines: tuple[str, str, float], **more: Any) -> Any:
        """A new payment; lines are type, id and amount."""
        return self.post("Payment", {**payment(customer, total, *lines), **more})

    def in_order(self) -> bool:
        """Whether the books balance."""
        return check_balanced(self.store, REALM) == []


def bill(customer: str, amount: float = 100.0) -> dict[str, Any]:
    """The body of an invoice or credit memo with one line."""
    return {"CustomerRef": {"value": customer}, "Line": [item_line(amount)]}


def item_line(amount: float, **detail: Any) -> dict[str, Any]:
    """A line that sells the default service."""
    return {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, **detail},
    }


def payment(customer: str, total: float, *lines: tuple[str, str, float]) -> dict[str, Any]:
    """The body of a payment; lines are type, id and amount."""
    return {
        "CustomerRef": {"value": customer},
        "TotalAmt": total,
        "Line": [
            {"Amount": amount, "LinkedTxn": [{"TxnId": identity, "TxnType": kind}]}
            for kind, identity, amount in lines
        ],
    }


def named(record: Any, **changes: Any) -> dict[str, Any]:
    """A sparse update of a record."""
    return {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True, **changes}


def fault_of(response: Response) -> dict[str, Any]:
    """The first error of a refusal."""
    assert response.status == 400, (response.status, response.body)
    error: dict[str, Any] = response.json()["Fault"]["Error"][0]
    return error


def exact(value: Any) -> Decimal:
    """An amount, free of binary fractions."""
    return Decimal(str(value))


def _good(response: Response) -> Any:
    assert response.status == 200, (response.status, response.body)
    return response.json()
