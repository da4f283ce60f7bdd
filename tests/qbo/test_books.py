"""One company's books, against a simulator in the same process: what is written can be read, found and followed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from qbosim.clock import Clock
from qbosim.server import open_simulator, running
from qbosim.simulator import Simulator
from tests.bridge import SimulatorTransport
from tieout.domain.documents import (
    Allocation,
    Client,
    Kind,
    Line,
    Payment,
    SalesDocument,
    Service,
    line_amount,
)
from tieout.domain.seen import (
    SeenAccount,
    SeenDocument,
    SeenItem,
    SeenParty,
    SeenPayment,
    SeenTaxCode,
    SeenTerm,
)
from tieout.kit.clock import ManualClock
from tieout.kit.errors import (
    ChangedElsewhere,
    Invalid,
    OutcomeUnknown,
    ReconnectNeeded,
    Rejected,
    Throttled,
    TieoutError,
    Unreachable,
)
from tieout.qbo.client import BatchItem, Books, Call, Record
from tieout.qbo.endpoints import at
from tieout.qbo.entities import (
    ENTITIES,
    Can,
    Refs,
    by_name,
    credit_memo_body,
    customer_body,
    invoice_body,
    item_body,
    payment_body,
)
from tieout.qbo.oauth import OAuthApp
from tieout.qbo.query import equals, since_clause

MONDAY = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
BASE = "http://books.test"


class World:
    """A simulated Intuit with one empty company, and our side's view of it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.http = httpx2.Client(transport=SimulatorTransport(simulator))
        self.app = OAuthApp(self.http, at(BASE), *simulator.client_credentials)
        self.calls: list[Call] = []
        self.clock = ManualClock(MONDAY)
        self.refresh_token = str(self.control("POST", "grant")["refresh_token"])
        self.token = ""
        self.books = Books(
            self.http,
            api_base=at(BASE).api,
            realm_id=simulator.realm_id,
            bearer=self.bearer,
            clock=self.clock,
            on_call=self.calls.append,
        )
        self.number = 0

    def bearer(self, stale: str | None = None) -> str:
        if not self.token or stale == self.token:
            grant = self.app.refresh(self.refresh_token, now=self.clock.now())
            self.token, self.refresh_token = grant.access_token, grant.refresh_token
        return self.token

    def control(self, method: str, path: str, body: Any = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        answer = self.http.request(method, f"{BASE}/qbosim/{path}", content=content)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def plan(self, **fault: Any) -> None:
        self.control("POST", "faults", fault)

    def later(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def rid(self) -> str:
        self.number += 1
        return f"push_{self.number:04}-1"

    # what a company needs before anything can be sold

    def customer(self, name: str = "Harbour Works") -> Record:
        return self.books.create("Customer", customer_body(Client("c-1", name)), request_id=self.rid())

    def item(self, name: str = "Site visit") -> Record:
        accounts = self.books.find("Account", equals("AccountType", "Income"))
        body = item_body(Service("hours", name, unit_price=Decimal(25)), income_account=accounts[0].qbo_id)
        return self.books.create("Item", body, request_id=self.rid())

    def refs(self) -> Refs:
        return Refs(customer=self.customer().qbo_id, items={"hours": self.item().qbo_id})

    def invoice(self, refs: Refs, number: str = "1042", quantity: str = "2", **options: Any) -> Record:
        body = invoice_body(document(number, quantity), refs, mark="push_42")
        return self.books.create("Invoice", body, request_id=self.rid(), **options)


def document(number: str = "1042", quantity: str = "2", price: str = "25") -> SalesDocument:
    count, each = Decimal(quantity), Decimal(price)
    line = Line("hours", count, each, line_amount(count, each, "USD"), "Visit")
    return SalesDocument(Kind.INVOICE, "i-1", number, "c-1", date(2026, 3, 2), "USD", (line,), memo="Gate 7")


def paid(refs: Refs, amount: str, *parts: tuple[str, str]) -> tuple[Payment, Refs]:
    allocations = tuple(Allocation(f"i-{qbo_id}", Decimal(part)) for qbo_id, part in parts)
    invoices = {f"i-{qbo_id}": qbo_id for qbo_id, _part in parts}
    payment = Payment("p-1", "c-1", date(2026, 3, 5), Decimal(amount), "USD", allocations, "CHK 12")
    return payment, replace(refs, invoices=invoices)


def seen_invoice(record: Record | None) -> SeenDocument:
    assert record is not None
    seen = by_name(record.entity).seen(record.raw)
    assert isinstance(seen, SeenDocument)
    return seen


def seen_payment(record: Record | None) -> SeenPayment:
    assert record is not None
    seen = by_name("Payment").seen(record.raw)
    assert isinstance(seen, SeenPayment)
    return seen


@pytest.fixture
def world() -> Iterator[World]:
    with Simulator(company="empty", seed=7, clock=Clock.at(MONDAY)) as simulator:
        yield World(simulator)


def test_the_company_tells_its_name_country_and_currency(world: World) -> None:
    info = world.books.company_info()
    assert info.name
    assert (info.country, info.home_currency) == ("US", "USD")
    assert not world.books.preferences().multi_currency
    assert sum(call.reads for call in world.calls) == 3


def test_a_customer_comes_back_as_it_was_written(world: World) -> None:
    client = Client("c-1", "Harbour Works", "books@harbour.example", "555 0101", tax_id="12-345")
    made = world.books.create("Customer", customer_body(client), request_id=world.rid())
    seen = by_name("Customer").seen(made.raw)
    assert isinstance(seen, SeenParty)
    assert (seen.name, seen.email, seen.phone, seen.tax_id, seen.active) == (
        "Harbour Works",
        "books@harbour.example",
        "555 0101",
        "12-345",
        True,
    )
    read = world.books.read("Customer", made.qbo_id)
    assert read is not None
    assert (read.qbo_id, read.sync_token, read.updated_at) == (made.qbo_id, made.sync_token, made.updated_at)
    assert made.tid


def test_a_customer_of_a_customer_knows_its_parent(world: World) -> None:
    parent = world.customer()
    body = customer_body(Client("c-2", "Dock 4"), parent_id=parent.qbo_id)
    seen = by_name("Customer").seen(world.books.create("Customer", body, request_id=world.rid()).raw)
    assert isinstance(seen, SeenParty)
    assert (seen.parent, seen.full_name) == (parent.qbo_id, "Harbour Works:Dock 4")


@pytest.mark.parametrize(
    "name",
    ["Amy's Bird Sanctuary", 'The "Old" Mill', "R&D + 100% = Söhne, Kraków", "Back\\slash's", "株式会社"],
)
def test_a_name_with_characters_that_mean_something_elsewhere_is_found(world: World, name: str) -> None:
    world.customer("Somebody Else")
    made = world.customer(name)
    found = world.books.find("Customer", equals("DisplayName", name))
    assert [one.qbo_id for one in found] == [made.qbo_id]
    seen = by_name("Customer").seen(found[0].raw)
    assert isinstance(seen, SeenParty)
    assert seen.name == name


def test_a_taken_name_is_rejected_with_its_code(world: World) -> None:
    world.customer()
    with pytest.raises(Rejected) as rejected:
        world.customer()
    assert rejected.value.facts["code"] == "6240"
    assert rejected.value.facts["tid"]


def test_an_inactive_name_is_found_by_find_and_hidden_from_a_plain_page(world: World) -> None:
    made = world.customer()
    update = json.dumps({"Id": made.qbo_id, "SyncToken": made.sync_token, "sparse": True, "Active": False})
    world.books.update("Customer", update.encode(), request_id=world.rid())
    (found,) = world.books.find("Customer", equals("Id", made.qbo_id))
    assert not found.active
    seen = by_name("Customer").seen(found.raw)
    assert isinstance(seen, SeenParty)
    assert seen.name == "Harbour Works"
    assert world.books.page("Customer", start=1).records == ()


def test_items_terms_and_accounts_are_made_and_read(world: World) -> None:
    item = by_name("Item").seen(world.item().raw)
    assert isinstance(item, SeenItem)
    assert (item.name, item.type, item.unit_price) == ("Site visit", "Service", Decimal(25))
    account = by_name("Account").seen(world.books.find("Account", equals("Id", item.income_account))[0].raw)
    assert isinstance(account, SeenAccount)
    assert account.type == "Income"
    term = by_name("Term").seen(
        world.books.create(
            "Term", b'{"Name": "Net 45", "DueDays": 45, "Type": "STANDARD"}', request_id=world.rid()
        ).raw
    )
    assert isinstance(term, SeenTerm)
    assert (term.name, term.due_days) == ("Net 45", 45)


def test_an_invoice_comes_back_line_for_line_with_our_mark(world: World) -> None:
    refs = world.refs()
    made = world.invoice(refs)
    seen = seen_invoice(made)
    assert (seen.number, seen.customer) == ("1042", refs.customer)
    assert seen.total == seen.balance == 50
    (line,) = seen.lines
    assert line.item == refs.items["hours"]
    assert (line.quantity, line.unit_price, line.amount) == (Decimal(2), Decimal(25), Decimal(50))
    assert (seen.memo, seen.mark) == ("Gate 7", "push_42")


def test_a_price_of_seven_places_is_taken_as_we_round_it(world: World) -> None:
    body = invoice_body(document(quantity="15", price="0.5306667"), world.refs())
    assert seen_invoice(world.books.create("Invoice", body, request_id=world.rid())).total == Decimal("7.96")


def test_the_same_request_id_makes_one_invoice_and_gives_the_same_answer(world: World) -> None:
    refs = world.refs()
    body = invoice_body(document(), refs)
    first = world.books.create("Invoice", body, request_id="push_same-1")
    second = world.books.create("Invoice", body, request_id="push_same-1")
    assert first.raw == second.raw
    assert world.books.count("Invoice") == 1


def test_an_invoice_whose_answer_was_lost_is_found_by_replay_and_by_its_number(world: World) -> None:
    refs = world.refs()
    body = invoice_body(document(), refs, mark="push_42")
    world.plan(fault="reply_lost", entity="Invoice", operation="create")
    with pytest.raises(OutcomeUnknown):
        world.books.create("Invoice", body, request_id="push_42-1")
    (found,) = world.books.find("Invoice", equals("DocNumber", "1042"))
    assert seen_invoice(found).mark == "push_42"
    assert world.books.create("Invoice", body, request_id="push_42-1").qbo_id == found.qbo_id
    assert world.books.count("Invoice") == 1


def test_an_invoice_whose_request_was_lost_is_unknown_all_the_same_and_not_there(world: World) -> None:
    refs = world.refs()
    world.plan(fault="request_lost", entity="Invoice", operation="create")
    with pytest.raises(OutcomeUnknown):
        world.invoice(refs)
    assert world.books.count("Invoice") == 0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("cut_body", OutcomeUnknown), ("garbage", OutcomeUnknown), ("500", OutcomeUnknown), ("429", Throttled)],
)
def test_trouble_with_a_write_is_told_apart(world: World, fault: str, kind: type[TieoutError]) -> None:
    refs = world.refs()
    world.plan(fault=fault, entity="Invoice")
    with pytest.raises(kind):
        world.invoice(refs)


