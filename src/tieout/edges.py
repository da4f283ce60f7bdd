"""The edges, built once by `wiring` and handed inwards: database, clock, ids, keys, network, hosts.

Everything that Tieout does takes this one value, so that a test, a simulation and an installation differ in
what is inside it and in nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2

from tieout.domain.budget import APP_READS
from tieout.hosts.contract import Host
from tieout.kit.clock import Clock
from tieout.kit.crypto import KeyRing
from tieout.kit.ids import Ids
from tieout.kit.key_file import KeyFile
from tieout.kit.spool import Spool
from tieout.kit.turns import Turns
from tieout.qbo.endpoints import Endpoints
from tieout.qbo.throttle import Throttle
from tieout.storage.database import Database
from tieout.storage.leases import LEASE, InHand


@dataclass(frozen=True)
class Outgoing:
    """How this installation reaches people and watchers outside, as its operator set it."""

    smtp_url: str = ""
    """`smtp://user:password@host:587` or `smtps://…:465`; empty when no mail can be sent."""
    mail_from: str = ""
    """The address that mail is sent from."""
    private_webhooks: bool = False
    """Notices may go to addresses of this network, and without TLS."""
    deadman_url: str = ""
    """Called while all is well, so that its silence tells somebody outside."""
    base_url: str = ""
    """Where people open the page."""


@dataclass(frozen=True)
class Edges:
    """What touches the world outside our code."""

    database: Database
    clock: Clock
    ids: Ids
    keys: KeyRing
    key_file: KeyFile
    """Where the keys come from, to change them."""
    spool: Spool
    """Renewed tokens that are not in the database yet."""
    http: httpx2.Client
    endpoints: Callable[[str], Endpoints]
    """Intuit's addresses for an environment: `production` or `sandbox`."""
    throttle: Callable[[str, str], Throttle]
    """The throttle of a company, by its environment and realm id."""
    host: Callable[[str, str], Host]
    """The host adapter for a tenant, by its name."""
    owner: str
    """This process, in leases."""
    outgoing: Outgoing = Outgoing()
    app_reads: int = APP_READS
    """Metered reads that each Intuit app may cost in a month."""
    in_hand: InHand = field(default_factory=InHand)
    """The companies that this process works on now."""
    turns: Turns = field(default_factory=Turns)
    """Which thread of this process renews a company's tokens."""
    lease: timedelta = LEASE
    """How long what this process holds stays held after it was last heard of."""
    readers: int = 1
    """How many pages of QuickBooks are read at once; one keeps whatever happens in one order."""
