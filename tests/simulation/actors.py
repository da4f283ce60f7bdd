"""The people of a random day: a shop at the host, a bookkeeper in QuickBooks, somebody who settles issues.

They act through public doors only, and the bookkeeper tells the notebook what was done, so that the auditor
can know what to expect without asking anybody's rules.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.world import TODAY, World
from tieout.domain.documents import Client, Kind, Payment, SalesDocument, Status
from tieout.domain.issues import Issue
from tieout.kit.errors import TieoutError
from tieout.sync.decide import decide, list_issues

NAMES = (
    "Blue Heron Boats",
    "Quarry Lane Dental",
    "Société Générale des Épices",
    "Northwind & Daughters",
    "Müller Metallbau GmbH",
    "Pine Street Bakery, Inc.",
    "O'Hara Orchards",
    "Tidewater Surveying LLC",
    "Zephyr Kites",
    "Old Mill Press",
)


@dataclass
class Notebook:
    """What people did: the only source of the auditor's expectation."""

    invoices: set[str] = field(default_factory=set)
    payments: set[str] = field(default_factory=set)
    meddled: set[str] = field(default_factory=set)
    """QuickBooks ids that the bookkeeper changed, voided or deleted."""
    lines: list[str] = field(default_factory=list)

    def write(self, line: str) -> None:
        """Note what was done, for whoever replays the seed."""
        self.lines.append(line)


class Shop:
    """Somebody who bills and takes money at the host."""

    def __init__(self, world: World, rng: random.Random, notebook: Notebook) -> None:
        self._world, self._rng, self._notes = world, rng, notebook
        self._clients: list[str] = []
        self._count = 0
        for ref, name, price in (
            ("hour", "Workshop hour", "80"),
            ("kit", "Repair kit", "12.35"),
            ("fee", "Call-out", "45"),
        ):
            world.service(ref, name, price)

    def act(self) -> None:
        """Do one thing."""
        actions = [
            self.bill,
            self.bill,
            self.take_money,
            self.correct,
            self.void,
            self.new_client,
            self.touch_client,
        ]
        if not self._clients:
            self.new_client()
        self._rng.choice(actions)()

    def new_client(self) -> None:
        """Take on a client; sometimes one that resembles another."""
        name = self._rng.choice(NAMES)
        if self._clients and self._rng.random() < 0.7:
            return
        ref = f"c{len(self._clients) + 1}"
        self._world.client(ref, name, email=f"office{len(self._clients)}@example.com")
        self._clients.append(ref)
        self._notes.write(f"shop: client {ref} {name}")

    def touch_client(self) -> None:
        """Change a client's phone number."""
        ref = self._rng.choice(self._clients)
        client = self._world.host.get(Kind.CLIENT, ref)
        assert isinstance(client, Client)
        self._world.host.put(replace(client, phone=f"555-01{self._rng.randint(10, 99)}"))

    def bill(self) -> None:
        """Finalise an invoice."""
        self._count += 1
        ref = f"i{self._count}"
        lines = tuple(
            (service, str(self._rng.randint(1, 9)), price)
            for service, price in self._rng.sample(
                (("hour", "80"), ("kit", "12.35"), ("fee", "45")), self._rng.randint(1, 3)
            )
        )
        self._world.invoice(
            ref,
            client=self._rng.choice(self._clients),
            lines=lines,
            dated=TODAY + timedelta(days=self._rng.randint(0, 20)),
            number=f"S{self._count:04}",
        )
        self._notes.invoices.add(ref)
        self._notes.write(f"shop: invoice {ref} {lines}")

    def take_money(self) -> None:
        """Record a payment on one or two open invoices of one client."""
        open_ones = self._open_invoices()
        if not open_ones:
            return
        first = self._rng.choice(open_ones)
        same_client = [one for one in open_ones if one.client == first.client]
        chosen = self._rng.sample(same_client, min(len(same_client), self._rng.choice((1, 1, 2))))
        parts = {}
        for invoice in chosen:
            left = self._world.host.balance(invoice.ref).amount
            share = left if self._rng.random() < 0.5 else (left / 3).quantize(Decimal("0.01"))
            if share > 0:
                parts[invoice.ref] = str(share)
        if not parts:
            return
        ref = f"p{len(self._notes.payments) + 1}"
        self._try(
            lambda: self._world.payment(ref, client=first.client, parts=parts, reference=f"R{ref}"),
            f"payment {ref} {parts}",
        )
        if self._world.host.get(Kind.PAYMENT, ref) is not None:
            self._notes.payments.add(ref)

    def correct(self) -> None:
        """Change the quantity of a line of an unpaid invoice."""
        unpaid = [
            one for one in self._open_invoices() if self._world.host.balance(one.ref).amount == one.total
        ]
        if not unpaid:
            return
        invoice = self._rng.choice(unpaid)
        line = invoice.lines[0]
        quantity = line.quantity + 1
        changed = replace(
            line, quantity=quantity, amount=(quantity * line.unit_price).quantize(Decimal("0.01"))
        )
        self._try(
            lambda: self._world.host.put(replace(invoice, lines=(changed, *invoice.lines[1:]))),
            f"correct {invoice.ref} to {quantity}",
        )

    def void(self) -> None:
        """Void an unpaid invoice, or a payment."""
        if self._rng.random() < 0.4:
            payments = [
                one
                for ref in sorted(self._notes.payments)
                if isinstance(one := self._world.host.get(Kind.PAYMENT, ref), Payment)
                and one.status is Status.FINAL
            ]
            if payments:
                payment = self._rng.choice(payments)
                self._try(
                    lambda: self._world.host.put(replace(payment, status=Status.VOID)),
                    f"void payment {payment.ref}",
                )
            return
        unpaid = [
            one for one in self._open_invoices() if self._world.host.balance(one.ref).amount == one.total
        ]
        if unpaid:
            invoice = self._rng.choice(unpaid)
            self._try(
                lambda: self._world.host.void(Kind.INVOICE, invoice.ref, "not wanted"),
                f"void invoice {invoice.ref}",
            )

    def _open_invoices(self) -> list[SalesDocument]:
        found = []
        for ref in sorted(self._notes.invoices):
            invoice = self._world.host.get(Kind.INVOICE, ref)
            if (
                isinstance(invoice, SalesDocument)
                and invoice.status is Status.FINAL
                and self._world.host.balance(ref).amount > 0
            ):
                found.append(invoice)
        return found

    def _try(self, action: Any, what: str) -> None:
        try:
            action()
            self._notes.write(f"shop: {what}")
        except TieoutError as error:
            self._notes.write(f"shop: {what} was refused: {error.message}")


