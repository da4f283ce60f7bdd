"""Account types as parameters of reports spell them, and the accounts of those types."""

from __future__ import annotations

from collections.abc import Mapping

from qbosim import faults
from qbosim.reports.names import Names

_TYPES = {
    "accountspayable": "Accounts Payable",
    "accountsreceivable": "Accounts Receivable",
    "bank": "Bank",
    "costofgoodssold": "Cost of Goods Sold",
    "creditcard": "Credit Card",
    "equity": "Equity",
    "expense": "Expense",
    "fixedasset": "Fixed Asset",
    "income": "Income",
    "longtermliability": "Long Term Liability",
    "othercurrentasset": "Other Current Asset",
    "othercurrentliability": "Other Current Liability",
    "otherasset": "Other Asset",
    "otherexpense": "Other Expense",
    "otherincome": "Other Income",
    "nonposting": "Non-Posting",
}
"""Account types as the parameter spells them (Intuit's documentation of AccountList)."""


def accounts_of_types(names: Names, sent: Mapping[str, str], name: str) -> list[int]:
    """Ids of the accounts of the types that the parameter `name` lists. Raises 2170 for a word that is no type."""
    kinds = set()
    for word in sent.get(name, "").split(","):
        kind = _TYPES.get("".join(word.lower().split()))
        if kind is None:
            raise faults.bad_choice(name, word.strip())
        kinds.add(kind)
    return [account.id for account in names.accounts_of(kinds)]
