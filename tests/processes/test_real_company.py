"""A walk with a real company: its objects as Intuit exported them, a shop's untidy names, and a client nobody here wrote.

The bookkeeper is python-quickbooks, unchanged: it pays, edits, voids and deletes what was exported.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.objects.base import LinkedTxn
from quickbooks.objects.customer import Customer
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.payment import Payment, PaymentLine

from tests.processes.programs import Programs
from tieout.domain.issues import Issue
from tieout.edges import Edges
from tieout.kit.clock import SystemClock
from tieout.security.callers import Caller
from tieout.sync.checkup import check_up
from tieout.sync.cycle import sync_now
from tieout.sync.decide import decide, list_issues
from tieout.sync.documents import list_documents
from tieout.sync.host_records import document_standing

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the client's own, on newer Pythons
COMPANY = Path(__file__).parents[2] / ".." / "shared" / "fixtures" / "sandbox-company"
CLIENTS = """ref,name,email
exact,Cool Cars,
misspelt,Gevelber Photografy,
accented,Sonnenschein Fámily Store,
first,Red Rock Diner,
second,Red Rock Diner,
stranger,Zoë's Kayaks & Señor Boats,zoe@kayaks.example
"""
SERVICES = "ref,name,unit_price\ndesign,Design,75.00\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """Serve the real company, and give the client the simulator's address."""
    if not COMPANY.exists():
        pytest.skip(
            "../shared/fixtures/sandbox-company is not there: this walk needs real objects of QuickBooks"
        )
    with Programs(tmp_path, company=str(COMPANY)) as made:
        monkeypatch.setattr(QuickBooks, "api_url_v3", f"{made.url}/v3")
        monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
        yield made


@pytest.fixture
def bookkeeper(programs: Programs) -> Iterator[Any]:
    """Give a client that nobody here wrote, signed in to the company."""
    grant = programs.http.post("/qbosim/grant").json()
    auth = AuthClient(
        programs.ready["client_id"],
        programs.ready["client_secret"],
        redirect_uri="http://localhost:8080/callback",
        environment=f"{programs.url}/.well-known/openid_sandbox_configuration/",
        refresh_token=grant["refresh_token"],
        realm_id=programs.ready["realm_id"],
    )
    with auth:
        client = QuickBooks(
            auth_client=auth,
            refresh_token=grant["refresh_token"],
            company_id=programs.ready["realm_id"],
            minorversion=75,
        )
        with client.session:
            yield client


