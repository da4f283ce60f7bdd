"""How purchases are entered in the ledger: what is owed or paid against expenses, stock and purchase tax."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.books.chart import account_in_currency
from qbosim.books.entry import Entry, id_of
from qbosim.books.ledger import QUANTITY_UNIT, Posting, from_cents
from qbosim.books.sales import account_of_type, liability_account
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body


def payable_account(company: Company, body: Body) -> int:
    """The payables account of a document: the one it names, else the one of its currency.

    Each further currency gets one of its own when it is first used.
    """
    reference = body.get("APAccountRef")
    if reference and reference.get("value"):
        return company.refer("Account", reference, reference).id
    return account_in_currency(company, "Accounts Payable", body)


def payable_reference(company: Company, wished: Body | None, body: Body) -> Body:
    """The reference to the payables account that a document shows: the wished one, else its currency's.

    Raises 6430 for an account of another type.
    """
    number = payable_account(company, {**body, "APAccountRef": wished})
    account = company.find("Account", number)
    assert account is not None, "the account was found a moment ago"
    if account.body.get("AccountType") != "Accounts Payable":
        raise faults.bad_account_type("APAccountRef must be an Accounts Payable account")
    return account.reference()


def paid_from(company: Company, body: Body) -> int:
    """The bank or credit card account that a payment of bills leaves."""
    reference = (body.get("CheckPayment") or {}).get("BankAccountRef") or (
        body.get("CreditCardPayment") or {}
    ).get("CCAccountRef")
    if not reference:
        raise faults.missing("CheckPayment.BankAccountRef")
    return company.refer("Account", reference, reference).id


def postings_of(
    company: Company,
    record: Record,
    head: int,
    *,
    sign: int,
    customer: int | None = None,
    vendor: int | None = None,
    employee: int | None = None,
) -> list[Posting]:
    """The double entry of a purchase: `head` is the account that is owed on or paid from.

    `sign` is 1 for what is bought, -1 for what is given back (vendor credits, refunds). Who sold it is a vendor, or of
    an expense a customer or an employee.
    """
    body = record.body
    entry = Entry(body, sign, customer=customer, vendor=vendor, employee=employee)
    total = Decimal(body.get("TotalAmt") or 0)
    entry.add(head, -total, memo=str(body.get("PrivateNote", "")))
    for line in body.get("Line") or []:
        _enter_line(company, entry, line)
    for line in (body.get("TxnTaxDetail") or {}).get("TaxLine", []):
        reference = line["TaxLineDetail"]["TaxRateRef"]
        rate = company.refer("TaxRate", reference, reference)
        entry.add(liability_account(company, rate), Decimal(line.get("Amount") or 0))
    rest = entry.foreign_rest
    if rest:
        entry.add(uncategorized_expense(company), -from_cents(rest))
    entry.settle_rounding()
    return entry.postings


def _enter_line(company: Company, entry: Entry, line: Body) -> None:
    detail = line.get(str(line.get("DetailType"))) or {}
    if "AccountRef" in detail:
        account, item, quantity = id_of(detail["AccountRef"]), None, None
    elif "ItemRef" in detail:
        item = id_of(detail["ItemRef"])
        account = _account_of_item(company, item)
        quantity = _quantity_of(detail)
    else:
        return
    entry.add(
        account if account is not None else uncategorized_expense(company),
        Decimal(line.get("Amount") or 0),
        customer=id_of(detail.get("CustomerRef")),
        item=item,
        quantity=quantity,
        klass=id_of(detail.get("ClassRef")),
        memo=str(line.get("Description", "")),
    )


def _quantity_of(detail: Body) -> int | None:
    if detail.get("Qty") in (None, ""):
        return None
    return int(Decimal(str(detail["Qty"])) * QUANTITY_UNIT)


def _account_of_item(company: Company, item: int | None) -> int | None:
    """What is bought of an item is stock when it is counted, else an expense."""
    record = company.find("Item", item) if item is not None else None
    if record is None:
        return None
    key = "AssetAccountRef" if record.body.get("Type") == "Inventory" else "ExpenseAccountRef"
    return id_of(record.body.get(key) or record.body.get("ExpenseAccountRef"))


def uncategorized_expense(company: Company) -> int:
    """Where an expense goes that nothing else claims; the first expense account when there is no such account."""
    for account in company.select("Account", "p_FullyQualifiedName = 'Uncategorized Expense'"):
        return account.id
    return account_of_type(company, "Expense")
