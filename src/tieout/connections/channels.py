"""Channels: where a tenant wants to be told, added, tried, listed and removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tieout.connections.delivering import deliver
from tieout.connections.mailing import check_mail_server
from tieout.connections.posting import check_address, target_of
from tieout.domain.permissions import READ, SETTINGS
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotFound
from tieout.security.operation import Act, Errand, errand, operation
from tieout.storage.channels import EMAIL, WEBHOOK, Channel, secret_row
from tieout.storage.notices import SEVERITIES, Delivery, Notice

KINDS: Final = (EMAIL, WEBHOOK)
MAILBOX: Final = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
SECRET_MIN: Final = 16
"""Characters of a signing secret that somebody brings along."""
CHANNELS_MAX: Final = 20
"""Of one tenant: each notice becomes a delivery to each of them."""


@dataclass(frozen=True)
class NewChannel:
    """A channel that was just added, with the secret that its posts are signed with: shown this once."""

    channel: Channel
    secret: Secret | None


@errand("channel.add", needs=SETTINGS, writes=True)
def add_channel(
    act: Errand, *, kind: str, address: str, least: str = "warning", secret: Secret | None = None
) -> NewChannel:
    """Add a place to be told at: mail to an address, or a signed post to a program.

    `least` is the least grave severity it wants. A webhook without a secret gets a random one. Raises Invalid
    for an address that cannot be used, or mail without a mail server.
    """
    edges = act.edges
    _one_of("kind", kind, KINDS)
    _one_of("severity", least, SEVERITIES)
    if kind == EMAIL:
        check_mail_server(edges.outgoing)
        if not MAILBOX.fullmatch(address):
            raise Invalid(
                "This is no e-mail address",
                record=address[:100],
                reason="one mailbox is needed, without a name beside it",
                remedy="Write it like books@example.com",
            )
        chosen = None
    else:
        check_address(address, private=edges.outgoing.private_webhooks)
        target_of(address, private=edges.outgoing.private_webhooks)
        chosen = secret or Secret(edges.ids.token())
        if len(chosen.value) < SECRET_MIN:
            raise Invalid(
                "The signing secret is too short",
                record=address,
                reason=f"fewer than {SECRET_MIN} characters can be guessed",
                remedy="Leave it out, and a random one is made",
            )
    identity = edges.ids.new("chn")
    channel = Channel(
        id=identity,
        tenant=act.caller.tenant,
        kind=kind,
        address=address,
        least=least,
        created_at=edges.clock.now(),
        created_by=act.caller.actor,
        secret=edges.keys.seal(chosen.value, row=secret_row(identity)) if chosen is not None else None,
    )
    with edges.database.transaction() as work:
        known = work.channels.list(channel.tenant)
        if any((one.kind, one.address) == (kind, address) for one in known):
            raise Invalid(
                "This channel is there already",
                record=address,
                reason="everything would be told twice",
                remedy="Remove the other one first to change what it wants",
            )
        if len(known) >= CHANNELS_MAX:
            raise Invalid(
                "There are too many channels",
                record=address,
                reason=f"a tenant has at most {CHANNELS_MAX}",
                remedy="Remove one, or let one address pass notices on",
            )
        work.channels.add(channel)
    return NewChannel(channel, chosen)


@operation("channel.list", needs=READ, writes=False)
def list_channels(act: Act) -> list[Channel]:
    """List the places where people are told, the oldest first; secrets are not among what is shown."""
    return act.work.channels.list(act.caller.tenant)


@operation("channel.remove", needs=SETTINGS, writes=True)
def remove_channel(act: Act, *, channel: str) -> Channel:
    """Remove a channel with what is still on its way to it; notices stay in the list."""
    chosen = _found(act.work.channels.get(act.caller.tenant, channel), channel)
    act.work.channels.remove(act.caller.tenant, channel)
    act.work.notices.end(act.caller.tenant, "channel.failing", channel, now=act.edges.clock.now())
    return chosen


@errand("channel.test", needs=SETTINGS, writes=True)
def test_channel(act: Errand, *, channel: str) -> Channel:
    """Send a trial notice through a channel now. Raises Unreachable or Invalid with the reason why it did not go."""
    edges = act.edges
    with edges.database.reading() as work:
        chosen = _found(work.channels.get(act.caller.tenant, channel), channel)
    trial = Notice(
        id=edges.ids.new("ntc"),
        tenant=chosen.tenant,
        company=None,
        kind="channel.test",
        about=chosen.id,
        severity="info",
        what="This is a trial notice from Tieout",
        record=chosen.address,
        why=f"{act.caller.actor} asked whether notices arrive here",
        remedy="Nothing: they do",
        told_at=edges.clock.now(),
    )
    deliver(edges, chosen, trial, mark=trial.id)
    return chosen


@operation("delivery.list", needs=READ, writes=False)
def list_deliveries(act: Act, *, channel: str = "", notice: str = "", limit: int = 50) -> list[Delivery]:
    """List how notices went out, the latest first: of one channel, of one notice, or all."""
    return act.work.notices.deliveries(act.caller.tenant, channel=channel, notice=notice, limit=limit)


def _found(channel: Channel | None, wanted: str) -> Channel:
    if channel is None:
        raise NotFound(
            "There is no such channel",
            record=wanted,
            reason="it was removed, or never added here",
            remedy="Choose one of the list of channels",
        )
    return channel


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise Invalid(
            f"There is no such {name}",
            record=value[:100],
            reason=f"it is {', '.join(choices[:-1])} or {choices[-1]}",
            remedy="Give one of these",
        )
