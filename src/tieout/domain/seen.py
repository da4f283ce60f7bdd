"""What QuickBooks showed us, in our own words: translated once at the edge, compared everywhere else.

Ids and SyncTokens are QuickBooks' own strings. Amounts are in the document's currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from tieout.domain.documents import Address, Kind
from tieout.domain.money import ZERO


@dataclass(frozen=True)
class SeenParty:
    """A customer of the books."""

    qbo_id: str
    sync_token: str
    name: str
    full_name: str = ""
    """With its parents: `Parent:Child`."""
    company_name: str = ""
    email: str = ""
    phone: str = ""
    address: Address = field(default_factory=Address)
    tax_id: str = ""
    parent: str = ""
    """The parent customer's id; empty at the top."""
    currency: str = ""
    balance: Decimal = ZERO
    active: bool = True


@dataclass(frozen=True)
class SeenItem:
    """A product or service of the books."""

    qbo_id: str
    sync_token: str
    name: str
    type: str = "Service"
    sku: str = ""
    description: str = ""
    unit_price: Decimal | None = None
    income_account: str = ""
    active: bool = True


@dataclass(frozen=True)
class SeenTaxCode:
    """A sales tax code of the books."""

    qbo_id: str
    name: str
    description: str = ""
    taxable: bool = True
    is_group: bool = False
    """True for a code that stands for rates; the US pseudo codes TAX and NON do not."""
    rate: Decimal | None = None
    """Percent on sales, when the books tell."""
    active: bool = True


@dataclass(frozen=True)
class SeenTerm:
    """A payment term of the books."""

    qbo_id: str
    name: str
    due_days: int | None = None
    """None for a term that falls due on a day of the month."""
    active: bool = True


@dataclass(frozen=True)
class SeenAccount:
    """An account of the books."""

    qbo_id: str
    name: str
    full_name: str
    type: str
    subtype: str = ""
    balance: Decimal = ZERO
    active: bool = True


@dataclass(frozen=True)
class SeenName:
    """A name of a list that is no more than a name to us: a class, a location, a payment method."""

    qbo_id: str
    name: str
    full_name: str = ""
    """With its parents: `Parent:Child`."""
    active: bool = True


@dataclass(frozen=True)
class SeenLine:
    """A line that carries an item or an amount; subtotals are left out."""

    amount: Decimal
    item: str = ""
    """The item's id; empty for words, discounts and shipping."""
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    taxed: bool = False
    sort: str = "item"
    """`item`, `words`, `discount`, `shipping` or `group`."""


@dataclass(frozen=True)
class SeenDocument:
    """An invoice or credit memo as the books show it."""

    kind: Kind
    qbo_id: str
    sync_token: str
    number: str
    customer: str
    """The customer's id; may be empty, since a full update can clear it."""
    customer_name: str
    dated: date
    currency: str
    lines: tuple[SeenLine, ...]
    tax: Decimal
    total: Decimal
    balance: Decimal
    due_date: date | None = None
    memo: str = ""
    voided: bool = False
    updated_at: datetime | None = None
    mark: str = ""
    """The id of the push that wrote it last, when one of ours did."""


@dataclass(frozen=True)
class SeenAllocation:
    """A part of a payment's money and the document it settles."""

    target: str
    """`invoice`, `credit_note`, or the books' own word for anything else."""
    qbo_id: str
    amount: Decimal


@dataclass(frozen=True)
class SeenPayment:
    """A payment as the books show it."""

    qbo_id: str
    sync_token: str
    customer: str
    dated: date
    total: Decimal
    unapplied: Decimal
    currency: str
    allocations: tuple[SeenAllocation, ...] = ()
    reference: str = ""
    note: str = ""
    voided: bool = False
    updated_at: datetime | None = None
    mark: str = ""
    """The id of the push that wrote it last, when one of ours did."""


@dataclass(frozen=True)
class Gone:
    """A record that the books say was deleted."""

    entity: str
    qbo_id: str
    at: datetime | None = None
    merged_into: str = ""
    """The id of the record that it was merged into; empty for one that was simply deleted."""


SeenRecord: TypeAlias = (
    SeenParty | SeenItem | SeenTaxCode | SeenTerm | SeenAccount | SeenName | SeenDocument | SeenPayment
)
