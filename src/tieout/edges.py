"""The edges, built once by `wiring` and handed inwards: database, clock, ids, keys, network, hosts.

Everything that Tieout does takes this one value, so that a test, a simulation and an installation differ in
what is inside it and in nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from tieout.hosts.contract import Host
from tieout.kit.clock import Clock
from tieout.kit.crypto import KeyRing
from tieout.kit.ids import Ids
from tieout.qbo.endpoints import Endpoints
from tieout.storage.database import Database


@dataclass(frozen=True)
class Edges:
    """What touches the world outside our code."""

    database: Database
    clock: Clock
    ids: Ids
    keys: KeyRing
    http: httpx2.Client
    endpoints: Callable[[str], Endpoints]
    """Intuit's addresses for an environment: `production` or `sandbox`."""
    host: Callable[[str, str], Host]
    """The host adapter for a tenant, by its name."""
    owner: str
    """This process, in leases."""
