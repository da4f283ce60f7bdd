"""Companies: the QuickBooks companies of a tenant, and who may work on each of them, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Executable,
    Row,
    Select,
    bindparam,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    tuple_,
    update,
)

from tieout.kit.errors import NotFound
from tieout.storage.columns import Instant
from tieout.storage.leases import Lease, LeaseLost
from tieout.storage.tables import companies
from tieout.storage.ticks import Ticks

STATUSES: Final = ("connected", "needs_reconnect", "paused", "disconnected")
BUILT_IN_HOST: Final = "ledger"
TENANTS_IN_A_TURN: Final = 500
"""How many tenants are asked in one claim at most, when more is due than is taken."""


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
    webhook_at: datetime | None = None
    """When Intuit last told us of a change in it, signed."""
    untold_at: datetime | None = None
    """QuickBooks' time of the first change found here that no webhook has told of yet."""
    missed_at: datetime | None = None
    """Since when webhooks are taken for silent: a change was found long after it, untold."""
    quiet_since: datetime | None = None
    """When something last changed on either side, as far as is known here; None for never."""
    resting_until: datetime | None = None
    """Until when webhooks do not wake it, so that its read budget lasts."""
    status_why: str = ""
    """Why it has its status, in words; empty for a plain one."""


class Companies:
    """The companies of one unit of work."""

    def __init__(self, connection: Connection, ticks: Ticks) -> None:
        self._connection = connection
        self._ticks = ticks

    def add(self, company: Company) -> None:
        """Write a company as it is given; the id and the tenant's realm must be new."""
        assert company.status in STATUSES, company.status
        self._connection.execute(
            insert(companies).values({name: getattr(company, name) for name in companies.columns.keys()})  # noqa: SIM118
        )

    def get(self, company: str) -> Company | None:
        """Find a company by its id."""
        return _one(self._connection.execute(_BY_ID, {"id": company}).one_or_none())

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

    def following(self, after: str, *, limit: int) -> list[Company]:
        """List companies of all tenants in the order of their ids, from behind one id on."""
        rows = self._connection.execute(
            select(companies).where(companies.c.id > after).order_by(companies.c.id).limit(limit)
        )
        return [_company(row) for row in rows]

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
        read_only: bool | None = None,
    ) -> Company:
        """Keep a company that was just authorised, new or again, and make it due.

        A tenant's first company becomes its default. Links and history of a known one stay, and so do its host,
        its pause, and without `read_only` whether it may be written. Gives the company as it is kept, under its known id.
        """
        known = self.by_realm(tenant, realm_id)
        if known is not None:
            self._change(
                known.id,
                environment=environment,
                name=name,
                status="paused" if known.status == "paused" else "connected",
                connected_at=now,
                read_only=known.read_only if read_only is None else read_only,
            )
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
                read_only=bool(read_only),
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

    def set_status(self, company: str, status: str, *, why: str = "") -> None:
        """Set `connected`, `needs_reconnect`, `paused` or `disconnected`; only connected ones fall due."""
        assert status in STATUSES, status
        self._change(company, status=status, status_why=why)

    def set_read_only(self, company: str, read_only: bool) -> None:
        """Say whether a company is only read."""
        self._change(company, read_only=read_only)

    def make_default(self, company: Company) -> None:
        """Make a company the one that is meant when its tenant names none."""
        self._connection.execute(
            update(companies).where(companies.c.tenant == company.tenant).values(is_default=False)
        )
        self._change(company.id, is_default=True)

    def of_realm(self, realm_id: str, environment: str) -> list[Company]:
        """List the companies of all tenants that are this one at Intuit."""
        found = select(companies).where(
            companies.c.realm_id == realm_id, companies.c.environment == environment
        )
        return [_company(row) for row in self._connection.execute(found.order_by(companies.c.id))]

    def belongings(self, company: str) -> dict[str, int]:
        """Count what belongs to a company and goes with it, by table."""
        counted: dict[str, int] = {}
        for table in companies.metadata.sorted_tables:
            column = table.columns.get("company")
            if column is None or not any(key.column is companies.c.id for key in column.foreign_keys):
                continue
            rows = select(func.count()).select_from(table).where(column == company)
            counted[table.name] = self._connection.execute(rows).scalar_one()
        return counted

    def remove(self, company: str) -> None:
        """Remove a company with everything that belongs to it; a company of that tenant takes its place as default."""
        known = self._needed(company)
        self._connection.execute(delete(companies).where(companies.c.id == company))
        if known.is_default:
            left = self.all(known.tenant)
            if left:
                self._change(left[0].id, is_default=True)

    def claim_due(
        self, owner: str, *, now: datetime, lease_for: timedelta, limit: int, after: str = ""
    ) -> list[Lease]:
        """Take companies whose cycle is due and that nobody works on, the longest due first.

        Of two that ask at once each gets different companies. A lease that ran out counts as nobody's. When
        more are due than were asked for, tenants take turns, beginning with the one that follows the tenant
        `after`: each gives its longest due company, so that one with thousands keeps nobody waiting.
        """
        oldest = self._connection.execute(_DUE, {"now": now, "most": limit + 1}).scalars().all()
        chosen = list(oldest[:limit])
        if len(oldest) > limit:
            chosen = list(dict.fromkeys([*self._in_turn(after, now, limit), *chosen]))[:limit]
        if not chosen:
            return []
        return self._claimed(_CLAIM_DUE, chosen, owner, now, now + lease_for)

    def claim(self, company: str, owner: str, now: datetime, lease_for: timedelta) -> Lease | None:
        """Take one company although it is not due; None while somebody works on it, and unless it is connected.

        Should its holder die, it falls due when the lease runs out.
        """
        claimed = self._claimed(_CLAIM, [company], owner, now, now + lease_for)
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

    def renew_all(self, leases: Sequence[Lease], until: datetime) -> set[tuple[str, int]]:
        """Hold companies longer, in one statement; gives the company and fence of those that are still ours."""
        if not leases:
            return set()
        ours = {(one.company, one.fence, one.owner) for one in leases}
        renewal = (
            update(companies)
            .where(
                companies.c.id.in_([one.company for one in leases]),
                companies.c.lease_until.is_not(None),
                tuple_(companies.c.id, companies.c.fence, companies.c.leased_by).in_(ours),
            )
            .values(lease_until=until)
            .returning(companies.c.id, companies.c.fence)
        )
        return {(row.id, row.fence) for row in self._connection.execute(renewal)}

    def settle(self, lease: Lease, *, due_at: datetime, now: datetime) -> None:
        """Give a company back after its cycle, due again then, or now if it was woken meanwhile.

        Raises LeaseLost when it is no longer ours.
        """
        settled = self._connection.execute(_SETTLE, {**_held_by(lease), "now": now, "next": due_at})
        if settled.one_or_none() is None:
            raise LeaseLost(lease)

    def wake(self, company: str, now: datetime) -> None:
        """Make a company due now; one that is being worked on runs again right after."""
        self._change(company, due_at=now, again=companies.c.lease_until.is_not(None))
        self._ticks.soon()

    def guard(self, lease: Lease) -> None:
        """Lock the company's row until this unit of work ends; LeaseLost when it is no longer ours.

        Called first in every unit of work of a cycle, it makes all of its writes carry the fence: whoever
        claims the company meanwhile waits for the end, and whoever lost it writes nothing.
        """
        if self._connection.execute(_GUARD, _held_by(lease)).one_or_none() is None:
            raise LeaseLost(lease)

    def move_cursor(self, lease: Lease, *, cursor: datetime, complete_until: datetime) -> None:
        """Say up to when QuickBooks' changes are known here, and the mirror complete; LeaseLost when not ours."""
        self._fenced(lease, cursor=cursor, complete_until=complete_until)

    def start_following(self, company: str, *, cursor: datetime, complete_until: datetime) -> None:
        """Say where to follow changes from, after a full import; NotFound when there is no such company."""
        self._change(company, cursor=cursor, complete_until=complete_until)

    def _in_turn(self, after: str, now: datetime, limit: int) -> list[str]:
        """Take one due company of each tenant, beginning behind `after` and going round."""
        given = {"after": after, "now": now, "most": limit}
        found = list(self._connection.execute(_TURNS, given).scalars())
        if len(found) < limit and after:
            given |= {"after": "", "most": limit - len(found)}
            found += self._connection.execute(_TURNS, given).scalars()
        return found

    def _claimed(
        self, claim: Executable, chosen: list[str], owner: str, now: datetime, until: datetime
    ) -> list[Lease]:
        assert owner, "a lease without an owner would look like none"
        given = {"chosen": chosen, "holder": owner, "now": now, "until": until}
        rows = sorted(self._connection.execute(claim, given), key=lambda row: (row.due_at, row.id))
        return [Lease(row.id, row.fence, owner, until, row.tenant) for row in rows]

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


