"""Where a host record's references point in the books: what a document needs to be written down there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tieout.kit.errors import Unmapped


@dataclass(frozen=True)
class Refs:
    """QuickBooks ids for the refs of one document."""

    customer: str
    items: Mapping[str, str] = field(default_factory=dict)
    """By the service's ref."""
    tax_codes: Mapping[str, str] = field(default_factory=dict)
    """By the tax region's ref; in the US also the pseudo codes `TAX` (QuickBooks chooses) and `NON`."""
    invoices: Mapping[str, str] = field(default_factory=dict)
    """By the invoice's ref; for payments."""
    term: str = ""
    country: str = "US"
    """Of the company; it decides how tax is written."""
    untaxed_code: str = ""
    """Outside the US: the tax code of lines without a tax region; "" sends none."""
    deposit_account: str = ""
    """For payments; without one QuickBooks takes Undeposited Funds."""
    payment_method: str = ""
    klass: str = ""
    department: str = ""

    @property
    def is_us(self) -> bool:
        """Tell whether the company writes tax the way of the US."""
        return self.country.upper() in ("", "US", "USA")


def mapped(table: Mapping[str, str], ref: str, called: str, *, record: str) -> str:
    """Look up a ref; Unmapped, naming it, when it is not linked to anything in QuickBooks."""
    found = table.get(ref, "")
    if not found:
        raise Unmapped(
            f"It needs the {called} {ref}, which is not linked to QuickBooks yet",
            record=record,
            reason=f"nothing in QuickBooks stands for this {called}",
            remedy=f"Link the {called} under Matching, then press Retry",
            missing=called,
            ref=ref,
        )
    return found
