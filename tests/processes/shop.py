"""A shop's folder of CSV files: clients, a service, invoices and payments, with sums that are known beforehand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

PRICE = Decimal("80.50")
CLIENTS = 15
PAID_EVERY = 4
"""Every fourth invoice has a payment."""
PAID = Decimal("30.25")


def write_shop(folder: Path, invoices: int, *, today: str) -> Path:
    """Write the files; every invoice is one line of PRICE × its own quantity (1 to 5)."""
    folder.mkdir()
    _write(folder / "services.csv", "ref,name,unit_price", [f"s1,Workshop hour,{PRICE}"])
    _write(folder / "clients.csv", "ref,name", [f"c{one},Client {one:02}" for one in range(CLIENTS)])
    _write(
        folder / "invoices.csv",
        "number,client,date,currency,service,quantity,unit_price",
        [f"K-{one:04},c{one % CLIENTS},{today},USD,s1,{one % 5 + 1},{PRICE}" for one in range(invoices)],
    )
    _write(
        folder / "payments.csv",
        "ref,client,date,amount,currency,invoice",
        [f"p{one},c{one % CLIENTS},{today},{PAID},USD,K-{one:04}" for one in range(0, invoices, PAID_EVERY)],
    )
    return folder


def open_of(number: int) -> Decimal:
    """Tell what must be open on an invoice in the end."""
    return PRICE * (number % 5 + 1) - (PAID if number % PAID_EVERY == 0 else 0)


def _write(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
