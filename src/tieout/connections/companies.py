"""Connected companies: list, find, test, and each company's own settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tieout.connections.books import open_books
from tieout.connections.notices import connection_lost, connection_works
from tieout.domain.budget import COMPANY_READS
from tieout.domain.cadence import EVERY_LEAST, EVERY_MINUTES, EVERY_MOST
from tieout.domain.permissions import READ, SETTINGS
from tieout.kit.errors import Invalid, NotFound, ReconnectNeeded, Refused
from tieout.security.operation import Act, Errand, errand, operation
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work


@dataclass(frozen=True)
class Setting:
    """Something a bookkeeper decides for one company."""

    name: str
    summary: str
    choices: tuple[str, ...] = ()
    default: str = ""
    least: int | None = None
    """Of a whole number, the smallest that it takes; None for text."""
    most: int | None = None

    def takes(self, value: str) -> str:
        """Say what it takes instead of this value; empty when it takes it."""
        if self.choices and value not in self.choices:
            return " or ".join(self.choices)
        if self.least is None or self.most is None:
            return ""
        number = int(value) if value.isascii() and value.isdecimal() and len(value) < 12 else -1
        return (
            "" if self.least <= number <= self.most else f"whole numbers from {self.least} to {self.most:,}"
        )


SETTINGS_KNOWN: tuple[Setting, ...] = (
    Setting(
        "export",
        "Whether documents and payments are sent to QuickBooks; off until somebody goes live",
        ("off", "on"),
        "off",
    ),
    Setting("income_account", "QuickBooks account (name or id) that items made from services earn on"),
    Setting("deposit_account", "QuickBooks account (name or id) that payments we send are deposited to"),
    Setting(
        "new_customers",
        "When a client without a customer gets one: when an invoice needs it, or never by itself",
        ("when_needed", "never"),
        "when_needed",
    ),
    Setting(
        "link_exact_names",
        "Link a new client by itself when its name equals exactly one customer's",
        ("yes", "no"),
        "yes",
    ),
    Setting("start_date", "Documents dated before this day (YYYY-MM-DD) are left alone; empty takes all"),
    Setting(
        "every_minutes",
        "How often, in minutes, QuickBooks is looked at while there is work, or no webhook tells of changes",
        default=str(EVERY_MINUTES),
        least=EVERY_LEAST,
        most=EVERY_MOST,
    ),
    Setting(
        "monthly_reads",
        "How many metered reads of QuickBooks this company may cost in a month before looks become rarer",
        default=str(COMPANY_READS),
        least=100,
        most=100_000_000,
    ),
)


@operation("company.list", needs=READ, writes=False)
def list_companies(act: Act) -> list[Company]:
    """List this tenant's companies, the default one first."""
    return act.work.companies.all(act.caller.tenant)


@operation("company.get", needs=READ, writes=False)
def get_company(act: Act, *, company: str = "") -> Company:
    """Find a company by id, realm or name; without one, the default company."""
    return found(act.work, act.caller.tenant, company)


@errand("connection.test", needs=READ, writes=False)
def test_connection(act: Errand, *, company: str = "") -> str:
    """Ask QuickBooks for the company's name, and say it."""
    with act.edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    try:
        name = open_books(act.edges, chosen).company_info().name
    except ReconnectNeeded as error:
        if chosen.status != "disconnected":
            connection_lost(act.edges, chosen, error)
        raise
    connection_works(act.edges, chosen.id)
    return name


@operation("company.settings", needs=READ, writes=False)
def read_settings(act: Act, *, company: str = "") -> dict[str, str]:
    """Read a company's settings, defaults filled in."""
    chosen = found(act.work, act.caller.tenant, company)
    return settings_of(act.work, chosen.id)


@operation("company.set", needs=SETTINGS, writes=True)
def change_setting(act: Act, *, company: str = "", name: str, value: str) -> dict[str, str]:
    """Change one setting of a company; the others stay as they are."""
    chosen = found(act.work, act.caller.tenant, company)
    known = {setting.name: setting for setting in SETTINGS_KNOWN}
    if name not in known:
        raise Invalid(
            "There is no such setting",
            record=name,
            reason=f"the settings are {', '.join(known)}",
            remedy="Use one of these names",
        )
    wanted = known[name].takes(value)
    if wanted:
        raise Invalid(
            "The setting cannot have this value",
            record=f"{name} = {value}",
            reason=f"it takes {wanted}",
            remedy="Give one of these",
        )
    if name == "export" and value == "on" and chosen.read_only:
        raise Refused(
            "Sending cannot be switched on",
            record=chosen.name,
            reason="this company is connected read-only, and Tieout writes nothing into it",
            remedy="Open it for writing first: its access is changed under Connection",
        )
    if name == "start_date" and value:
        checked_date(value)
    if name in ("income_account", "deposit_account") and value:
        value = account_id(act.work, chosen, value)
    act.work.settings.put(chosen.id, name, value, actor=act.caller.actor, now=act.edges.clock.now())
    return settings_of(act.work, chosen.id)


def settings_of(work: Work, company_id: str) -> dict[str, str]:
    """Read every setting of a company, defaults filled in."""
    stored = work.settings.all(company_id)
    return {setting.name: stored.get(setting.name, setting.default) for setting in SETTINGS_KNOWN}


def found(work: Work, tenant: str, wanted: str) -> Company:
    """Find a tenant's company by id, realm or name; an empty wish means the default one."""
    companies = work.companies.all(tenant)
    if not companies:
        raise NotFound(
            "No company is connected yet",
            reason="this installation knows no QuickBooks company",
            remedy="Connect one: press Connect on the page, or run `tieout connect`",
        )
    if not wanted:
        default = work.companies.default(tenant)
        if default is not None or len(companies) == 1:
            return default or companies[0]
        raise NotFound(
            "No company is the default one",
            reason=f"this tenant has {', '.join(f'{one.name} ({one.realm_id})' for one in companies)}",
            remedy="Name the company that is meant, or make one of them the default",
        )
    matching = [one for one in companies if wanted in (one.id, one.realm_id)] or [
        one for one in companies if one.name.casefold() == wanted.casefold()
    ]
    if len(matching) == 1:
        return matching[0]
    raise NotFound(
        "There is no such company" if not matching else "Several companies have this name",
        record=wanted,
        reason=f"this tenant has {', '.join(f'{one.name} ({one.realm_id})' for one in companies)}",
        remedy="Name it by its realm id",
    )


def checked_date(value: str) -> None:
    """Refuse a date that is not YYYY-MM-DD."""
    try:
        date.fromisoformat(value)
    except ValueError as wrong:
        raise Invalid(
            "This is no date",
            record=value,
            reason="dates are written YYYY-MM-DD",
            remedy="Write it like 2026-01-31",
        ) from wrong


def account_id(work: Work, company: Company, wanted: str) -> str:
    """Find an account of the mirror by its id or name; NotFound names what there is."""
    rows = work.records.list(company.id, "Account", search="", active=True, limit=1000, dated=False)
    by_id = {row.qbo_id: row for row in rows}
    if wanted in by_id:
        return wanted
    matching = [row for row in rows if row.name.casefold() == wanted.casefold()]
    if len(matching) == 1:
        return matching[0].qbo_id
    raise NotFound(
        "There is no such account" if not matching else "Several accounts have this name",
        record=wanted,
        reason=f"{company.name} has {len(rows)} active accounts here"
        + ("; none is called so" if not matching else ""),
        remedy="Import the company first, then give an account's exact name or id",
    )
