"""Access tokens of a company: from the first of its authorised users whom Intuit still accepts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tieout.connections.notices import grant_accepted, grant_lost, grant_refused
from tieout.connections.renewal import Renewal
from tieout.connections.sealing import sealed_tokens
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded
from tieout.qbo.oauth import Grant
from tieout.storage.companies import Company
from tieout.storage.grants import StoredGrant
from tieout.storage.unit_of_work import Work

ALWAYS: Final = timedelta(0)
AT_ONCE: Final = timedelta(minutes=1)
"""A token that is refused so soon after its making is refused for who it speaks for, not for its age."""


def add_grant(
    edges: Edges, work: Work, company_id: str, tokens: Grant, *, client_id: str, label: str, by: str
) -> StoredGrant:
    """Write a new grant behind the company's others, sealed to its row, inside the caller's transaction."""
    grant = edges.ids.new("grant")
    return work.grants.add(
        grant,
        company_id,
        sealed_tokens(edges.keys, company_id, grant, tokens),
        client_id=client_id,
        label=label,
        by=by,
        now=edges.clock.now(),
    )


class Bearer:
    """Gives access tokens of one company, by the first of its users' grants that works, in their order.

    A grant that Intuit refuses for good is lost, people are told, and the next one is taken at once. One whose
    fresh token is refused is passed over for as long as this bearer lives: Intuit's gateway may only be unwell.
    """

    def __init__(self, edges: Edges, company: Company, *, look_again: timedelta = ALWAYS) -> None:
        """`look_again` is how long a token is given again without looking whether the company still has it.

        None at all for whatever writes: a company that was disconnected in between gets nothing more.
        """
        self._edges = edges
        self._company = company
        self._look_again = look_again
        self._renewals: dict[str, Renewal] = {}
        self._passed_over: set[str] = set()
        self._given: tuple[str, str, datetime] | None = None
        """The grant, the token and the instant of the last token that replaced a refused one of the same grant."""
        self._last: tuple[str, datetime] | None = None
        """The token that was last given, and when it was found in the database."""
        self._current = ""
        """The grant that the last token was of."""
        self._several = False
        """There is more than one grant to choose from."""
        self._worked: set[str] = set()
        """Grants with which QuickBooks answered something."""

    def __call__(self, stale: str | None = None) -> str:
        """Give a token; `stale` names one that Intuit just refused. ReconnectNeeded when there is none to be had.

        Errors otherwise as `Renewal.token`.
        """
        # Threads of this process wait for each other here; processes meet at the claim in the database.
        with self._edges.turns.of(f"tokens:{self._company.id}"):
            now = self._edges.clock.now()
            if stale is None and self._last is not None and now - self._last[1] < self._look_again:
                return self._last[0]
            self._last = None
            token = self._token(stale)
            self._last = (token, now)
            return token

    def worked(self) -> None:
        """Hear that QuickBooks answered a call: whoever's grant it was is refused no more."""
        grant = self._current
        if self._several and grant and grant not in self._worked:
            self._worked.add(grant)
            if grant not in self._passed_over:
                grant_accepted(self._edges, self._company, grant)

    def _token(self, stale: str | None) -> str:
        if stale is not None:
            self._pass_over(stale)
        error: ReconnectNeeded | None = None
        while True:
            grant = self._chosen(error)
            try:
                token = self._renewal(grant.id).token(stale)
            except ReconnectNeeded as lost:
                error = lost
                grant_lost(self._edges, self._company, grant, lost)
                continue
            if stale is not None and grant.id == self._current:
                self._given = (grant.id, token, self._edges.clock.now())
            self._current = grant.id
            return token

    def _renewal(self, grant: str) -> Renewal:
        if grant not in self._renewals:
            self._renewals[grant] = Renewal(self._edges, self._company, grant)
        return self._renewals[grant]

    def _pass_over(self, stale: str) -> None:
        """Turn to the next grant when the token that replaced a refused one is refused, too."""
        if self._given is None:
            return
        grant, token, at = self._given
        if token != stale or self._edges.clock.now() - at > AT_ONCE:
            return
        self._passed_over.add(grant)
        grant_refused(self._edges, self._company, grant)

    def _chosen(self, error: ReconnectNeeded | None) -> StoredGrant:
        """Choose the first grant that may still be tried; what the last one ended in when there is none."""
        with self._edges.database.reading() as work:
            grants = work.grants.all(self._company.id)
        good = [one for one in grants if one.state == "good"]
        self._several = len(good) > 1
        for grant in good:
            if grant.id not in self._passed_over:
                return grant
        if error is not None:
            raise error
        why = "its tokens were removed"
        if good:
            why = "QuickBooks refuses every sign-in of it, although Intuit has just renewed them"
        elif grants:
            why = grants[0].why
        raise ReconnectNeeded(
            "This company is not connected", record=self._company.name, reason=why, remedy="Connect it again"
        )
