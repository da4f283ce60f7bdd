"""Companies: the QuickBooks companies of a tenant, and who may work on each of them, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, case, delete, false, insert, literal, or_, select, update

from tieout.kit.errors import NotFound
from tieout.storage.columns import Instant
from tieout.storage.leases import Lease, LeaseLost
from tieout.storage.tables import companies

STATUSES: Final = ("connected", "needs_reconnect", "paused", "disconnected")
BUILT_IN_HOST: Final = "ledger"


@dataclass(frozen=True)
class Company:
    """One connected QuickBooks company of one tenant. Instants are in UTC."""

    id: str
    tenant: str
    realm_id: str
    name: str
    country: str
    """Two letters, as QuickBooks tells; empty until it was asked."""
    currency: str
    """The home currency, ISO 4217; empty until QuickBooks was asked."""
    environment: str
    """`production` or `sandbox`."""
    status: str
    """`connected`, `needs_reconnect`, `paused` or `disconnected`."""
    read_only: bool
    is_default: bool
    due_at: datetime
    """When its next cycle is due."""
    leased_by: str
    lease_until: datetime | None
    fence: int
    again: bool
    """It was woken while leased: its cycle runs again right after this one."""
    cursor: datetime | None
    """Changes in QuickBooks before this instant are known here."""
    complete_until: datetime | None
    """Its mirror was proven complete up to this instant."""
    host: str
    connected_at: datetime


class Companies:
    """The companies of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, company: Company) -> None:
        """Write a company as it is given; the id and the tenant's realm must be new."""
        assert company.status in STATUSES, company.status
        self._connection.execute(
            insert(companies).values({name: getattr(company, name) for name in companies.columns.keys()})  # noqa: SIM118
        )

    def get(self, company: str) -> Company | None:
        """Find a company by its id."""
        return _one(
            self._connection.execute(select(companies).where(companies.c.id == company)).one_or_none()
        )

    def by_realm(self, tenant: str, realm_id: str) -> Company | None:
        """Find a tenant's company by QuickBooks' id for it."""
        found = select(companies).where(companies.c.tenant == tenant, companies.c.realm_id == realm_id)
        return _one(self._connection.execute(found).one_or_none())

    def all(self, tenant: str) -> list[Company]:
        """List a tenant's companies: the default one first, then by name."""
        ordered = (
            select(companies)
            .where(companies.c.tenant == tenant)
            .order_by(companies.c.is_default.desc(), companies.c.name, companies.c.id)
        )
        return [_company(row) for row in self._connection.execute(ordered)]

    def default(self, tenant: str) -> Company | None:
        """Find the company that is meant when a tenant names none."""
        found = select(companies).where(companies.c.tenant == tenant, companies.c.is_default)
        return _one(self._connection.execute(found).one_or_none())

    def save_connection(
        self,
        *,
        id: str,  # noqa: A002  the word the caller has for it
        tenant: str,
        realm_id: str,
        environment: str,
        name: str,
        now: datetime,
        host: str = BUILT_IN_HOST,
    ) -> Company:
        """Keep a company that was just authorised, new or again, and make it due.

        A tenant's first company becomes its default. Links and history of a known one stay, and so does its
        host. Gives the company as it is kept; its id is the known one's.
        """
        known = self.by_realm(tenant, realm_id)
        if known is not None:
            self._change(known.id, environment=environment, name=name, status="connected", connected_at=now)
            self.wake(known.id, now)
            return self._needed(known.id)
        self.add(
            Company(
                id=id,
                tenant=tenant,
                realm_id=realm_id,
                name=name,
                country="",
                currency="",
                environment=environment,
                status="connected",
                read_only=False,
                is_default=self.default(tenant) is None,
                due_at=now,
                leased_by="",
                lease_until=None,
                fence=0,
                again=False,
                cursor=None,
                complete_until=None,
                host=host,
                connected_at=now,
            )
        )
        return self._needed(id)

    def describe(self, company: str, *, name: str, country: str, currency: str) -> Company:
        """Keep what QuickBooks says of a company; NotFound when there is none of that id."""
        self._change(company, name=name, country=country, currency=currency)
        return self._needed(company)

    def set_status(self, company: str, status: str) -> None:
        """Set `connected`, `needs_reconnect`, `paused` or `disconnected`; only connected ones fall due."""
        assert status in STATUSES, status
        self._change(company, status=status)

    def remove(self, company: str) -> None:
        """Remove a company with everything that belongs to it; a company of that tenant takes its place as default."""
        known = self._needed(company)
        self._connection.execute(delete(companies).where(companies.c.id == company))
        if known.is_default:
            left = self.all(known.tenant)
            if left:
                self._change(left[0].id, is_default=True)

    def claim_due(self, owner: str, *, now: datetime, lease_for: timedelta, limit: int) -> list[Lease]:
        """Take companies whose cycle is due and that nobody works on, the longest due first.

        Of two that ask at once each gets different companies. A lease that ran out counts as nobody's.
        """
        due = (
            select(companies.c.id)
            .where(companies.c.status == "connected", companies.c.due_at <= now, _free(now))
            .order_by(companies.c.due_at, companies.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True)
        )
        return self._claimed(companies.c.id.in_(due), owner, now, now + lease_for)

    def claim(self, company: str, owner: str, now: datetime, lease_for: timedelta) -> Lease | None:
        """Take one company although it is not due; None while somebody works on it, and unless it is connected.

        Should its holder die, it falls due when the lease runs out.
        """
        claimed = self._claimed(
            (companies.c.id == company) & (companies.c.status == "connected") & _free(now),
            owner,
            now,
            now + lease_for,
        )
        return claimed[0] if claimed else None

    def holders(self) -> list[tuple[str, str]]:
        """List who holds which company: pairs of company and owner."""
        rows = self._connection.execute(
            select(companies.c.id, companies.c.leased_by).where(companies.c.lease_until.is_not(None))
        )
        return [(row.id, row.leased_by) for row in rows]

    def free(self, company: str, owner: str, *, now: datetime) -> None:
        """End the lease of an owner who is known to be dead, and make the company due."""
        self._connection.execute(
            update(companies)
            .where(companies.c.id == company, companies.c.leased_by == owner)
            .values(lease_until=now, due_at=now)
        )

    def renew(self, lease: Lease, until: datetime) -> None:
        """Hold a company longer; LeaseLost when it is no longer ours. One that merely ran out is still ours."""
        self._fenced(lease, lease_until=until)

    def settle(self, lease: Lease, *, due_at: datetime, now: datetime) -> None:
        """Give a company back after its cycle, due again then, or now if it was woken meanwhile.

        Raises LeaseLost when it is no longer ours.
        """
        self._fenced(
            lease,
            leased_by="",
            lease_until=None,
            due_at=case((companies.c.again, _instant(now)), else_=_instant(due_at)),
            again=false(),
        )

    def wake(self, company: str, now: datetime) -> None:
        """Make a company due now; one that is being worked on runs again right after."""
        self._change(company, due_at=now, again=companies.c.lease_until.is_not(None))

    def guard(self, lease: Lease) -> None:
        """Lock the company's row until this unit of work ends; LeaseLost when it is no longer ours.

        Called first in every unit of work of a cycle, it makes all of its writes carry the fence: whoever
        claims the company meanwhile waits for the end, and whoever lost it writes nothing.
        """
        mine = select(companies.c.id).where(*_ours(lease)).with_for_update(key_share=True)
        if self._connection.execute(mine).one_or_none() is None:
            raise LeaseLost(lease)

    def move_cursor(self, lease: Lease, *, cursor: datetime, complete_until: datetime) -> None:
        """Say up to when QuickBooks' changes are known here, and the mirror complete; LeaseLost when not ours."""
        self._fenced(lease, cursor=cursor, complete_until=complete_until)

    def start_following(self, company: str, *, cursor: datetime, complete_until: datetime) -> None:
        """Say where to follow changes from, after a full import; NotFound when there is no such company."""
        self._change(company, cursor=cursor, complete_until=complete_until)

    def _claimed(self, which: Any, owner: str, now: datetime, until: datetime) -> list[Lease]:
        assert owner, "a lease without an owner would look like none"
        claim = (
            update(companies)
            .where(which)
            .values(
                leased_by=owner,
                lease_until=until,
                fence=companies.c.fence + 1,
                again=false(),
                due_at=case((companies.c.due_at <= now, companies.c.due_at), else_=_instant(now)),
            )
            .returning(companies.c.id, companies.c.fence, companies.c.due_at)
        )
        rows = sorted(self._connection.execute(claim), key=lambda row: (row.due_at, row.id))
        return [Lease(row.id, row.fence, owner, until) for row in rows]

    def _fenced(self, lease: Lease, **values: Any) -> None:
        done = self._connection.execute(
            update(companies).where(*_ours(lease)).values(values).returning(companies.c.id)
        )
        if done.one_or_none() is None:
            raise LeaseLost(lease)

    def _change(self, company: str, **values: Any) -> None:
        done = self._connection.execute(
            update(companies).where(companies.c.id == company).values(values).returning(companies.c.id)
        )
        if done.one_or_none() is None:
            raise _missing(company)

    def _needed(self, company: str) -> Company:
        known = self.get(company)
        if known is None:
            raise _missing(company)
        return known


def _free(now: datetime) -> Any:
    return or_(companies.c.lease_until.is_(None), companies.c.lease_until <= now)


def _ours(lease: Lease) -> tuple[Any, ...]:
    return (
        companies.c.id == lease.company,
        companies.c.fence == lease.fence,
        companies.c.leased_by == lease.owner,
    )


def _instant(value: datetime) -> Any:
    return literal(value, Instant)


def _missing(company: str) -> NotFound:
    return NotFound(
        "There is no such company",
        record=company,
        reason="it was removed, or never connected here",
        remedy="Choose one from the list of companies",
    )


def _one(row: Row[Any] | None) -> Company | None:
    return None if row is None else _company(row)


def _company(row: Row[Any]) -> Company:
    return Company(**row._mapping)
