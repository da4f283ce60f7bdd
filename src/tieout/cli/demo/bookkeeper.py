"""The bookkeeper of the demo: works in QuickBooks with an app of their own and never asks Tieout anything.

What Tieout claims is compared with what this client reads, so it shares no code with `tieout.qbo`. Intuit's
spelling is known in this file and nowhere else in the demo.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Self

import httpx2

from tieout.kit.errors import Rejected

PAGE: Final = 1000
WAIT_SECONDS: Final = 60.0
TOO_FAST: Final = 429
PATIENCE: Final = 20
"""How often the bookkeeper tries again when QuickBooks says that it was asked too fast."""
PATIENCE_SECONDS: Final = 0.25
HIDDEN: Final = ("Customer", "Item", "Account", "TaxCode", "Term", "PaymentMethod", "Class", "Department")
"""Lists whose inactive records QuickBooks leaves out unless they are asked for."""


@dataclass(frozen=True)
class Sale:
    """An invoice or credit memo as QuickBooks shows it."""

    qbo_id: str
    number: str
    customer: str
    total: Decimal
    open: Decimal
    """What is still owed of an invoice, or left of a credit."""
    lines: tuple[dict[str, Any], ...]
    """Its lines in Intuit's own words, to be put back as they were."""


@dataclass(frozen=True)
class Received:
    """A payment as QuickBooks shows it."""

    qbo_id: str
    total: Decimal
    settles: dict[str, Decimal]
    """Amounts by the QuickBooks id of the invoice."""