@pytest.mark.parametrize("fault", ["reply_lost", "500", "503", "429", "garbage", "cut_body", "401"])
def test_trouble_with_a_read_passes_by_itself(world: World, fault: str) -> None:
    world.customer()
    world.plan(fault=fault, entity="Customer")
    assert world.books.count("Customer") == 1


def test_a_read_that_is_never_answered_is_given_up(world: World) -> None:
    world.plan(fault="503", times=None, path="*/query")
    with pytest.raises(Unreachable):
        world.books.count("Customer")


def test_a_number_that_is_taken_names_its_holder_and_can_be_allowed(world: World) -> None:
    refs = world.refs()
    first = world.invoice(refs)
    with pytest.raises(Rejected) as rejected:
        world.invoice(refs)
    assert rejected.value.facts["code"] == "6140"
    assert rejected.value.facts["qbo_id"] == first.qbo_id
    assert rejected.value.facts["txn_type"] == "Invoice"
    second = world.invoice(refs, allow_duplicate_number=True)
    assert seen_invoice(second).number == "1042"


def test_an_update_replaces_the_lines_and_a_stale_one_is_refused(world: World) -> None:
    refs = world.refs()
    made = world.invoice(refs)
    body = invoice_body(document(quantity="3"), refs, qbo_id=made.qbo_id, sync_token=made.sync_token)
    changed = world.books.update("Invoice", body, request_id=world.rid())
    assert seen_invoice(changed).total == 75
    assert len(seen_invoice(changed).lines) == 1
    assert changed.sync_token != made.sync_token
    with pytest.raises(ChangedElsewhere):
        world.books.update("Invoice", body, request_id=world.rid())


