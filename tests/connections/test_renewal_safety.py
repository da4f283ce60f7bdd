"""A renewed token outlives whatever happens between Intuit's answer and our commit: kills, full disks, bad luck."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import event

from qbosim.server import open_simulator, running
from qbosim.simulator import Simulator
from tests.connections.test_tokens import CONNECT, HOUR, OPEN
from tests.looking import only, plan_fault
from tests.world import World
from tieout.connections.companies import list_companies
from tieout.connections.companies import test_connection as ask_quickbooks
from tieout.connections.renewal import Renewal
from tieout.connections.sealing import refresh_token
from tieout.kit.errors import ReconnectNeeded, TieoutError
from tieout.storage.companies import Company
from tieout.storage.grants import StoredGrant

DAY_AND_MORE = 26 * HOUR

DIE = (
    OPEN
    + """
import os, signal
moment = sys.argv[1]
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
post, keep, drop = edges.http.post, edges.spool.keep, edges.spool.drop
if moment == "before the call":
    edges.http.post = die
elif moment == "after the answer":
    edges.spool.keep = die
elif moment == "after the spool":
    edges.spool.keep = lambda *given: (keep(*given), die())
elif moment == "after the commit":
    edges.spool.drop = lambda *given: die() if edges.spool.held(*given) else None
company = get_company(edges, caller)
token = Bearer(edges, company)
print(token(token()), flush=True)
"""
)
TEST = (
    OPEN
    + """
from tieout.connections.companies import test_connection
from tieout.kit.errors import TieoutError
try:
    print(test_connection(edges, caller))
except TieoutError as error:
    sys.exit(error.sentence())
"""
)


class House:
    """A simulator on a port and an installation that was connected to it, in processes of its own."""

    def __init__(self, simulator: Simulator, url: str, folder: Path) -> None:
        self.simulator, self.url, self.folder = simulator, url, folder
        self.environment = {**os.environ, "TIEOUT_HOME": str(folder), "TIEOUT_INTUIT_URL": url}
        grant = httpx2.post(f"{url}/qbosim/grant").json()
        told = (*simulator.client_credentials, simulator.realm_id, grant["refresh_token"])
        assert self.run(CONNECT, *told).returncode == 0

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        return subprocess.run(
            [sys.executable, "-c", program, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def rotation_is_due(self) -> None:
        """Let more than a day pass at Intuit: the next renewal answers another refresh token."""
        httpx2.post(f"{self.url}/qbosim/clock", json={"advance": DAY_AND_MORE}).raise_for_status()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_simulator(company="empty", seed=3) as simulator, running(simulator) as url:
        yield House(simulator, url, tmp_path)


@pytest.mark.parametrize("moment", ["before the call", "after the spool", "after the commit"])
def test_a_process_killed_in_a_rotation_loses_nothing(house: House, moment: str) -> None:
    house.rotation_is_due()
    assert house.run(DIE, moment).returncode == -signal.SIGKILL
    spool = house.folder / "keys.spool"
    if moment != "before the call":
        (left,) = spool.iterdir()
        assert left.stat().st_mode & 0o777 == 0o600
        assert b"AB11" not in left.read_bytes(), "a token lies on the disk in plain text"
    for _ in range(2):
        asked = house.run(TEST)
        assert asked.returncode == 0, asked.stderr
        assert not spool.exists() or list(spool.iterdir()) == []
        house.rotation_is_due()


def test_a_process_killed_before_it_could_spool_is_told_as_what_it_is(house: House) -> None:
    house.rotation_is_due()
    assert house.run(DIE, "after the answer").returncode == -signal.SIGKILL
    asked = house.run(TEST)
    assert asked.returncode != 0
    assert "cut off" in asked.stderr


def test_a_database_that_cannot_be_written_costs_no_token(small_world: World) -> None:
    world = small_world
    world.connect()
    world.pass_time(DAY_AND_MORE)
    renewal = Renewal(world.edges, _company(world), _stored(world).id)
    before, broken = _stored(world), True

    def refuse(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if broken and statement.startswith("UPDATE grants") and "access_box" in statement:
            raise _disk_full()

    event.listen(world.edges.database.engine, "before_cursor_execute", refuse)
    with pytest.raises(TieoutError) as refused:
        renewal.token()
    assert all(refused.value.parts().values())
    assert refresh_token(world.edges.keys, _stored(world)) == refresh_token(world.edges.keys, before)
    broken = False
    assert renewal.token(), "what Intuit answered was kept in memory, and Intuit is not asked again"
    assert refresh_token(world.edges.keys, _stored(world)) != refresh_token(world.edges.keys, before)
    assert world.edges.spool.names() == []
    world.pass_time(DAY_AND_MORE)
    assert ask_quickbooks(world.edges, world.caller)


def test_without_a_disk_for_the_spool_the_memory_keeps_what_came(small_world: World) -> None:
    world = small_world
    world.connect()
    (world.folder / "keys.spool").write_text("a file where the folder would be")
    world.pass_time(DAY_AND_MORE)
    assert ask_quickbooks(world.edges, world.caller)
    world.pass_time(DAY_AND_MORE)
    assert ask_quickbooks(world.edges, world.caller)


def test_whoever_slept_through_another_ones_renewal_overwrites_nothing(world: World) -> None:
    """A process that is stopped between Intuit's answer and its commit wakes up when its right has run out."""
    world.pass_time(DAY_AND_MORE)
    sleeper = Renewal(world.edges, _company(world), _stored(world).id)
    asleep, awake = threading.Event(), threading.Event()
    keep = world.edges.spool.keep

    def sleepy(name: str, entry: bytes) -> bool:
        kept = keep(name, entry)
        asleep.set()
        assert awake.wait(30)
        return kept

    world.edges.spool.keep = sleepy  # type: ignore[method-assign]
    got: list[str] = []
    thread = threading.Thread(target=lambda: got.append(sleeper.token()))
    thread.start()
    assert asleep.wait(30)
    world.edges.spool.keep = keep  # type: ignore[method-assign]
    world.pass_time(120)
    other = Renewal(world.edges, _company(world), _stored(world).id).token()
    first = _stored(world)
    awake.set()
    thread.join(30)
    assert got == [other]
    assert refresh_token(world.edges.keys, _stored(world)) == refresh_token(world.edges.keys, first)
    world.pass_time(DAY_AND_MORE)
    assert ask_quickbooks(world.edges, world.caller)


