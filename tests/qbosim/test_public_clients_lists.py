"""python-quickbooks, unchanged: files, taxes, currencies, time and templates as a client nobody here wrote handles them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import AttachableRef, Ref
from quickbooks.objects.budget import Budget
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.customer import Customer
from quickbooks.objects.customertype import CustomerType
from quickbooks.objects.employee import Employee
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.recurringtransaction import RecurringTransaction
from quickbooks.objects.taxagency import TaxAgency
from quickbooks.objects.taxcode import TaxCode
from quickbooks.objects.taxservice import TaxRateDetails, TaxService
from quickbooks.objects.timeactivity import TimeActivity

from qbosim.simulator import Simulator
from tests.qbosim.asking import CALLBACK, api, granted
from tests.qbosim.desk import bill

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the client's own, on newer Pythons


@pytest.fixture
def books(served: tuple[Simulator, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    simulator, address = served
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{address}/v3")
    tokens = granted(simulator)
    auth = AuthClient(
        *simulator.client_credentials,
        redirect_uri=CALLBACK,
        environment=f"{address}/.well-known/openid_sandbox_configuration/",
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
    )
    with auth:
        client = QuickBooks(auth_client=auth, company_id=simulator.realm_id, minorversion=75)
        with client.session:
            yield client


def reference(value: Any, kind: str | None = None) -> Any:
    """A reference as the client makes one."""
    made = Ref()
    made.value, made.type = value, kind
    return made


def customer(books: Any, name: str) -> Any:
    """A new customer."""
    made = Customer()
    made.DisplayName = name
    return made.save(qb=books)


def test_a_file_is_attached_to_a_customer_found_and_fetched(books: Any, tmp_path: Path) -> None:
    owner = customer(books, "Ada")
    file = tmp_path / "contract.txt"
    file.write_bytes(b"signed \xe2\x9c\x93")
    made = Attachable()
    made.FileName, made.ContentType, made._FilePath = "contract.txt", "text/plain", str(file)
    link = AttachableRef()
    link.EntityRef = reference(owner.Id, "Customer")
    made.AttachableRef.append(link)
    kept = made.save(qb=books)
    assert (kept.FileName, kept.Size) == ("contract.txt", 10)
    condition = f"AttachableRef.EntityRef.Type = 'Customer' AND AttachableRef.EntityRef.value = '{owner.Id}'"
    found = Attachable.where(condition, qb=books)
    assert [each.Id for each in found] == [kept.Id]
    assert httpx2.get(found[0].TempDownloadUri).content == b"signed \xe2\x9c\x93"
    by_bytes = Attachable()
    by_bytes.FileName, by_bytes.ContentType, by_bytes._FileBytes = (
        "b.bin",
        "application/octet-stream",
        b"\x00\xff",
    )
    assert httpx2.get(by_bytes.save(qb=books).TempDownloadUri).content == b"\x00\xff"
    found[0].delete(qb=books)
    assert Attachable.where(condition, qb=books) == []


def test_a_note_is_kept_without_a_file(books: Any) -> None:
    note = Attachable()
    note.Note = "Calls back on Fridays"
    assert note.save(qb=books).Note == "Calls back on Fridays"
    assert Attachable.count(qb=books) == 1


def test_a_tax_code_is_set_up(books: Any) -> None:
    agency = TaxAgency()
    agency.DisplayName = "Office of Taxes"
    agency = agency.save(qb=books)
    service = TaxService()
    service.TaxCode = "Everything"
    rate = TaxRateDetails()
    rate.TaxRateName, rate.RateValue, rate.TaxAgencyId = "All of it", 10, agency.Id
    service.TaxRateDetails.append(rate)
    made = service.save(qb=books)
    assert made.TaxRateDetails[0].TaxRateName == "All of it"
    assert "Everything" in {code.Name for code in TaxCode.all(qb=books)}


def test_currencies_and_rates(books: Any) -> None:
    preferences = Preferences.get(qb=books)
    preferences.CurrencyPrefs.MultiCurrencyEnabled = True
    preferences.save(qb=books)
    currency = CompanyCurrency()
    currency.Code = "CHF"
    assert currency.save(qb=books).Name == "Swiss Franc"
    rate = ExchangeRate()
    rate.SourceCurrencyCode, rate.AsOfDate, rate.Rate, rate.TargetCurrencyCode = (
        "CHF",
        "2026-01-01",
        1.12,
        "USD",
    )
    rate.save(qb=books)
    kept = ExchangeRate.where("SourceCurrencyCode = 'CHF'", qb=books)
    assert [each.Rate for each in kept] == [1.12]
    kept[0].Rate = 1.15
    kept[0].save(qb=books)
    assert [each.Rate for each in ExchangeRate.where("SourceCurrencyCode = 'CHF'", qb=books)] == [1.15]


def test_time_is_kept_for_an_employee(books: Any) -> None:
    worker = Employee()
    worker.GivenName, worker.FamilyName = "Mary", "Jackson"
    worker = worker.save(qb=books)
    time = TimeActivity()
    time.NameOf, time.EmployeeRef, time.Hours, time.Minutes = "Employee", reference(worker.Id), 3, 15
    time.CustomerRef = reference(customer(books, "Wind Tunnel").Id)
    kept = time.save(qb=books)
    assert (kept.EmployeeRef.name, kept.Minutes) == ("Mary Jackson", 15)
    kept.delete(qb=books)
    assert TimeActivity.all(qb=books) == []
    assert (CustomerType.all(qb=books), Budget.all(qb=books)) == ([], [])


def test_a_template_is_listed_and_deleted(books: Any, served: tuple[Simulator, str]) -> None:
    simulator, _ = served
    owner = customer(books, "Monthly")
    body = {"Invoice": {**bill(owner.Id), "RecurringInfo": {"Name": "Care"}}}
    made = api(
        simulator, "POST", "recurringtransaction", bearer=granted(simulator)["access_token"], body=body
    )
    assert made.status == 200
    found = RecurringTransaction.all(qb=books)
    assert [each.Invoice.RecurringInfo.Name for each in found] == ["Care"]
    found[0].delete(qb=books)
    assert RecurringTransaction.all(qb=books) == []
