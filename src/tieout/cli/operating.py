"""The commands `tenants` and `keys`: what whoever runs the installation does at its machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import Json, put_json, say, table, when

if TYPE_CHECKING:
    from tieout.connections.keys import KeysShown
    from tieout.connections.tenants import NewToken
    from tieout.storage.tenants import Tenant

tenants_app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="The businesses this installation serves beside the operator's own, each with an access token.",
)
keys_app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="The keys that tokens and secrets are sealed with.",
)
TenantArgument = Annotated[str, typer.Argument(help="The tenant's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    tenants_app.callback(invoke_without_command=True)(list_tenants)
    tenants_app.command("add")(add_tenant)
    tenants_app.command("new-token")(new_token)
    tenants_app.command("remove")(remove_tenant)
    app.add_typer(tenants_app, name="tenants")
    keys_app.callback(invoke_without_command=True)(show_keys)
    keys_app.command("rotate")(rotate)
    keys_app.command("reseal")(reseal)
    keys_app.command("retire")(retire)
    app.add_typer(keys_app, name="keys")


def list_tenants(context: typer.Context, as_json: Json = False) -> None:
    """List the tenants beside the operator's own."""
    if context.invoked_subcommand is not None:
        return
    from tieout.connections import tenants

    with installation_of(context).opened() as (edges, caller):
        found = tenants.list_tenants(edges, caller)
    if as_json:
        put_json([_tenant(one) for one in found])
    elif not found:
        say("There is only the operator's own tenant. Add one: tieout tenants add ID --name NAME")
    else:
        table(("Tenant", "Name", "Since"), [(one.id, one.name, when(one.created_at)) for one in found])


def add_tenant(
    context: typer.Context,
    tenant: Annotated[str, typer.Argument(help="A short id: small letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="The business's name.")] = "",
    as_json: Json = False,
) -> None:
    """Add a tenant, and show its access token this once."""
    from tieout.connections import tenants

    with installation_of(context).opened() as (edges, caller):
        added = tenants.add_tenant(edges, caller, tenant=tenant, name=name)
    _tell_token(added, as_json)


def new_token(context: typer.Context, tenant: TenantArgument, as_json: Json = False) -> None:
    """Give a tenant another access token; the former one opens nothing any more."""
    from tieout.connections import tenants

    with installation_of(context).opened() as (edges, caller):
        given = tenants.new_token(edges, caller, tenant=tenant)
    _tell_token(given, as_json)


def remove_tenant(
    context: typer.Context,
    tenant: TenantArgument,
    confirm: Annotated[
        str, typer.Option(help="The tenant's id once more, when books of the built-in host go with it.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Remove a tenant that has no company any more, with all that is its own."""
    from tieout.connections import tenants

    with installation_of(context).opened() as (edges, caller):
        gone = tenants.remove_tenant(edges, caller, tenant=tenant, confirm=confirm)
    if as_json:
        put_json(_tenant(gone))
    else:
        say(f"{gone.name} is removed.")


def show_keys(context: typer.Context, as_json: Json = False) -> None:
    """Show which keys there are and how many secrets each of them seals; never a key itself."""
    if context.invoked_subcommand is not None:
        return
    from tieout.connections import keys

    with installation_of(context).opened() as (edges, caller):
        shown = keys.show_keys(edges, caller)
    _tell_keys(shown, as_json)


def rotate(context: typer.Context, as_json: Json = False) -> None:
    """Put a new key in front and seal every secret with it, while Tieout runs. Then copy the key file to your backup."""
    from tieout.connections import keys

    with installation_of(context).opened() as (edges, caller):
        shown = keys.rotate_keys(edges, caller)
        backup = edges.key_file.backup()
    _tell_keys(shown, as_json)
    if not as_json:
        say(f"{shown.resealed} secrets were sealed anew. The key file as it was: {backup}")
        say("Backups of the database from before need the old keys, which stay until `tieout keys retire`.")


def reseal(context: typer.Context, as_json: Json = False) -> None:
    """Seal what is still under older keys with the newest, such as after a rotation that was cut off."""
    from tieout.connections import keys

    with installation_of(context).opened() as (edges, caller):
        shown = keys.reseal_all(edges, caller)
    _tell_keys(shown, as_json)


def retire(context: typer.Context, as_json: Json = False) -> None:
    """Take the keys that seal nothing any more out of the key file."""
    from tieout.connections import keys

    with installation_of(context).opened() as (edges, caller):
        shown = keys.retire_keys(edges, caller)
        backup = edges.key_file.backup()
    _tell_keys(shown, as_json)
    if not as_json and shown.retired:
        say(f"Retired: {', '.join(shown.retired)}. They stand in {backup}: keep it with backups from before.")


def _tell_token(given: NewToken, as_json: bool) -> None:
    if as_json:
        put_json({**_tenant(given.tenant), "token": given.token.value})
        return
    say(f"{given.tenant.name} ({given.tenant.id}) has this access token. It is not shown again:")
    say()
    say(f"  {given.token.value}")


def _tell_keys(shown: KeysShown, as_json: bool) -> None:
    if as_json:
        put_json(
            {
                "newest": shown.newest,
                "boxes": shown.boxes,
                "missing": list(shown.missing),
                "resealed": shown.resealed,
                "retired": list(shown.retired),
            }
        )
        return
    rows = [
        (name, number, "seals now" if name == shown.newest else "") for name, number in shown.boxes.items()
    ]
    table(
        ("Key", "Secrets", ""),
        [*rows, *((name, "", "missing in the key file") for name in shown.missing)],
        right=(1,),
    )


def _tenant(one: Tenant) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "created_at": one.created_at.isoformat()}
