"""Opening balances: what a new customer owes and a new account holds from before the books began."""

from __future__ import annotations

from decimal import Decimal

from qbosim.books.sales import account_of_subtype
from qbosim.entities.change import Change
from qbosim.entities.deposit import DEPOSIT
from qbosim.entities.entity import Entity
from qbosim.entities.invoice import INVOICE
from qbosim.entities.journal_entry import JOURNAL_ENTRY
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, recorded

NOTE = "Opening Balance"

RULES = Topic(
    "Opening balances",
    assumed(
        "opening.customer",
        "A Balance given when a customer is created becomes an invoice Opening Balance of OpenBalanceDate (today without "
        "one), booked against Opening Balance Equity.",
        "a vendor's becomes such a bill in a real sandbox company; QuickBooks' own form does the same for customers",
    ),
    recorded(
        "opening.bank",
        "An OpeningBalance given when a bank account is created becomes a deposit from Opening Balance Equity.",
        "a real sandbox company (Deposits 4 and 5, for Checking and Savings)",
    ),
    recorded(
        "opening.other_accounts",
        "That of any other balance sheet account becomes a journal entry against Opening Balance Equity, on the side on "
        "which the account usually stands.",
        "a real sandbox company (JournalEntries 6 to 8, for a truck and two loans)",
    ),
)


def open_customer(company: Company, customer: Record, amount: Decimal, day: str) -> None:
    """Enter what a new customer owes (in the customer's currency) from before the day `day`."""
    line: Body = {"Amount": amount, "Description": NOTE, "DetailType": "SalesItemLineDetail"}
    sent: Body = {
        "CustomerRef": {"value": str(customer.id)},
        "TxnDate": day,
        "DueDate": day,
        "PrivateNote": NOTE,
        "Line": [{**line, "SalesItemLineDetail": {}}],
    }
    if company.country != "US":
        sent["GlobalTaxCalculation"] = "NotApplicable"
    body = INVOICE.prepare(company, Change(sent))
    first, *rest = body["Line"]
    detail = {key: value for key, value in first["SalesItemLineDetail"].items() if key != "ItemRef"}
    detail["ItemAccountRef"] = _equity(company).reference()
    body["Line"] = [{**first, "SalesItemLineDetail": detail}, *rest]
    _keep(company, INVOICE, body)


def open_account(company: Company, account: Record, amount: Decimal, day: str) -> None:
    """Enter what a new balance sheet account holds on `day`, positive on the side on which it usually stands."""
    sent: Body = {"TxnDate": day, "PrivateNote": NOTE, "CurrencyRef": account.body["CurrencyRef"]}
    equity = _equity(company).reference()
    if account.body["AccountType"] == "Bank" and amount > 0:
        sent["DepositToAccountRef"] = account.reference()
        line = {
            "Amount": amount,
            "DetailType": "DepositLineDetail",
            "DepositLineDetail": {"AccountRef": equity},
        }
        _keep(company, DEPOSIT, DEPOSIT.prepare(company, Change({**sent, "Line": [line]})))
        return
    is_debit = (account.body["Classification"] == "Asset") == (amount > 0)
    sides = ("Debit", "Credit") if is_debit else ("Credit", "Debit")
    lines = [
        {
            "Description": NOTE,
            "Amount": abs(amount),
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": reference},
        }
        for side, reference in zip(sides, (account.reference(), equity), strict=True)
    ]
    _keep(company, JOURNAL_ENTRY, JOURNAL_ENTRY.prepare(company, Change({**sent, "Line": lines})))


def _equity(company: Company) -> Record:
    account = company.find("Account", account_of_subtype(company, "OpeningBalanceEquity"))
    assert account is not None, "its id was found a moment ago"
    return account


def _keep(company: Company, entity: Entity, body: Body) -> None:
    assert entity.saved is not None, "a transaction posts when it is saved"
    entity.saved(company, None, company.insert(entity.name, body))
