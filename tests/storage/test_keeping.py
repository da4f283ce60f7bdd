"""The small stores: imports, allocations, cycles, settings, audit, timelines, cursors, facts."""

from __future__ import annotations

from decimal import Decimal

from tests.storage.sample import MINUTE, NOW, with_company
from tieout.domain.documents import Kind
from tieout.storage.allocations import Allocated
from tieout.storage.database import Database
from tieout.storage.imports import Lane


def test_an_interrupted_import_resumes_where_it_stood_with_its_first_pin(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.imports.begin("co_1", ["Customer", "Invoice"], pinned=NOW, now=NOW)
        work.imports.finish("co_1", "Customer", done=3, total=3, now=NOW + MINUTE)
        work.imports.advance("co_1", "Invoice", done=1000, total=2500, rate=400, now=NOW + MINUTE)
        work.imports.keep_lanes("co_1", "Invoice", [Lane(0, 1001, "5", "1004", 1000), Lane(1, 1501)])
    with database.reading() as work:
        assert work.imports.pinned("co_1") == NOW
        progress = work.imports.get("co_1", "Invoice")
        assert progress is not None
        assert (progress.state, progress.done, progress.total, progress.rate) == (
            "running",
            1000,
            2500,
            400,
        )
        assert work.imports.lanes("co_1", "Invoice") == [Lane(0, 1001, "5", "1004", 1000), Lane(1, 1501)]
        assert [one.entity for one in work.imports.all("co_1")] == ["Customer", "Invoice"]


def test_a_finished_import_has_nothing_to_resume(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.imports.begin("co_1", ["Customer"], pinned=NOW, now=NOW)
        work.imports.fail("co_1", "Customer", error="no network")
        assert work.imports.pinned("co_1") == NOW
        work.imports.finish("co_1", "Customer", done=3, total=3, now=NOW + MINUTE)
        work.imports.finish("co_1", "TaxCode", done=2, total=2, now=NOW + MINUTE)
        assert work.imports.pinned("co_1") is None
        done = work.imports.get("co_1", "Customer")
        assert done is not None
        assert (done.state, done.error, done.finished_at) == ("done", "", NOW + MINUTE)


def test_an_applied_part_is_kept_once_for_each_payment_and_target(database: Database) -> None:
    with_company(database)
    part = Allocated("9", "7", "invoice", "inv-1", Decimal("10.10"), "k", "in", "0")
    with database.transaction() as work:
        work.allocations.put("co_1", part)
        work.allocations.put("co_1", Allocated("9", "7", "invoice", "inv-1", Decimal("4.00"), "k", "in", "1"))
        work.allocations.put("co_1", Allocated("9", "8", "invoice", "inv-2", Decimal("6.10"), "l", "in", "1"))
        assert [str(one.amount) for one in work.allocations.of_payment("co_1", "9")] == ["4.00", "6.10"]
        work.allocations.remove("co_1", "9", "7", "invoice")
        assert [one.qbo_target for one in work.allocations.of_payment("co_1", "9")] == ["8"]


def test_a_cycle_whose_worker_died_is_abandoned_when_the_next_begins(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.cycles.start("cyc_1", "co_1", cause="due", fence=1, now=NOW)
        work.cycles.start("cyc_2", "co_1", cause="due", fence=2, now=NOW + MINUTE)
        work.cycles.finish("cyc_2", state="succeeded", stats={"confirmed": 3}, error="", now=NOW + 2 * MINUTE)
        # The first one's worker had only been paused, and ends what it did.
        work.cycles.finish("cyc_1", state="succeeded", stats={}, error="", now=NOW + 3 * MINUTE)
    with database.reading() as work:
        second, first = work.cycles.list("co_1")
        assert (first.state, first.finished_at) == ("abandoned", NOW + MINUTE)
        assert (second.state, second.stats, second.fence) == ("succeeded", {"confirmed": 3}, 2)


def test_a_setting_keeps_who_changed_it_from_what_and_the_others_stay(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        put = work.settings.put
        assert put("co_1", "export", "on", actor="ann", now=NOW)
        assert put("co_1", "start_date", "2026-01-01", actor="ann", now=NOW)
        assert not put("co_1", "export", "on", actor="bob", now=NOW)
        assert put("co_1", "export", "off", actor="bob", now=NOW + MINUTE)
        assert work.settings.all("co_1") == {"export": "off", "start_date": "2026-01-01"}
        history = work.settings.history("co_1", "export")
        assert [(one.before, one.after, one.actor) for one in history] == [
            ("on", "off", "bob"),
            (None, "on", "ann"),
        ]
        assert len(work.settings.history("co_1")) == 3
        assert work.settings.get("co_1", "nothing") is None


def test_audit_lines_are_read_newest_first_by_their_tenant_only(database: Database) -> None:
    with database.transaction() as work:
        for number in range(3):
            work.audit.add(
                at=NOW,
                tenant="shop",
                actor="ann",
                door="cli",
                operation="sync.now",
                subject=str(number),
                after="done",
            )
        work.audit.add(at=NOW, tenant="other", actor="x", door="rest", operation="o", subject="s")
        lines = work.audit.list("shop", limit=2)
        assert [line.subject for line in lines] == ["2", "1"]
        assert [line.subject for line in work.audit.list("shop", after=lines[-1].id)] == ["0"]


def test_a_timeline_tells_the_life_of_one_document(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        add = work.timeline.add
        add("co_1", Kind.INVOICE, "inv-1", at=NOW, what="queued", actor="host")
        add("co_1", "invoice", "inv-1", at=NOW + MINUTE, what="confirmed", qbo_id="7", tid="1-a")
        add("co_1", Kind.INVOICE, "inv-2", at=NOW, what="queued")
        told = work.timeline.of("co_1", Kind.INVOICE, "inv-1")
        assert [(one.what, one.tid) for one in told] == [("confirmed", "1-a"), ("queued", "")]


def test_a_host_cursor_begins_empty_and_moves(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        assert work.host_cursors.get("co_1", "ledger") == ""
        work.host_cursors.put("co_1", "ledger", "12")
        work.host_cursors.put("co_1", "ledger", "13")
        assert work.host_cursors.get("co_1", "ledger") == "13"
        assert work.host_cursors.get("co_1", "other") == ""


def test_a_removed_company_leaves_nothing_behind(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.settings.put("co_1", "export", "on", actor="ann", now=NOW)
        work.cycles.start("cyc_1", "co_1", cause="due", fence=1, now=NOW)
        work.inbound.queue("co_1", "Payment", "9", "1", now=NOW)
        work.companies.remove("co_1")
        assert work.settings.all("co_1") == {}
        assert work.cycles.list("co_1") == []
        assert work.inbound.list("co_1") == []