def test_a_voided_invoice_is_seen_as_void_and_keeps_its_number(world: World) -> None:
    made = world.invoice(world.refs())
    voided = world.books.void("Invoice", made.qbo_id, made.sync_token, request_id=world.rid())
    seen = seen_invoice(voided)
    assert (seen.voided, seen.total, seen.number) == (True, Decimal(0), "1042")
    assert seen.mark == "push_42"


def test_a_deleted_invoice_is_gone_for_a_read_a_query_and_a_second_delete(world: World) -> None:
    made = world.invoice(world.refs())
    gone = world.books.delete("Invoice", made.qbo_id, made.sync_token, request_id=world.rid())
    assert (gone.entity, gone.qbo_id) == ("Invoice", made.qbo_id)
    assert world.books.read("Invoice", made.qbo_id) is None
    assert world.books.find("Invoice", equals("Id", made.qbo_id)) == []
    with pytest.raises(Rejected) as rejected:
        world.books.delete("Invoice", made.qbo_id, made.sync_token, request_id=world.rid())
    assert rejected.value.facts["code"] == "610"


def test_a_payment_over_two_invoices_pays_both_and_leaves_the_rest(world: World) -> None:
    refs = world.refs()
    one, two = world.invoice(refs, "1042"), world.invoice(refs, "1043")
    payment, paid_refs = paid(refs, "80", (one.qbo_id, "50"), (two.qbo_id, "20"))
    made = world.books.create("Payment", payment_body(payment, paid_refs), request_id=world.rid())
    seen = seen_payment(made)
    assert (seen.total, seen.unapplied, seen.reference) == (Decimal(80), Decimal(10), "CHK 12")
    assert {(part.target, part.qbo_id, part.amount) for part in seen.allocations} == {
        ("invoice", one.qbo_id, Decimal(50)),
        ("invoice", two.qbo_id, Decimal(20)),
    }
    assert seen_invoice(world.books.read("Invoice", one.qbo_id)).balance == 0
    assert seen_invoice(world.books.read("Invoice", two.qbo_id)).balance == 30