def _ours(lease: Lease) -> tuple[Any, ...]:
    return (
        companies.c.id == lease.company,
        companies.c.fence == lease.fence,
        companies.c.leased_by == lease.owner,
    )


# What every cycle asks, often for thousands of companies that are idle: these statements are built once, which makes
# each of them cost a third.

_NOW: Final = bindparam("now", type_=Instant)
_FREE: Final = or_(companies.c.lease_until.is_(None), companies.c.lease_until <= _NOW)
_HELD: Final = (
    companies.c.id == bindparam("held"),
    companies.c.fence == bindparam("under"),
    companies.c.leased_by == bindparam("holder"),
)
_CHOSEN: Final = companies.c.id.in_(bindparam("chosen", expanding=True))
_BY_ID: Final = select(companies).where(companies.c.id == bindparam("id"))
_GUARD: Final = select(companies.c.id).where(*_HELD).with_for_update(key_share=True)
_DUE: Final = (
    select(companies.c.id)
    .where(companies.c.status == "connected", companies.c.due_at <= _NOW, _FREE)
    .order_by(companies.c.due_at, companies.c.id)
    .limit(bindparam("most"))
)
"""Companies that are due and nobody's, the longest due first."""
_LEASE: Final = (
    update(companies)
    .values(
        leased_by=bindparam("holder"),
        lease_until=bindparam("until", type_=Instant),
        fence=companies.c.fence + 1,
        again=false(),
        due_at=case((companies.c.due_at <= _NOW, companies.c.due_at), else_=_NOW),
    )
    .returning(companies.c.id, companies.c.fence, companies.c.due_at, companies.c.tenant)
)
_CLAIM: Final = _LEASE.where(_CHOSEN, companies.c.status == "connected", _FREE)
_CLAIM_DUE: Final = _LEASE.where(
    companies.c.id.in_(
        select(companies.c.id)
        .where(_CHOSEN, companies.c.due_at <= _NOW, _FREE)
        .with_for_update(skip_locked=True, key_share=True)
    )
)
_SETTLE: Final = (
    update(companies)
    .where(*_HELD)
    .values(
        leased_by="",
        lease_until=null(),
        due_at=case((companies.c.again, _NOW), else_=bindparam("next", type_=Instant)),
        again=false(),
    )
    .returning(companies.c.id)
)


