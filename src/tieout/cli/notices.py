"""The commands `notices` and `channels`: what people were told, and where they are told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table, when

if TYPE_CHECKING:
    from tieout.storage.channels import Channel

notices_app = typer.Typer(rich_markup_mode=None, help="Show what people were told although nobody asked.")
channels_app = typer.Typer(
    rich_markup_mode=None, help="Show and change where people are told: e-mail, and signed posts to programs."
)
Limit = Annotated[int, typer.Option(min=1, max=500, help="At most so many.")]
ChannelArgument = Annotated[str, typer.Argument(help="The channel's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    notices_app.callback(invoke_without_command=True)(list_)
    notices_app.command("seen")(seen)
    app.add_typer(notices_app, name="notices")
    channels_app.callback(invoke_without_command=True)(channels)
    channels_app.command("add")(add)
    channels_app.command("remove")(remove)
    channels_app.command("test")(try_out)
    channels_app.command("deliveries")(deliveries)
    app.add_typer(channels_app, name="channels")


def list_(
    context: typer.Context,
    company: CompanyOption = "",
    every: Annotated[bool, typer.Option("--all", help="Those whose cause is gone, too.")] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List the notices that stand, the latest first."""
    if context.invoked_subcommand is not None:
        return
    from tieout.api.shapes.health import notice_shape
    from tieout.connections.companies import get_company
    from tieout.security.notices import list_notices

    with installation_of(context).opened() as (edges, caller):
        chosen = get_company(edges, caller, company=company).id if company else ""
        found = list_notices(edges, caller, company=chosen, standing=not every, limit=limit)
    if as_json:
        put_json([notice_shape(one) for one in found])
        return
    if not found:
        say("No notice stands." if not every else "There are none.")
        return
    table(
        ("Notice", "Told", "Grave", "What", "Record", "Why", "What to do"),
        [
            (one.id, when(one.told_at), one.severity, one.what, one.record, one.why, one.remedy)
            for one in found
        ],
    )


def seen(
    context: typer.Context,
    notice: Annotated[str, typer.Argument(help="The notice's id.")],
    as_json: Json = False,
) -> None:
    """Note that you have seen a notice; it stands until its cause is gone."""
    from tieout.api.shapes.health import notice_shape
    from tieout.security.notices import see_notice

    with installation_of(context).opened() as (edges, caller):
        found = see_notice(edges, caller, notice=notice)
    if as_json:
        put_json(notice_shape(found))
    else:
        say(f"Seen: {found.what} ({found.record}).")


def channels(context: typer.Context, as_json: Json = False) -> None:
    """List the channels."""
    if context.invoked_subcommand is not None:
        return
    from tieout.api.shapes.health import channel_shape
    from tieout.connections.channels import list_channels

    with installation_of(context).opened() as (edges, caller):
        found = list_channels(edges, caller)
    if as_json:
        put_json([channel_shape(one) for one in found])
        return
    if not found:
        say("There are none: notices are only shown here. Add one: tieout channels add email ADDRESS")
        return
    table(
        ("Channel", "Kind", "Address", "From"), [(one.id, one.kind, one.address, one.least) for one in found]
    )


def add(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="email or webhook.")],
    address: Annotated[str, typer.Argument(help="An e-mail address, or an https:// address.")],
    least: Annotated[
        str, typer.Option("--from", help="The least grave that it wants: info, warning or error.")
    ] = "warning",
    secret_file: Annotated[
        Path | None,
        typer.Option(help="A file with the secret that posts are signed with; random without it."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Add a place where people are told; a webhook's signing secret is printed this once."""
    from tieout.api.shapes.health import new_channel_shape
    from tieout.cli.files import read_secret
    from tieout.connections.channels import add_channel

    secret = read_secret(secret_file, what="signing secret") if secret_file is not None else None
    with installation_of(context).opened() as (edges, caller):
        added = add_channel(edges, caller, kind=kind, address=address, least=least, secret=secret)
    if as_json:
        put_json(new_channel_shape(added))
        return
    say(f"Added {added.channel.id}: {added.channel.address}.")
    if added.secret is not None and secret is None:
        say(f"Its posts are signed with this secret, which is not shown again: {added.secret.value}")
    say(f"Try it: tieout channels test {added.channel.id}")


def remove(context: typer.Context, channel: ChannelArgument, as_json: Json = False) -> None:
    """Remove a channel with what is still on its way to it."""
    from tieout.connections.channels import remove_channel

    with installation_of(context).opened() as (edges, caller):
        gone = remove_channel(edges, caller, channel=channel)
    _told(gone, "Removed", as_json)


def try_out(context: typer.Context, channel: ChannelArgument, as_json: Json = False) -> None:
    """Send a trial notice through a channel now."""
    from tieout.connections.channels import test_channel

    with installation_of(context).opened() as (edges, caller):
        tried = test_channel(edges, caller, channel=channel)
    _told(tried, "A trial notice arrived at", as_json)


def deliveries(
    context: typer.Context,
    channel: Annotated[str, typer.Option(help="Only this channel's.", metavar="ID")] = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List how notices went out, the latest first."""
    from tieout.api.shapes.health import delivery_shape
    from tieout.connections.channels import list_deliveries

    with installation_of(context).opened() as (edges, caller):
        found = list_deliveries(edges, caller, channel=channel, limit=limit)
    if as_json:
        put_json([delivery_shape(one) for one in found])
        return
    if not found:
        say("There are none.")
        return
    table(
        ("Delivery", "Notice", "Channel", "State", "Attempts", "Tried next", "Trouble"),
        [
            (one.id, one.notice, one.channel, one.state, one.attempts, when(one.due_at), one.error)
            for one in found
        ],
        right=(4,),
    )


def _told(channel: Channel, what: str, as_json: bool) -> None:
    from tieout.api.shapes.health import channel_shape

    if as_json:
        put_json(channel_shape(channel))
    else:
        say(f"{what} {channel.address}.")
