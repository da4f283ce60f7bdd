"""What is owed to vendors, written and read by python-quickbooks, unchanged, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects.account import Account
from quickbooks.objects.base import Address, Ref
from quickbooks.objects.bill import Bill
from quickbooks.objects.billpayment import BillPayment, BillPaymentLine, CheckPayment
from quickbooks.objects.creditcardpayment_entity import CreditCardPayment
from quickbooks.objects.detailline import AccountBasedExpenseLine, AccountBasedExpenseLineDetail
from quickbooks.objects.purchase import Purchase
from quickbooks.objects.purchaseorder import PurchaseOrder
from quickbooks.objects.vendor import Vendor
from quickbooks.objects.vendorcredit import VendorCredit

from qbosim.simulator import Simulator

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the clients' own, on newer Pythons


@pytest.fixture
def books(served: tuple[Simulator, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    simulator, address = served
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{address}/v3")
    discovery = f"{address}/.well-known/openid_sandbox_configuration/"
    granted = httpx2.post(f"{address}/qbosim/grant").json()
    with AuthClient(
        *simulator.client_credentials, redirect_uri="http://localhost/", environment=discovery
    ) as auth:
        auth.access_token = granted["access_token"]
        client = QuickBooks(
            auth_client=auth,
            refresh_token=granted["refresh_token"],
            company_id=simulator.realm_id,
            minorversion=75,
        )
        with client.session:
            yield client


def reference(record: Any) -> Any:
    ref = Ref()
    ref.value = record.Id
    return ref


def account(books: Any, name: str) -> Any:
    return reference(Account.filter(Name=name, qb=books)[0])


def line(books: Any, amount: float) -> Any:
    made = AccountBasedExpenseLine()
    made.Amount = amount
    made.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    made.AccountBasedExpenseLineDetail.AccountRef = account(books, "Supplies")
    return made


@pytest.fixture
def seller(books: Any) -> Any:
    made = Vendor()
    made.DisplayName = "Grid Supply"
    made.BillAddr = Address()
    made.BillAddr.Line1 = "1 Main St"
    return made.save(qb=books)


def document(kind: Any, books: Any, seller: Any, amount: float) -> Any:
    made = kind()
    made.VendorRef = seller.to_ref()
    made.Line.append(line(books, amount))
    return made.save(qb=books)


def check(books: Any, seller: Any, total: float, *paid: tuple[Any, float]) -> Any:
    made = BillPayment()
    made.PayType = "Check"
    made.TotalAmt = total
    made.VendorRef = seller.to_ref()
    made.CheckPayment = CheckPayment()
    made.CheckPayment.BankAccountRef = account(books, "Checking")
    for record, amount in paid:
        part = BillPaymentLine()
        part.Amount = amount
        part.LinkedTxn.append(record.to_linked_txn())
        made.Line.append(part)
    return made.save(qb=books)


def test_a_bill_is_ordered_billed_credited_paid_and_the_payment_voided(books: Any, seller: Any) -> None:
    order = document(PurchaseOrder, books, seller, 100)
    assert order.POStatus == "Open"
    owed = Bill()
    owed.VendorRef = seller.to_ref()
    owed.Line.append(line(books, 100))
    owed.LinkedTxn.append(order.to_linked_txn())
    owed.save(qb=books)
    assert PurchaseOrder.get(order.Id, qb=books).POStatus == "Closed"
    credit = document(VendorCredit, books, seller, 30)
    paid = check(books, seller, 70, (owed, 100), (credit, 30))
    assert Bill.get(owed.Id, qb=books).Balance == 0
    assert VendorCredit.get(credit.Id, qb=books).Balance == 0
    assert Vendor.get(seller.Id, qb=books).Balance == 0
    BillPayment.get(paid.Id, qb=books).void(qb=books)
    assert BillPayment.get(paid.Id, qb=books).TotalAmt == 0
    assert Bill.get(owed.Id, qb=books).Balance == 100
    assert Vendor.get(seller.Id, qb=books).Balance == 70
    later = Bill.get(owed.Id, qb=books)
    later.PrivateNote = "checked"
    later.save(qb=books)
    assert (Bill.get(owed.Id, qb=books).TotalAmt, Bill.get(owed.Id, qb=books).PrivateNote) == (100, "checked")
    Bill.get(owed.Id, qb=books).delete(qb=books)
    assert Bill.filter(VendorRef=seller.Id, qb=books) == []
    assert PurchaseOrder.get(order.Id, qb=books).POStatus == "Open"


def test_an_expense_and_the_payment_of_its_card(books: Any, seller: Any) -> None:
    spent = Purchase()
    spent.PaymentType = "CreditCard"
    spent.AccountRef = account(books, "Visa")
    spent.EntityRef = seller.to_ref()
    spent.EntityRef.type = "Vendor"
    spent.Line.append(line(books, 20))
    spent.save(qb=books)
    assert Purchase.get(spent.Id, qb=books).TotalAmt == 20
    paid = CreditCardPayment()
    paid.Amount = 20
    paid.BankAccountRef = account(books, "Checking")
    paid.CreditCardAccountRef = account(books, "Visa")
    paid.save(qb=books)
    assert CreditCardPayment.get(paid.Id, qb=books).Amount == 20
    assert [found.Id for found in CreditCardPayment.all(qb=books)] == [paid.Id]
    assert Account.filter(Name="Visa", qb=books)[0].CurrentBalance == 0


def test_a_second_vendor_of_a_name_is_refused(books: Any, seller: Any) -> None:
    again = Vendor()
    again.DisplayName = seller.DisplayName
    with pytest.raises(QuickbooksException) as refused:
        again.save(qb=books)
    assert refused.value.error_code == 6240
