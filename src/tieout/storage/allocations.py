"""Allocations: which part of which QuickBooks payment was applied to which invoice of the host."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from tieout.storage.inserting import put_rows
from tieout.storage.tables import allocations


@dataclass(frozen=True)
class Allocated:
    """One part of one payment."""

    qbo_payment: str
    qbo_target: str
    """The id of the QuickBooks document that it settles."""
    target_kind: str
    """`invoice` or `credit_note`."""
    host_invoice: str
    """The ref of the host's invoice."""
    amount: Decimal
    """In the payment's currency."""
    key: str
    """What the host knows this part by."""
    direction: str
    """`in` for money entered in QuickBooks, `out` for money we sent there."""
    sync_token: str
    """The payment's version that was applied."""


class Allocations:
    """The applied parts of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, company: str, allocated: Allocated) -> None:
        """Keep a part, in place of what was applied before for the same payment and target."""
        row = {
            "company": company,
            "qbo_payment": allocated.qbo_payment,
            "qbo_target": allocated.qbo_target,
            "target_kind": allocated.target_kind,
            "host_invoice": allocated.host_invoice,
            "amount": str(allocated.amount),
            "key": allocated.key,
            "direction": allocated.direction,
            "sync_token": allocated.sync_token,
        }
        put_rows(self._connection, allocations, [row])

    def of_payment(self, company: str, qbo_payment: str) -> list[Allocated]:
        """List the applied parts of a QuickBooks payment, by target."""
        return self._listed(allocations.c.company == company, allocations.c.qbo_payment == qbo_payment)

    def remove(self, company: str, qbo_payment: str, qbo_target: str, target_kind: str) -> None:
        """Forget a part that was taken back at the host."""
        self._connection.execute(
            delete(allocations).where(
                allocations.c.company == company,
                allocations.c.qbo_payment == qbo_payment,
                allocations.c.qbo_target == qbo_target,
                allocations.c.target_kind == target_kind,
            )
        )

    def _listed(self, *where: Any) -> list[Allocated]:
        rows = self._connection.execute(
            select(allocations).where(*where).order_by(allocations.c.qbo_payment, allocations.c.qbo_target)
        )
        return [_allocated(row) for row in rows]


def _allocated(row: Row[Any]) -> Allocated:
    return Allocated(
        qbo_payment=row.qbo_payment,
        qbo_target=row.qbo_target,
        target_kind=row.target_kind,
        host_invoice=row.host_invoice,
        amount=Decimal(row.amount),
        key=row.key,
        direction=row.direction,
        sync_token=row.sync_token,
    )
