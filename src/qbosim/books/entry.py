"""A double entry in the making: postings in a form's own currency and in home currency, for the same parties."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from qbosim.books.ledger import Posting, to_cents
from qbosim.records.layout import Body


class Entry:
    """The postings of one form, added one by one.

    What an addition does not say itself is the form's: its parties, its class and its location. `sign` is 1 for what is
    sold or bought, -1 for what is taken or given back.
    """

    def __init__(
        self,
        body: Body,
        sign: int,
        *,
        customer: int | None = None,
        vendor: int | None = None,
        employee: int | None = None,
    ) -> None:
        self._rate = Decimal(body.get("ExchangeRate", 1))
        self._sign = sign
        self._customer = customer
        self._vendor = vendor
        self._employee = employee
        self._klass = id_of(body.get("ClassRef"))
        self._department = id_of(body.get("DepartmentRef"))
        self.postings: list[Posting] = []

    @property
    def foreign_rest(self) -> int:
        """Cents in the form's currency that are still to be explained, before the sign."""
        return sum(posting.foreign for posting in self.postings) * self._sign

    def add(
        self,
        account: int,
        amount: Decimal,
        *,
        customer: int | None = None,
        item: int | None = None,
        quantity: int | None = None,
        klass: int | None = None,
        memo: str = "",
    ) -> None:
        """Add `amount` in the form's currency; a debit is positive when the sign is 1."""
        foreign = to_cents(amount)
        self.postings.append(
            Posting(
                account,
                home_cents(foreign, self._rate) * self._sign,
                foreign * self._sign,
                customer=customer if customer is not None else self._customer,
                vendor=self._vendor,
                employee=self._employee,
                item=item,
                quantity=quantity * self._sign if quantity is not None else None,
                klass=klass if klass is not None else self._klass,
                department=self._department,
                memo=memo,
            )
        )

    def settle_rounding(self) -> None:
        """Give the cents that conversion left over to the last posting, so that home amounts balance."""
        rest = sum(posting.amount for posting in self.postings)
        if rest:
            last = self.postings[-1]
            self.postings[-1] = replace(last, amount=last.amount - rest)


def home_cents(foreign: int, rate: Decimal) -> int:
    """Cents of another currency in home currency, at `rate` home units for one of it, rounded half up."""
    return foreign if rate == 1 else to_cents(Decimal(foreign) / 100 * rate)


def id_of(reference: Body | None) -> int | None:
    """The number a reference leads to, or None."""
    return int(reference["value"]) if reference and str(reference.get("value", "")).isdecimal() else None
