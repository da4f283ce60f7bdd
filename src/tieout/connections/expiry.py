"""Ends that come: permissions that nobody uses are renewed in time, and people are warned while they can still act."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from tieout.connections.notices import BANDS, EXPIRES, called, connection_lost, grant_lost
from tieout.connections.renewal import Renewal
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded, TieoutError
from tieout.security.notices import News, over, tell
from tieout.storage.companies import Company
from tieout.storage.grants import GOOD, StoredGrant
from tieout.storage.unit_of_work import Work

RENEW_AFTER: Final = timedelta(days=7)
"""A permission that was not renewed for so long is renewed, although nobody needs its token now."""
WATCHED: Final = ("connected", "needs_reconnect", "paused")
log = structlog.get_logger()


def warn_of_expiry(edges: Edges) -> int:
    """Renew what stands by unused, then warn of permissions that end within days; says how many warnings were new.

    Called every hour. People are warned once at each of 14, 7 and 2 days before Intuit ends a permission because
    it was not used, or because five years are over; a paused company's too, for it renews nothing by itself.
    """
    renew_unused(edges)
    told = 0
    for status in WATCHED:
        with edges.database.reading() as work:
            ending = [
                one
                for one in work.grants.of_status(status)
                if one.ends_at - edges.clock.now() <= timedelta(days=max(BANDS))
            ]
        for grant in ending:
            with edges.database.transaction() as work:
                told += _warned(edges, work, grant.id)
    return told


def renew_unused(edges: Edges) -> int:
    """Renew the permissions of connected companies that were not renewed for a week; says how many.

    Without it the second and third sign-in of a company would have ended, unused, by the time they are needed.
    """
    with edges.database.reading() as work:
        due = [
            (work.companies.get(one.company), one)
            for one in work.grants.of_status("connected")
            if edges.clock.now() - one.saved_at >= RENEW_AFTER
        ]
    return sum(_renewed(edges, company, grant) for company, grant in due if company is not None)


def _renewed(edges: Edges, company: Company, grant: StoredGrant) -> bool:
    try:
        with edges.turns.of(f"tokens:{company.id}"):
            Renewal(edges, company, grant.id).token(anew=True)
    except ReconnectNeeded as error:
        with edges.database.reading() as work:
            none_left = not work.grants.good(company.id)
        if none_left:
            connection_lost(edges, company, error)
        else:
            grant_lost(edges, company, grant, error)
        return False
    except TieoutError as error:
        # The next hour comes, and there are months left.
        log.warning("renewal", company=company.id, grant=grant.id, error=error.sentence())
        return False
    return True


def _warned(edges: Edges, work: Work, grant_id: str) -> bool:
    """Warn of one permission's end, once for each band it has come into; the wider bands' warnings are over then."""
    grant = work.grants.get(grant_id)
    company = work.companies.get(grant.company) if grant is not None else None
    if grant is None or company is None or grant.state != GOOD:
        return False
    left = grant.ends_at - edges.clock.now()
    bands = [days for days in BANDS if left <= timedelta(days=days)]
    if not bands:
        return False
    for wider in bands[:-1]:
        over(edges, work, company.tenant, EXPIRES, f"{grant.id}:{wider}")
    return tell(
        edges,
        work,
        company.tenant,
        _news(company, grant, max(0, left.days), bands[-1]),
        company=company.id,
    )


def _news(company: Company, grant: StoredGrant, days: int, band: int) -> News:
    if grant.ends_at == grant.hard_expires_at:
        why = "Intuit ends every permission five years after it was given, whatever is done"
    elif company.status == "paused":
        why = "Intuit ends a permission that is not used for 100 days, and the company is paused"
    else:
        why = "Intuit ends a permission that is not used for 100 days, and it could not be renewed"
    left = "less than a day" if days == 0 else "one day" if days == 1 else f"{days} days"
    return News(
        EXPIRES,
        f"{grant.id}:{band}",
        f"The permission of QuickBooks ends in {left}",
        f"{called(grant)} for {company.name}",
        f"{why}; it ends on {grant.ends_at:%Y-%m-%d}",
        "Press Reconnect and sign in to this company at Intuit before that day",
        severity="error" if band == min(BANDS) else "warning",
    )
