"""Accounts: the chart of accounts of the books."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from tieout.domain.money import ZERO
from tieout.domain.seen import SeenAccount
from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.spelling import living_name


class _Account(msgspec.Struct):
    Id: str
    Name: str | None = None
    FullyQualifiedName: str | None = None
    AccountType: str | None = None
    AccountSubType: str | None = None
    CurrentBalance: Decimal | None = None
    Active: bool = True


_DECODER = msgspec.json.Decoder(_Account)


def seen(raw: bytes, home_currency: str = "") -> SeenAccount:  # noqa: ARG001  a balance is in the account's own
    """Translate an account."""
    found = _DECODER.decode(raw)
    name = living_name(found.Name or "")
    return SeenAccount(
        qbo_id=found.Id,
        name=name,
        full_name=living_name(found.FullyQualifiedName or "") or name,
        type=found.AccountType or "",
        subtype=found.AccountSubType or "",
        balance=found.CurrentBalance if found.CurrentBalance is not None else ZERO,
        active=found.Active,
    )


ACCOUNT: Final = Entity(
    name="Account",
    plural="accounts",
    summary="The chart of accounts",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DEACTIVATE,
    active_flag=True,
    columns=Columns(
        name="Name or FullyQualifiedName",
        number="AcctNum",
        balance="CurrentBalance",
        currency="CurrencyRef.value",
    ),
    translation=seen,
)
