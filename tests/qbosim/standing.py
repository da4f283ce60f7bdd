"""What accounts stand at in the ledger's own table, told without the reports that are made from it."""

from __future__ import annotations

from decimal import Decimal

from qbosim.store import Store


def standings(store: Store, realm: str, as_of: str = "2099-12-31") -> dict[int, Decimal]:
    """Debits less credits by account up to and including a day; accounts at 0 are left out."""
    with store.transaction() as db:
        rows = db.execute(
            "SELECT account, sum(amount) FROM posting WHERE realm = ? AND day <= ? GROUP BY account "
            "HAVING sum(amount) <> 0",
            (realm, as_of),
        ).fetchall()
    return {account: Decimal(cents) / 100 for account, cents in rows}
