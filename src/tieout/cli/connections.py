"""The commands `connect`, `disconnect` and `companies`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.files import read_secret
from tieout.cli.installation import installation_of
from tieout.cli.terminal import Json, put_json, put_json_line, say, table, when, whisper
from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from tieout.edges import Edges
    from tieout.kit.crypto import Secret
    from tieout.security.callers import Caller
    from tieout.storage.companies import Company

SECRET_VARIABLE = "TIEOUT_CLIENT_SECRET"  # noqa: S105  a name


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("connect")(connect)
    app.command("disconnect")(disconnect)
    app.command("companies")(companies)


def connect(
    context: typer.Context,
    client_id: Annotated[
        str, typer.Option(help="Client id of your Intuit app; kept, so it is needed once.", metavar="ID")
    ] = "",
    secret_file: Annotated[
        Path | None,
        typer.Option(
            help=f"File that holds the client secret; - is stdin. Otherwise {SECRET_VARIABLE}, or you are asked.",
            metavar="FILE",
        ),
    ] = None,
    environment: Annotated[
        str, typer.Option(help="production or sandbox; without it TIEOUT_ENVIRONMENT.")
    ] = "",
    refresh_token_file: Annotated[
        Path | None,
        typer.Option(
            help="Connect without a browser: file that holds a refresh token of the same app; - is stdin.",
            metavar="FILE",
        ),
    ] = None,
    realm: Annotated[
        str, typer.Option(help="The QuickBooks company id that the refresh token is for.", metavar="ID")
    ] = "",
    reconnect: Annotated[
        str, typer.Option(help="The company that must come back; another one is refused.", metavar="NAME")
    ] = "",
    add: Annotated[
        bool,
        typer.Option("--add", help="With --reconnect: one more person's sign-in, behind the former ones."),
    ] = False,
    who: Annotated[
        str, typer.Option("--as", help="Who signs in at Intuit, as you call them.", metavar="NAME")
    ] = "",
    access: Annotated[
        str, typer.Option(help="read_only or read_write; without it a known company stays as it is.")
    ] = "",
    shared: Annotated[
        bool,
        typer.Option(
            "--shared", help="Keep the app for every tenant that has none of its own, and stop there."
        ),
    ] = False,
    app_only: Annotated[bool, typer.Option("--app-only", help="Only keep the credentials.")] = False,
    callback_port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, help="Port on which the browser's return is awaited; 0 takes a free one."
        ),
    ] = 8788,
    browser: Annotated[bool, typer.Option(help="Open the browser, when there is one.")] = True,
    wait: Annotated[int, typer.Option(min=1, max=3600, help="Seconds to wait for the sign-in.")] = 600,
    as_json: Json = False,
) -> None:
    """Connect a QuickBooks company: keep the Intuit app's credentials, then sign in at Intuit in a browser.

    The secret is never given on the command line, where other users of this computer could read it.
    With --json every line is a JSON document: the address to open, then the company.
    """
    from tieout.connections.apps import save_app, share_app
    from tieout.connections.companies import get_company
    from tieout.connections.oauth import ALL, BESIDE

    installation = installation_of(context)
    settings = installation.settings(environment=environment or None)
    if (refresh_token_file is None) != (not realm):
        given, missing = ("--realm", "--refresh-token-file") if realm else ("--refresh-token-file", "--realm")
        raise Invalid(
            "A connection without a browser needs two things",
            record=given,
            reason=f"{missing} is missing",
            remedy=f"Add {missing}, or leave both out and sign in with a browser",
        )
    secret = _client_secret(secret_file) if client_id else None
    if secret is None and secret_file is not None:
        raise Invalid(
            "A client secret was given without its client id",
            record=str(secret_file),
            reason="the two belong together",
            remedy="Add --client-id ID",
        )
    token = read_secret(refresh_token_file, what="refresh token") if refresh_token_file else None
    with installation.opened(settings) as (edges, caller):
        if secret is not None:
            keep = share_app if shared else save_app
            keep(edges, caller, environment=settings.environment, client_id=client_id, client_secret=secret)
        if app_only or shared:
            _tell_app(edges, caller, settings.environment, as_json)
            return
        expected = get_company(edges, caller, company=reconnect) if reconnect else None
        if token is not None:
            from tieout.connections.oauth import connect_with_refresh_token

            company = connect_with_refresh_token(
                edges,
                caller,
                environment=settings.environment,
                realm_id=realm,
                refresh_token=token,
                expected=expected.realm_id if expected else "",
                instead_of=BESIDE if add else ALL,
                label=who,
                access=access,
            )
        else:
            company = _by_browser(
                edges,
                caller,
                environment=settings.environment,
                reconnect=expected.id if expected else "",
                instead_of=BESIDE if add else ALL,
                label=who,
                access=access,
                port=callback_port,
                seconds=wait,
                open_browser=browser,
                as_json=as_json,
            )
    _tell_connected(company, as_json)


def _by_browser(
    edges: Edges,
    caller: Caller,
    *,
    environment: str,
    reconnect: str,
    instead_of: str,
    label: str,
    access: str,
    port: int,
    seconds: int,
    open_browser: bool,
    as_json: bool,
) -> Company:
    """Send a browser to Intuit and wait for it to come back to this machine."""
    from tieout.cli.callback import Answer, Listener
    from tieout.connections.oauth import begin_connection, finish_connection
    from tieout.kit.crypto import Secret

    listener = Listener(port)
    # This process is the session: nobody else knows this value, and it ends with the command.
    session = Secret(edges.ids.token())
    started = begin_connection(
        edges,
        caller,
        environment=environment,
        redirect_uri=listener.redirect_uri,
        session=session,
        reconnect=reconnect,
        instead_of=instead_of,
        label=label,
        access=access,
    )
    if as_json:
        put_json_line({"event": "open", "url": started.url, "redirect_uri": listener.redirect_uri})
    else:
        whisper(f"Open this address, sign in, and choose the company:\n\n  {started.url}\n")
        whisper(f"Your Intuit app must list this redirect address: {listener.redirect_uri}")
    if open_browser and sys.stderr.isatty():
        typer.launch(started.url)
    connected: list[Company] = []

    def finish(answer: Answer) -> str:
        company = finish_connection(
            edges,
            caller,
            state=Secret(started.state),
            session=session,
            code=Secret(answer.code),
            realm_id=answer.realm_id,
        )
        connected.append(company)
        return f"{company.name} is connected."

    listener.wait(state=started.state, clock=edges.clock, seconds=seconds, finish=finish)
    return connected[0]


def _client_secret(file: Path | None) -> Secret:
    """Get the client secret from a file, the environment or a person; Invalid when there is nobody to ask."""
    from tieout.kit.crypto import Secret

    if file is not None:
        return read_secret(file, what="client secret")
    if os.environ.get(SECRET_VARIABLE):
        return Secret(os.environ[SECRET_VARIABLE])
    if not sys.stdin.isatty():
        raise Invalid(
            "The client secret is missing",
            record=SECRET_VARIABLE,
            reason="it was neither in a file nor in the environment, and there is nobody to ask",
            remedy=f"Give --secret-file FILE, or set {SECRET_VARIABLE}",
        )
    return Secret(typer.prompt("Client secret", hide_input=True, err=True))


def _tell_app(edges: Edges, caller: Caller, environment: str, as_json: bool) -> None:
    from tieout.api.shapes.connections import app_shape
    from tieout.connections.apps import show_app
    from tieout.wiring import Settings

    app = show_app(edges, caller, environment=environment)
    if as_json:
        put_json(app_shape(app, Settings().base_url()))
    elif app.ready:
        say(f"The {environment} app {app.client_id} is kept; its secret ends in …{app.secret_ending}.")
    else:
        say(f"No {environment} app is kept yet: tieout connect --client-id ID --app-only")


def _tell_connected(company: Company, as_json: bool) -> None:
    if as_json:
        from tieout.api.shapes.companies import company_shape

        put_json_line({"event": "connected", "company": company_shape(company).model_dump(mode="json")})
        return
    say(f"Connected: {company.name} ({company.realm_id}, {company.country} {company.currency}).")
    say("Next: tieout import")


def disconnect(
    context: typer.Context,
    company: Annotated[
        str, typer.Argument(help="A company's id, realm id or name; without it the default one.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Disconnect a company: its tokens are revoked and removed; links and history stay."""
    from tieout.api.shapes.companies import company_shape
    from tieout.connections.companies import get_company
    from tieout.connections.ending import disconnect as end

    with installation_of(context).opened() as (edges, caller):
        chosen = get_company(edges, caller, company=company)
        if not yes:
            _ask(
                f"Disconnect {chosen.name} ({chosen.realm_id})? Links and history stay; nothing is sent any more."
            )
        gone = end(edges, caller, company=chosen.id)
    if as_json:
        put_json(company_shape(gone))
    else:
        say(f"{gone.name} is disconnected.")


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise Invalid(
            "It was not confirmed", record=question, reason="there is nobody to ask here", remedy="Add --yes"
        )
    typer.confirm(question, abort=True, err=True)


def companies(context: typer.Context, as_json: Json = False) -> None:
    """List the connected companies, the default one first."""
    from tieout.api.shapes.companies import company_shape
    from tieout.connections.companies import list_companies

    with installation_of(context).opened() as (edges, caller):
        found = list_companies(edges, caller)
    if as_json:
        put_json([company_shape(one) for one in found])
        return
    if not found:
        say("No company is connected yet: tieout connect --client-id ID")
        return
    table(
        ("Company", "Realm", "Country", "Currency", "Environment", "Status", "Complete up to"),
        [
            (
                one.name + (" (default)" if one.is_default else ""),
                one.realm_id,
                one.country,
                one.currency,
                one.environment,
                one.status.replace("_", " "),
                when(one.complete_until),
            )
            for one in found
        ],
    )