class Bookkeeper:
    """Somebody who works in the company's QuickBooks."""

    def __init__(self, url: str, realm_id: str) -> None:
        self._http = httpx2.Client(base_url=url, timeout=WAIT_SECONDS, headers={"accept": "application/json"})
        self._company = f"/v3/company/{realm_id}"
        app = self.control("POST", "apps", {"name": "Bookkeeper's own app"})
        self._client_id = app["client_id"]
        self._realm_id = realm_id
        self._token = self._signed_in()

    def __enter__(self) -> Self:
        """Use it for the length of a `with` block."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self._http.close()

    # The simulator itself

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the simulator's control plane."""
        return _read(
            self._http.request(method, f"/qbosim/{path}", json=body if body is not None else {})
            if method != "GET"
            else self._http.get(f"/qbosim/{path}")
        )

    def pass_time(self, seconds: float) -> None:
        """Let time pass in QuickBooks."""
        self.control("POST", "clock", {"advance": seconds})

    def plan_lost_reply(self, client_id: str) -> int:
        """Have the answer to an app's next new invoice get lost after the work was done; gives the plan's id."""
        plan = self.control(
            "POST",
            "faults",
            {"fault": "reply_lost", "entity": "Invoice", "operation": "create", "client_id": client_id},
        )
        return int(plan["id"])

    def times_fired(self, plan: int) -> int:
        """Tell how often a planned fault has struck."""
        faults = self.control("GET", "faults")
        listed = faults["faults"] if "faults" in faults else faults["planned"]
        return next((int(one["fired"]) for one in listed if one["id"] == plan), 0)

    def balanced(self) -> str:
        """Check the double entry of QuickBooks' books: an empty text, or what is wrong."""
        said = self.control("GET", "check")
        return "" if said["balanced"] else json.dumps(said)

    # The company's lists

    def company_name(self) -> str:
        """Read the company's name."""
        return str(self._every("CompanyInfo")[0]["CompanyName"])

    def count(self, entity: str) -> int:
        """Have QuickBooks count the records of an entity, inactive ones too."""
        everything = " where Active in (true, false)" if entity in HIDDEN else ""
        answer = self._ask("GET", "query", query=f"select count(*) from {entity}{everything}")
        return int(answer["QueryResponse"]["totalCount"])

    def names(self, entity: str) -> dict[str, str]:
        """Read the names of a list's active records, by id."""
        return {one["Id"]: one.get("DisplayName") or one["Name"] for one in self._every(entity)}

    def ids_named(self, entity: str, name: str) -> list[str]:
        """Find the active records of exactly this name."""
        return [key for key, known in self.names(entity).items() if known == name]

    def add_customer(self, name: str) -> str:
        """Add a customer; gives its id."""
        return str(
            self._ask("POST", "customer", {"DisplayName": name, "CompanyName": name})["Customer"]["Id"]
        )

    # Invoices

    def sales(self, entity: str = "Invoice") -> list[Sale]:
        """Read all invoices or credit memos."""
        return [_sale(one) for one in self._every(entity)]

    def sales_numbered(self, number: str, entity: str = "Invoice") -> list[Sale]:
        """Find the invoices or credit memos with a number: one, if all is well."""
        return [_sale(one) for one in self._every(entity, f"DocNumber = '{number}'")]

    def raise_price(self, sale: Sale, by: Decimal) -> Sale:
        """Raise the price of an invoice's first line by an amount per unit."""
        lines = [_writable(line) for line in sale.lines if line["DetailType"] != "SubTotalLineDetail"]
        first = next(line for line in lines if line["DetailType"] == "SalesItemLineDetail")
        detail = {**first["SalesItemLineDetail"]}
        detail["UnitPrice"] = float(Decimal(str(detail["UnitPrice"])) + by)
        first["SalesItemLineDetail"] = detail
        first["Amount"] = float(Decimal(str(detail["UnitPrice"])) * Decimal(str(detail["Qty"])))
        return self._rewrite(sale, lines)

    def put_back(self, sale: Sale) -> Sale:
        """Write the lines of an invoice as they were when it was read."""
        lines = [_writable(line) for line in sale.lines if line["DetailType"] != "SubTotalLineDetail"]
        return self._rewrite(sale, lines)

    def _rewrite(self, sale: Sale, lines: list[dict[str, Any]]) -> Sale:
        now = self._ask("GET", f"invoice/{sale.qbo_id}")["Invoice"]
        body = {"Id": sale.qbo_id, "SyncToken": now["SyncToken"], "sparse": True, "Line": lines}
        return _sale(self._ask("POST", "invoice", body)["Invoice"])

    # Payments

    def payments(self) -> list[Received]:
        """Read all payments."""
        return [_received(one) for one in self._every("Payment")]

    def take_payment(self, customer: str, settles: Mapping[str, Decimal], reference: str) -> str:
        """Enter a payment: amounts by invoice id; gives its id."""
        body = {"CustomerRef": {"value": customer}, "PaymentRefNum": reference, **_settling(settles)}
        return str(self._ask("POST", "payment", body)["Payment"]["Id"])

    def edit_payment(self, qbo_id: str, settles: Mapping[str, Decimal]) -> None:
        """Correct what a payment settles."""
        now = self._ask("GET", f"payment/{qbo_id}")["Payment"]
        body = {"Id": qbo_id, "SyncToken": now["SyncToken"], "sparse": True, **_settling(settles)}
        self._ask("POST", "payment", {**body, "CustomerRef": {"value": now["CustomerRef"]["value"]}})

    def delete_payment(self, qbo_id: str) -> None:
        """Delete a payment."""
        now = self._ask("GET", f"payment/{qbo_id}")["Payment"]
        self._ask("POST", "payment", {"Id": qbo_id, "SyncToken": now["SyncToken"]}, operation="delete")

    # The connection

    def _every(self, entity: str, where: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        clause = f" where {where}" if where else ""
        while True:
            statement = f"select * from {entity}{clause} startposition {len(found) + 1} maxresults {PAGE}"
            page = self._ask("GET", "query", query=statement)["QueryResponse"].get(entity, [])
            found += page
            if len(page) < PAGE:
                return found

    def _ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        answer = self._send(method, path, body, query)
        for _ in range(PATIENCE):
            if answer.status_code != TOO_FAST:
                break
            time.sleep(PATIENCE_SECONDS)
            answer = self._send(method, path, body, query)
        if answer.status_code == 401:
            self._token = self._signed_in()
            answer = self._send(method, path, body, query)
        return _read(answer)

    def _signed_in(self) -> str:
        """Get an access token for the bookkeeper's own app."""
        grant = self.control("POST", "grant", {"realm_id": self._realm_id, "client_id": self._client_id})
        return str(grant["access_token"])

    def _send(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> httpx2.Response:
        return self._http.request(
            method,
            f"{self._company}/{path}",
            params=dict(query),
            json=body,
            headers={"authorization": f"Bearer {self._token}"},
        )


def _read(answer: httpx2.Response) -> Any:
    if answer.status_code == 200:
        return json.loads(answer.content, parse_float=Decimal)
    raise Rejected(
        f"QuickBooks answered {answer.status_code} to the bookkeeper",
        record=f"{answer.request.method} {answer.request.url.path}",
        reason=answer.text[:400],
        remedy="Look at the simulator's log: GET /qbosim/log",
    )


def _sale(found: Mapping[str, Any]) -> Sale:
    left = found["Balance"] if "Balance" in found else found.get("RemainingCredit", 0)
    return Sale(
        found["Id"],
        found.get("DocNumber", ""),
        found["CustomerRef"]["value"],
        Decimal(found["TotalAmt"]),
        Decimal(left),
        tuple(found["Line"]),
    )


def _received(found: Mapping[str, Any]) -> Received:
    settles: dict[str, Decimal] = {}
    for line in found.get("Line", []):
        for target in line.get("LinkedTxn", []):
            if target["TxnType"] == "Invoice":
                settles[target["TxnId"]] = settles.get(target["TxnId"], Decimal(0)) + Decimal(line["Amount"])
    return Received(found["Id"], Decimal(found["TotalAmt"]), settles)


def _settling(settles: Mapping[str, Decimal]) -> dict[str, Any]:
    return {
        "TotalAmt": float(sum(settles.values(), Decimal(0))),
        "Line": [
            {"Amount": float(amount), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
            for invoice, amount in settles.items()
        ],
    }


def _writable(line: Mapping[str, Any]) -> dict[str, Any]:
    """Give a line that was read in numbers that can be sent."""
    copy: dict[str, Any] = json.loads(json.dumps(line, default=float))
    return copy
