"""A company fresh from the sign-up page: chart of accounts, terms, tax codes and preferences, and nothing else."""

from __future__ import annotations

from qbosim.clock import Clock
from qbosim.store import Store


def create_company(
    store: Store,
    clock: Clock,
    realm: str,
    *,
    name: str,
    country: str = "US",
    home_currency: str = "USD",
    seed: int = 0,
    custom_txn_numbers: bool = False,
) -> None:
    """Make the company `realm` usable."""
    raise NotImplementedError
