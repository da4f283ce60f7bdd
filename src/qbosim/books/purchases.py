"""How purchases are entered in the ledger: what is owed or paid against expenses, stock and purchase tax."""

from __future__ import annotations

from qbosim import faults
from qbosim.books.currencies import reference_to
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body


def payable_account(company: Company, body: Body) -> int:
    """The payables account of a document: the one it names, else the one of its currency.

    Each further currency gets one of its own when it is first used.
    """
    reference = body.get("APAccountRef")
    if reference and reference.get("value"):
        return company.refer("Account", reference, reference).id
    currency = str((body.get("CurrencyRef") or {}).get("value", company.home_currency))
    first: Record | None = None
    for account in company.select("Account", "p_AccountType = 'Accounts Payable'"):
        if account.body["CurrencyRef"]["value"] == currency:
            return account.id
        first = first or account
    if first is None:
        raise faults.business("There is no Accounts Payable account.")
    name = f"{first.body['Name']} - {currency}"
    twin = {**first.body, "Name": name, "FullyQualifiedName": name, "CurrencyRef": reference_to(currency)}
    for key in ("CurrentBalance", "CurrentBalanceWithSubAccounts"):
        twin[key] = 0
    return company.insert("Account", twin).id


def paid_from(company: Company, body: Body) -> int:
    """The bank or credit card account that a payment of bills leaves."""
    reference = (body.get("CheckPayment") or {}).get("BankAccountRef") or (
        body.get("CreditCardPayment") or {}
    ).get("CCAccountRef")
    if not reference:
        raise faults.missing("CheckPayment.BankAccountRef")
    return company.refer("Account", reference, reference).id
