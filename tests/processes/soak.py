"""A long soak: workers on PostgreSQL, struck at random, changes on all sides, an audit at the end.

`python -m tests.processes.soak --minutes 10 [--workers 2] [--seed 1]`. Two tenants, one with four companies and one
with one, are served by `tieout serve --no-worker` and so many `tieout worker`, on a PostgreSQL of its own and a
simulator that keeps Intuit's limits and sends webhooks. Workers are killed, paused and told to stop, the database
is restarted, the network is cut. Ends with 0 when every document is in the books exactly once, mirrors equal books
record by record, no cycle of a company ran beside another, each blow was over in time, every job was done, no call
was too soon, and every change made in the books came in within seconds, or, after a blow, within a minute.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.databases import Server, own_postgres
from tests.processes.bookkeeper import Bookkeeper, Watch, differing
from tests.processes.programs import TIEOUT, Programs, killed, until
from tests.processes.storm import live
from tieout.connections.oauth import connect_with_refresh_token
from tieout.connections.tenants import add_tenant
from tieout.connections.webhooks import PATIENCE as BURST
from tieout.connections.webhooks import PLACE, share_webhooks
from tieout.domain.documents import Kind, Line, SalesDocument, Status
from tieout.edges import Edges
from tieout.kit.crypto import Secret
from tieout.mirror.backfill import import_company
from tieout.mirror.starting import start_import
from tieout.security.callers import operator, owner
from tieout.storage.companies import Company
from tieout.sync.documents import list_documents
from tieout.wiring import TENANT

LEASE_SECONDS = 9.0
RECOVERY_MAX = 60.0
"""Seconds until work goes on after a blow."""
SOON = BURST.total_seconds() + 5.0
"""Seconds in which a change in the books is here while nothing is struck: bookkeepers work in bursts here, and the look
at a company is put off until a burst is over, but not for longer than that."""
CUT_SECONDS = 20.0
STORM_SECONDS = 60.0
LULL_SECONDS = 30.0
"""Between storms nothing is struck, so that it is seen how soon a change is here in calm."""
INVOICES = 40
OTHERS = 3
"""Companies of the first tenant besides the one that is live: they are only mirrored."""
SMALL = "small"
"""The tenant with one company."""


class Soak:
    """One soak on its way."""

    def __init__(self, programs: Programs, server: Server, edges: Edges, workers: int, seed: int) -> None:
        self.programs, self.server, self.edges = programs, server, edges
        self.chance = random.Random(seed)
        self.began = time.monotonic()
        self.owed = [self.kill, self.pause, self.end, self.restart_database, self.cut]
        """What has not struck yet: each does once, however short the soak is."""
        self.chance.shuffle(self.owed)
        self.workers = [programs.worker() for _ in range(workers)]
        self.billed = [f"K-{one:04}" for one in range(INVOICES)]
        self.did: Counter[str] = Counter()
        self.jobs: list[str] = []
        self.blows: list[tuple[float, float, str]] = []
        """From when until when work was disturbed, and by what."""
        with edges.database.reading() as work:
            self.companies = [*work.companies.all(TENANT), *work.companies.all(SMALL)]
        client = programs.http.post("/qbosim/apps", json={"name": "Bookkeeper"}).json()["client_id"]
        self.books = {one.id: Bookkeeper(programs, one.realm_id, client) for one in self.companies}
        self.watch = Watch(edges)

    @property
    def live(self) -> Company:
        """Give the company into which the host's documents go."""
        return next(one for one in self.companies if one.realm_id == self.programs.ready["realm_id"])

    def step(self) -> None:
        """Do something at random, on one of the sides or to what runs."""
        acts = {self.bill: 12, self.pay: 8, self.rename: 10, self.newcomer: 6, self.ask_import: 2}
        blows = {self.kill: 4, self.pause: 2, self.end: 2, self.restart_database: 1, self.cut: 1}
        if (time.monotonic() - self.began) % (STORM_SECONDS + LULL_SECONDS) > STORM_SECONDS:
            choices = acts
        elif self.owed and self.chance.random() < 0.2:
            choices = {self.owed.pop(): 1}
        else:
            choices = acts | blows
        act = self.chance.choices(list(choices), weights=list(choices.values()))[0]
        act()
        self.did[act.__name__] += 1
        time.sleep(self.chance.uniform(0.1, 1.5))

    # What people do

    def bill(self) -> None:
        """Bill a few clients at the host."""
        host: Any = self.edges.host(TENANT, "ledger")
        for _ in range(self.chance.randint(1, 8)):
            number = f"S-{len(self.billed):05}"
            host.put(_invoice(number, f"c{self.chance.randrange(15)}", self.edges.clock.now().date()))
            self.billed.append(number)
        self._wake()

    def pay(self) -> None:
        """Have the bookkeeper pay an open invoice."""
        books = self.books[self.live.id]
        open_ = [one for one in books.everything("Invoice") if Decimal(str(one["Balance"])) > 0]
        if not open_:
            return
        bill = self.chance.choice(open_)
        line = {"Amount": bill["Balance"], "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Invoice"}]}
        body = {"CustomerRef": bill["CustomerRef"], "TotalAmt": bill["Balance"], "Line": [line]}
        self._write(self.live, "payment", body)

    def rename(self) -> None:
        """Have a bookkeeper note something on a customer."""
        company = self.chance.choice(self.companies)
        known = self.books[company.id].everything("Customer")
        if known:
            one = self.chance.choice(known)
            note = {"Id": one["Id"], "SyncToken": one["SyncToken"], "sparse": True}
            self._write(company, "customer", {**note, "Notes": f"note {self.chance.random()}"})

    def newcomer(self) -> None:
        """Have a bookkeeper add a customer that the host does not know."""
        company = self.chance.choice(self.companies)
        self._write(company, "customer", {"DisplayName": f"Newcomer {self.chance.random()}"})

    def ask_import(self) -> None:
        """Have somebody ask for a company's records anew."""
        company = self.chance.choice(self.companies)
        asked = start_import(self.edges, owner(company.tenant, "test"), company=company.id, anew=True)
        self.jobs.append(asked.job)

    # What happens to what runs

    def kill(self) -> None:
        """Kill a worker without a warning, see the company taken on by another, and start one in its place."""
        with self._blow("kill"):
            gone = self._struck()
            killed(gone)
            self._goes_on(gone)
        self.workers.append(self.programs.worker())

    def pause(self) -> None:
        """Stop a worker for longer than its lease, and let it wake up."""
        with self._blow("pause"):
            asleep = self._struck()
            asleep.send_signal(signal.SIGSTOP)
            self._goes_on(asleep)
        time.sleep(LEASE_SECONDS + 2)
        asleep.send_signal(signal.SIGCONT)
        self.workers.append(asleep)

    def end(self) -> None:
        """Tell a worker to stop, and start one in its place."""
        with self._blow("end"):
            gone = self._struck()
            gone.send_signal(signal.SIGTERM)
            self._goes_on(gone)
            assert gone.wait(60) == 0, "a worker that was told to stop did not end by itself"
        self.workers.append(self.programs.worker())

    def restart_database(self) -> None:
        """Let the database crash and come back."""
        self._quiet()
        with self._blow("database"):
            self.server.crash()
            time.sleep(self.chance.uniform(0, 3))
            self.server.start()
            self._goes_on(None)

    def cut(self) -> None:
        """Cut the network to QuickBooks for a while."""
        self._quiet()
        with self._blow("cut"):
            self.programs.kill_simulator()
            time.sleep(CUT_SECONDS)
            self.programs.serve()
            self._goes_on(None)

    # What must be so in the end

    def audit(self) -> list[str]:
        """Let calm return, and list what is wrong."""
        wrong: list[str] = []
        caller = owner(TENANT, "test")
        books = self.books[self.live.id]
        self._wake()
        until(
            "everything that was billed is in the books",
            lambda: len(books.everything("Invoice")) >= len(self.billed),
            patience=300,
            step=1,
        )
        unsettled = {"waiting", "queued", "on_its_way"}
        until(
            "nothing is on its way",
            lambda: (
                not {one.stands for one in list_documents(self.edges, caller, limit=500).rows} & unsettled
            ),
            patience=300,
            step=1,
        )
        self._quiet(patience=300)
        until("every job has ended", lambda: set(self._job_states()) <= {"done", "failed"}, patience=300)
        for company in self.companies:
            wrong += differing(self.edges, company.id, self.books[company.id])
            wrong += self._overlapping(company)
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        wrong += [f"a worker ended with {code}" for one in self.workers if (code := one.wait(60))]
        numbers = Counter(one["DocNumber"] for one in books.everything("Invoice"))
        wrong += [
            f"invoice {number} is there {times} times" for number, times in numbers.items() if times > 1
        ]
        wrong += [f"invoice {number} is missing" for number in self.billed if number not in numbers]
        wrong += [f"a stranger: {number}" for number in numbers if number not in self.billed]
        names = Counter(one["DisplayName"] for one in books.everything("Customer"))
        wrong += [f"customer {name} is there {times} times" for name, times in names.items() if times > 1]
        wrong += [f"a job ended as {state}" for state in self._job_states() if state != "done"]
        wrong += [
            f"{what}: over after {end - at:.0f} s" for at, end, what in self.blows if end - at > _most(what)
        ]
        wrong += [
            f"{one.entity} {one.qbo_id} of {one.company} came in after {one.took:.0f} s"
            for one in self.watch.made
            if one.took is not None
            and one.took > (RECOVERY_MAX if self._was_struck(one.since, one.took) else SOON)
        ]
        wrong += [f"told to slow down: {one['path']}" for one in self._too_soon()]
        wrong += [] if self.programs.balanced() else ["the books do not balance"]
        return wrong

    def told(self) -> list[str]:
        """Say in a few lines what was done and measured."""
        with self.edges.database.reading() as work:
            cycles = Counter(
                one.state for company in self.companies for one in work.cycles.list(company.id, limit=100_000)
            )
        calm = sorted(
            one.took for one in self.watch.made if one.took and not self._was_struck(one.since, one.took)
        )
        struck = [one.took for one in self.watch.made if one.took and self._was_struck(one.since, one.took)]
        lines = [
            f"did: {dict(self.did)}",
            f"cycles: {dict(cycles)}; invoices: {len(self.billed)}; calls too soon: {len(self._too_soon())}",
        ]
        for what in dict.fromkeys(what for _, _, what in self.blows):
            spans = sorted(end - at for at, end, kind in self.blows if kind == what)
            lines.append(f"work went on after {what}: {', '.join(f'{one:.1f}' for one in spans)} s")
        if calm:
            middle, late = calm[len(calm) // 2], calm[len(calm) * 95 // 100]
            lines.append(
                f"changes in the books were here after {middle:.1f} s (half), {late:.1f} s (95 %), {calm[-1]:.1f} s"
                f" (all of {len(calm)}); around a blow after {max(struck, default=0.0):.1f} s at most ({len(struck)})"
            )
        return lines

    def _struck(self) -> subprocess.Popen[str]:
        """Take a worker out: one that holds a company more often than not."""
        with self.edges.database.reading() as work:
            holders = {holder.split(":")[1] for _, holder in work.companies.holders() if ":" in holder}
        busy = [one for one in self.workers if str(one.pid) in holders]
        chosen = self.chance.choice(busy if busy and self.chance.random() < 0.8 else self.workers)
        self.workers.remove(chosen)
        return chosen

    def _goes_on(self, struck: subprocess.Popen[str] | None) -> None:
        """Wait until work on the live company that began after the blow is done by somebody who was not struck."""
        now = self.edges.clock.now()
        self._wake()

        def goes_on() -> bool:
            with self.edges.database.reading() as work:
                company = work.companies.get(self.live.id)
                newest = work.cycles.list(self.live.id, limit=1)
            assert company is not None
            holder = company.leased_by.split(":")
            elsewhere = struck is not None and len(holder) == 3 and holder[1] != str(struck.pid)
            done = any(one.started_at > now and one.state in ("succeeded", "partial") for one in newest)
            return elsewhere or done

        until("work goes on", goes_on, patience=180)

    @contextmanager
    def _blow(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.blows.append((began, time.monotonic(), what))

    def _was_struck(self, since: float, took: float) -> bool:
        """Tell whether something was struck, or had just been, while a change was on its way."""
        return any(at <= since + took and since <= end + LEASE_SECONDS + 5 for at, end, _ in self.blows)

    def _quiet(self, patience: float = 90) -> None:
        """Wait until every change made in the books is here: a webhook that nobody takes comes 20 minutes later."""
        until("the changes in the books are here", lambda: not self.watch.waiting(), patience=patience)

    def _wake(self) -> None:
        with self.edges.database.transaction() as work:
            work.companies.wake(self.live.id, now=self.edges.clock.now())

    def _write(self, company: Company, entity: str, body: dict[str, Any]) -> None:
        written = self.books[company.id].write(entity, body)
        self.did[f"{entity} {'written' if written else 'refused'}"] += 1
        if written:
            self.watch.expect(company.id, entity.capitalize(), written)

    def _job_states(self) -> list[str]:
        with self.edges.database.reading() as work:
            found = {name: work.jobs.get(name) for name in set(self.jobs)}
        return [one.state if one is not None else "gone" for one in found.values()]

    def _overlapping(self, company: Company) -> list[str]:
        with self.edges.database.reading() as work:
            found = sorted(work.cycles.list(company.id, limit=100_000), key=lambda one: one.fence)
        return [
            f"{first.fence} of {company.name} ended {first.finished_at}, {second.fence} began {second.started_at}"
            for first, second in pairwise(found)
            if first.finished_at is None or first.finished_at > second.started_at
        ]

    def _too_soon(self) -> list[dict[str, Any]]:
        asked = {"status": "429", "client_id": self.programs.ready["client_id"]}
        found: list[dict[str, Any]] = self.programs.http.get("/qbosim/log", params=asked).json()["entries"]
        return found


def _most(what: str) -> float:
    return RECOVERY_MAX + (CUT_SECONDS if what == "cut" else 0)


def _invoice(number: str, client: str, dated: date) -> SalesDocument:
    line = Line("s1", Decimal(1), Decimal("80.50"), Decimal("80.50"), description="Workshop hour")
    return SalesDocument(
        kind=Kind.INVOICE,
        ref=number,
        number=number,
        client=client,
        dated=dated,
        currency="USD",
        lines=(line,),
        status=Status.FINAL,
    )


def _more_companies(programs: Programs) -> None:
    """Connect and import companies that are only mirrored: some of the first tenant, one of another."""
    with programs.installation() as (edges, _caller):
        add_tenant(edges, operator(TENANT, "test"), tenant=SMALL)
        for tenant in [*[TENANT] * OTHERS, SMALL]:
            realm = programs.http.post("/qbosim/companies", json={"kind": "empty"}).json()["realm_id"]
            grant = programs.http.post("/qbosim/grant", json={"realm_id": realm}).json()
            company = connect_with_refresh_token(
                edges,
                owner(tenant, "test"),
                environment="production",
                realm_id=realm,
                refresh_token=Secret(grant["refresh_token"]),
            )
            import_company(edges, owner(tenant, "test"), company=company.id)


def _served(programs: Programs) -> None:
    """Serve page and API without a worker, and have QuickBooks tell it of changes."""
    log = (programs.folder / "serve.log").open("w")
    command = [*TIEOUT, "serve", "--port", "0", "--no-worker", "--json"]
    served = programs.started(command, stdout=subprocess.PIPE, stderr=log)
    assert served.stdout is not None
    url = json.loads(served.stdout.readline())["url"]
    with programs.installation() as (edges, _caller):
        verifier = Secret(programs.ready["webhook_verifier"])
        kept = share_webhooks(edges, operator(TENANT, "test"), environment="production", verifier=verifier)
    address = f"{url}{PLACE}{kept.url.partition(PLACE)[2]}"
    programs.http.post("/qbosim/settings", json={"webhook_window": 0.5}).raise_for_status()
    programs.http.post("/qbosim/webhooks", json={"url": address}).raise_for_status()


def main() -> int:
    """Soak, audit and tell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--folder", type=Path, help="where logs are left; a temporary folder otherwise")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary, own_postgres() as server:
        folder = told.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        programs = Programs(folder, database=server.url, throttle=True)
        programs.environment["TIEOUT_LEASE_SECONDS"] = str(LEASE_SECONDS)
        with programs:
            live(programs, INVOICES, shared=True)
            _more_companies(programs)
            _served(programs)
            with programs.installation() as (edges, _caller):
                soak = Soak(programs, server, edges, told.workers, told.seed)
                give_up = time.monotonic() + told.minutes * 60
                while time.monotonic() < give_up:
                    soak.step()
                wrong = soak.audit()
                print(*soak.told(), sep="\n")
                soak.watch.stop()
            print(
                *(wrong or ["every document once; mirrors and books the same; no cycle beside another"]),
                sep="\n",
            )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
