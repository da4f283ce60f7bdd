"""A story for the page: a business with a past, some of it tied out, some on its way, some for a person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.web.house import House
from tieout.domain.documents import Kind, Line, SalesDocument, Status, line_amount
from tieout.reconcile.matching import take_exact

SERVICES = {
    "S-1": ("Workshop hour", "92.50"),
    "S-2": ("Emergency call-out", "180"),
    "S-3": ("Annual maintenance", "1140"),
}


def stock(house: House) -> None:
    """Fill the host: clients of which some are customers already, services, and documents of this month."""
    customers = [one["DisplayName"] for one in house.every("Customer") if not one.get("Job")]
    for number, name in enumerate(customers[:6]):
        house.client(f"C-{101 + number}", name)
    house.client("C-180", customers[6].replace("e", "", 1).upper())
    house.client("C-190", "Café Bergström & Søn")
    house.client("C-191", "Juniper Lane Veterinary")
    for ref, (name, price) in SERVICES.items():
        house.service(ref, name, price)


def busy_month(house: House) -> None:
    """Play some days of a company that is live: most is tied out, one total was changed in QuickBooks."""
    house.ready()
    stock(house)
    house.sync()
    take_exact(house.edges, house.caller, kind="client")
    plan = (
        ("2042", "C-101", (("S-3", "1", "1140"), ("S-1", "2", "92.50"))),
        ("2043", "C-102", (("S-1", "6.5", "92.50"),)),
        ("2044", "C-103", (("S-2", "1", "180"), ("S-1", "1.5", "92.50"))),
        ("2045", "C-190", (("S-3", "2", "1140"),)),
        ("2046", "C-104", (("S-1", "11", "92.50"),)),
        ("2047", "C-105", (("S-2", "2", "180"),)),
        ("2048", "C-180", (("S-1", "3", "92.50"),)),
    )
    for day, (number, client, lines) in enumerate(plan):
        bill(house, number, client, lines, date(2026, 2, 20 + day))
    house.invoice(
        "K-77",
        client="C-103",
        number="K-77",
        lines=(("S-1", "1", "92.50"),),
        kind=Kind.CREDIT_NOTE,
        dated=date(2026, 2, 27),
    )
    house.settle()
    house.payment("P-31", client="C-102", parts={"I-2043": "601.25"}, reference="ACH 20931")
    paid = next(one for one in house.every("Invoice") if one.get("DocNumber") == "2042")
    house.pay(paid["CustomerRef"]["value"], {paid["Id"]: "500.00"}, PaymentRefNum="5518")
    house.settle()
    change_total(house, "2044", "140")
    house.invoice(
        "I-2049", client="C-106", number="2049", lines=(("S-1", "4", "92.50"),), status=Status.DRAFT
    )
    house.sync()


def bill(
    house: House, number: str, client: str, lines: tuple[tuple[str, str, str], ...], dated: date
) -> None:
    """Put an invoice into the host whose lines say what they are for."""
    house.host.put(
        SalesDocument(
            kind=Kind.INVOICE,
            ref=f"I-{number}",
            number=number,
            client=client,
            dated=dated,
            currency="USD",
            lines=tuple(
                Line(
                    service,
                    Decimal(quantity),
                    Decimal(price),
                    line_amount(Decimal(quantity), Decimal(price), "USD"),
                    description=SERVICES[service][0],
                )
                for service, quantity, price in lines
            ),
        )
    )


def change_total(house: House, number: str, price: str) -> None:
    """Change the first line of an invoice in QuickBooks, as a bookkeeper does."""
    found = next(one for one in house.every("Invoice") if one.get("DocNumber") == number)
    first = next(line for line in found["Line"] if line["DetailType"] == "SalesItemLineDetail")
    amount = float(Decimal(price) * Decimal(str(first["SalesItemLineDetail"].get("Qty", 1))))
    first = {
        **first,
        "Amount": amount,
        "SalesItemLineDetail": {**first["SalesItemLineDetail"], "UnitPrice": float(price)},
    }
    others = [
        line
        for line in found["Line"]
        if line["DetailType"] == "SalesItemLineDetail" and line["Id"] != first["Id"]
    ]
    house.edit("Invoice", found["Id"], Line=[first, *others])
