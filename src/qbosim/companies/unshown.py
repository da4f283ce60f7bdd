"""What happened in loaded books that the API does not show: derived from what it does show, where that is certain.

A folder holds no opening stock, no payments of sales tax and not the account of an amount that an invoice's total has
beyond its lines. Items' quantities and accounts' balances tell of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from qbosim.books import inventory, ledger
from qbosim.books.chart import add_account
from qbosim.books.ledger import QUANTITY_UNIT, Posting, from_cents, to_cents
from qbosim.books.sales import UNSHOWN, tax_account
from qbosim.entities.catalogue import ENTITIES
from qbosim.entities.inventory_adjustment import INVENTORY_ADJUSTMENT, enter_opening
from qbosim.jsontext import cents, plain
from qbosim.moments import today_in
from qbosim.records.company import Company, Record
from qbosim.records.layout import Layout
from qbosim.rules import Topic, assumed

RULES = Topic(
    "Loaded companies",
    assumed(
        "loaded.opening_stock",
        "A loaded inventory item that has more or less in stock than its transactions explain gets an opening adjustment "
        "(numbered START) of the difference on its InvStartDate, at its PurchaseCost, against Opening Balance Equity.",
        "QuickBooks makes one when such an item is added, and a sandbox company's Inventory Asset and Opening Balance "
        "Equity are just what follows (airbyte source-quickbooks, NangoHQ integration templates)",
    ),
    assumed(
        "loaded.tax_payments",
        "Payments of sales tax, which the API does not show, are entered when balances tell of them: when what the tax "
        "accounts owe less than their transactions say is to the cent what one single bank account is short of, and none "
        "of these balances is older than the transactions. They are dated the day the tax account changed last.",
        "in a sandbox company two accounts of sales tax and Checking differ so, and nothing else would explain it",
    ),
    assumed(
        "loaded.estimated_account",
        "A loaded line without ItemAccountRef earns on the account that the estimate it came from names for the item, "
        "else on its item's account; later edits leave it there.",
        "an item's account may have changed since; the estimate's line keeps the old one",
    ),
    assumed(
        "loaded.unshown_income",
        "What a loaded invoice's total holds beyond its lines (a statement charge) is income of the account on which "
        "most lines of loaded invoices earn; later edits leave it there.",
        "the API names neither the charge's item nor its account",
    ),
)

SALES_TAX_PAYMENT = Layout(name="SalesTaxPayment", order=(), sequence="Transactions", day_key="TxnDate")
"""A transaction that QuickBooks has and the API does not serve: it is in the books, and no record shows it."""


@dataclass(frozen=True)
class Difference:
    """An account whose loaded balance is not what its transactions come to."""

    account: Record
    stated: int
    """Cents, in the account's currency; a debit is positive."""
    posted: int
    is_fresh: bool
    """Whether the balance is as new as the newest transaction on the account."""

    @property
    def missing(self) -> int:
        """Cents that transactions which are not there would have to add."""
        return self.stated - self.posted

    def __str__(self) -> str:
        age = "" if self.is_fresh else "; it was recorded before its newest transactions"
        stated, posted = from_cents(self.stated), from_cents(self.posted)
        return f"{self.account.name} shows {stated:.2f}, its transactions come to {posted:.2f}{age}"


def enter_unshown(company: Company, linked: Iterable[int]) -> list[str]:
    """Enter what the loaded records tell of without showing it; answers one sentence each.

    `linked` are the ids that links lead to: no transaction that is made here takes one of them.
    """
    ids = _free_ids(company, set(linked))
    found = list(_open_stock(company, ids))
    inventory.value_loaded(company)
    found += _place_unshown_income(company)
    found += _pay_sales_tax(company, ids)
    return found


def differences(company: Company) -> list[Difference]:
    """The balance sheet accounts whose loaded balances are not what their transactions come to, by id."""
    found = []
    for account in list(company.select("Account", "1 = 1")):
        if account.body.get("Classification") not in ("Asset", "Liability", "Equity"):
            continue
        currency = (account.body.get("CurrencyRef") or {}).get("value", company.home_currency)
        column = "amount" if currency == company.home_currency else "foreign_amount"
        posted = company.db.execute(
            f"SELECT coalesce(sum({column}), 0) FROM posting WHERE realm = ? AND account = ?",
            (company.realm, account.id),
        ).fetchone()[0]
        stated = to_cents(Decimal(str(account.body.get("CurrentBalance") or 0)))
        if stated != posted:
            found.append(Difference(account, stated, posted, _is_fresh(company, account)))
    return found


