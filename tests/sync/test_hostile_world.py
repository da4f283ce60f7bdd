"""A world that will not play along: no network, a full disk, a database that cannot be written, 30,000 rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import event

from tests.looking import invoices, issues, only
from tests.world import World
from tieout.domain.documents import Kind
from tieout.kit.errors import Invalid, Retry, TieoutError, Unreachable
from tieout.mirror.backfill import import_company
from tieout.sync.cycle import sync_now
from tieout.sync.host_records import import_csv
from tieout.wiring import Settings, build
from tieout.worker import Worker


class NoNetwork(httpx2.BaseTransport):
    """A network cable that was pulled."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Reach nothing."""
        raise httpx2.ConnectError("Name or service not known", request=request)


def _four_parts(error: TieoutError) -> None:
    assert all(error.parts().values()), error.parts()


def _unplugged(world: World) -> Callable[[], None]:
    """Pull the cable; gives what plugs it in again."""
    plugged = world.transport
    world.transport = NoNetwork()
    world.restart()

    def plug_in() -> None:
        world.transport = plugged
        world.restart()

    return plug_in


def test_without_a_network_everything_waits_and_goes_once_it_is_back(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    plug_in = _unplugged(world)
    for _ in range(4):
        report = world.sync()
        assert report.state == "partial"
        assert "tried again" in report.error
        world.pass_time(900)
    with pytest.raises(Retry) as refused:
        import_company(world.edges, world.caller, anew=True)
    _four_parts(refused.value)
    assert issues(world) == [], "an outage is nobody's question"
    plug_in()
    world.settle()
    assert only(invoices(world))["DocNumber"] == "T-i1"
    assert issues(world) == []


@pytest.mark.parametrize("room", [0, 1, 2, 3])
def test_a_disk_that_fills_up_in_the_middle_of_an_export_doubles_and_loses_nothing(
    small_world: World, room: int
) -> None:
    world = small_world
    world.ready()
    world.client()
    world.service()
    for number in range(12):
        world.invoice(f"i{number}", number=f"T-{number}")
    with FullDisk(world, room):
        said = _ending(world)
        assert "its disk is full" in said
    world.restart()
    world.pass_time(600)
    world.settle(cycles=30)
    assert sorted(one["DocNumber"] for one in invoices(world)) == sorted(f"T-{one}" for one in range(12))
    assert len(world.every("Customer")) == 1
    assert issues(world) == []


def _ending(world: World) -> str:
    """Run a cycle that cannot end well; gives what it said."""
    try:
        report = world.sync()
    except Unreachable as error:
        _four_parts(error)
        return error.sentence()
    assert report.state != "succeeded"
    return report.error


class FullDisk:
    """Lets the SQLite file grow by a few pages and no more."""

    def __init__(self, world: World, room: int) -> None:
        self._engine, self._room = world.edges.database.engine, room

    def __enter__(self) -> None:
        with self._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        self._engine.dispose()
        self._limit = lambda connection, _record: connection.execute(
            f"PRAGMA max_page_count = {pages + self._room}"
        )
        event.listen(self._engine, "connect", self._limit)

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "connect", self._limit)
        self._engine.dispose()


def test_a_worker_goes_on_after_its_disk_was_full(small_world: World) -> None:
    world = small_world
    world.ready()
    world.client()
    world.service()
    for number in range(12):
        world.invoice(f"i{number}", number=f"T-{number}")
    worker = Worker(world.edges)
    with FullDisk(world, 3):
        worker.start()
        time.sleep(0.5)
        assert {"look", "sweep"} <= {one.name for one in threading.enumerate()}
    worker.stop()
    world.pass_time(600)
    world.settle(cycles=30)
    assert len(invoices(world)) == 12


def test_a_database_that_may_only_be_read_is_named_and_nothing_is_sent(small_world: World) -> None:
    world = small_world
    world.ready()
    world.client()
    world.service()
    world.invoice()
    world.edges.database.close()
    sent = len(invoices(world))
    for part in world.folder.glob("tieout.db*"):
        part.chmod(0o444)
    read_only = f"sqlite:///file:{world.folder / 'tieout.db'}?mode=ro&uri=true"
    settings = Settings(home=world.folder, database=read_only, intuit_url="http://qbosim.localhost")
    with pytest.raises(Invalid) as refused:
        sync_now(build(settings, clock=world.clock, transport=world.transport), world.caller)
    _four_parts(refused.value)
    assert "tieout.db" in refused.value.record
    assert len(invoices(world)) == sent


def _rows(number: int) -> Iterator[str]:
    for one in range(number):
        yield f"B-{one:05},c{one % 500},2026-03-02,USD,s1,{one % 7 + 1},19.99"


def _big(folder: Path, rows: list[str]) -> Path:
    folder.mkdir()
    (folder / "services.csv").write_text("ref,name,unit_price\ns1,Hour,19.99\n")
    clients = "\n".join(f"c{one},Client {one:03}" for one in range(500))
    (folder / "clients.csv").write_text(f"ref,name\n{clients}\n")
    header = "number,client,date,currency,service,quantity,unit_price"
    (folder / "invoices.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder


def test_thirty_thousand_rows_are_taken_in_and_one_bad_row_takes_none(
    small_world: World, tmp_path: Path
) -> None:
    world = small_world
    rows = list(_rows(30_000))
    spoilt = rows.copy()
    spoilt[29_998] = spoilt[29_998].replace(",s1,", ",s1,-")
    refused = import_csv(world.edges, world.caller, _big(tmp_path / "spoilt", spoilt))
    assert not refused.applied
    problem = only(list(refused.plan.problems))
    assert (problem.file, problem.row, problem.column) == ("invoices.csv", 30_000, "quantity")
    assert "B-29998" in problem.record
    assert all((problem.what, problem.why, problem.remedy))
    assert world.host.browse(Kind.CLIENT, "", "", 1).records == ()
    assert world.host.browse(Kind.INVOICE, "", "", 1).records == ()
    taken = import_csv(world.edges, world.caller, _big(tmp_path / "good", rows))
    assert taken.applied
    assert taken.plan.create == 30_501
    assert world.host.balance("B-29999").amount == Decimal("19.99") * (29_999 % 7 + 1)
