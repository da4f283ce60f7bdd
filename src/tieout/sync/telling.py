"""What a cycle tells people when it ends: new issues that need somebody, and cycles that keep failing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tieout.domain.issues import BY_NAME
from tieout.edges import Edges
from tieout.kit.meters import CYCLES
from tieout.security.notices import News, over, tell
from tieout.storage.unit_of_work import Work

IN_A_ROW: Final = 3
"""Failed cycles before people are told."""
TROUBLED: Final = timedelta(minutes=30)
"""How long cycles may meet trouble that they try again after, such as an Intuit that does not answer."""


def tell_of_cycle(edges: Edges, work: Work, company: str) -> None:
    """Tell what the cycle that just ended means for people; called in the transaction that ends it."""
    known = work.companies.get(company)
    latest = work.cycles.list(company, limit=IN_A_ROW)
    if known is None or not latest:
        return
    took = (latest[0].finished_at or latest[0].started_at) - latest[0].started_at
    CYCLES.labels(latest[0].state).observe(took.total_seconds())
    _of_issues(edges, work, known.tenant, company, known.name, latest[0].started_at)
    now = edges.clock.now()
    if not latest[0].error:
        over(edges, work, known.tenant, "cycle.failing", company)
        return
    failed = len(latest) == IN_A_ROW and all(one.state == "failed" for one in latest)
    since = None if failed else work.cycles.troubled_since(company)
    if failed or (since is not None and since <= now - TROUBLED):
        news = News(
            "cycle.failing",
            company,
            "The synchronisation of a company keeps failing",
            known.name,
            latest[0].error,
            "Run `tieout doctor`; nothing is lost meanwhile, and cycles go on trying",
            "error",
        )
        tell(edges, work, known.tenant, news, company=company)


def _of_issues(edges: Edges, work: Work, tenant: str, company: str, name: str, since: datetime) -> None:
    """Tell how many issues a cycle opened; told anew with the next ones, over when none is open."""
    # The connection's own issue is told as what it is.
    kinds = [kind for kind in work.overview.opened_since(company, since) if kind != "connection.auth"]
    if not kinds:
        if not work.overview.open_issues(company=company):
            over(edges, work, tenant, "issues.new", company)
        return
    titles = list(dict.fromkeys(BY_NAME[kind].title for kind in kinds if kind in BY_NAME))
    grave = any(BY_NAME[kind].severity == "error" for kind in kinds if kind in BY_NAME)
    over(edges, work, tenant, "issues.new", company)
    news = News(
        "issues.new",
        company,
        "A new issue needs a person" if len(kinds) == 1 else f"{len(kinds)} new issues need a person",
        name,
        "; ".join(titles[:5]) + (" and more" if len(titles) > 5 else ""),
        "Open the list of issues: each says what happened and what you can do",
        "error" if grave else "warning",
    )
    tell(edges, work, tenant, news, company=company)