def test_an_update_moves_a_payment_to_the_other_invoice_and_a_void_takes_it_back(world: World) -> None:
    refs = world.refs()
    one, two = world.invoice(refs, "1042"), world.invoice(refs, "1043")
    payment, paid_refs = paid(refs, "50", (one.qbo_id, "50"))
    made = world.books.create("Payment", payment_body(payment, paid_refs), request_id=world.rid())
    payment, paid_refs = paid(refs, "50", (two.qbo_id, "50"))
    body = payment_body(payment, paid_refs, qbo_id=made.qbo_id, sync_token=made.sync_token)
    moved = world.books.update("Payment", body, request_id=world.rid())
    assert seen_invoice(world.books.read("Invoice", one.qbo_id)).balance == 50
    assert seen_invoice(world.books.read("Invoice", two.qbo_id)).balance == 0
    voided = seen_payment(world.books.void("Payment", made.qbo_id, moved.sync_token, request_id=world.rid()))
    assert (voided.voided, voided.total, voided.allocations) == (True, Decimal(0), ())
    assert seen_invoice(world.books.read("Invoice", two.qbo_id)).balance == 50


def test_a_credit_memo_is_written_and_can_be_deleted(world: World) -> None:
    body = credit_memo_body(replace(document(), kind=Kind.CREDIT_NOTE), world.refs())
    made = world.books.create("CreditMemo", body, request_id=world.rid())
    assert (seen_invoice(made).kind, seen_invoice(made).balance) == (Kind.CREDIT_NOTE, Decimal(50))
    world.books.delete("CreditMemo", made.qbo_id, made.sync_token, request_id=world.rid())
    assert world.books.read("CreditMemo", made.qbo_id) is None


def test_an_inactive_customer_on_an_invoice_is_rejected_with_a_code(world: World) -> None:
    refs = world.refs()
    with pytest.raises(Rejected) as rejected:
        world.invoice(replace(refs, customer="999999"))
    assert rejected.value.facts["code"] in ("610", "2500")
    assert rejected.value.remedy


