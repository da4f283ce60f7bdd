"""Clients nobody here wrote, unchanged, as an independent bookkeeper: intuit-oauth and python-quickbooks.

They are pointed at the simulator by their own public settings: a discovery address as `environment`, and
the class attribute `api_url_v3`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    ValidationException,
)
from quickbooks.objects.account import Account
from quickbooks.objects.base import EmailAddress, Ref
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item
from quickbooks.objects.payment import Payment, PaymentLine
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.term import Term

from qbosim.simulator import Simulator

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the clients' own, on newer Pythons

CALLBACK = "http://localhost:8080/callback"


class Form(HTMLParser):
    """The fields a browser would post, and the choice of company."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and (found.get("type") != "radio" or "checked" in found):
            self.fields[found["name"]] = found["value"]


@pytest.fixture
def auth(served: tuple[Simulator, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    simulator, address = served
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{address}/v3")
    client = AuthClient(
        *simulator.client_credentials,
        redirect_uri=CALLBACK,
        environment=f"{address}/.well-known/openid_sandbox_configuration/",
    )
    with client:
        yield client


def click(auth: Any, scopes: list[Any], decision: str = "connect") -> dict[str, str]:
    """Open the page the client names, press a button, answer what the app is called back with."""
    with httpx2.Client() as browser:
        page = browser.get(auth.get_authorization_url(scopes))
        fields = {**Form(page.text).fields, "decision": decision}
        back = browser.post(str(page.url.copy_with(query=None)), data=fields)
    assert back.status_code == 302
    found = parse_qs(urlsplit(back.headers["location"]).query)
    return {name: values[0] for name, values in found.items()}


@pytest.fixture
def books(auth: Any) -> Iterator[Any]:
    back = click(auth, [Scopes.ACCOUNTING])
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    client = QuickBooks(
        auth_client=auth, refresh_token=auth.refresh_token, company_id=back["realmId"], minorversion=75
    )
    with client.session:
        yield client


def test_the_code_flow_with_sign_in_validates_the_id_token_and_tells_who_consented(auth: Any) -> None:
    back = click(auth, [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL])
    assert back["state"] == auth.state_token
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    assert (
        auth.id_token is not None
    )  # the client keeps it only when issuer, audience, time and signature are good
    assert auth.expires_in == 3600
    assert auth.get_user_info().json()["emailVerified"] is True


def test_cancelling_brings_no_code(auth: Any) -> None:
    assert click(auth, [Scopes.ACCOUNTING], decision="cancel")["error"] == "access_denied"


def test_refreshing_and_revoking(auth: Any, books: Any) -> None:
    first = auth.access_token
    auth.refresh()
    assert auth.access_token != first
    assert auth.revoke() is True
    with pytest.raises(AuthClientError) as refused:
        auth.refresh()
    assert refused.value.status_code == 400
    assert b"invalid_grant" in refused.value.content
    assert refused.value.intuit_tid


def item(books: Any) -> Any:
    made = Item()
    made.Name = "Consulting"
    made.Type = "Service"
    made.UnitPrice = 100
    made.IncomeAccountRef = Ref()
    made.IncomeAccountRef.value = Account.filter(AccountType="Income", max_results=1, qb=books)[0].Id
    return made.save(qb=books)


def customer(books: Any, name: str) -> Any:
    made = Customer()
    made.DisplayName = name
    made.PrimaryEmailAddr = EmailAddress()
    made.PrimaryEmailAddr.Address = "billing@customer.example"
    return made.save(qb=books)


def invoice(books: Any, to: Any, of: Any, quantity: int) -> Any:
    line = SalesItemLine()
    line.Amount = 100 * quantity
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = of.to_ref()
    line.SalesItemLineDetail.Qty = quantity
    line.SalesItemLineDetail.UnitPrice = 100
    made = Invoice()
    made.CustomerRef = to.to_ref()
    made.Line.append(line)
    return made.save(qb=books)


def payment(books: Any, of: Any, total: float, shares: dict[str, float]) -> Any:
    made = Payment()
    made.CustomerRef = of.to_ref()
    made.TotalAmt = total
    for identity, amount in shares.items():
        line = PaymentLine()
        line.Amount = amount
        linked = Invoice.get(identity, qb=books).to_linked_txn()
        line.LinkedTxn.append(linked)
        made.Line.append(line)
    return made.save(qb=books)


def test_a_customers_life_create_read_update_deactivate(books: Any) -> None:
    made = customer(books, "Amber Tiling")
    read = Customer.get(made.Id, qb=books)
    assert (read.DisplayName, read.SyncToken) == ("Amber Tiling", "0")
    read.CompanyName = "Amber Tiling Ltd"
    assert read.save(qb=books).SyncToken == "1"
    read = Customer.get(made.Id, qb=books)
    assert read.CompanyName == "Amber Tiling Ltd"
    read.Active = False
    read.save(qb=books)
    assert Customer.filter(DisplayName="Amber Tiling", qb=books) == []
    gone = Customer.get(made.Id, qb=books)
    assert (gone.Active, gone.DisplayName) == (False, "Amber Tiling (deleted)")


def test_an_invoice_is_paid_in_part_with_another_then_voided_and_its_money_is_free_again(books: Any) -> None:
    buyer, service = customer(books, "Basalt Paving"), item(books)
    first, second = invoice(books, buyer, service, 2), invoice(books, buyer, service, 3)
    assert (first.TotalAmt, second.Balance) == (200, 300)
    paid = payment(books, buyer, 350, {first.Id: 200, second.Id: 100})
    assert paid.UnappliedAmt == 50
    assert Invoice.get(first.Id, qb=books).Balance == 0
    assert Invoice.get(second.Id, qb=books).Balance == 200
    assert Customer.get(buyer.Id, qb=books).Balance == 150
    Invoice.get(first.Id, qb=books).void(qb=books)
    voided = Invoice.get(first.Id, qb=books)
    assert (voided.TotalAmt, voided.Balance) == (0, 0)
    assert voided.PrivateNote.startswith("Voided")
    assert Payment.get(paid.Id, qb=books).UnappliedAmt == 250


def test_a_voided_payment_reopens_the_invoice_and_a_deleted_invoice_is_gone(books: Any) -> None:
    buyer, service = customer(books, "Cinder Forge"), item(books)
    bill = invoice(books, buyer, service, 1)
    paid = payment(books, buyer, 100, {bill.Id: 100})
    Payment.get(paid.Id, qb=books).void(qb=books)
    assert Payment.get(paid.Id, qb=books).TotalAmt == 0
    reopened = Invoice.get(bill.Id, qb=books)
    assert reopened.Balance == 100
    reopened.delete(qb=books)
    with pytest.raises(ObjectNotFoundException) as lost:
        Invoice.get(bill.Id, qb=books)
    assert lost.value.error_code == 610


def test_a_credit_memo_is_made_and_deleted(books: Any) -> None:
    buyer, service = customer(books, "Dune Rentals"), item(books)
    line = SalesItemLine()
    line.Amount = 40
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = service.to_ref()
    memo = CreditMemo()
    memo.CustomerRef = buyer.to_ref()
    memo.Line.append(line)
    made = memo.save(qb=books)
    assert made.RemainingCredit == 40
    assert Customer.get(buyer.Id, qb=books).Balance == -40
    made.delete(qb=books)
    assert CreditMemo.count(qb=books) == 0


def test_querying_filtering_counting_choosing_and_paging(books: Any) -> None:
    for number in range(12):
        customer(books, f"Estuary {number:02d}")
    customer(books, "O'Hara & Søn")
    assert Customer.count(qb=books) == 13
    assert Customer.count("DisplayName LIKE 'Estuary%'", qb=books) == 12
    page = Customer.all(order_by="DisplayName", start_position=11, max_results=5, qb=books)
    assert [each.DisplayName for each in page] == ["Estuary 10", "Estuary 11", "O'Hara & Søn"]
    assert Customer.filter(DisplayName="O'Hara & Søn", qb=books)[0].DisplayName == "O'Hara & Søn"
    wanted = [page[0].Id, page[1].Id]
    assert {each.Id for each in Customer.choose(wanted, field="Id", qb=books)} == set(wanted)
    assert Customer.where("DisplayName = 'Nobody'", qb=books) == []
    assert Customer.query("SELECT * FROM Customer WHERE Active = true MAXRESULTS 2", qb=books)[1].Id


def test_the_change_feed_tells_what_changed_and_what_was_deleted(
    books: Any, served: tuple[Simulator, str]
) -> None:
    since = served[0].clock.now() - timedelta(seconds=5)
    buyer, service = customer(books, "Fallow Fields"), item(books)
    kept, dropped = invoice(books, buyer, service, 1), invoice(books, buyer, service, 2)
    dropped.delete(qb=books)
    changes = change_data_capture([Invoice, Customer, Payment], since.isoformat(), qb=books)
    assert [each.Id for each in changes.Customer._object_list] == [buyer.Id]
    assert [(each.Id, getattr(each, "status", "")) for each in changes.Invoice._object_list] == [
        (kept.Id, ""),
        (dropped.Id, "Deleted"),
    ]
    assert not hasattr(changes, "Payment")


def test_a_batch_reports_each_items_own_outcome(books: Any) -> None:
    new = []
    for name in ("Garnet Glass", "Harrow Mills", "Garnet Glass"):
        made = Customer()
        made.DisplayName = name
        new.append(made)
    result = batch_create(new, qb=books)
    assert [each.DisplayName for each in result.successes] == ["Garnet Glass", "Harrow Mills"]
    assert len(result.faults) == 1
    assert result.faults[0].Error[0].code == "6240"
    changed = list(result.successes)
    for each in changed:
        each.Notes = "seen"
    assert len(batch_update(changed, qb=books).successes) == 2
    buyer, service = Customer.get(changed[0].Id, qb=books), item(books)
    bills = [invoice(books, buyer, service, 1), invoice(books, buyer, service, 2)]
    gone = batch_delete(bills, qb=books)
    assert len(gone.successes) == 2
    assert Invoice.count(qb=books) == 0


def test_mistakes_become_the_clients_own_exceptions_with_intuits_codes(books: Any) -> None:
    made = customer(books, "Inkwell Press")
    with pytest.raises(QuickbooksException) as duplicate:
        customer(books, "Inkwell Press")
    assert duplicate.value.error_code == 6240
    nameless = Customer()
    with pytest.raises(QuickbooksException):
        nameless.save(qb=books)
    first, second = Customer.get(made.Id, qb=books), Customer.get(made.Id, qb=books)
    first.Notes = "mine"
    first.save(qb=books)
    second.Notes = "theirs"
    with pytest.raises(QuickbooksException) as stale:
        second.save(qb=books)
    assert stale.value.error_code == 5010
    with pytest.raises(ValidationException) as unknown:
        books.query("select * from Custmoer")
    assert unknown.value.error_code == 4001
    with pytest.raises(ValidationException) as garbled:
        books.query("select nothing at all")
    assert garbled.value.error_code == 4000


def test_a_token_that_ran_out_is_an_authorization_exception_until_it_is_refreshed(
    auth: Any, books: Any, served: tuple[Simulator, str]
) -> None:
    served[0].clock.advance(3601)
    with pytest.raises(AuthorizationException):
        Customer.count(qb=books)
    auth.refresh()
    renewed = QuickBooks(
        auth_client=auth, refresh_token=auth.refresh_token, company_id=books.company_id, minorversion=75
    )
    with renewed.session:
        assert Customer.count(qb=renewed) == 0


def test_a_create_repeated_with_its_request_id_makes_one_record(books: Any) -> None:
    made = Customer()
    made.DisplayName = "Jasper Stone"
    first = made.save(qb=books, request_id="push-1")
    again = Customer()
    again.DisplayName = "Jasper Stone"
    assert again.save(qb=books, request_id="push-1").Id == first.Id
    assert Customer.count(qb=books) == 1


def test_the_company_its_preferences_and_its_lists_can_be_read(books: Any) -> None:
    assert CompanyInfo.all(qb=books)[0].CompanyName == "New Company"
    assert Preferences.get(qb=books).Id == "1"
    assert "Net 30" in [each.Name for each in Term.all(qb=books)]
    assert Account.count("Active = true", qb=books) > 10