class Bookkeeper:
    """Somebody who works in QuickBooks, with what we sent and beside it."""

    def __init__(self, world: World, rng: random.Random, notebook: Notebook) -> None:
        self._world, self._rng, self._notes = world, rng, notebook
        self._own_payments: list[str] = []

    def act(self) -> None:
        """Do one thing; what QuickBooks refuses is left."""
        actions = [
            self.pay,
            self.pay,
            self.pay,
            self.edit_own_payment,
            self.remove_own_payment,
            self.change_invoice,
            self.undo_or_touch,
            self.remove_invoice,
            self.touch_our_payment,
            self.own_customer,
        ]
        self._rng.choice(actions)()

    def pay(self) -> None:
        """Enter a payment on one or two open invoices."""
        open_ones = [one for one in self._invoices() if one["Balance"] > 0]
        if not open_ones:
            return
        first = self._rng.choice(open_ones)
        same = [one for one in open_ones if one["CustomerRef"]["value"] == first["CustomerRef"]["value"]]
        chosen = self._rng.sample(same, min(len(same), self._rng.choice((1, 1, 2))))
        lines, total = [], Decimal()
        for invoice in chosen:
            left = Decimal(str(invoice["Balance"]))
            share = left if self._rng.random() < 0.4 else (left / 2).quantize(Decimal("0.01"))
            if share > 0:
                total += share
                lines.append(
                    {"Amount": float(share), "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
                )
        if self._rng.random() < 0.15:
            total += 10  # over-paid: the rest stays unapplied
        body = {
            "CustomerRef": first["CustomerRef"],
            "TotalAmt": float(total),
            "Line": lines,
            "PaymentRefNum": f"B{len(self._own_payments)}",
        }
        status, answer = self._world.try_books("POST", "payment", body)
        if status == 200:
            self._own_payments.append(answer["Payment"]["Id"])
            self._notes.write(f"books: payment {answer['Payment']['Id']} {lines}")

    def edit_own_payment(self) -> None:
        """Halve a payment, or empty it of its invoices."""
        payment = self._one_of("Payment", self._own_payments)
        if payment is None or not payment.get("Line"):
            return
        if self._rng.random() < 0.3:
            lines: list[dict[str, Any]] = []
        else:
            lines = [
                {"Amount": round(line["Amount"] / 2, 2), "LinkedTxn": line["LinkedTxn"]}
                for line in payment["Line"]
                if line["Amount"] >= 0.02
            ]
        self._try(
            "POST",
            "payment",
            {
                **_of(payment),
                "sparse": True,
                "CustomerRef": payment["CustomerRef"],
                "TotalAmt": payment["TotalAmt"],
                "Line": lines,
            },
        )
        self._notes.write(f"books: payment {payment['Id']} now {lines}")

    def remove_own_payment(self) -> None:
        """Delete or void a payment."""
        payment = self._one_of("Payment", self._own_payments)
        if payment is None:
            return
        if self._rng.random() < 0.5:
            self._try("POST", "payment", _of(payment), operation="delete")
        else:
            self._try("POST", "payment", {**_of(payment), "sparse": True}, operation="update", include="void")
        self._notes.write(f"books: payment {payment['Id']} removed")

    def touch_our_payment(self) -> None:
        """Change or delete a payment that Tieout sent."""
        if self._rng.random() < 0.5:
            return
        ours = [
            one["Id"]
            for one in self._world.every("Payment")
            if str(one.get("PaymentRefNum", "")).startswith("R")
        ]
        payment = self._one_of("Payment", ours)
        if payment is None or not payment["TotalAmt"]:
            return  # a note on a void payment would hide that it is void
        if self._rng.random() < 0.5:
            self._try("POST", "payment", _of(payment), operation="delete")
        else:
            self._try(
                "POST",
                "payment",
                {
                    **_of(payment),
                    "sparse": True,
                    "CustomerRef": payment["CustomerRef"],
                    "TotalAmt": payment["TotalAmt"],
                    "PrivateNote": "checked",
                },
            )
        self._notes.meddled.add(payment["Id"])
        self._notes.write(f"books: our payment {payment['Id']} touched")

    def change_invoice(self) -> None:
        """Change lines or date of an exported invoice; a void one is left void, as QuickBooks' own page does."""
        invoice = self._one_of("Invoice", [one["Id"] for one in self._invoices() if one["TotalAmt"]])
        if invoice is None:
            return
        change: dict[str, Any]
        what = self._rng.choice(("line", "date", "note"))
        if what == "line":
            line = next(one for one in invoice["Line"] if one["DetailType"] == "SalesItemLineDetail")
            detail = {**line["SalesItemLineDetail"], "Qty": 1, "UnitPrice": 99}
            change = {
                "Line": [
                    {**line, "Amount": 99, "SalesItemLineDetail": detail},
                    *[one for one in invoice["Line"] if one.get("Id") and one["Id"] != line["Id"]],
                ]
            }
        elif what == "date":
            change = {"DueDate": str(TODAY + timedelta(days=self._rng.randint(40, 60)))}
        else:
            change = {"CustomerMemo": {"value": "Thank you"}}
        if what != "note":
            self._notes.meddled.add(invoice["Id"])
        self._try("POST", "invoice", {**_of(invoice), "sparse": True, **change})
        self._notes.write(f"books: invoice {invoice['Id']} {what} changed")

    def undo_or_touch(self) -> None:
        """Save an invoice as it is."""
        invoice = self._one_of("Invoice", [one["Id"] for one in self._invoices()])
        if invoice is not None:
            self._try(
                "POST", "invoice", {**_of(invoice), "sparse": True, "DocNumber": invoice.get("DocNumber", "")}
            )

    def remove_invoice(self) -> None:
        """Void or delete an exported invoice."""
        if self._rng.random() < 0.5:
            return
        invoice = self._one_of("Invoice", [one["Id"] for one in self._invoices()])
        if invoice is None:
            return
        self._notes.meddled.add(invoice["Id"])
        operation = self._rng.choice(("void", "delete"))
        self._try("POST", "invoice", _of(invoice), operation=operation)
        self._notes.write(f"books: invoice {invoice['Id']} {operation}")

    def own_customer(self) -> None:
        """Make a customer of their own, sometimes of a name that the shop has too."""
        self._world.try_books("POST", "customer", {"DisplayName": self._rng.choice(NAMES)})

    def _invoices(self) -> list[dict[str, Any]]:
        return self._world.every("Invoice")

    def _one_of(self, entity: str, ids: list[str]) -> dict[str, Any] | None:
        if not ids:
            return None
        status, answer = self._world.try_books("GET", f"{entity.lower()}/{self._rng.choice(ids)}")
        return answer[entity] if status == 200 else None

    def _try(self, method: str, path: str, body: Any, **query: str) -> None:
        status, answer = self._world.try_books(method, path, body, **query)
        if status != 200:
            self._notes.write(f"books: refused {path} {query}: {answer}")


class Decider:
    """Somebody who settles issues, not always wisely."""

    def __init__(self, world: World, rng: random.Random, notebook: Notebook) -> None:
        self._world, self._rng, self._notes = world, rng, notebook

    def act(self) -> None:
        """Settle one open issue by one of its actions."""
        issues: list[Issue] = list_issues(self._world.edges, self._world.caller)
        if not issues:
            return
        issue = self._rng.choice(issues)
        choices = [one for one in issue.actions if one != "reconnect"]
        action = self._rng.choice(choices)
        choice = ""
        if action == "link":
            candidates = issue.finding.facts.get("candidates", [])
            assert isinstance(candidates, list)
            first = candidates[0] if candidates else None
            choice = str(
                first["qbo_id"] if isinstance(first, dict) else issue.finding.facts.get("qbo_id", "")
            )
        try:
            decide(self._world.edges, self._world.caller, issue=issue.id, action=action, choice=choice)
            self._notes.write(f"person: {issue.finding.kind} of {issue.finding.record} by {action}")
        except TieoutError as error:
            self._notes.write(f"person: {action} of {issue.finding.kind} was refused: {error.sentence()}")


def _of(record: dict[str, Any]) -> dict[str, Any]:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"]}
