"""What a connection tells people: one issue and one notice while it needs attention, over when it works again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tieout.domain.issues import Finding
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded
from tieout.security.notices import News, over, tell
from tieout.storage.companies import Company
from tieout.storage.grants import StoredGrant
from tieout.storage.unit_of_work import Work

LOST: Final = "connection.lost"
GRANT_LOST: Final = "connection.grant_lost"
GRANT_REFUSED: Final = "connection.grant_refused"
EXPIRES: Final = "connection.expires"
BANDS: Final = (14, 7, 2)
"""Days before the end of a permission at which people are warned, once each."""
_NEVER_ABOVE: Final = timedelta(days=max(BANDS))


def connection_lost(edges: Edges, company: Company, error: ReconnectNeeded) -> None:
    """Stop a company's cycles, open its issue and tell people: nothing improves until somebody connects again.

    A company that somebody disconnected meanwhile stays so, and is no question; one that is paused stays paused.
    """
    why = error.reason or error.message
    remedy = error.remedy or "Press Reconnect and sign in to this company at Intuit"
    finding = Finding(
        kind="connection.auth",
        record_kind="company",
        record=company.id,
        label=company.name,
        what="Accounting connection needs attention",
        why=why,
        remedy=remedy,
        signature="auth",
        facts={"code": str(error.facts.get("code", "")), "tid": str(error.facts.get("tid", ""))},
    )
    news = News(
        LOST,
        company.id,
        "Accounting connection needs attention",
        company.name,
        f"{why}. Nothing is read from QuickBooks or sent to it until somebody connects again",
        remedy,
        severity="error",
    )
    with edges.database.transaction() as work:
        now_is = work.companies.get(company.id)
        if now_is is None or now_is.status == "disconnected":
            return
        if now_is.status != "paused":
            work.companies.set_status(company.id, "needs_reconnect")
        work.issues.open(company.id, finding, now=edges.clock.now(), new_id=edges.ids.new("iss"))
        tell(edges, work, company.tenant, news, company=company.id)


def connection_works(edges: Edges, company_id: str) -> None:
    """Close the issue of a connection that works again, and let its cycles run."""
    with edges.database.reading() as work:
        if not _is_said_lost(work, company_id):
            return
    with edges.database.transaction() as work:
        works_again(edges, work, company_id)


def _is_said_lost(work: Work, company_id: str) -> bool:
    """Tell whether anything says of a connection that it is lost: its status, its issue or a notice."""
    now_is = work.companies.get(company_id)
    if now_is is None:
        return False
    return (
        now_is.status == "needs_reconnect"
        or work.notices.standing(now_is.tenant, LOST, company_id) is not None
        or work.issues.stands(company_id, "connection.auth", "company", company_id)
    )


def works_again(edges: Edges, work: Work, company_id: str) -> None:
    """Say in the caller's transaction that a connection works again; after a loss everything is compared in full."""
    now_is = work.companies.get(company_id)
    if now_is is None:
        return
    now = edges.clock.now()
    work.issues.clear(company_id, "connection.auth", "company", company_id, now=now, how="connected again")
    was_lost = over(edges, work, now_is.tenant, LOST, company_id)
    if now_is.status == "needs_reconnect":
        work.companies.set_status(company_id, "connected")
    if was_lost or now_is.status == "needs_reconnect":
        compare_in_full(work, company_id)
        if now_is.status != "paused":
            work.companies.wake(company_id, now=now)


def compare_in_full(work: Work, company_id: str) -> None:
    """Have every entity of a company compared with QuickBooks in its next cycles, not only what changed."""
    entities = list(work.coverage.all(company_id))
    if entities:
        work.coverage.change(company_id, entities, check_at=None)


def grant_lost(edges: Edges, company: Company, grant: StoredGrant, error: ReconnectNeeded) -> None:
    """Tell that one of several sign-ins was lost and another takes its place; nothing when none is left."""
    with edges.database.transaction() as work:
        now_is = work.grants.get(grant.id)
        left = work.grants.good(company.id)
        if now_is is None or now_is.state != "lost" or not left:
            return
        news = News(
            GRANT_LOST,
            grant.id,
            "A sign-in to QuickBooks was lost",
            f"{called(grant)} for {company.name}",
            f"{now_is.why or error.reason}. The synchronisation goes on as {called(left[0])}",
            "Add this person again under the company's sign-ins, or remove the entry",
        )
        if tell(edges, work, company.tenant, news, company=company.id):
            compare_in_full(work, company.id)


def grant_refused(edges: Edges, company: Company, grant: str) -> None:
    """Tell that QuickBooks refuses one of several sign-ins although Intuit renews it; nothing for the only one."""
    with edges.database.transaction() as work:
        good = work.grants.good(company.id)
        refused = next((one for one in good if one.id == grant), None)
        if refused is None or len(good) < 2:
            return
        news = News(
            GRANT_REFUSED,
            grant,
            "QuickBooks refuses a sign-in",
            f"{called(refused)} for {company.name}",
            "Intuit still renews its token, but QuickBooks turns it away: this person may have lost their rights "
            "there. Another sign-in was used instead",
            "Give this person back the rights of an administrator in QuickBooks, or remove the sign-in",
        )
        tell(edges, work, company.tenant, news, company=company.id)


def grant_accepted(edges: Edges, company: Company, grant: str) -> None:
    """Say that QuickBooks answers with a sign-in: what was told of its refusal is over. Mostly nothing was."""
    with edges.database.reading() as work:
        if work.notices.standing(company.tenant, GRANT_REFUSED, grant) is None:
            return
    with edges.database.transaction() as work:
        over(edges, work, company.tenant, GRANT_REFUSED, grant)


def renewed(edges: Edges, work: Work, tenant: str, before: StoredGrant) -> None:
    """Say in the caller's transaction that a grant was renewed: what was told of its end, or loss, is over."""
    if before.ends_at - edges.clock.now() <= _NEVER_ABOVE:
        for days in BANDS:
            over(edges, work, tenant, EXPIRES, f"{before.id}:{days}")
    if before.state == "lost":
        over(edges, work, tenant, GRANT_LOST, before.id)
        works_again(edges, work, before.company)


def forget_grant(edges: Edges, work: Work, tenant: str, grant: str) -> None:
    """Say in the caller's transaction that whatever was told of a grant is over, because it is gone or new."""
    over(edges, work, tenant, GRANT_LOST, grant)
    over(edges, work, tenant, GRANT_REFUSED, grant)
    for days in BANDS:
        over(edges, work, tenant, EXPIRES, f"{grant}:{days}")


def called(grant: StoredGrant) -> str:
    """Name a grant as people do."""
    return grant.label or f"the sign-in of {grant.authorised_at:%Y-%m-%d}"
