"""What QuickBooks is asked on request, by a program: a report, a printed invoice, and which calls failed."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.api.test_host_records import problem_of
from tests.world import World


def test_a_report_a_printed_invoice_and_the_calls_that_failed(client: TestClient, world: World) -> None:
    company = world.ready()
    world.client()
    world.service()
    world.invoice()
    world.settle()
    place = f"/api/v1/companies/{company.id}"
    assert client.get(f"{place}/calls").json()["items"] == []
    period = {"start_date": "2026-01-01", "end_date": "2026-12-31", "accounting_method": "Accrual"}
    told = client.get(f"{place}/reports/ProfitAndLoss", params=period).json()
    assert (told["name"], told["basis"]) == ("ProfitAndLoss", "Accrual")
    assert "160.00" in str(told["report"])
    for name in ("NoSuchReport", "Profit..Loss", "A" * 101):
        refused = client.get(f"{place}/reports/{name}")
        assert 400 <= refused.status_code < 500, refused.text
        problem_of(refused, refused.status_code)
    qbo_id = world.every("Invoice")[0]["Id"]
    printed = client.get(f"{place}/pdf/invoice/{qbo_id}")
    assert printed.status_code == 200
    assert printed.content.startswith(b"%PDF")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["content-disposition"] == "attachment"
    for missing in ("invoice/99999", "account/1", "invoice/1%2F..%2Fquery"):
        refused = client.get(f"{place}/pdf/{missing}")
        assert 400 <= refused.status_code < 500, refused.text
    failed = client.get(f"{place}/calls", params={"limit": 10}).json()["items"]
    assert failed
    assert all(one["tid"] for one in failed)
    assert failed == sorted(failed, key=lambda one: one["at"], reverse=True)
