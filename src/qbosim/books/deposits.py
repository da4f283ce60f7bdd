"""What waits to be taken to the bank, and how a deposit is entered in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from qbosim.books.entry import home_cents
from qbosim.books.journal import signed_cents
from qbosim.books.ledger import Posting, to_cents
from qbosim.books.sales import account_of_subtype, deposit_account
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

SOURCES = ("Payment", "SalesReceipt", "RefundReceipt", "JournalEntry", "Transfer")
"""Transactions whose money a deposit may take to the bank (Intuit's documentation of Deposit)."""


@dataclass(frozen=True)
class Waiting:
    """Money that one transaction put aside, to be deposited."""

    record: Record
    line: str
    """The line's id of a journal entry; `0` for everything else (recorded)."""
    account: int
    """Where it waits."""
    cents: int
    """In the transaction's currency; negative for money that was given back."""

    @property
    def rate(self) -> Decimal:
        """Home units for one unit of the transaction's currency."""
        return Decimal(self.record.body.get("ExchangeRate", 1))

    @property
    def customer(self) -> int | None:
        """Whose money it was."""
        number = str((self.record.body.get("CustomerRef") or {}).get("value", ""))
        return int(number) if number.isdecimal() else None


def find_waiting(company: Company, kind: str, number: int, line: str) -> Waiting | None:
    """The money of a transaction, wherever it was put; None when there is no such transaction or line."""
    record = company.find(kind, number)
    if record is None:
        return None
    body = record.body
    if kind == "JournalEntry":
        for part in body.get("Line", []):
            if part.get("Id") == line and "JournalEntryLineDetail" in part:
                account = int(part["JournalEntryLineDetail"]["AccountRef"]["value"])
                return Waiting(record, line, account, signed_cents(part))
        return None
    if kind == "Transfer":
        target = int(body["ToAccountRef"]["value"])
        return Waiting(record, "0", target, to_cents(Decimal(body.get("Amount", 0))))
    sign = -1 if kind == "RefundReceipt" else 1
    total = sign * to_cents(Decimal(body.get("TotalAmt", 0)))
    return Waiting(record, "0", deposit_account(company, body), total)


def waits(company: Company, money: Waiting) -> bool:
    """Whether that money lies in Undeposited Funds."""
    account = company.find("Account", money.account)
    return account is not None and account.body.get("AccountSubType") == "UndepositedFunds"


def postings_of(
    company: Company, body: Body, taken: dict[int, Waiting], parties: dict[int, Posting]
) -> list[Posting]:
    """The double entry of a deposit: the bank first, then each line, then the cash kept back.

    `taken` and `parties` hold, by a line's place, the money it takes to the bank or the posting of a line that names its
    account itself. Money of another rate than the deposit's leaves a gain or loss on exchange.
    """
    rate = Decimal(body.get("ExchangeRate", 1))
    department = body.get("DepartmentRef")
    place = int(department["value"]) if department else None
    total = to_cents(Decimal(body.get("TotalAmt", 0)))
    bank = int(body["DepositToAccountRef"]["value"])
    postings = [Posting(bank, home_cents(total, rate), total, department=place)]
    for position in range(len(body.get("Line", []))):
        money = taken.get(position)
        if money is not None:
            postings.append(
                Posting(
                    money.account,
                    -home_cents(money.cents, money.rate),
                    -money.cents,
                    customer=money.customer,
                    department=place,
                )
            )
        else:
            postings.append(parties[position])
    back = body.get("CashBack")
    if back:
        kept = to_cents(Decimal(back.get("Amount", 0)))
        account = int(back["AccountRef"]["value"])
        memo = str(back.get("Memo", ""))
        postings.append(Posting(account, home_cents(kept, rate), kept, department=place, memo=memo))
    rest = sum(posting.amount for posting in postings)
    if rest and not sum(posting.foreign for posting in postings):
        postings.append(
            Posting(account_of_subtype(company, "ExchangeGainOrLoss"), -rest, 0, department=place)
        )
    return postings
