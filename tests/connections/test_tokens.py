"""Access tokens: renewed once however many ask, stored before they are used, and what happens when they end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from qbosim.server import open_simulator, running
from tests.looking import invoices, issues, kinds, only, plan_fault
from tests.mirror.wire import rewired
from tests.world import World
from tieout.connections.apps import save_app
from tieout.connections.companies import test_connection as ask_quickbooks
from tieout.connections.ending import disconnect
from tieout.connections.renewal import Renewal
from tieout.connections.sealing import refresh_token
from tieout.connections.tokens import Bearer
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, ReconnectNeeded, Retry, TieoutError
from tieout.storage.companies import Company
from tieout.storage.grants import StoredGrant
from tieout.worker import Worker

HOUR = 3600.0


def _company(world: World) -> Company:
    with world.edges.database.reading() as work:
        found: Company = only(work.companies.all("main"))
    return found


def _version(world: World) -> int:
    return _stored(world).version


def _stored(world: World) -> StoredGrant:
    company = _company(world)
    with world.edges.database.reading() as work:
        stored: StoredGrant = only(work.grants.all(company.id))
    return stored


def _at_once(number: int, act: Callable[[], str]) -> list[str]:
    """Do something in several threads that start together; gives what each of them got."""
    gate, found = threading.Barrier(number), []

    def run() -> None:
        gate.wait()
        found.append(act())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == number
    return found


def test_a_token_is_renewed_once_however_many_threads_ask(world: World) -> None:
    for round_ in range(5):
        before = _version(world)
        world.pass_time(HOUR)
        bearer = Bearer(world.edges, _company(world))
        assert len(set(_at_once(8, bearer))) == 1, round_
        assert _version(world) == before + 1


def test_threads_that_wait_for_a_renewal_do_not_take_it_over(small_world: World) -> None:
    """On a clock that only waiting moves, whoever polls for long enough would see the renewer's claim run out."""

    class Slow(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/tokens/bearer"):
                time.sleep(0.3)
            return inner.handle_request(request)

    world = small_world
    world.connect()
    inner = world.transport
    world.transport = Slow()
    world.restart()
    before, started = _version(world), world.clock.now()
    world.pass_time(HOUR)
    assert len(set(_at_once(8, Bearer(world.edges, _company(world))))) == 1
    assert _version(world) == before + 1
    assert (world.clock.now() - started).total_seconds() < HOUR + 1


def test_a_token_that_somebody_renewed_while_we_looked_is_not_renewed_again(world: World) -> None:
    world.pass_time(HOUR)
    before = _version(world)
    grant = _stored(world).id
    late, first = (Renewal(world.edges, _company(world), grant) for _ in range(2))
    claim = late._claim

    def claim_late() -> bool:
        first.token()  # between our look at the stored token and our claim
        return claim()

    late._claim = claim_late  # type: ignore[method-assign]
    assert late.token() == first.token()
    assert _version(world) == before + 1


OPEN = """
import sys
from tieout.connections.apps import save_app
from tieout.connections.companies import get_company
from tieout.connections.oauth import connect_with_refresh_token
from tieout.connections.tokens import Bearer
from tieout.kit.crypto import Secret
from tieout.security.callers import owner
from tieout.wiring import TENANT, Settings, build
edges, caller = build(Settings()), owner(TENANT, "test")
"""
CONNECT = (
    OPEN
    + """
client_id, client_secret, realm_id, refresh_token = sys.argv[1:]
save_app(edges, caller, environment="production", client_id=client_id, client_secret=Secret(client_secret))
connect_with_refresh_token(
    edges, caller, environment="production", realm_id=realm_id, refresh_token=Secret(refresh_token)
)
"""
)
ASK = (
    OPEN
    + """
bearer = Bearer(edges, get_company(edges, caller))
refused = bearer()
print("ready", flush=True)
sys.stdin.readline()
print(bearer(refused), flush=True)
"""
)


def test_a_token_is_renewed_once_by_two_processes(tmp_path: Path) -> None:
    with open_simulator(company="empty", seed=3) as simulator, running(simulator) as address:
        environment = {**os.environ, "TIEOUT_HOME": str(tmp_path), "TIEOUT_INTUIT_URL": address}
        grant = httpx2.post(f"{address}/qbosim/grant").json()
        subprocess.run(
            [
                *(sys.executable, "-c", CONNECT, *simulator.client_credentials),
                *(simulator.realm_id, grant["refresh_token"]),
            ],
            env=environment,
            check=True,
            timeout=60,
        )
        both = [
            subprocess.Popen(
                [sys.executable, "-c", ASK],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        try:
            for one in both:
                assert one.stdout is not None
                assert one.stdout.readline() == "ready\n"
            before = _renewals(address)
            for one in both:
                assert one.stdin is not None
                one.stdin.write("go\n")
                one.stdin.flush()
            got = [one.communicate(timeout=60)[0].strip() for one in both]
        finally:
            for one in both:
                one.kill()
                one.communicate()
        assert got[0] == got[1] != ""
        assert _renewals(address) == before + 1


def _renewals(address: str) -> int:
    found = httpx2.get(f"{address}/qbosim/log", params={"path": "/oauth2/v1/tokens/bearer"}).json()
    return len(found["entries"])


def test_after_the_refresh_token_was_rotated_the_new_one_is_used(world: World) -> None:
    first = _stored(world)
    world.pass_time(26 * HOUR)
    assert world.sync().state == "succeeded"
    second = _stored(world)
    keys = world.edges.keys
    assert refresh_token(keys, first) != refresh_token(keys, second)
    for _ in range(3):
        world.pass_time(26 * HOUR)
        assert world.sync().state == "succeeded"
    assert issues(world) == []


def test_a_token_that_is_refused_early_is_renewed_and_the_cycle_goes_on(world: World) -> None:
    before = _version(world)
    plan_fault(world, fault="401", path="*/cdc", times=1)
    assert world.sync().state == "succeeded"
    assert _version(world) == before + 1


@pytest.mark.parametrize("fault", ["request_lost", "reply_lost", "503", "429", "garbage", "cut_body"])
def test_a_renewal_that_fails_is_tried_again_by_itself(world: World, fault: str) -> None:
    world.pass_time(HOUR)
    plan_fault(world, fault=fault, path="/oauth2/v1/tokens/bearer", times=1)
    assert world.sync().state in ("partial", "succeeded")
    world.pass_time(HOUR)
    before = world.clock.now()
    assert world.sync().state == "succeeded"
    assert (world.clock.now() - before).total_seconds() < 1, "the right to renew was not given back"
    assert issues(world) == []


def test_a_secret_that_was_renewed_at_intuit_is_said_at_every_try_and_at_once(world: World) -> None:
    world.pass_time(HOUR)
    save_app(
        world.edges,
        world.caller,
        environment="production",
        client_id=world.simulator.client_id,
        client_secret=Secret("the former one"),
    )
    for _ in range(2):
        before = world.clock.now()
        with pytest.raises(Invalid) as refused:
            ask_quickbooks(world.edges, world.caller)
        assert all(refused.value.parts().values())
        assert (world.clock.now() - before).total_seconds() < 1, "the right to renew was not given back"
    save_app(
        world.edges,
        world.caller,
        environment="production",
        client_id=world.simulator.client_id,
        client_secret=Secret(world.simulator.client_secret),
    )
    assert ask_quickbooks(world.edges, world.caller)


def test_a_connection_ended_in_quickbooks_pauses_the_company_and_is_one_issue(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    world.control("POST", "revoke", {"realm_id": world.simulator.realm_id})
    assert world.sync().state == "aborted"
    assert _company(world).status == "needs_reconnect"
    for _ in range(3):
        world.pass_time(HOUR)
        with pytest.raises(ReconnectNeeded) as refused:
            world.sync()
        assert all(refused.value.parts().values())
        assert Worker(world.edges).tick() == []
    found = only(issues(world))
    assert (found.finding.kind, found.times) == ("connection.auth", 1)
    assert all((found.finding.what, found.finding.label, found.finding.why, found.finding.remedy))
    assert world.connect().status == "connected"
    assert issues(world) == []
    world._token = world.grant()["access_token"]  # the bookkeeper came in through the same app
    world.pass_time(1)
    (report,) = Worker(world.edges).tick()
    assert report.state == "succeeded"
    world.settle()
    assert [one["DocNumber"] for one in invoices(world)] == ["T-i1"]


def test_a_connection_that_turns_out_to_work_after_all_runs_again(world: World) -> None:
    plan_fault(world, fault="401", path="*/cdc", times=2)
    assert world.sync().state == "aborted"
    assert kinds(world) == ["connection.auth"]
    assert ask_quickbooks(world.edges, world.caller)
    assert issues(world) == []
    assert _company(world).status == "connected"
    assert world.sync().state == "succeeded"


def test_a_company_disconnected_in_the_middle_of_a_cycle_stays_disconnected(world: World) -> None:
    done = False

    def in_between(body: object) -> None:
        nonlocal done
        if not done and "CDCResponse" in str(body):
            done = True
            disconnect(world.edges, world.caller)

    world.client()
    world.service()
    world.invoice()
    rewired(world, tamper=in_between)
    assert world.sync().state != "succeeded"
    assert done
    assert _company(world).status == "disconnected"
    assert issues(world) == []


@pytest.mark.parametrize("path", ["/oauth2/v1/tokens/bearer", "*/companyinfo/*"])
def test_a_test_of_the_connection_says_that_intuit_is_out_of_reach(world: World, path: str) -> None:
    world.pass_time(HOUR)
    plan_fault(world, fault="request_lost", path=path, times=None)
    with pytest.raises(TieoutError) as refused:
        ask_quickbooks(world.edges, world.caller)
    assert isinstance(refused.value, Retry)
    assert all(refused.value.parts().values())
    assert _company(world).status == "connected"
    assert issues(world) == []
