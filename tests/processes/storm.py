"""What tests of several workers share: a company that is live, what the books and the log say, and the audit at the end."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.processes.programs import Programs, until
from tests.processes.shop import PAID_EVERY, open_of, write_shop
from tieout.connections.apps import save_app, share_app
from tieout.connections.companies import change_setting
from tieout.connections.oauth import connect_with_refresh_token
from tieout.kit.clock import SystemClock
from tieout.kit.crypto import Secret
from tieout.mirror.backfill import import_company
from tieout.security.callers import operator
from tieout.storage.cycles import Cycle
from tieout.sync.checkup import check_up
from tieout.sync.decide import list_issues
from tieout.sync.documents import list_documents
from tieout.sync.host_records import document_standing, import_csv
from tieout.wiring import TENANT


def live(programs: Programs, invoices: int, *, shared: bool = False) -> None:
    """Connect, through the operator's shared app or one of the tenant's own, import, take the shop and go live."""
    grant = programs.http.post("/qbosim/grant").json()
    shop = write_shop(programs.folder / "shop", invoices, today=SystemClock().now().date().isoformat())
    with programs.installation() as (edges, caller):
        (share_app if shared else save_app)(
            edges,
            operator(TENANT, "test") if shared else caller,
            environment="production",
            client_id=programs.ready["client_id"],
            client_secret=Secret(programs.ready["client_secret"]),
        )
        connect_with_refresh_token(
            edges,
            caller,
            environment="production",
            realm_id=programs.ready["realm_id"],
            refresh_token=Secret(grant["refresh_token"]),
        )
        import_company(edges, caller)
        income = next(one for one in programs.every("Account") if one["AccountType"] == "Income")
        change_setting(edges, caller, name="income_account", value=income["Id"])
        assert import_csv(edges, caller, shop).applied
        change_setting(edges, caller, name="export", value="on")


def settled(programs: Programs, invoices: int) -> None:
    """Wait until nothing is on its way, and check both sides against what the shop's files say."""
    payments = -(-invoices // PAID_EVERY)
    until(
        "all invoices and payments are in the books",
        lambda: programs.count("Invoice") >= invoices and programs.count("Payment") >= payments,
        patience=300,
        step=0.2,
    )
    with programs.installation() as (edges, caller):
        until(
            "nothing is on its way",
            lambda: {one.stands for one in list_documents(edges, caller, limit=500).rows} == {"synced"},
        )
    bills = {one["DocNumber"]: one for one in programs.every("Invoice")}
    assert sorted(bills) == [f"K-{one:04}" for one in range(invoices)]
    assert programs.count("Invoice") == invoices, "a number is there twice"
    assert programs.count("Payment") == payments
    theirs = {number: Decimal(str(bill["Balance"])) for number, bill in bills.items()}
    assert theirs == {f"K-{one:04}": open_of(one) for one in range(invoices)}
    with programs.installation() as (edges, caller):
        assert {ref: document_standing(edges, caller, "invoice", ref).open.amount for ref in bills} == theirs
        assert list_issues(edges, caller) == []
        assert [one for one in check_up(edges, caller, offline=True) if one.state == "broken"] == []
    assert programs.balanced()


def holder_of(programs: Programs) -> str:
    """Tell which process holds the company now, as soon as one does."""
    found: list[str] = []
    with programs.installation() as (edges, _):

        def seen() -> bool:
            with edges.database.reading() as work:
                found[:] = [one.leased_by for one in work.companies.all(TENANT) if one.leased_by]
            return bool(found)

        until("a worker holds the company", seen, step=0.02)
    return found[0]


def cycles_of(programs: Programs) -> list[Cycle]:
    """List the company's cycles, the first one first."""
    with programs.installation() as (edges, _), edges.database.reading() as work:
        (company,) = work.companies.all(TENANT)
        return sorted(work.cycles.list(company.id, limit=100_000), key=lambda one: one.fence)


def overlapping(programs: Programs) -> list[str]:
    """List pairs of cycles of which the later began before the earlier had ended by itself."""
    found = cycles_of(programs)
    return [
        f"{first.fence} ended {first.finished_at}, {second.fence} began {second.started_at}"
        for first, second in pairwise(found)
        if first.finished_at is None or first.finished_at > second.started_at
    ]


def abandoned(programs: Programs) -> int:
    """Count how often a worker said that it was overtaken."""
    log = (programs.folder / "worker.log").read_text()
    return log.count("abandoned")


def writes_after(programs: Programs, position: int) -> list[int]:
    """List the positions of the writes in the books' request log behind one position."""
    found: list[int] = []
    after = position
    while True:
        page: dict[str, Any] = programs.http.get(
            "/qbosim/log", params={"after": after, "limit": 1000, "method": "POST"}
        ).json()
        entries = page["entries"]
        found += [
            one["number"] for one in entries if "/v3/company/" in one["path"] and "query" not in one["path"]
        ]
        if not entries:
            return found
        after = entries[-1]["number"]
