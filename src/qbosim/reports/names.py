"""The chart of accounts and the names of everything that postings refer to, each read once per report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qbosim import jsontext
from qbosim.records.company import Company

_LISTS = {
    "customer": "Customer",
    "vendor": "Vendor",
    "employee": "Employee",
    "item": "Item",
    "klass": "Class",
    "department": "Department",
    "term": "Term",
    "method": "PaymentMethod",
}

ORDER = (
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Income",
    "Other Expense",
)
"""The chart's order in reports that go through all accounts."""


@dataclass(frozen=True)
class Account:
    """One account as reports show it."""

    id: int
    name: str
    full_name: str
    kind: str
    subtype: str
    classification: str
    parent: int | None
    active: bool

    @property
    def is_income_statement(self) -> bool:
        """Whether it is closed into retained earnings every year."""
        return self.classification in ("Revenue", "Expense")

    @property
    def sign(self) -> int:
        """1 where a debit is shown as a positive amount, -1 where a credit is."""
        return 1 if self.classification in ("Asset", "Expense") else -1

    @property
    def is_control(self) -> bool:
        """Whether it holds what is still to be settled: receivables or payables."""
        return self.kind in ("Accounts Receivable", "Accounts Payable")

    @property
    def is_money(self) -> bool:
        """Whether it holds money: bank accounts and what waits to be taken there."""
        return self.kind == "Bank" or self.subtype == "UndepositedFunds"


class Names:
    """A company's names."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._read: dict[str, dict[int, str]] = {}

    @cached_property
    def accounts(self) -> dict[int, Account]:
        """Every account by id, deleted ones left out."""
        rows = self._company.db.execute(
            "SELECT id, body FROM r_Account WHERE realm = ? AND deleted = 0 ORDER BY id",
            (self._company.realm,),
        )
        return {identity: _account(identity, text) for identity, text in rows.fetchall()}

    def of(self, column: str, identity: int | None) -> str:
        """The name that an id in a posting's column (`customer`, `klass`, …) stands for; empty for none."""
        if identity is None:
            return ""
        if column not in self._read:
            self._read[column] = self._all(_LISTS[column])
        return self._read[column].get(identity, "")

    def party(
        self, customer: int | None, vendor: int | None, employee: int | None = None
    ) -> tuple[str, int | None]:
        """Name and id of whoever a posting is about: its customer, else its vendor, else its employee."""
        for column, identity in (("customer", customer), ("vendor", vendor), ("employee", employee)):
            if identity is not None:
                return self.of(column, identity), identity
        return "", None

    def accounts_of(self, kinds: Iterable[str]) -> list[Account]:
        """The accounts of some types, by name."""
        wanted = set(kinds)
        return sorted((account for account in self.accounts.values() if account.kind in wanted), key=by_name)

    def one_of_subtype(self, subtypes: Sequence[str]) -> Account | None:
        """The first account of one of the detail types."""
        return next((account for account in self.accounts.values() if account.subtype in subtypes), None)

    def _all(self, entity: str) -> dict[int, str]:
        if entity not in self._company.entities:
            return {}
        layout = self._company.entities[entity]
        rows = self._company.db.execute(
            "SELECT id, coalesce(json_extract(body, '$.FullyQualifiedName'), json_extract(body, ?)) "
            f"FROM {layout.table} WHERE realm = ?",
            (f"$.{layout.label}", self._company.realm),
        )
        return {identity: str(name or "") for identity, name in rows}

    def parents(self, column: str) -> dict[int, int]:
        """The id above each id of a posting's column, where there is one."""
        entity = _LISTS[column]
        if entity not in self._company.entities:
            return {}
        rows = self._company.db.execute(
            "SELECT id, CAST(json_extract(body, '$.ParentRef.value') AS INTEGER) "
            f"FROM {self._company.entities[entity].table} WHERE realm = ? AND json_extract(body, '$.ParentRef') "
            "IS NOT NULL",
            (self._company.realm,),
        )
        return dict(rows.fetchall())


def by_chart(account: Account) -> tuple[int, list[str], int]:
    """The order of accounts in reports that go through the whole chart: by type, then as the ledger's tree has them."""
    place = ORDER.index(account.kind) if account.kind in ORDER else len(ORDER)
    return place, account.full_name.lower().split(":"), account.id


def by_name(account: Account) -> tuple[str, int]:
    """The order of accounts inside a section: by name (recorded)."""
    return account.name.lower(), account.id


def _account(identity: int, text: str) -> Account:
    body = jsontext.loads(text)
    parent = str((body.get("ParentRef") or {}).get("value", ""))
    return Account(
        identity,
        str(body.get("Name", "")),
        str(body.get("FullyQualifiedName", body.get("Name", ""))),
        str(body.get("AccountType", "")),
        str(body.get("AccountSubType", "")),
        str(body.get("Classification", "")),
        int(parent) if parent.isdecimal() else None,
        body.get("Active") is not False,
    )
