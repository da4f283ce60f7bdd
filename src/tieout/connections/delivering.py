"""Delivering notices: claimed, sent, recorded; at least once, with a growing pause, and never in a cycle's way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from tieout.connections.mailing import Letter, send_letter
from tieout.connections.posting import post
from tieout.edges import Edges
from tieout.kit.crypto import Secret
from tieout.kit.errors import TieoutError
from tieout.kit.meters import DELIVERIES
from tieout.security.notices import News, over, tell
from tieout.storage.channels import EMAIL, Channel, secret_row
from tieout.storage.notices import Delivery, Notice

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 60, 120, 240, 480))
"""After each failed attempt; after the last of them it is given up."""
HOLD: Final = timedelta(minutes=5)
"""Longer than any attempt takes: a delivery whose sender died is due again then."""
BATCH: Final = 20
TOLD_AFTER: Final = 3
"""Failed attempts before people hear of it through what still works."""


def deliver_due(edges: Edges) -> int:
    """Send the deliveries that are due, each alone; gives how many arrived. Safe from several processes at once."""
    now = edges.clock.now()
    with edges.database.transaction() as work:
        claimed = work.notices.claim_due(now=now, again_at=now + HOLD, limit=BATCH)
    return sum(_attempt(edges, delivery) for delivery in claimed)


def deliver(edges: Edges, channel: Channel, notice: Notice, *, mark: str) -> None:
    """Send one notice through one channel now. Raises Unreachable or Invalid."""
    if channel.kind == EMAIL:
        send_letter(
            edges.outgoing,
            Letter(
                channel.address, f"Tieout: {notice.what}", text_of(edges, notice), mark, edges.clock.now()
            ),
        )
        return
    assert channel.secret is not None, channel
    post(
        channel.address,
        body_of(notice, mark=mark),
        secret=Secret(edges.keys.open(channel.secret, row=secret_row(channel.id))),
        mark=mark,
        at=edges.clock.now(),
        private=edges.outgoing.private_webhooks,
    )


def text_of(edges: Edges, notice: Notice) -> str:
    """Write a notice as a letter: its four parts, when it was told, and where to look."""
    lines = [
        notice.what + ".",
        "",
        f"Record: {notice.record}" if notice.record else "",
        f"Why:    {notice.why}" if notice.why else "",
        f"Do:     {notice.remedy}" if notice.remedy else "",
        "",
        f"Told on {notice.told_at:%Y-%m-%d} at {notice.told_at:%H:%M} UTC. It is told once while it stands.",
        edges.outgoing.base_url,
    ]
    return "\n".join(lines) + "\n"


def body_of(notice: Notice, *, mark: str) -> bytes:
    """Write a notice for a program."""
    said = {
        "delivery": mark,
        "notice": notice.id,
        "kind": notice.kind,
        "about": notice.about,
        "company": notice.company,
        "severity": notice.severity,
        "what": notice.what,
        "record": notice.record,
        "why": notice.why,
        "remedy": notice.remedy,
        "told_at": notice.told_at.isoformat(),
        "times": notice.times,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _attempt(edges: Edges, delivery: Delivery) -> bool:
    with edges.database.reading() as work:
        channel = work.channels.find(delivery.channel)
        notice = work.notices.find(delivery.notice)
    if channel is None or notice is None:
        return False  # removed meanwhile, and the delivery with it
    try:
        deliver(edges, channel, notice, mark=delivery.id)
    except TieoutError as error:
        DELIVERIES.labels(channel.kind, "failed").inc()
        _failed(edges, channel, delivery, error)
        return False
    DELIVERIES.labels(channel.kind, "delivered").inc()
    with edges.database.transaction() as work:
        work.notices.delivered(delivery.id, now=edges.clock.now())
        over(edges, work, channel.tenant, "channel.failing", channel.id)
    return True


def _failed(edges: Edges, channel: Channel, delivery: Delivery, error: TieoutError) -> None:
    tries = delivery.attempts
    pause = PAUSES[tries - 1] if tries <= len(PAUSES) else None
    with edges.database.transaction() as work:
        work.notices.not_delivered(
            delivery.id,
            error=error.sentence()[:1000],
            again_at=edges.clock.now() + pause if pause is not None else None,
        )
        if tries >= TOLD_AFTER:
            news = News(
                kind="channel.failing",
                about=channel.id,
                what="Notices do not arrive at a channel",
                record=channel.address,
                why=f"{tries} attempts failed; the last: {error.reason or error.message}",
                remedy="Correct or remove the channel, then send a trial through it",
            )
            tell(edges, work, channel.tenant, news)
