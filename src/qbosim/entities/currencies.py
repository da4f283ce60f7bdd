"""Which currency a record is in, and when it may be another than the company's own."""

from __future__ import annotations

from qbosim import faults
from qbosim.books.currencies import NAMES, reference_to
from qbosim.records.company import Company
from qbosim.records.layout import Body


def currency_reference(company: Company, sent: Body | None) -> Body:
    """The currency a client asked for, by default the home currency.

    Raises 6000 for a currency other than the home one where multi-currency is off, and 2500 for one that the simulator
    does not know.
    """
    code = str((sent or {}).get("value") or company.home_currency)
    if code not in NAMES:
        raise faults.unknown_reference("Currency", code)
    if code != company.home_currency and not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise faults.business("Multi Currency should be enabled to perform this operation.")
    return reference_to(code)
