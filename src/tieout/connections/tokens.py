"""Access tokens: refreshed early, by one process at a time, and stored before they are used.

Intuit rotates the refresh token about every 24 hours and refuses the old value after that, so two refreshes
at once can cost a company its connection. The right to refresh is a row claimed in the database; whoever does
not get it waits for what the other one stores.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tieout.connections.apps import oauth_app
from tieout.connections.notices import connection_lost
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded, TieoutError, Unreachable
from tieout.qbo.oauth import Grant
from tieout.storage.companies import Company
from tieout.storage.tokens import StoredGrant
from tieout.storage.unit_of_work import Work

EARLY: Final = timedelta(minutes=5)
"""An access token lives an hour; it is renewed when this much is left."""
REFRESH_LEASE: Final = timedelta(seconds=40)
"""How long one process may take for a refresh; longer than the call's time-out."""
POLL_SECONDS: Final = 0.2


def store_grant(edges: Edges, work: Work, company_id: str, grant: Grant) -> None:
    """Write a grant, sealed to its company, inside the caller's transaction."""
    work.tokens.save(
        company_id,
        access=edges.keys.seal(grant.access_token, row=f"token:{company_id}:access"),
        refresh=edges.keys.seal(grant.refresh_token, row=f"token:{company_id}:refresh"),
        access_expires_at=grant.access_expires_at,
        refresh_expires_at=grant.refresh_expires_at,
        hard_expires_at=grant.hard_expires_at,
        now=edges.clock.now(),
    )


class Bearer:
    """Gives the access token of one company, refreshing it when it is about to end or was refused."""

    def __init__(self, edges: Edges, company: Company) -> None:
        self._edges = edges
        self._company = company
        self._owner = f"{edges.owner}:{edges.ids.new('bearer')}"

    def __call__(self, stale: str | None = None) -> str:
        """Give a token; `stale` names one that Intuit just refused. ReconnectNeeded when there is none to be had."""
        edges, company = self._edges, self._company
        give_up = edges.clock.now() + 2 * REFRESH_LEASE
        while True:
            with edges.database.reading() as work:
                stored = work.tokens.get(company.id)
            if stored is None:
                raise self._lost("the tokens of this company were removed")
            token = self._usable(stored, edges.clock.now(), stale)
            if token is not None:
                return token
            if self._claim():
                return self._refresh(stale)
            if edges.clock.now() >= give_up:
                raise Unreachable(
                    "The access token could not be renewed yet",
                    record=company.name,
                    reason="another process holds the right to renew it and has not finished",
                    remedy="It is tried again by itself",
                )
            edges.clock.sleep(POLL_SECONDS)

    def _usable(self, stored: StoredGrant, now: datetime, stale: str | None) -> str | None:
        if stored.access_expires_at - EARLY <= now:
            return None
        token = self._edges.keys.open(stored.access, row=f"token:{self._company.id}:access")
        return None if token == stale else token

    def _claim(self) -> bool:
        edges = self._edges
        with edges.database.transaction() as work:
            return work.tokens.claim_refresh(
                self._company.id, owner=self._owner, now=edges.clock.now(), lease_for=REFRESH_LEASE
            )

    def _refresh(self, stale: str | None) -> str:
        """Ask Intuit for a new grant and store it; the claim is ours."""
        edges, company = self._edges, self._company
        with edges.database.reading() as work:
            stored = work.tokens.get(company.id)
            app = oauth_app(edges, work, company.tenant, company.environment)
        if stored is None:
            raise self._lost("the tokens of this company were removed")
        token = self._usable(stored, edges.clock.now(), stale)
        if token is not None:
            # Somebody renewed it between our look and our claim: a second renewal would be one too many.
            self._release()
            return token
        refresh_token = edges.keys.open(stored.refresh, row=f"token:{company.id}:refresh")
        try:
            grant = app.refresh(refresh_token, now=edges.clock.now())
        except ReconnectNeeded as error:
            self._release()
            connection_lost(edges, company, error)
            raise
        except TieoutError:
            # The old refresh token stays good until Intuit rotates it (about a day), so asking again is safe.
            self._release()
            raise
        with edges.database.transaction() as work:
            store_grant(edges, work, company.id, grant)
            work.tokens.release_refresh(company.id, owner=self._owner)
        return grant.access_token

    def _release(self) -> None:
        with self._edges.database.transaction() as work:
            work.tokens.release_refresh(self._company.id, owner=self._owner)

    def _lost(self, why: str) -> ReconnectNeeded:
        return ReconnectNeeded(
            "This company is not connected",
            record=self._company.name,
            reason=why,
            remedy="Connect it again",
        )