def test_pages_come_in_order_and_end_with_a_short_one(world: World) -> None:
    made = [world.customer(f"Customer {number}").qbo_id for number in range(5)]
    first = world.books.page("Customer", start=1, size=3)
    second = world.books.page("Customer", start=4, size=3)
    assert sorted(one.qbo_id for one in (*first.records, *second.records)) == sorted(made)
    assert len(second.records) == 2
    assert first.server_time == MONDAY
    assert world.books.page("Customer", start=6).records == ()
    assert world.books.count("Customer") == 5


def test_changes_since_a_moment_are_followed_with_deletions(world: World) -> None:
    refs = world.refs()
    one, two = world.invoice(refs, "1042"), world.invoice(refs, "1043")
    world.later(120)
    since = world.books.page("Customer", start=1).server_time
    assert since == MONDAY + timedelta(seconds=120)
    world.books.delete("Invoice", one.qbo_id, one.sync_token, request_id=world.rid())
    payment, paid_refs = paid(refs, "50", (two.qbo_id, "50"))
    made = world.books.create("Payment", payment_body(payment, paid_refs), request_id=world.rid())
    followed = [entity.name for entity in ENTITIES if Can.FOLLOW in entity.can]
    seen = world.books.changes(followed, since)
    assert [(gone.entity, gone.qbo_id) for gone in seen.gone] == [("Invoice", one.qbo_id)]
    assert [record.qbo_id for record in seen.records["Payment"]] == [made.qbo_id]
    assert [record.qbo_id for record in seen.records["Invoice"]] == [two.qbo_id]
    assert "Item" not in seen.records
    assert not seen.may_be_cut
    again = world.books.page("Payment", start=1, where=since_clause(since))
    assert [record.qbo_id for record in again.records] == [made.qbo_id]


def test_every_entity_can_be_queried_counted_and_translated(world: World) -> None:
    world.invoice(world.refs())
    for entity in ENTITIES:
        records = world.books.find(entity.name, "")
        where = "Active IN (true, false)" if entity.active_flag else ""
        assert len(records) == world.books.count(entity.name, where), entity.name
        for record in records:
            assert not entity.applied or entity.seen(record.raw)


def test_a_batch_posts_what_it_can(world: World) -> None:
    refs = world.refs()
    first = world.invoice(refs, "1042")
    ends = world.books.batch(
        [
            BatchItem("create", "Invoice", invoice_body(document("1043"), refs)),
            BatchItem("create", "Invoice", invoice_body(document("1042"), refs)),
            BatchItem(
                "void",
                "Invoice",
                json.dumps({"Id": first.qbo_id, "SyncToken": first.sync_token, "sparse": True}).encode(),
            ),
            BatchItem("delete", "Invoice", b'{"Id":"999999","SyncToken":"0"}'),
        ],
        request_id="push_b-1",
    )
    made, taken, voided, missing = ends
    assert isinstance(made, Record)
    assert isinstance(taken, Rejected)
    assert taken.facts["code"] == "6140"
    assert isinstance(voided, Record)
    assert seen_invoice(voided).voided
    assert isinstance(missing, Rejected)
    assert world.books.count("Invoice") == 2


def test_a_batch_that_is_replayed_does_its_work_once(world: World) -> None:
    refs = world.refs()
    items = [BatchItem("create", "Invoice", invoice_body(document(number), refs)) for number in ("1", "2")]
    world.plan(fault="reply_lost", path="*/batch")
    with pytest.raises(OutcomeUnknown):
        world.books.batch(items, request_id="push_b-1")
    ends = world.books.batch(items, request_id="push_b-1")
    assert all(isinstance(end, Record) for end in ends)
    assert world.books.count("Invoice") == 2


def test_an_expired_token_is_renewed_on_the_way_without_anybody_noticing(world: World) -> None:
    world.customer()
    stale = world.token
    world.later(3700)
    assert world.books.count("Customer") == 1
    assert world.token != stale
    assert [call.status for call in world.calls[-2:]] == [401, 200]


def test_a_connection_that_was_ended_in_quickbooks_asks_for_a_new_one(world: World) -> None:
    world.customer()
    world.control("POST", "revoke", {"realm_id": world.simulator.realm_id})
    with pytest.raises(ReconnectNeeded):
        world.books.count("Customer")