def _folder(folder: Path) -> Path:
    folder.mkdir()
    today = SystemClock().now().date()
    rows = [
        f"W-{ref},{ref},{today},USD,design,{quantity},75.00"
        for quantity, ref in enumerate(("exact", "misspelt", "accented", "first", "stranger"), 1)
    ]
    (folder / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    (folder / "services.csv").write_text(SERVICES, encoding="utf-8")
    header = "number,client,date,currency,service,quantity,unit_price"
    (folder / "invoices.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder


def _open_issues(edges: Edges, caller: Caller) -> dict[str, Issue]:
    """Give the open issues by the record's ref; each has its four parts."""
    found = list_issues(edges, caller)
    for finding in (one.finding for one in found):
        assert all((finding.what, finding.label, finding.why, finding.remedy)), finding
    issues = {one.finding.record: one for one in found}
    assert len(issues) == len(found), found
    return issues


def _pay(client: Any, invoice: Any, amount: str) -> Any:
    line = PaymentLine()
    line.Amount = float(amount)
    line.LinkedTxn = [LinkedTxn()]
    line.LinkedTxn[0].TxnId, line.LinkedTxn[0].TxnType = invoice.Id, "Invoice"
    payment = Payment()
    payment.CustomerRef, payment.TotalAmt, payment.Line = invoice.CustomerRef, float(amount), [line]
    return payment.save(qb=client)


def test_a_real_company_is_matched_billed_paid_and_watched(
    programs: Programs, bookkeeper: Any, tmp_path: Path
) -> None:
    client = bookkeeper
    before = {entity: programs.count(entity) for entity in ("Customer", "Invoice", "Payment")}
    programs.connect()
    assert programs.tieout("host", "import", str(_folder(tmp_path / "shop")))["applied"] is True
    assert programs.tieout("sync")["state"] == "succeeded"

    # Names: only what is beyond doubt is linked; what may be somebody else is a question.
    exact = programs.tieout("match", "client", "--take-exact")
    cool, sonnenschein, gevelber, diner = (
        Customer.filter(DisplayName=name, qb=client)[0].Id
        for name in ("Cool Cars", "Sonnenschein Family Store", "Gevelber Photography", "Red Rock Diner")
    )
    assert {one["host_ref"]: one["qbo_id"] for one in exact["linked"]} == {
        "exact": cool,
        "accented": sonnenschein,
    }
    verdicts = {one["ref"]: one["verdict"] for one in exact["proposals"]["client"]}
    assert verdicts["stranger"] == "none"
    assert "exact" not in {verdicts["misspelt"], verdicts["first"], verdicts["second"]}
    programs.tieout("match", "service", "--take-exact")

    # Export: the doubtful ones wait, each with one question; the others go.
    programs.tieout("sync", "--go-live")
    assert {one["record"]: one["kind"] for one in programs.tieout("issues")} == {
        "W-misspelt": "customer.ambiguous",
        "W-first": "customer.ambiguous",
    }
    programs.tieout("match", "client", "--link", f"misspelt={gevelber}", "--link", f"first={diner}")
    with programs.installation() as (edges, caller):
        sync_now(edges, caller)
        assert _open_issues(edges, caller) == {}
        rows = list_documents(edges, caller).rows
        assert {one.stands for one in rows} == {"synced"}
        assert programs.count("Invoice") == before["Invoice"] + 5
        assert programs.count("Customer") == before["Customer"] + 1
        bills = {one.ref: Invoice.get(int(one.qbo_id), qb=client) for one in rows}
        assert {bill.CustomerRef.value for bill in bills.values()} >= {cool, sonnenschein, gevelber, diner}
        assert bills["W-stranger"].CustomerRef.name == "Zoë's Kayaks & Señor Boats"
        assert Decimal(str(bills["W-stranger"].TotalAmt)) == Decimal("375.00")

        # The bookkeeper, with a client that knows nothing of us, pays, edits, voids and deletes.
        _pay(client, bills["W-exact"], "50.00")
        _pay(client, bills["W-accented"], "225.00")
        line = bills["W-misspelt"].Line[0]
        line.Amount, line.SalesItemLineDetail.Qty, line.SalesItemLineDetail.UnitPrice = 120.00, 1, 120.00
        bills["W-misspelt"].save(qb=client)
        bills["W-first"].void(qb=client)
        bills["W-stranger"].delete(qb=client)
        assert sync_now(edges, caller).state == "succeeded"
        assert document_standing(edges, caller, "invoice", "W-exact").open.amount == Decimal("25.00")
        assert document_standing(edges, caller, "invoice", "W-accented").open.amount == 0
        assert programs.count("Payment") == before["Payment"] + 2
        drifted = _open_issues(edges, caller)
        assert {ref: one.finding.kind for ref, one in drifted.items()} == {
            "W-misspelt": "drift.total",
            "W-first": "drift.voided",
            "W-stranger": "drift.deleted",
        }

        # Settled one by one: ours again, theirs, and nothing is left over.
        decide(edges, caller, issue=drifted["W-misspelt"].id, action="push_ours")
        decide(edges, caller, issue=drifted["W-first"].id, action="accept_theirs")
        decide(edges, caller, issue=drifted["W-stranger"].id, action="accept_theirs")
        assert sync_now(edges, caller).state == "succeeded"
        assert _open_issues(edges, caller) == {}
        assert [one for one in check_up(edges, caller) if one.state != "ok"] == []
    assert Decimal(str(Invoice.get(int(bills["W-misspelt"].Id), qb=client).TotalAmt)) == Decimal("150.00")
    assert programs.count("Invoice") == before["Invoice"] + 4
    assert programs.balanced()
