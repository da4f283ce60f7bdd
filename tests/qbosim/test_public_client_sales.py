"""python-quickbooks, unchanged, keeps the sales side of a company: offers, receipts, deposits, transfers, the journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects.account import Account
from quickbooks.objects.base import LinkedTxn, Ref
from quickbooks.objects.customer import Customer
from quickbooks.objects.deposit import Deposit, DepositLine, DepositLineDetail
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.estimate import Estimate
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.journalentry import Entity, JournalEntry, JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.payment import Payment
from quickbooks.objects.refundreceipt import RefundReceipt
from quickbooks.objects.salesreceipt import SalesReceipt
from quickbooks.objects.transfer import Transfer

from qbosim.simulator import Simulator
from tests.qbosim.asking import granted

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the client's own, on newer Pythons


@pytest.fixture
def books(served: tuple[Simulator, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    simulator, address = served
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{address}/v3")
    tokens = granted(simulator)
    auth = AuthClient(
        *simulator.client_credentials,
        redirect_uri="http://localhost:8080/callback",
        environment=f"{address}/.well-known/openid_sandbox_configuration/",
        refresh_token=tokens["refresh_token"],
    )
    with auth:
        client = QuickBooks(
            auth_client=auth,
            refresh_token=tokens["refresh_token"],
            company_id=simulator.realm_id,
            minorversion=75,
        )
        with client.session:
            yield client


def ref(value: str, name: str = "", kind: str = "") -> Any:
    """A reference as the client makes them."""
    made = Ref()
    made.value, made.name, made.type = value, name, kind
    return made


def account(books: Any, name: str) -> Any:
    """A reference to an account by its name."""
    return Account.filter(Name=name, qb=books)[0].to_ref()


def customer(books: Any) -> Any:
    """A new customer."""
    made = Customer()
    made.DisplayName = "Client of the client"
    return made.save(qb=books)


def line(amount: float) -> Any:
    """A line that sells the default service."""
    made = SalesItemLine()
    made.Amount = amount
    made.SalesItemLineDetail = SalesItemLineDetail()
    made.SalesItemLineDetail.ItemRef = ref("1")
    return made


def form(kind: Any, books: Any, to: Any, amount: float, **more: Any) -> Any:
    """A new sales form with one line."""
    made = kind()
    made.CustomerRef = to.to_ref()
    made.Line.append(line(amount))
    for key, value in more.items():
        setattr(made, key, value)
    return made.save(qb=books)


def test_an_estimate_becomes_an_invoice(books: Any) -> None:
    to = customer(books)
    offer = form(Estimate, books, to, 200)
    assert (offer.TxnStatus, offer.TotalAmt) == ("Pending", 200)
    bill = form(Invoice, books, to, 200, LinkedTxn=[offer.to_linked_txn()])
    assert bill.LinkedTxn[0].TxnType == "Estimate"
    assert Estimate.get(offer.Id, qb=books).TxnStatus == "Closed"
    bill.PrivateNote = "sent back whole"
    assert bill.save(qb=books).LinkedTxn[0].TxnId == offer.Id


def test_receipts_are_deposited_voided_and_given_back(books: Any) -> None:
    to = customer(books)
    receipt = form(SalesReceipt, books, to, 140)
    assert receipt.DepositToAccountRef.name == "Undeposited Funds"
    paid = Payment()
    paid.CustomerRef, paid.TotalAmt = to.to_ref(), 60
    paid = paid.save(qb=books)
    taken = []
    for record, kind, amount in ((receipt, "SalesReceipt", 140), (paid, "Payment", 60)):
        one = DepositLine()
        link = LinkedTxn()
        link.TxnId, link.TxnType, link.TxnLineId = record.Id, kind, 0
        one.Amount, one.LinkedTxn = amount, [link]
        taken.append(one)
    own = DepositLine()
    own.Amount, own.DetailType = 5, "DepositLineDetail"
    own.DepositLineDetail = DepositLineDetail()
    own.DepositLineDetail.AccountRef = account(books, "Interest Earned")
    banked = Deposit()
    banked.DepositToAccountRef = account(books, "Checking")
    banked.Line = [*taken, own]
    banked = banked.save(qb=books)
    assert banked.TotalAmt == 205
    held = SalesReceipt.get(receipt.Id, qb=books)
    with pytest.raises(QuickbooksException) as refused:
        held.void(qb=books)
    assert refused.value.error_code == 6540
    banked.delete(qb=books)
    assert SalesReceipt.get(receipt.Id, qb=books).void(qb=books)["SalesReceipt"]["TotalAmt"] == 0
    refund = form(RefundReceipt, books, to, 20, DepositToAccountRef=account(books, "Checking"))
    assert refund.TotalAmt == 20
    assert Account.filter(Name="Checking", qb=books)[0].CurrentBalance == -20


def test_money_is_transferred_and_the_journal_kept(books: Any) -> None:
    moved = Transfer()
    moved.FromAccountRef, moved.ToAccountRef = account(books, "Checking"), account(books, "Savings")
    moved.Amount = 12.5
    moved = moved.save(qb=books)
    assert Transfer.get(moved.Id, qb=books).Amount == 12.5
    to = customer(books)
    entry = JournalEntry()
    for side, name in (("Debit", "Accounts Receivable (A/R)"), ("Credit", "Services")):
        one = JournalEntryLine()
        one.Amount = 70
        one.JournalEntryLineDetail = JournalEntryLineDetail()
        one.JournalEntryLineDetail.PostingType = side
        one.JournalEntryLineDetail.AccountRef = account(books, name)
        if side == "Debit":
            one.JournalEntryLineDetail.Entity = Entity()
            one.JournalEntryLineDetail.Entity.Type = "Customer"
            one.JournalEntryLineDetail.Entity.EntityRef = to.to_ref()
        entry.Line.append(one)
    entry = entry.save(qb=books)
    assert Customer.get(to.Id, qb=books).Balance == 70
    entry.Line[0].Amount = 80
    with pytest.raises(QuickbooksException) as refused:
        entry.save(qb=books)
    assert refused.value.error_code == 6000
    entry.Line[1].Amount = 80
    assert [one.Id for one in entry.save(qb=books).Line] == ["0", "1"]
    assert Customer.get(to.Id, qb=books).Balance == 80
