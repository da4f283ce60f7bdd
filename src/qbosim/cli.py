"""The command line: `qbosim serve` starts a QuickBooks Online on this machine.

Imports what a command needs only when it runs, so that `--help` is quick; only the list of control doors is
read early.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qbosim.certificates import Certificates
    from qbosim.companies.load import LoadReport
    from qbosim.simulator import Simulator

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="qbosim: a QuickBooks Online that runs on this computer.",
)


def run() -> None:
    """The entry point `qbosim`."""
    app()


@app.callback()
def _root() -> None:
    """qbosim: a QuickBooks Online that runs on this computer."""


def _control_help() -> str:
    """The control plane's list, for --help; read from the doors themselves so that it cannot be out of
    date."""
    if "--help" not in sys.argv:
        return ""
    from qbosim.chaos import KINDS
    from qbosim.control import DOORS

    lines = ["Control plane (JSON in, JSON out):", ""]
    for door in DOORS:
        lines += [f"\b\n{door.method} {door.path}", *_folded(door.doc), ""]
    lines += ["Kinds of planned faults:", "", "\b"]
    lines += [f"{kind:13} {does}" for kind, does in KINDS.items()]
    return "\n".join(lines)


def _folded(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 74, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


@app.command(epilog=_control_help())
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")
    ] = 8790,
    data: Annotated[
        str, typer.Option(help="SQLite file that keeps everything; without it nothing is kept.")
    ] = ":memory:",
    company: Annotated[
        str,
        typer.Option(
            help="What a new simulator starts with: sample, empty, or a folder of QBO objects "
            "(one JSON file per entity holding a list)."
        ),
    ] = "sample",
    seed: Annotated[int, typer.Option(help="Every id and token of a new simulator follows from it.")] = 0,
    throttle: Annotated[bool, typer.Option(help="Refuse with 429 beyond Intuit's limits.")] = True,
    tls: Annotated[
        bool,
        typer.Option(
            "--tls",
            help="Speak https, with a certificate for localhost and Intuit's host names, "
            "signed by a throw-away authority.",
        ),
    ] = False,
    ca_dir: Annotated[
        str,
        typer.Option(
            help="With --tls: the folder that keeps the authority; by default beside --data, "
            "or a new one each time."
        ),
    ] = "",
) -> None:
    """Serve the Accounting API, OAuth and discovery under one address, until stopped.

    Prints one line of JSON when ready: url, client_id, client_secret, realm_id, webhook_verifier, and with
    --tls ca, the certificate that clients have to trust. The addresses are Intuit's, with this server in
    place of Intuit's hosts: /v3/company/<realm>/…, /connect/oauth2, /oauth2/v1/tokens/bearer,
    /v2/oauth2/tokens/revoke, /.well-known/openid_sandbox_configuration.

    People find a console at /qbosim/console: companies, records, reports, requests, faults, webhooks, clock.
    """
    from qbosim.server import Server

    if ca_dir and not tls:
        _fail("The simulator was not started", "--ca-dir", "it keeps what only --tls needs", "add --tls")
    with (
        _opened_alone(data, company, seed, throttle) as simulator,
        _certificates(ca_dir or (f"{data}.tls" if data != ":memory:" else ""), host)
        if tls
        else nullcontext() as made,
    ):
        try:
            server = Server(simulator, host=host, port=port, tls=made)
        except OSError as error:
            _fail(
                "The simulator was not started",
                f"{host}:{port}",
                f"this address cannot be listened on ({error.strerror})",
                "stop the program that uses the port, or choose another one (--port 0 picks a free one)",
            )
        server.run(ready=lambda: _announce(simulator, server.url, made))


@app.command()
def generate(
    data: Annotated[Path, typer.Option(help="The file to write; there must be none yet.")],
    customers: Annotated[
        int, typer.Option(min=1, max=100_000, help="Customers, their sites included.")
    ] = 200,
    invoices: Annotated[int, typer.Option(min=1, max=20_000_000, help="Invoices in all.")] = 10_000,
    years: Annotated[int, typer.Option(min=1, max=20, help="Whole years up to this month.")] = 3,
    seed: Annotated[int, typer.Option(help="Everything that happened follows from it.")] = 0,
) -> None:
    """Write the books of a managed service provider into a file, for `qbosim serve --data`.

    Monthly agreements, projects, payments as late as in life, bills, payroll, and some mistakes that were put right. About
    twice as many transactions as invoices come of it.
    """
    from qbosim.generate.msp import Size
    from qbosim.generated_file import CannotGenerate, generate_file

    try:
        report = generate_file(data, Size(customers, invoices, years), seed)
    except CannotGenerate as error:
        _fail("Nothing was generated", f"--data {data}", str(error), "give a path where there is no file yet")
    listed = ", ".join(f"{count} {entity}" for entity, count in report.items())
    typer.echo(f"qbosim: {data} holds {listed}.")


@app.command()
def export(
    data: Annotated[Path, typer.Option(help="The file that a simulator keeps everything in.")],
    to: Annotated[Path, typer.Option(help="The folder to write; there must be none yet, or an empty one.")],
    realm: Annotated[str, typer.Option(help="Which company; without it the first one.")] = "",
    reports: Annotated[
        bool, typer.Option("--reports", help="Also write the statements of all days, under reports/.")
    ] = False,
) -> None:
    """Write a company as a folder of QBO objects, one JSON file per entity, that `--company` loads again."""
    from qbosim.companies.export import CannotExport, export_company

    if not data.is_file():
        _fail("Nothing was exported", f"--data {data}", "there is no such file", "name the file of --data")
    with _opened(str(data), "sample", 0, throttle=False) as simulator:
        known = [each.realm for each in simulator.companies()]
        chosen = realm or known[0]
        if chosen not in known:
            _fail(
                "Nothing was exported",
                f"--realm {chosen}",
                f"{data} holds no such company",
                f"name one of {', '.join(known)}",
            )
        try:
            report = export_company(simulator.store, chosen, to, reports=simulator.api if reports else None)
        except CannotExport as error:
            _fail("Nothing was exported", f"--to {to}", str(error), "name a folder that is not there yet")
    listed = ", ".join(f"{count} {entity}" for entity, count in report.items())
    typer.echo(f"qbosim: {to} holds {listed}.")


@app.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def run_program(
    command: Annotated[list[str], typer.Argument(metavar="COMMAND [ARGS]…", help="The program, after `--`.")],
    data: Annotated[
        str, typer.Option(help="SQLite file that keeps everything; without it nothing is kept.")
    ] = ":memory:",
    company: Annotated[
        str, typer.Option(help="What a new simulator starts with: sample, empty, or a folder of QBO objects.")
    ] = "sample",
    seed: Annotated[int, typer.Option(help="Every id and token of a new simulator follows from it.")] = 0,
    throttle: Annotated[bool, typer.Option(help="Refuse with 429 beyond Intuit's limits.")] = True,
    ca_dir: Annotated[
        str, typer.Option(help="Folder that keeps the throw-away authority; by default a new one each time.")
    ] = "",
    trust_file: Annotated[
        list[str] | None,
        typer.Option(
            help="A file of trusted authorities that the program brings along, such as certifi's cacert.pem; "
            "may be given more than once."
        ),
    ] = None,
    own_network: Annotated[
        bool,
        typer.Option(
            "--own-network",
            help="Show the program no network but the simulator; needs no privilege for port 443.",
        ),
    ] = False,
    grant_env: Annotated[
        bool,
        typer.Option(
            "--grant-env",
            help="Also give it QBOSIM_ACCESS_TOKEN and QBOSIM_REFRESH_TOKEN, as after a consent.",
        ),
    ] = False,
) -> None:
    """Run a program, unchanged, with Intuit's host names leading to a simulator (Linux).

    The program finds QBOSIM_URL, QBOSIM_CLIENT_ID, QBOSIM_CLIENT_SECRET, QBOSIM_REALM_ID,
    QBOSIM_WEBHOOK_VERIFIER and QBOSIM_CA in its environment. Ends with the program's exit code.
    """
    import tempfile

    from qbosim.run.program import NotRun, Program, run

    with (
        tempfile.TemporaryDirectory(prefix="qbosim-run-") as folder,
        _opened_alone(data, company, seed, throttle) as simulator,
        _certificates(ca_dir or f"{folder}/ca") as made,
    ):
        Path(folder).chmod(0o755)  # a program may give up its rights and read these files all the same
        wish = Program(
            command,
            trust_files=[Path(path) for path in trust_file or ()],
            own_network=own_network,
            grant=(lambda: _granted(simulator)) if grant_env else None,
        )
        try:
            code = run(simulator, made, Path(folder), wish)
        except NotRun as trouble:
            _fail("The program was not run", trouble.which, trouble.why, trouble.remedy, trouble.status)
    raise typer.Exit(code)


def _granted(simulator: Simulator) -> dict[str, str]:
    from qbosim.wire import Request

    issued = simulator.answer(Request("POST", "/qbosim/grant")).json()
    return {"QBOSIM_ACCESS_TOKEN": issued["access_token"], "QBOSIM_REFRESH_TOKEN": issued["refresh_token"]}


@contextmanager
def _opened_alone(data: str, company: str, seed: int, throttle: bool) -> Iterator[Simulator]:
    """The world in `data`, or a new one, for this process alone; tells what is worth knowing about it."""
    if not __debug__:
        _fail(
            "The simulator was not started",
            "python -O",
            "it leaves out the assertions that guard the books",
            "start it without -O, and with PYTHONOPTIMIZE unset",
        )
    if company not in ("sample", "empty") and not Path(company).is_dir():
        _fail(
            "The simulator was not started",
            f"--company {company}",
            "it is neither sample nor empty nor a folder",
            "give a folder that holds one JSON file per entity, such as Customer.json",
        )
    with _opened(data, company, seed, throttle) as simulator:
        if simulator.load_report is not None:
            _tell_load(simulator.load_report)
        if not simulator.founded_now:
            founding = simulator.founding
            typer.echo(
                f"qbosim: going on with {data} (company {founding.company}, seed {founding.seed}); "
                "--company and --seed count for a new file only.",
                err=True,
            )
        yield simulator


@contextmanager
def _certificates(folder: str, *names: str) -> Iterator[Certificates]:
    """The certificates in a folder; without one they live in a new folder for the length of the block."""
    import tempfile

    from qbosim.certificates import certificates_in

    with tempfile.TemporaryDirectory(prefix="qbosim-") if not folder else nullcontext(folder) as place:
        try:
            made = certificates_in(Path(place).resolve(), names=names)
        except OSError as error:
            _fail(
                "The simulator was not started",
                f"--ca-dir {folder}",
                f"the certificates cannot be kept there ({error.strerror})",
                "give a folder that you may write to",
            )
        yield made


@contextmanager
def _opened(data: str, company: str, seed: int, throttle: bool) -> Iterator[Simulator]:
    import sqlite3

    from qbosim.server import open_simulator
    from qbosim.store import CannotOpen

    try:
        simulator = open_simulator(data=data, company=company, seed=seed, throttle=throttle)
    except CannotOpen as error:
        _fail(
            "The simulator was not started",
            f"--data {data}",
            str(error),
            "stop the one that has it, or give another path, in a folder that you may write to",
        )
    except sqlite3.Error as error:
        _fail(
            "The simulator was not started",
            f"--data {data}",
            f"SQLite cannot use this file ({error})",
            "give a file that qbosim wrote, or a path in a folder you may write to",
        )
    except (OSError, ValueError) as error:
        _fail(
            "The simulator was not started",
            f"--company {company}",
            f"the folder cannot be loaded ({error})",
            "correct the file that is named, or start with --company empty",
        )
    with simulator:
        yield simulator


def _announce(simulator: Simulator, url: str, tls: Certificates | None) -> None:
    line = {
        "url": url,
        "client_id": simulator.client_id,
        "client_secret": simulator.client_secret,
        "realm_id": simulator.realm_id,
        "webhook_verifier": simulator.webhook_verifier,
    }
    if tls is not None:
        line["ca"] = str(tls.authority)
    print(json.dumps(line), flush=True)
    typer.echo(f"qbosim: look inside and change things by hand at {url}/qbosim/console", err=True)


def _tell_load(report: LoadReport) -> None:
    loaded = ", ".join(f"{count} {entity}" for entity, count in sorted(report.loaded.items()))
    typer.echo(f"qbosim: loaded {loaded or 'nothing'}.", err=True)
    for entity, (count, why) in sorted(report.left_out.items()):
        typer.echo(f"qbosim: left out {count} {entity}: {why}", err=True)
    for entity, identity, why in report.refused:
        typer.echo(f"qbosim: could not place {entity} {identity}: {why}", err=True)
    for what in report.derived:
        typer.echo(f"qbosim: not in the folder, made up from the rest: {what}", err=True)
    for what in report.differing:
        typer.echo(f"qbosim: balance left as it was loaded: {what}", err=True)


def _fail(what: str, which: str, why: str, remedy: str, status: int = 1) -> NoReturn:
    typer.echo(f"qbosim: {what}.\n  Which: {which}\n  Why: {why}.\n  What to do: {remedy}.", err=True)
    raise typer.Exit(status)
