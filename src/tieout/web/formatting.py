"""Formatting: money, dates and instants as people read them. Instants are shown in UTC, and say so.

A browser with scripts rewrites instants into its own time zone; without, UTC is what stands there.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from markupsafe import Markup, escape

from tieout.domain.money import places, rounded

MINUTE, HOUR, DAY = 60, 3600, 86400


def money(amount: Decimal | None, currency: str) -> str:
    """Write an amount with its coins and thousands, without its currency; a dash for none."""
    if amount is None:
        return "–"
    code = currency or "USD"
    return f"{rounded(amount, code):,.{places(code)}f}".replace("-", "\u2212")


def number(value: Decimal | None) -> str:
    """Write a quantity or a rate without needless zeros."""
    return "" if value is None else f"{value.normalize():f}"


def day(value: date | None) -> str:
    """Write a calendar date so that no country reads it wrongly: 2 Mar 2026."""
    return "–" if value is None else f"{value.day} {value:%b %Y}"


def instant(value: datetime | None) -> str:
    """Write an instant in UTC to the minute."""
    return "–" if value is None else f"{value.day} {value:%b %Y, %H:%M} UTC"


def relative(value: datetime | None, now: datetime) -> str:
    """Say how long ago an instant was, or in how long it will be."""
    if value is None:
        return "never"
    seconds = (now - value).total_seconds()
    if abs(seconds) < 45:
        return "just now" if seconds >= 0 else "in a moment"
    span = _span(abs(seconds))
    return f"{span} ago" if seconds > 0 else f"in {span}"


def count(number_of: int, one: str, many: str = "") -> str:
    """Write a number with its noun: `1 invoice`, `2,000 invoices`."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"


def span(seconds: float | None) -> str:
    """Say how long something takes, to the second below a minute; `–` when nobody can say."""
    if seconds is None:
        return "–"
    return count(round(seconds), "second") if seconds < MINUTE else _span(seconds)


def sentence(text: str) -> str:
    """Write a phrase as a sentence: with a capital at its beginning and a full stop at its end."""
    text = text.strip()
    return text and text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!", "…")) else ".")


def ticked(text: str) -> Markup:
    """Show what stands between backticks as something to type; everything else is plain text."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _span(seconds: float) -> str:
    for size, one in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= size * 0.98:
            return count(round(seconds / size), one)
    return "a minute"