def test_another_companys_books_are_not_opened_by_this_ones_token(world: World) -> None:
    other = world.control("POST", "companies", {"name": "Second Company", "kind": "empty"})
    strange = Books(
        world.http,
        api_base=BASE,
        realm_id=str(other["realm_id"]),
        bearer=world.bearer,
        clock=world.clock,
    )
    with pytest.raises(ReconnectNeeded):
        strange.count("Customer")


def test_a_revoked_grant_can_neither_be_used_nor_refreshed(world: World) -> None:
    world.customer()
    world.app.revoke(world.refresh_token)
    with pytest.raises(ReconnectNeeded):
        world.app.refresh(world.refresh_token, now=world.clock.now())
    with pytest.raises(ReconnectNeeded):
        world.books.count("Customer")


def test_wrong_app_credentials_are_told_from_a_lost_connection(world: World) -> None:
    wrong = OAuthApp(world.http, at(BASE), world.simulator.client_id, "not-the-secret")
    with pytest.raises(Invalid, match="credentials"):
        wrong.refresh(world.refresh_token, now=MONDAY)


def test_a_rotated_refresh_token_ends_after_a_day(world: World) -> None:
    old = world.refresh_token
    world.bearer()
    world.later(26 * 3600)
    grant = world.app.refresh(world.refresh_token, now=MONDAY)
    assert grant.refresh_token != old
    with pytest.raises(ReconnectNeeded):
        world.app.refresh(old, now=MONDAY)


def test_the_sample_companys_records_are_all_translated_and_its_documents_add_up() -> None:
    with Simulator(company="sample", seed=7, clock=Clock.at(MONDAY)) as simulator:
        books = World(simulator).books
        for entity in (one for one in ENTITIES if one.applied):
            for record in books.find(entity.name, ""):
                seen = entity.seen(record.raw)
                assert seen.qbo_id == record.qbo_id
                if isinstance(seen, SeenDocument):
                    assert sum((line.amount for line in seen.lines), Decimal(0)) + seen.tax == seen.total


def test_a_taxed_invoice_gets_its_tax_from_quickbooks() -> None:
    with Simulator(company="sample", seed=7, clock=Clock.at(MONDAY)) as simulator:
        world = World(simulator)
        codes = [by_name("TaxCode").seen(one.raw) for one in world.books.find("TaxCode", "")]
        regions = [one.qbo_id for one in codes if isinstance(one, SeenTaxCode) and one.is_group]
        refs = replace(world.refs(), tax_codes={"coast": regions[0]})
        made = document("T-1")
        taxed = replace(made, lines=(replace(made.lines[0], tax_region="coast"),))
        seen = seen_invoice(world.books.create("Invoice", invoice_body(taxed, refs), request_id=world.rid()))
        assert seen.lines[0].taxed
        assert seen.tax > 0
        assert seen.total == 50 + seen.tax


@pytest.mark.parametrize("fault", ["reply_lost", "request_lost", "cut_body"])
def test_over_a_real_socket_a_cut_connection_leaves_a_write_unknown_and_a_read_unharmed(fault: str) -> None:
    with open_simulator(company="empty", seed=7) as simulator, running(simulator) as address:
        here = World(simulator)
        here.plan(fault=fault, entity="Customer", operation="create")
        here.plan(fault=fault, path="*/query")
        with httpx2.Client() as http:
            books = Books(
                http,
                api_base=at(address).api,
                realm_id=simulator.realm_id,
                bearer=here.bearer,
                clock=here.clock,
            )
            with pytest.raises(OutcomeUnknown):
                books.create("Customer", customer_body(Client("c-1", "Harbour")), request_id="push_1-1")
            assert books.count("Customer") == (0 if fault == "request_lost" else 1)
            books.create("Customer", customer_body(Client("c-1", "Harbour")), request_id="push_1-1")
            assert books.count("Customer") == 1


def one_token(stale: str | None = None) -> str:
    return "token"


def test_nobody_at_the_address_is_told_from_a_lost_answer() -> None:
    with socket.socket() as taken, httpx2.Client() as http:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        books = Books(
            http,
            api_base=f"http://127.0.0.1:{taken.getsockname()[1]}",
            realm_id="1",
            bearer=one_token,
            clock=ManualClock(MONDAY),
        )
        with pytest.raises(Unreachable):
            books.create("Customer", customer_body(Client("c-1", "Harbour")), request_id="push_1-1")