def test_an_answer_that_was_lost_on_its_way_in_a_rotation_is_told_as_what_it_is(small_world: World) -> None:
    world = small_world
    world.connect()
    world.pass_time(DAY_AND_MORE)
    plan_fault(world, fault="reply_lost", path="/oauth2/v1/tokens/bearer", times=1)
    with pytest.raises(TieoutError):
        ask_quickbooks(world.edges, world.caller)
    with pytest.raises(ReconnectNeeded) as refused:
        ask_quickbooks(world.edges, world.caller)
    assert "cut off" in refused.value.reason
    assert refused.value.facts["tid"]
    world.connect()
    assert ask_quickbooks(world.edges, world.caller)


def test_a_database_put_back_from_a_backup_is_told_as_what_it_may_be_and_connecting_again_mends_it(
    small_world: World,
) -> None:
    world = small_world
    world.connect()
    world.edges.database.close()
    backup = (world.folder / "tieout.db").read_bytes()
    for _ in range(2):
        world.restart()
        world.pass_time(DAY_AND_MORE)
        assert ask_quickbooks(world.edges, world.caller)
    world.edges.database.close()
    for left in world.folder.glob("tieout.db-*"):
        left.unlink()
    (world.folder / "tieout.db").write_bytes(backup)
    world.restart()
    with pytest.raises(ReconnectNeeded) as refused:
        ask_quickbooks(world.edges, world.caller)
    assert "put back from a backup" in refused.value.reason
    assert "2026-03-02" in refused.value.reason, "the day that the backup is of"
    world.connect()
    assert ask_quickbooks(world.edges, world.caller)


def test_the_app_being_exchanged_spends_no_token(small_world: World) -> None:
    from tieout.connections.apps import save_app
    from tieout.kit.crypto import Secret

    world = small_world
    world.connect()
    other = world.control("POST", "apps", {"name": "Another app"})
    save_app(
        world.edges,
        world.caller,
        environment="production",
        client_id=other["client_id"],
        client_secret=Secret(other["client_secret"]),
    )
    world.pass_time(HOUR)
    with pytest.raises(TieoutError) as refused:
        ask_quickbooks(world.edges, world.caller)
    assert "exchanged" in refused.value.message
    save_app(
        world.edges,
        world.caller,
        environment="production",
        client_id=world.simulator.client_id,
        client_secret=Secret(world.simulator.client_secret),
    )
    assert ask_quickbooks(world.edges, world.caller)


def _company(world: World) -> Company:
    found: Company = only(list_companies(world.edges, world.caller))
    return found


def _stored(world: World) -> StoredGrant:
    company = _company(world).id
    with world.edges.database.reading() as work:
        found: StoredGrant = only(work.grants.all(company))
    return found


def _disk_full() -> Exception:
    import sqlite3

    from sqlalchemy.exc import OperationalError

    said = sqlite3.OperationalError("database or disk is full")
    said.sqlite_errorcode, said.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
    return OperationalError("UPDATE grants", {}, said)
