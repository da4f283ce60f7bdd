"""Notices: what people were told, the channels they are told through, and how each delivery went."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from tieout.api.asking import After, Asked, CompanyQuery, Limit
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.health import (
    ChannelGiven,
    ChannelShown,
    DeliveryShown,
    NewChannelShown,
    NoticeShown,
    channel_shape,
    delivery_shape,
    new_channel_shape,
    notice_shape,
)
from tieout.connections.channels import (
    add_channel,
    list_channels,
    list_deliveries,
    remove_channel,
    test_channel,
)
from tieout.connections.companies import get_company
from tieout.kit.crypto import Secret
from tieout.security.notices import list_notices, see_notice

router = APIRouter(tags=["Notices"])


@router.get("/notices")
def notices(
    asked: Asked,
    company: CompanyQuery = "",
    standing: Annotated[bool, Query(description="Only those whose cause is not gone")] = False,
    unseen: Annotated[bool, Query(description="Only those that nobody has seen")] = False,
    after: After = "",
    limit: Limit = 50,
) -> PageOf[NoticeShown]:
    """List what people were told, the latest first."""
    chosen = get_company(asked.edges, asked.caller, company=company).id if company else ""
    found = list_notices(
        asked.edges,
        asked.caller,
        company=chosen,
        standing=standing,
        unseen=unseen,
        limit=limit + 1,
        after=after,
    )
    page = found[:limit]
    return PageOf(items=[notice_shape(one) for one in page], next=page[-1].id if len(found) > limit else None)


@router.post("/notices/{notice}/seen")
def seen(asked: Asked, notice: str) -> NoticeShown:
    """Note that somebody has seen a notice."""
    return notice_shape(see_notice(asked.edges, asked.caller, notice=notice))


@router.get("/channels")
def channels(asked: Asked) -> PageOf[ChannelShown]:
    """List the places where people are told."""
    return PageOf(items=[channel_shape(one) for one in list_channels(asked.edges, asked.caller)])


@router.post("/channels")
def add(asked: Asked, body: ChannelGiven) -> NewChannelShown:
    """Add a place where people are told: an e-mail address, or an address that signed posts go to."""
    added = add_channel(
        asked.edges,
        asked.caller,
        kind=body.kind,
        address=body.address,
        least=body.least,
        secret=Secret(body.secret) if body.secret is not None else None,
    )
    return new_channel_shape(added)


@router.delete("/channels/{channel}")
def remove(asked: Asked, channel: str) -> ChannelShown:
    """Remove a channel."""
    return channel_shape(remove_channel(asked.edges, asked.caller, channel=channel))


@router.post("/channels/{channel}/test")
def try_out(asked: Asked, channel: str) -> ChannelShown:
    """Send a trial notice through a channel now, and answer when it arrived."""
    return channel_shape(test_channel(asked.edges, asked.caller, channel=channel))


@router.get("/deliveries")
def deliveries(
    asked: Asked,
    channel: Annotated[str, Query(max_length=100)] = "",
    notice: Annotated[str, Query(max_length=100)] = "",
    limit: Limit = 50,
) -> PageOf[DeliveryShown]:
    """List how notices went out, the latest first."""
    found = list_deliveries(asked.edges, asked.caller, channel=channel, notice=notice, limit=limit)
    return PageOf(items=[delivery_shape(one) for one in found])