def _is_fresh(company: Company, account: Record) -> bool:
    transactions = company.db.execute(
        "SELECT DISTINCT entity, txn FROM posting WHERE realm = ? AND account = ?",
        (company.realm, account.id),
    ).fetchall()
    records = (company.find(entity, txn) for entity, txn in transactions if entity in company.entities)
    return all(record.created <= account.updated for record in records if record is not None)


def _free_ids(company: Company, linked: set[int]) -> Iterator[int]:
    """Ids that no transaction has and no link leads to, the lowest first: what they are for is older than the rest."""
    used = set(linked)
    for entity in ENTITIES:
        if entity.counter == INVENTORY_ADJUSTMENT.counter:
            used |= {record.id for record in company.select(entity.name, "1 = 1")}
    last = max(used, default=0)
    yield from (number for number in range(1, last) if number not in used)
    while True:
        yield company.next_id(INVENTORY_ADJUSTMENT)


def _open_stock(company: Company, ids: Iterator[int]) -> Iterator[str]:
    for item in list(company.select("Item", "p_Type = 'Inventory'")):
        units = Decimal(inventory.loaded_opening(company, item)) / QUANTITY_UNIT
        if not units:
            continue
        if not any(company.select("Account", "p_AccountSubType = 'OpeningBalanceEquity'")):
            add_account(company, "Opening Balance Equity", "Equity", "OpeningBalanceEquity")
            yield "Account Opening Balance Equity"
        day = str(item.body.get("InvStartDate") or _day(company, item.created))
        enter_opening(company, item, units, day, next(ids))
        worth = cents(units * Decimal(str(item.body.get("PurchaseCost") or 0)))
        yield f"Opening stock of {item.name}: {plain(units)} worth {worth} on {day}"


def _place_unshown_income(company: Company) -> Iterator[str]:
    """Move unshown amounts to the account on which most lines of invoices earn."""
    entered = company.db.execute(
        "SELECT entity, txn, day, amount FROM posting WHERE realm = ? AND memo = ? ORDER BY txn",
        (company.realm, UNSHOWN),
    ).fetchall()
    usual = company.db.execute(
        "SELECT account FROM posting p JOIN r_Account a ON a.realm = p.realm AND a.id = p.account WHERE p.realm = ? "
        "AND entity = 'Invoice' AND item IS NOT NULL AND a.p_AccountType = 'Income' "
        "GROUP BY account ORDER BY count(*) DESC, account LIMIT 1",
        (company.realm,),
    ).fetchone()
    for entity, txn, day, amount in entered:
        record = company.find(entity, txn)
        assert record is not None, "it was placed before"
        postings = ledger.postings_of(company, txn)
        if usual is not None:
            postings = [replace(one, account=usual[0]) if one.memo == UNSHOWN else one for one in postings]
            ledger.enter(company, record, day, postings)
        account = next(one.account for one in postings if one.memo == UNSHOWN)
        name = company.refer("Account", {"value": str(account)}, {"value": str(account)}).body[
            "FullyQualifiedName"
        ]
        yield f"{entity} {txn} holds {from_cents(-amount):.2f} without a line: income of {name}, where most invoices earn"


def _pay_sales_tax(company: Company, ids: Iterator[int]) -> Iterator[str]:
    found = differences(company)
    accounts = _tax_accounts(company)
    owed = [one for one in found if one.account.id in accounts]
    banks = [one for one in found if one.account.body.get("AccountType") == "Bank"]
    if not owed or len(banks) != 1:
        return
    [bank] = banks
    certain = all(one.is_fresh and one.missing > 0 for one in owed) and bank.is_fresh
    if not certain or sum(one.missing for one in owed) != -bank.missing:
        return
    for one in owed:
        number, day = next(ids), _day(company, one.account.updated)
        payment = Record(SALES_TAX_PAYMENT, number, 0, one.account.updated, one.account.updated, "", {}, "")
        paid = one.missing
        ledger.enter(
            company,
            payment,
            day,
            [Posting(bank.account.id, -paid, -paid), Posting(one.account.id, paid, paid)],
        )
        yield f"Payment of {from_cents(paid):.2f} for {one.account.name} from {bank.account.name}, on {day}"


def _tax_accounts(company: Company) -> set[int | None]:
    """The accounts on which sales tax is owed."""
    found = {tax_account(company, rate) for rate in list(company.select("TaxRate", "1 = 1"))}
    kinds = "p_AccountSubType IN ('GlobalTaxPayable', 'SalesTaxPayable')"
    return found | {account.id for account in company.select("Account", kinds)}


def _day(company: Company, seconds: int) -> str:
    """The calendar day of a moment in the company's zone."""
    zone = str(company.info.get("DefaultTimeZone", "America/Los_Angeles"))
    return today_in(zone, datetime.fromtimestamp(seconds, UTC)).isoformat()
