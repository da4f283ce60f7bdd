"""A change in QuickBooks, told over real HTTP by one program to another, and here moments later."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.processes.programs import TIEOUT, Programs, until
from tieout.connections.webhooks import PLACE


def test_a_change_that_quickbooks_tells_a_served_installation_is_here_before_any_look_was_due(
    tmp_path: Path,
) -> None:
    with Programs(tmp_path) as programs:
        programs.connect()
        made = programs.tieout("webhooks", "--set-up")
        assert (made["ready"], made["reachable"]) == (False, False)
        kept = programs.tieout("webhooks", "--verifier-file", "-", stdin=programs.ready["webhook_verifier"])
        assert kept["ready"]
        log = (tmp_path / "serve.log").open("w")
        served = programs.started(
            [*TIEOUT, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=log
        )
        assert served.stdout is not None
        url = json.loads(served.stdout.readline())["url"]
        with programs.installation() as (edges, caller):

            def is_here() -> bool:
                with edges.database.reading() as work:
                    (company,) = work.companies.all(caller.tenant)
                    names = work.records.list(company.id, "Customer", search="Told Over The Wire")
                return bool(names)

            def rests() -> bool:
                """The look that follows an import is behind us."""
                with edges.database.reading() as work:
                    (company,) = work.companies.all(caller.tenant)
                    done = [one for one in work.cycles.list(company.id) if one.state == "succeeded"]
                return bool(done) and (company.due_at - edges.clock.now()).total_seconds() > 600

            until("the first look", rests)
            address = f"{url}{PLACE}{kept['url'].partition(PLACE)[2]}"
            programs.http.post("/qbosim/settings", json={"webhook_window": 0.2}).raise_for_status()
            programs.http.post("/qbosim/webhooks", json={"url": address}).raise_for_status()
            programs.query("select * from Customer")  # signs our bookkeeper in
            programs.http.post(
                f"/v3/company/{programs.ready['realm_id']}/customer",
                json={"DisplayName": "Told Over The Wire"},
            ).raise_for_status()
            until("the change to be here", is_here)
        attempts = programs.http.get("/qbosim/webhooks/log").json()["attempts"]
        assert [one["status"] for one in attempts] == [200]
        log.close()
