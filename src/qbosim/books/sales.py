"""How a sales form is entered in the ledger: receivables or money against income, discounts, shipping and sales tax."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.books.chart import account_in_currency
from qbosim.books.entry import Entry, id_of
from qbosim.books.ledger import QUANTITY_UNIT, Posting, from_cents
from qbosim.books.ledger import postings_of as postings_entered
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, id_number

SHIPPING = "SHIPPING_ITEM_ID"
"""The item of a line that is the shipping charge (Intuit's documentation)."""

UNSHOWN = "Amount without a line"
"""The description of what a loaded form's total holds beyond the lines that the API shows."""


def postings_of(company: Company, record: Record, *, sign: int, at_once: bool = False) -> list[Posting]:
    """The double entry of a form: `sign` is 1 for what is sold (invoice, sales receipt), -1 for what is taken back.

    `at_once`: the money changes hands with the form (sales and refund receipts), so that its head is the account
    deposited to instead of receivables. What the total holds beyond its lines (amounts that the API hides, as recorded
    once) is income of the account it was entered on before, else of the default item's.
    """
    body = record.body
    entry = Entry(body, sign, customer=id_of(body.get("CustomerRef")))
    total = Decimal(body.get("TotalAmt", 0))
    if at_once:
        entry.add(deposit_account(company, body), total)
    else:
        deposit = Decimal(body.get("Deposit", 0))
        entry.add(receivable_account(company, body), total - deposit)
        if deposit:
            entry.add(deposit_account(company, body), deposit)
    for line in body.get("Line", []):
        _enter_line(company, entry, record, line)
    for line in (body.get("TxnTaxDetail") or {}).get("TaxLine", []):
        rate = company.refer(
            "TaxRate", line["TaxLineDetail"]["TaxRateRef"], line["TaxLineDetail"]["TaxRateRef"]
        )
        entry.add(liability_account(company, rate), -Decimal(line.get("Amount", 0)))
    if entry.foreign_rest:
        account = _unshown_account(company, record)
        entry.add(account, -from_cents(entry.foreign_rest), memo=UNSHOWN)
    entry.settle_rounding()
    return entry.postings


def _enter_line(company: Company, entry: Entry, record: Record, line: Body) -> None:
    kind = line.get("DetailType")
    amount = Decimal(line.get("Amount", 0))
    if kind == "GroupLineDetail":
        for part in line[kind].get("Line", []):
            _enter_line(company, entry, record, part)
    elif kind == "DiscountLineDetail":
        account = company.refer("Account", line[kind]["DiscountAccountRef"], line[kind]["DiscountAccountRef"])
        entry.add(account.id, amount, memo=str(line.get("Description", "")))
    elif kind == "SalesItemLineDetail":
        detail = line[kind]
        item = (detail.get("ItemRef") or {}).get("value")
        if item == SHIPPING:
            entry.add(shipping_account(company), -amount)
            return
        entry.add(
            _income_account(company, record, detail),
            -amount,
            item=int(item) if item is not None else None,
            quantity=quantity_of(detail),
            klass=id_of(detail.get("ClassRef")),
            memo=str(line.get("Description", "")),
        )


def quantity_of(detail: Body) -> int | None:
    """The units a sales line takes out of stock, negative; None where it names no quantity."""
    if detail.get("Qty") in (None, ""):
        return None
    return -int(Decimal(str(detail["Qty"])) * QUANTITY_UNIT)


def _income_account(company: Company, record: Record, detail: Body) -> int:
    """The account a line earns on: the one kept in the line.

    Else (loaded forms) the one it was entered on before, that of the estimate it came from, or its item's.
    """
    reference = detail.get("ItemAccountRef")
    if reference is None:
        sold = id_of(detail.get("ItemRef"))
        for posting in postings_entered(company, record.id) if sold is not None else ():
            if posting.item == sold:
                return posting.account
        reference = _account_estimated(company, record.body, detail)
    if reference is None:
        item = company.find("Item", int((detail.get("ItemRef") or {}).get("value", 0)))
        reference = item.body.get("IncomeAccountRef") if item is not None else None
    return int(reference["value"]) if reference is not None else default_income_account(company)


def _account_estimated(company: Company, form: Body, detail: Body) -> Body | None:
    """The account on which an estimate that the form is linked to has the same item."""
    wanted = (detail.get("ItemRef") or {}).get("value")
    for link in form.get("LinkedTxn") or []:
        if not wanted or link.get("TxnType") != "Estimate" or not str(link.get("TxnId", "")).isdecimal():
            continue
        estimate = company.find("Estimate", int(link["TxnId"]))
        for line in estimate.body.get("Line") or [] if estimate is not None else []:
            theirs = line.get("SalesItemLineDetail") or {}
            found: Body | None = theirs.get("ItemAccountRef")
            if found and (theirs.get("ItemRef") or {}).get("value") == wanted:
                return found
    return None


def _unshown_account(company: Company, record: Record) -> int:
    for posting in postings_entered(company, record.id):
        if posting.memo == UNSHOWN:
            return posting.account
    return default_income_account(company)


def default_income_account(company: Company) -> int:
    """Where income goes that no item claims: the default item's account, else the first income account."""
    default = company.preference("SalesFormsPrefs", "DefaultItem")
    if default:
        number = id_number(str(default.get("value", "")))
        item = company.find("Item", number) if number is not None else None
        if item is not None and "IncomeAccountRef" in item.body:
            return int(item.body["IncomeAccountRef"]["value"])
    return account_of_type(company, "Income")


def receivable_account(company: Company, body: Body) -> int:
    """The receivables account of a form's currency; each further currency gets one of its own when it is first used."""
    reference = body.get("ARAccountRef")
    if reference:
        return company.refer("Account", reference, reference).id
    return account_in_currency(company, "Accounts Receivable", body)


def deposit_account(company: Company, body: Body) -> int:
    """Where money received goes: the account named, else Undeposited Funds (Intuit's documentation)."""
    reference = body.get("DepositToAccountRef")
    if reference and reference.get("value"):
        return company.refer("Account", reference, reference).id
    return undeposited_funds(company)


def undeposited_funds(company: Company) -> int:
    """The account that collects payments until they are deposited."""
    for account in company.select("Account", "p_AccountSubType = 'UndepositedFunds'"):
        return account.id
    raise faults.business("There is no Undeposited Funds account.")


def shipping_account(company: Company) -> int:
    """Where shipping income goes: the preference's account, else the first income account."""
    default = company.preference("SalesFormsPrefs", "DefaultShippingAccount")
    if default:
        return company.refer("Account", {"value": str(default)}, {"value": str(default)}).id
    return account_of_type(company, "Income")


def liability_account(company: Company, rate: Record) -> int:
    """The account on which a rate's tax is owed; raises 6000 when the chart has none."""
    account = tax_account(company, rate)
    if account is None:
        raise faults.business("There is no account for sales tax payable.")
    return account


def tax_account(company: Company, rate: Record) -> int | None:
    """The account on which a rate's tax is owed: `<agency> Payable` (recorded), else any tax payable account, if any."""
    agency = id_of(rate.body.get("AgencyRef"))
    record = company.find("TaxAgency", agency) if agency is not None else None
    if record is not None:
        name = f"{record.body.get('DisplayName', '')} Payable"
        for account in company.select("Account", "p_FullyQualifiedName = ?", name):
            return account.id
    for account in company.select("Account", "p_AccountSubType IN ('GlobalTaxPayable', 'SalesTaxPayable')"):
        return account.id
    return None


def account_of_type(company: Company, kind: str) -> int:
    """The first account of a type; raises 6000 when the chart has none."""
    for account in company.select("Account", "p_AccountType = ?", kind):
        return account.id
    raise faults.business(f"There is no account of type {kind}.")


def account_of_subtype(company: Company, subtype: str) -> int:
    """The first account of a detail type; raises 6000 when the chart has none."""
    for account in company.select("Account", "p_AccountSubType = ?", subtype):
        return account.id
    raise faults.business(f"There is no account of detail type {subtype}.")
