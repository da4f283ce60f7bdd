"""The unit of work: one transaction, with a store for each thing that is kept."""

from __future__ import annotations

from sqlalchemy import Connection

from tieout.storage.allocations import Allocations
from tieout.storage.apps import Apps
from tieout.storage.audit import Audit
from tieout.storage.boxes import Boxes
from tieout.storage.channels import Channels
from tieout.storage.companies import Companies
from tieout.storage.coverage import Coverage
from tieout.storage.cycles import Cycles
from tieout.storage.doors import Doors
from tieout.storage.events import Events
from tieout.storage.failed_calls import FailedCalls
from tieout.storage.grants import Grants
from tieout.storage.host_cursors import HostCursors
from tieout.storage.imports import Imports
from tieout.storage.inbound import InboundChanges
from tieout.storage.intents import Intents
from tieout.storage.issues import Issues
from tieout.storage.jobs import Jobs
from tieout.storage.ledger import Ledger
from tieout.storage.links import Links
from tieout.storage.logins import Logins
from tieout.storage.looks import Looks
from tieout.storage.meta import Meta
from tieout.storage.notices import Notices
from tieout.storage.overview import Overview
from tieout.storage.pushes import Pushes
from tieout.storage.reads import Reads
from tieout.storage.record_lists import RecordLists
from tieout.storage.records import Records
from tieout.storage.sections import Sections
from tieout.storage.settings import Settings
from tieout.storage.tenants import Tenants
from tieout.storage.throttles import Throttles
from tieout.storage.ticks import Ticks
from tieout.storage.timeline import Timeline
from tieout.storage.versions import Versions
from tieout.storage.workers import Workers


class Work:
    """Everything that is kept, within one transaction; good until that ends."""

    def __init__(self, connection: Connection, *, writing: bool) -> None:
        """Open the stores on a connection whose transaction has begun."""
        ticks = Ticks(connection)
        self.companies = Companies(connection, ticks)
        self.grants = Grants(connection)
        self.apps = Apps(connection)
        self.boxes = Boxes(connection)
        self.tenants = Tenants(connection)
        self.logins = Logins(connection)
        self.records = Records(connection)
        self.record_lists = RecordLists(connection)
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
        self.coverage = Coverage(connection)
        self.versions = Versions(connection)
        self.reads = Reads(connection)
        self.doors = Doors(connection)
        self.events = Events(connection)
        self.looks = Looks(connection)
        self.notices = Notices(connection)
        self.channels = Channels(connection)
        self.sections = Sections(connection)
        self.overview = Overview(connection)
        self.throttles = Throttles(connection)
        self.failed_calls = FailedCalls(connection)
        self.jobs = Jobs(connection, ticks)
        self.workers = Workers(connection)