def _turns() -> Select[Any]:
    """Find the longest due company of each tenant that follows `after`, `most` of them, in the order of tenants.

    It walks from one tenant to the next by the index, so that it costs the same however much a tenant has.
    """
    first = select(func.min(companies.c.tenant).label("tenant"), literal(1).label("step"))
    walk = first.where(companies.c.status == "connected", companies.c.tenant > bindparam("after")).cte(
        "turns", recursive=True
    )
    further, mine = companies.alias(), companies.alias()
    following = select(func.min(further.c.tenant)).where(
        further.c.status == "connected", further.c.tenant > walk.c.tenant
    )
    walk = walk.union_all(
        select(following.correlate(walk).scalar_subquery(), walk.c.step + 1).where(
            walk.c.tenant.is_not(None), walk.c.step < TENANTS_IN_A_TURN
        )
    )
    longest_due = (
        select(mine.c.id)
        .where(
            mine.c.status == "connected",
            mine.c.tenant == walk.c.tenant,
            mine.c.due_at <= _NOW,
            or_(mine.c.lease_until.is_(None), mine.c.lease_until <= _NOW),
        )
        .order_by(mine.c.due_at, mine.c.id)
        .limit(1)
        .correlate(walk)
        .scalar_subquery()
    )
    found = select(longest_due.label("id"), walk.c.step).subquery()
    return select(found.c.id).where(found.c.id.is_not(None)).order_by(found.c.step).limit(bindparam("most"))


_TURNS: Final = _turns()


def _held_by(lease: Lease) -> dict[str, Any]:
    return {"held": lease.company, "under": lease.fence, "holder": lease.owner}


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
