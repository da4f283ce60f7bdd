"""The unit of work: one transaction, with a store for each thing that is kept."""

from __future__ import annotations

from sqlalchemy import Connection

from tieout.storage.allocations import Allocations
from tieout.storage.audit import Audit
from tieout.storage.companies import Companies
from tieout.storage.cycles import Cycles
from tieout.storage.host_cursors import HostCursors
from tieout.storage.imports import Imports
from tieout.storage.inbound import InboundChanges
from tieout.storage.intents import Intents
from tieout.storage.issues import Issues
from tieout.storage.ledger import Ledger
from tieout.storage.links import Links
from tieout.storage.logins import Logins
from tieout.storage.meta import Meta
from tieout.storage.pushes import Pushes
from tieout.storage.records import Records
from tieout.storage.settings import Settings
from tieout.storage.timeline import Timeline
from tieout.storage.tokens import Tokens


class Work:
    """Everything that is kept, within one transaction; good until that ends."""

    def __init__(self, connection: Connection, *, writing: bool) -> None:
        """Open the stores on a connection whose transaction has begun."""
        self.companies = Companies(connection)
        self.tokens = Tokens(connection)
        self.logins = Logins(connection)
        self.records = Records(connection)
        self.imports = Imports(connection)
        self.links = Links(connection)
        self.pushes = Pushes(connection, writing=writing)
        self.issues = Issues(connection)
        self.timeline = Timeline(connection)
        self.intents = Intents(connection, links=self.links, pushes=self.pushes, issues=self.issues)
        self.allocations = Allocations(connection)
        self.inbound = InboundChanges(connection)
        self.cycles = Cycles(connection)
        self.settings = Settings(connection)
        self.audit = Audit(connection)
        self.ledger = Ledger(connection, writing=writing)
        self.host_cursors = HostCursors(connection)
        self.meta = Meta(connection)
