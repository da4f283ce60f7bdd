"""Failed calls to QuickBooks, for people: what it was, how it failed, and Intuit's id that its support asks for."""

from __future__ import annotations

from tieout.connections.companies import found
from tieout.domain.permissions import READ
from tieout.security.operation import Act, operation
from tieout.storage.failed_calls import FailedCall


@operation("connection.calls", needs=READ, writes=False)
def list_failed_calls(act: Act, *, company: str = "", limit: int = 50) -> list[FailedCall]:
    """List a company's latest failed calls to QuickBooks, the newest first, with Intuit's id of each."""
    chosen = found(act.work, act.caller.tenant, company)
    return act.work.failed_calls.latest(chosen.id, limit)
