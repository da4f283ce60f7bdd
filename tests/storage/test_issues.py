"""Issues: one open for each kind and record, shut while ignored and unchanged, back with a notice."""

from __future__ import annotations

from tests.storage.sample import MINUTE, NOW, finding, with_company
from tieout.domain.issues import Finding, IssueState
from tieout.storage.database import Database
from tieout.storage.issues import Opened


def test_a_finding_opens_an_issue_with_all_it_says(database: Database) -> None:
    with_company(database)
    opened = _open(database, finding(), "i1")
    assert (opened.is_new, opened.reopened) == (True, False)
    assert opened.issue.finding == finding()
    assert opened.issue.actions
    assert _whats(database, "i1") == ["opened"]


def test_the_same_trouble_refreshes_the_issue_that_is_open(database: Database) -> None:
    with_company(database)
    _open(database, finding(), "i1")
    again = _open(database, finding(signature="b"), "i2", minutes=5)
    assert (again.issue.id, again.is_new, again.reopened) == ("i1", False, False)
    assert again.issue.finding.signature == "b"
    assert (again.issue.opened_at, again.issue.seen_at) == (NOW, NOW + 5 * MINUTE)
    assert _whats(database, "i1") == ["opened", "changed"]


def test_an_ignored_issue_stays_shut_while_nothing_changes_and_opens_when_it_does(database: Database) -> None:
    with_company(database)
    _open(database, finding(), "i1")
    _close(database, "i1", IssueState.IGNORED)
    same = _open(database, finding(), "i2", minutes=5)
    assert (same.issue.id, same.issue.state, same.is_new) == ("i1", IssueState.IGNORED, False)
    other = _open(database, finding(signature="b"), "i3", minutes=6)
    assert (other.issue.id, other.issue.times, other.is_new, other.reopened) == ("i3", 2, True, True)


def test_a_closed_issue_is_opened_anew_and_counts_how_often(database: Database) -> None:
    with_company(database)
    for number in range(1, 4):
        opened = _open(database, finding(), f"i{number}", minutes=number)
        assert (opened.issue.id, opened.issue.times, opened.reopened) == (f"i{number}", number, number > 1)
        _close(database, f"i{number}", IssueState.RESOLVED)
    assert _whats(database, "i3") == ["reopened", "resolved"]
    with database.reading() as work:
        history = work.issues.of_record("co_1", "invoice", "inv-1")
    assert [one.id for one in history] == ["i3", "i2", "i1"]


def test_issues_close_by_themselves_when_their_cause_is_gone(database: Database) -> None:
    with_company(database)
    _open(database, finding(kind="drift.total"), "i1")
    _open(database, finding(kind="drift.lines"), "i2")
    _open(database, finding(kind="export.rejected"), "i3")
    _open(database, finding("inv-2", kind="drift.total"), "i4")
    with database.transaction() as work:
        cleared = work.issues.clear("co_1", "drift.", "invoice", "inv-1", now=NOW, how="undone")
        assert {one.id for one in cleared} == {"i1", "i2"}
        assert {one.state for one in cleared} == {IssueState.CLEARED}
        assert work.issues.clear("co_1", "drift", "invoice", "inv-1", now=NOW, how="undone") == []
        assert work.issues.counts("co_1") == {"open": 2, "cleared": 2}
        assert work.issues.open_kinds("co_1", "invoice", ["inv-1", "inv-2", "inv-3"]) == {
            "inv-1": "export.rejected",
            "inv-2": "drift.total",
        }


def test_clearing_leaves_the_kind_it_is_told_to_keep(database: Database) -> None:
    with_company(database)
    _open(database, finding(kind="drift.total"), "i1")
    _open(database, finding(kind="drift.lines"), "i2")
    with database.transaction() as work:
        cleared = work.issues.clear(
            "co_1", "drift.", "invoice", "inv-1", now=NOW, how="graver", keep="drift.total"
        )
    assert [one.id for one in cleared] == ["i2"]


def test_an_ignored_issue_whose_cause_went_away_opens_when_it_returns(database: Database) -> None:
    with_company(database)
    _open(database, finding(), "i1")
    _close(database, "i1", IssueState.IGNORED)
    with database.transaction() as work:
        assert work.issues.clear("co_1", "drift.", "invoice", "inv-1", now=NOW, how="undone") == []
    assert _open(database, finding(), "i2").reopened


def test_closing_twice_keeps_the_first_decision(database: Database) -> None:
    with_company(database)
    _open(database, finding(), "i1")
    _close(database, "i1", IssueState.RESOLVED, by="ann")
    with database.transaction() as work:
        kept = work.issues.close("i1", IssueState.IGNORED, "bob", "later", NOW)
    assert (kept.state, kept.closed_by, kept.actions) == (IssueState.RESOLVED, "ann", ())
    assert _whats(database, "i1") == ["opened", "resolved"]


def test_only_a_persons_decision_counts_as_one(database: Database) -> None:
    with_company(database)
    kind = "payment.duplicate_suspect"
    for state, decided in (
        (IssueState.CLEARED, False),
        (IssueState.IGNORED, False),
        (IssueState.RESOLVED, True),
    ):
        record = f"pay-{state.value}"
        _open(database, finding(record, kind=kind), record)
        _close(database, record, state)
        with database.reading() as work:
            assert work.issues.decided("co_1", kind, "invoice", record) is decided


def test_issues_are_listed_newest_first_in_pages_by_kind_and_state(database: Database) -> None:
    with_company(database)
    for number in range(5):
        kind = "drift.total" if number % 2 else "export.rejected"
        _open(database, finding(f"inv-{number}", kind=kind), f"i{number}", minutes=number)
    _close(database, "i4", IssueState.RESOLVED)
    with database.reading() as work:
        first = work.issues.list("co_1", limit=3)
        assert [one.id for one in first] == ["i3", "i2", "i1"]
        assert [one.id for one in work.issues.list("co_1", after="i1")] == ["i0"]
        assert [one.id for one in work.issues.list("co_1", kind="drift")] == ["i3", "i1"]
        assert [one.id for one in work.issues.list("co_1", kind="dri")] == []
        assert [one.id for one in work.issues.list("co_1", IssueState.RESOLVED)] == ["i4"]
        assert len(work.issues.list("co_1", None)) == 5


def test_a_tenant_never_sees_another_tenants_issues(database: Database) -> None:
    with_company(database)
    with_company(database, "co_9", tenant="other", realm="9")
    _open(database, finding(), "mine")
    _open(database, finding(), "theirs", company="co_9")
    with database.reading() as work:
        assert [one.id for one in work.issues.list(tenant="shop")] == ["mine"]
        assert work.issues.list("co_9", tenant="shop") == []


def _open(
    database: Database, what: Finding, new_id: str, *, minutes: int = 0, company: str = "co_1"
) -> Opened:
    with database.transaction() as work:
        return work.issues.open(company, what, NOW + minutes * MINUTE, new_id)


def _close(database: Database, issue: str, state: IssueState, by: str = "owner") -> None:
    with database.transaction() as work:
        work.issues.close(issue, state, by, "decided", NOW)


def _whats(database: Database, issue: str) -> list[str]:
    with database.reading() as work:
        return [event.what for event in work.issues.events(issue)]
