"""Issues: what needs a person; one open issue for each company, kind and record, with its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from tieout.domain.issues import Finding, Issue, IssueState
from tieout.storage.encoding import encoded, facts_from
from tieout.storage.inserting import in_chunks, inserting
from tieout.storage.tables import companies, issue_events, issues


@dataclass(frozen=True)
class Opened:
    """What became of a finding."""

    issue: Issue
    is_new: bool
    """It was not open before: somebody should be told."""
    reopened: bool
    """It had been closed or ignored, and is back."""


@dataclass(frozen=True)
class IssueEvent:
    """One moment in the life of an issue. Instants are in UTC."""

    at: datetime
    what: str
    """`opened`, `reopened`, `changed`, or the state it was closed with."""
    actor: str
    """Who; empty for what Tieout did by itself."""
    detail: str


IssueList: TypeAlias = list[Issue]
EventList: TypeAlias = list[IssueEvent]


class Issues:
    """The issues of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, company: str, finding: Finding, now: datetime, new_id: str) -> Opened:
        """Open an issue for what is wrong now, or refresh the one that is open.

        An ignored one stays shut while the finding's signature is the same; otherwise, like a closed one, it
        is opened anew in a row of its own (`new_id`), which counts how often that happened.
        """
        last = self._last(company, finding)
        if last is not None and last.state is IssueState.OPEN:
            return Opened(self._refresh(last, finding, now), is_new=False, reopened=False)
        if (
            last is not None
            and last.state is IssueState.IGNORED
            and last.finding.signature == finding.signature
        ):
            self._connection.execute(update(issues).where(issues.c.id == last.id).values(seen_at=now))
            return Opened(self._needed(last.id), is_new=False, reopened=False)
        times = 1 if last is None else last.times + 1
        values = {
            "id": new_id,
            "company": company,
            **_facts(finding),
            "kind": finding.kind,
            "record_kind": finding.record_kind,
            "record": finding.record,
            "state": IssueState.OPEN.value,
            "opened_at": now,
            "seen_at": now,
            "times": times,
        }
        added = self._connection.execute(
            inserting(self._connection, issues).values(values).on_conflict_do_nothing().returning(issues.c.id)
        ).one_or_none()
        if added is None:
            # Another process opened it between our look and our insert.
            open_one = self._last(company, finding)
            assert open_one is not None, f"the id {new_id} was used before"
            return Opened(self._refresh(open_one, finding, now), is_new=False, reopened=False)
        self._note(new_id, now, "opened" if times == 1 else "reopened", "", finding.what)
        return Opened(self._needed(new_id), is_new=True, reopened=times > 1)

    def get(self, issue: str) -> Issue | None:
        """Find an issue by its id."""
        row = self._connection.execute(select(issues).where(issues.c.id == issue)).one_or_none()
        return None if row is None else _issue(row)

    def list(
        self,
        company: str | None = None,
        state: IssueState | None = IssueState.OPEN,
        kind: str = "",
        limit: int = 50,
        after: str = "",
        *,
        tenant: str = "",
    ) -> IssueList:
        """List issues, the newest first: of one company, or of all companies of a tenant.

        `kind` takes a whole kind or its beginning (`drift`); `after` is the id of the last issue of the page
        before.
        """
        assert company or tenant, "issues are listed for a company or a tenant, never for everybody"
        statement = select(issues)
        if company:
            statement = statement.where(issues.c.company == company)
        if tenant:
            statement = statement.join(companies, companies.c.id == issues.c.company).where(
                companies.c.tenant == tenant
            )
        if state is not None:
            statement = statement.where(issues.c.state == state.value)
        if kind:
            statement = statement.where(_of_kind(kind))
        if after:
            last = self.get(after)
            if last is None:
                return []
            statement = statement.where(
                or_(
                    issues.c.opened_at < last.opened_at,
                    and_(issues.c.opened_at == last.opened_at, issues.c.id < last.id),
                )
            )
        ordered = statement.order_by(issues.c.opened_at.desc(), issues.c.id.desc()).limit(limit)
        return [_issue(row) for row in self._connection.execute(ordered)]

    def of_record(self, company: str, record_kind: str, record: str) -> IssueList:
        """List every issue a record ever had, the newest first."""
        rows = self._connection.execute(
            select(issues)
            .where(
                issues.c.company == company,
                issues.c.record_kind == record_kind,
                issues.c.record == record,
            )
            .order_by(issues.c.opened_at.desc(), issues.c.id.desc())
        )
        return [_issue(row) for row in rows]

    def close(self, issue: str, state: IssueState, by: str, how: str, now: datetime) -> Issue:
        """Close an open issue, or settle an ignored one, and give it; one that is closed already stays as it is."""
        assert state is not IssueState.OPEN, "an issue is opened by a finding"
        changed = self._connection.execute(
            update(issues)
            .where(issues.c.id == issue, issues.c.state.in_(_shut_by(state)))
            .values(state=state.value, closed_at=now, closed_by=by, closed_how=how)
            .returning(issues.c.id)
        ).one_or_none()
        if changed is not None:
            self._note(issue, now, state.value, by, how)
        return self._needed(issue)

    def clear(
        self,
        company: str,
        kind: str,
        record_kind: str,
        record: str,
        *,
        now: datetime,
        how: str,
        keep: str = "",
    ) -> IssueList:
        """Close by themselves the issues of a record whose cause is gone, and give those that were open.

        `kind` is a whole kind or its beginning: `drift` takes `drift.total` and its like. Ignored ones are
        cleared too, so that the same trouble opens an issue when it comes back. `keep` names a kind that is left.
        """
        gone = self._connection.execute(
            select(issues)
            .where(
                issues.c.company == company,
                issues.c.record_kind == record_kind,
                issues.c.record == record,
                issues.c.state.in_((IssueState.OPEN.value, IssueState.IGNORED.value)),
                _of_kind(kind),
                issues.c.kind != keep,
            )
            .order_by(issues.c.opened_at, issues.c.id)
            .with_for_update()
        ).all()
        cleared: list[Issue] = []
        for row in gone:
            closed = self.close(row.id, IssueState.CLEARED, "", how, now)
            if row.state == IssueState.OPEN.value:
                cleared.append(closed)
        return cleared

    def stands(self, company: str, kind: str, record_kind: str, record: str) -> bool:
        """Tell whether a record has an issue that is open or ignored; `kind` as for `clear`."""
        found = select(issues.c.id).where(
            issues.c.company == company,
            issues.c.record_kind == record_kind,
            issues.c.record == record,
            issues.c.state.in_((IssueState.OPEN.value, IssueState.IGNORED.value)),
            _of_kind(kind),
        )
        return self._connection.execute(found.limit(1)).one_or_none() is not None

    def standing(self, company: str, kind: str, record_kind: str, records: Iterable[str]) -> set[str]:
        """Tell which of many records have an issue of a kind that is open or ignored."""
        found: set[str] = set()
        for chunk in in_chunks(records):
            rows = self._connection.execute(
                select(issues.c.record).where(
                    issues.c.company == company,
                    issues.c.kind == kind,
                    issues.c.record_kind == record_kind,
                    issues.c.record.in_(chunk),
                    issues.c.state.in_((IssueState.OPEN.value, IssueState.IGNORED.value)),
                )
            )
            found.update(row.record for row in rows)
        return found

    def decided(self, company: str, kind: str, record_kind: str, record: str) -> bool:
        """Tell whether a person ever settled an issue of that kind on that record; setting it aside is not enough."""
        settled = select(issues.c.id).where(
            issues.c.company == company,
            issues.c.kind == kind,
            issues.c.record_kind == record_kind,
            issues.c.record == record,
            issues.c.state == IssueState.RESOLVED.value,
        )
        return self._connection.execute(settled.limit(1)).one_or_none() is not None

    def counts(self, company: str) -> dict[str, int]:
        """Count a company's issues by state; states without any are left out."""
        rows = self._connection.execute(
            select(issues.c.state, func.count()).where(issues.c.company == company).group_by(issues.c.state)
        )
        return {state: int(number) for state, number in rows}

    def open_kinds(self, company: str, record_kind: str, records: Iterable[str]) -> dict[str, str]:
        """Tell the kind of the newest open issue of each of many records; records without are left out."""
        found: dict[str, str] = {}
        for chunk in in_chunks(records):
            rows = self._connection.execute(
                select(issues.c.record, issues.c.kind)
                .where(
                    issues.c.company == company,
                    issues.c.record_kind == record_kind,
                    issues.c.record.in_(chunk),
                    issues.c.state == IssueState.OPEN.value,
                )
                .order_by(issues.c.opened_at, issues.c.id)
            )
            found.update((row.record, row.kind) for row in rows)
        return found

    def events(self, issue: str) -> EventList:
        """Tell the life of an issue, from its opening on."""
        rows = self._connection.execute(
            select(issue_events).where(issue_events.c.issue == issue).order_by(issue_events.c.id)
        )
        return [IssueEvent(row.at, row.what, row.actor, row.detail) for row in rows]

    def _last(self, company: str, finding: Finding) -> Issue | None:
        row = self._connection.execute(
            select(issues)
            .where(
                issues.c.company == company,
                issues.c.kind == finding.kind,
                issues.c.record_kind == finding.record_kind,
                issues.c.record == finding.record,
            )
            .order_by(issues.c.times.desc())
            .limit(1)
            .with_for_update()
        ).one_or_none()
        return None if row is None else _issue(row)

    def _refresh(self, issue: Issue, finding: Finding, now: datetime) -> Issue:
        self._connection.execute(
            update(issues).where(issues.c.id == issue.id).values(**_facts(finding), seen_at=now)
        )
        if issue.finding.signature != finding.signature:
            self._note(issue.id, now, "changed", "", finding.what)
        return self._needed(issue.id)

    def _note(self, issue: str, at: datetime, what: str, actor: str, detail: str) -> None:
        self._connection.execute(
            insert(issue_events).values(issue=issue, at=at, what=what, actor=actor, detail=detail)
        )

    def _needed(self, issue: str) -> Issue:
        found = self.get(issue)
        assert found is not None, f"there is no issue {issue}"
        return found


def _shut_by(state: IssueState) -> tuple[str, ...]:
    """Tell which states a closing may start from: whoever ignores an ignored issue changes nothing."""
    if state is IssueState.IGNORED:
        return (IssueState.OPEN.value,)
    return (IssueState.OPEN.value, IssueState.IGNORED.value)


def _of_kind(kind: str) -> Any:
    return or_(issues.c.kind == kind, issues.c.kind.startswith(kind.rstrip(".") + ".", autoescape=True))


def _facts(finding: Finding) -> dict[str, Any]:
    return {
        "label": finding.label,
        "what": finding.what,
        "why": finding.why,
        "remedy": finding.remedy,
        "signature": finding.signature,
        "facts": encoded(finding.facts),
    }


def _issue(row: Row[Any]) -> Issue:
    finding = Finding(
        kind=row.kind,
        record_kind=row.record_kind,
        record=row.record,
        label=row.label,
        what=row.what,
        why=row.why,
        remedy=row.remedy,
        signature=row.signature,
        facts=facts_from(row.facts),
    )
    return Issue(
        id=row.id,
        company=row.company,
        finding=finding,
        state=IssueState(row.state),
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_how=row.closed_how,
        times=row.times,
    )
