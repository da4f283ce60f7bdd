"""What a transaction leaves open on receivables or payables: how much, of whom, on which account.

Anything posted to such an account under somebody's name is an open item: invoices and bills, credits, and the journal
entries, purchases and deposits that bookkeepers put there by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qbosim.books import ledger
from qbosim.books.ledger import Posting, to_cents
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body


@dataclass(frozen=True)
class Side:
    """One side of settling: what customers owe, or what is owed to vendors."""

    payer: str
    """The entity whose records settle items of this side."""
    list: str
    """The list that the parties stand in."""
    party_key: str
    account_type: str
    charge: str
    """The usual document that asks for money."""
    credit: str
    """The usual document that gives money back."""
    sign: int
    """1 where a debit asks for money, -1 where a credit does."""
    link: str
    """What the paying transaction is called in the documents' LinkedTxn."""


RECEIVABLES = Side(
    "Payment", "Customer", "CustomerRef", "Accounts Receivable", "Invoice", "CreditMemo", 1, "Payment"
)
PAYABLES = Side(
    "BillPayment", "Vendor", "VendorRef", "Accounts Payable", "Bill", "VendorCredit", -1, "BillPaymentCheck"
)
SIDES = {side.payer: side for side in (RECEIVABLES, PAYABLES)}

WITH_BALANCE = {"Invoice": RECEIVABLES, "CreditMemo": RECEIVABLES, "Bill": PAYABLES, "VendorCredit": PAYABLES}
"""Documents that show their own open balance."""

_LINK_ENTITIES = {
    **{name: name for name in (*WITH_BALANCE, "JournalEntry", "Deposit")},
    "Expense": "Purchase",
    "Check": "Purchase",
    "CreditCardCredit": "Purchase",
}
_PURCHASES = {"Check": "Check", "CreditCard": "CreditCardCredit"}


def entity_of(company: Company, link_type: str) -> str | None:
    """The entity that a LinkedTxn's TxnType names in a payment's line, or None for what cannot be settled."""
    entity = _LINK_ENTITIES.get(link_type)
    return entity if entity in company.entities else None


def link_type_of(kind: str, record: Record | None) -> str:
    """What a payment's line calls a record of the entity `kind` (purchases go by how they were paid)."""
    if kind != "Purchase" or record is None:
        return kind
    return _PURCHASES.get(str(record.body.get("PaymentType", "")), "Expense")


@dataclass(frozen=True)
class OpenItem:
    """What one transaction posted under one party's name on one side, settled or not."""

    amount: int
    """Cents in the transaction's currency; negative when it is a credit."""
    home: int
    """The same in home currency, signed alike."""
    account: int
    party: int

    @property
    def is_credit(self) -> bool:
        """Whether it brings money along instead of asking for it."""
        return self.amount < 0

    def home_share(self, before: int, amount: int) -> int:
        """Home cents of `amount` more cents, when `before` cents are settled already.

        Shares of the whole add up to the whole, to the cent, whatever the exchange rate.
        """
        whole = abs(self.amount)
        if not whole:
            return amount
        upto = to_cents(Decimal(abs(self.home)) * (before + amount) / whole / 100)
        return upto - to_cents(Decimal(abs(self.home)) * before / whole / 100)


def open_items(company: Company, side: Side, record: Record) -> list[OpenItem]:
    """What a transaction posted on a side: one item per party, in the order of its postings."""
    found: dict[int, list[Posting]] = {}
    control: dict[int, bool] = {}
    for posting in ledger.postings_of(company, record.id):
        party = posting.customer if side is RECEIVABLES else posting.vendor
        if party is None:
            continue
        if posting.account not in control:
            control[posting.account] = _is_control(company, side, posting.account)
        if control[posting.account]:
            found.setdefault(party, []).append(posting)
    return [
        OpenItem(
            side.sign * sum(posting.foreign for posting in postings),
            side.sign * sum(posting.amount for posting in postings),
            postings[0].account,
            party,
        )
        for party, postings in found.items()
    ]


def item_for(company: Company, side: Side, record: Record, party: int) -> OpenItem | None:
    """The open item of a transaction that `party` may settle: its own, or one of a customer below it."""
    items = open_items(company, side, record)
    return next((item for item in items if item.party == party), None) or next(
        (item for item in items if party in _with_parents(company, side, item.party)), None
    )


def whole_of(document: Record) -> int:
    """Cents of a document with a balance, before anything settled it."""
    return _cents(document.body, "TotalAmt") - _cents(document.body, "Deposit")


def shown_cents(document: Record) -> int:
    """Cents still open on a document as it shows them."""
    return _cents(document.body, "Balance")


def _cents(body: Body, key: str) -> int:
    return to_cents(Decimal(body.get(key) or 0))


def _with_parents(company: Company, side: Side, party: int) -> Iterable[int]:
    record = company.find(side.list, party)
    while record is not None:
        yield record.id
        parent = record.body.get("ParentRef")
        record = company.find(side.list, int(parent["value"])) if parent else None


def _is_control(company: Company, side: Side, account: int) -> bool:
    record = company.find("Account", account)
    return record is not None and record.body.get("AccountType") == side.account_type
