"""What every shape shares: names that are known only, amounts as decimal strings, pages with a cursor."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

T = TypeVar("T")


class Shape(BaseModel):
    """A thing on the wire."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    shown_only: ClassVar[frozenset[str]] = frozenset()
    """Names that an answer holds and a request may repeat: they are left aside, so that what was got can be put."""

    @model_validator(mode="before")
    @classmethod
    def _leave_shown_aside(cls, data: Any) -> Any:
        if isinstance(data, dict) and cls.shown_only:
            return {name: value for name, value in data.items() if name not in cls.shown_only}
        return data


def _no_float(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError('amounts are strings such as "12.50", because a JSON number may lose a cent')
    if isinstance(value, bool):
        raise ValueError('amounts are strings such as "12.50"')
    return value


def _written(value: Decimal) -> str:
    """Write an amount without an exponent."""
    return f"{value:f}"


Amount = Annotated[
    Decimal,
    BeforeValidator(
        _no_float, json_schema_input_type=Annotated[str, Field(pattern=r"^-?\d{1,11}(\.\d{1,7})?$")]
    ),
    Field(max_digits=18, decimal_places=7, examples=["129.90"]),
    PlainSerializer(_written, return_type=str, when_used="json"),
]
"""An exact amount, quantity or price that is sent to us: a decimal string."""
ShownAmount = Annotated[Decimal, PlainSerializer(_written, return_type=str, when_used="json")]
"""An exact amount that we show: a decimal string."""


class PageOf(BaseModel, Generic[T]):
    """A page of a listing."""

    items: list[T]
    next: str | None = Field(
        default=None, description="Give this as `after` for the next page; null at the end"
    )
