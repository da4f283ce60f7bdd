"""Fingerprints: whether a host record is still the one that we sent."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from decimal import Decimal

from tieout.domain.documents import HostRecord


def fingerprint(record: HostRecord) -> str:
    """Make a short digest that is equal exactly when every field is; 1.0 and 1.00 are the same number."""
    return hashlib.sha256(repr(_plain(astuple(record))).encode()).hexdigest()[:24]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple | list):
        return tuple(_plain(part) for part in value)
    return str(value)
