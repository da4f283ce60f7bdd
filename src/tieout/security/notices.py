"""Telling people: one notice while its cause stands, owed to every channel that wants it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tieout.domain.permissions import READ
from tieout.edges import Edges
from tieout.kit.errors import NotFound
from tieout.security.operation import Act, operation
from tieout.storage.notices import SEVERITIES, Notice
from tieout.storage.unit_of_work import Work

OPERATOR: Final = "main"
"""The tenant of whoever runs the installation: it exists always, TIEOUT_ACCESS_TOKEN is its token, and it is told what
concerns all of it."""


@dataclass(frozen=True)
class News:
    """What to tell, in four parts."""

    kind: str
    """Such as `connection.lost` or `budget.brake`."""
    about: str
    """The record it is about, by id: with the kind, what makes it one and the same notice."""
    what: str
    record: str
    why: str
    remedy: str
    severity: str = "warning"

    def __post_init__(self) -> None:
        assert self.severity in SEVERITIES, self.severity


def tell(edges: Edges, work: Work, tenant: str, news: News, *, company: str | None = None) -> bool:
    """Tell a tenant's people, unless they were told and the cause still stands; says whether it was news.

    The deliveries are owed in the same transaction: whoever is told of it here is told outside, too.
    """
    if work.notices.standing(tenant, news.kind, news.about) is not None:
        return False
    now = edges.clock.now()
    notice = Notice(
        id=edges.ids.new("ntc"),
        tenant=tenant,
        company=company,
        kind=news.kind,
        about=news.about,
        severity=news.severity,
        what=news.what,
        record=news.record,
        why=news.why,
        remedy=news.remedy,
        told_at=now,
    )
    if not work.notices.add(notice):
        return False
    wanted = [
        channel.id
        for channel in work.channels.list(tenant)
        # A channel that fails is not told through itself that it does.
        if SEVERITIES.index(news.severity) >= SEVERITIES.index(channel.least) and channel.id != news.about
    ]
    work.notices.deliver(notice.id, [(edges.ids.new("dlv"), channel) for channel in wanted], now=now)
    return True


def over(edges: Edges, work: Work, tenant: str, kind: str, about: str) -> bool:
    """Say that the cause of a notice is gone, so that it is told anew when it returns; tells whether it stood."""
    return work.notices.end(tenant, kind, about, now=edges.clock.now())


@operation("notice.list", needs=READ, writes=False)
def list_notices(
    act: Act,
    *,
    company: str = "",
    standing: bool = False,
    unseen: bool = False,
    limit: int = 50,
    after: str = "",
) -> list[Notice]:
    """List what people were told, the latest first: all of it, what still stands, or what nobody has seen."""
    return act.work.notices.list(
        act.caller.tenant, limit, company=company, standing=standing, unseen=unseen, after=after
    )


@operation("notice.seen", needs=READ, writes=True)
def see_notice(act: Act, *, notice: str) -> Notice:
    """Note that somebody has seen a notice; it stands until its cause is gone all the same."""
    tenant, now = act.caller.tenant, act.edges.clock.now()
    if act.work.notices.get(tenant, notice) is None:
        raise NotFound(
            "There is no such notice",
            record=notice,
            reason="it was never told here, or was over long ago and is removed",
            remedy="Choose one of the list of notices",
        )
    act.work.notices.mark_seen(tenant, notice, by=act.caller.actor, now=now)
    seen = act.work.notices.get(tenant, notice)
    assert seen is not None
    return seen
