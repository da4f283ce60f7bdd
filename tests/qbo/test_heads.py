"""Heads of records: a page's columns, read at once, exactly, and never at the price of a record beside a spoilt one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.domain.seen import Gone
from tieout.mirror.rows import row_of
from tieout.qbo.heads import decoded, heads_of
from tieout.qbo.record import Record, Unread

BILL = {
    "Id": "5",
    "SyncToken": "2",
    "DocNumber": "B-17",
    "TxnDate": "2026-03-04",
    "DueDate": "2026-04-03",
    "TotalAmt": 103.5,
    "Balance": 0,
    "VendorRef": {"value": "31", "name": "Norton Lumber"},
    "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
    "MetaData": {
        "CreateTime": "2026-03-04T09:00:00-08:00",
        "LastUpdatedTime": "2026-03-05T10:30:00-08:00",
    },
}


def record(entity: str, **fields: Any) -> Record:
    found = decoded(entity, json.dumps(fields).encode(), "tid-1")
    assert isinstance(found, Record)
    return found


def page(entity: str, *objects: str) -> list[Record | Gone | Unread]:
    text = f'{{"QueryResponse":{{"{entity}":[{",".join(objects)}],"maxResults":1}},"time":"t"}}'
    found, time = heads_of(entity).of_answer(text.encode(), "tid-1")
    assert time == "t"
    return found


def test_a_record_has_its_columns_beside_its_bytes() -> None:
    raw = json.dumps(BILL)
    (bill,) = page("Bill", raw)
    assert isinstance(bill, Record)
    assert bill.raw == raw.encode()
    assert (bill.entity, bill.qbo_id, bill.sync_token, bill.active, bill.tid) == (
        "Bill",
        "5",
        "2",
        True,
        "tid-1",
    )
    assert (bill.name, bill.number, bill.party) == ("Norton Lumber", "B-17", "31")
    assert (bill.dated, bill.due) == (date(2026, 3, 4), date(2026, 4, 3))
    assert (bill.amount, bill.balance, bill.currency) == ("103.5", "0", "USD")
    assert bill.created_at == datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    assert bill.updated_at == datetime(2026, 3, 5, 18, 30, tzinfo=UTC)


def test_a_row_of_the_mirror_says_what_the_record_says() -> None:
    bill = record("Bill", **BILL)
    row = row_of(bill)
    for name in bill.__struct_fields__:
        if name not in ("tid", "created", "updated"):
            assert getattr(row, name) == getattr(bill, name), name
    assert (row.created_at, row.updated_at) == (bill.created_at, bill.updated_at)


def test_one_record_is_read_as_a_page_and_a_feed_read_it() -> None:
    raw = json.dumps(BILL)
    assert heads_of("Bill").of_list(msgspec.Raw(f"[{raw}]".encode()), "tid-1") == page("Bill", raw)
    assert [decoded("Bill", raw.encode(), "tid-1")] == page("Bill", raw)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"DocNumber": 17},
        {"TxnDate": "the other day"},
        {"TxnDate": {}},
        {"TotalAmt": "plenty"},
        {"VendorRef": "31"},
        {"VendorRef": {"value": 31}},
        {"VendorRef": None},
        {"CurrencyRef": []},
    ],
    ids=str,
)
def test_a_column_of_an_unexpected_type_costs_that_record_its_columns_and_no_other_anything(
    spoilt: dict[str, Any],
) -> None:
    before, bad, after = page(
        "Bill",
        json.dumps(BILL),
        json.dumps({**BILL, **spoilt, "Id": "6"}),
        json.dumps({**BILL, "Id": "7"}),
    )
    assert isinstance(before, Record)
    assert isinstance(bad, Record)
    assert isinstance(after, Record)
    assert (before.number, after.number, after.qbo_id) == ("B-17", "B-17", "7")
    assert (bad.qbo_id, bad.sync_token, bad.updated_at) == ("6", "2", before.updated_at)
    assert (bad.name, bad.number, bad.party, bad.dated, bad.amount, bad.currency) == (
        "",
        "",
        "",
        None,
        "",
        "",
    )
    assert json.loads(bad.raw) == {**BILL, **spoilt, "Id": "6"}


@pytest.mark.parametrize(
    "state", [{"MetaData": 5}, {"SyncToken": 2}, {"Active": "yes"}, {"status": []}], ids=str
)
def test_a_record_whose_state_is_spoilt_is_kept_under_its_id(state: dict[str, Any]) -> None:
    (bill,) = page("Bill", json.dumps({**BILL, **state}))
    assert isinstance(bill, Record)
    assert (bill.qbo_id, bill.active, bill.number) == ("5", True, "")


@pytest.mark.parametrize("nobody", ['{"SyncToken":"1"}', '{"Id":7}', "null", "[]", '"5"'])
def test_an_object_without_an_id_is_told_and_hides_no_other(nobody: str) -> None:
    before, bad, after = page("Bill", json.dumps(BILL), nobody, json.dumps({**BILL, "Id": "7"}))
    assert isinstance(before, Record)
    assert isinstance(bad, Unread)
    assert (bad.entity, bad.place) == ("Bill", 2)
    assert bad.why
    assert isinstance(after, Record)
    assert after.number == "B-17"


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"QueryResponse":{"Bill":[{"Id":"1"', b"<html>", b"[]", b'{"time":"t"}']
)
def test_an_answer_that_is_cut_or_none_at_all_is_refused_whole(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        heads_of("Bill").of_answer(body, "tid-1")


def test_nothing_where_a_value_could_be_is_no_value() -> None:
    (bill,) = page(
        "Bill", json.dumps({**BILL, "DocNumber": None, "DueDate": None, "Balance": None, "Active": None})
    )
    assert isinstance(bill, Record)
    assert (bill.number, bill.due, bill.balance, bill.active, bill.name) == (
        "",
        None,
        "",
        True,
        "Norton Lumber",
    )
    (bare,) = page("Bill", '{"Id":"5"}')
    assert isinstance(bare, Record)
    assert (bare.sync_token, bare.updated_at, bare.created_at, bare.amount) == ("0", None, None, "")


def test_a_deleted_stub_is_gone_at_its_time() -> None:
    stub = {
        "domain": "QBO",
        "status": "Deleted",
        "Id": "5",
        "MetaData": {"LastUpdatedTime": "2026-03-04T09:00:00-08:00"},
    }
    assert page("Bill", json.dumps(stub)) == [Gone("Bill", "5", datetime(2026, 3, 4, 17, 0, tzinfo=UTC))]


@pytest.mark.parametrize("time", ["2026-03-04T09:00:00", "soon", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_no_instant_is_none(time: str) -> None:
    assert record("Bill", Id="5", MetaData={"LastUpdatedTime": time}).updated_at is None


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=7, allow_nan=False, allow_infinity=False))
def test_any_amount_is_exact_text_without_an_exponent(amount: Decimal) -> None:
    found = decoded("Bill", f'{{"Id":"1","TotalAmt":{amount:f}}}'.encode(), "")
    assert isinstance(found, Record)
    assert found.amount == f"{amount:f}"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("100.00", "100.00"),
        ("1e3", "1000"),
        ("1E-7", "0.0000001"),
        ("0.1", "0.1"),
        ("-0.0", "-0.0"),
        ("1e999999", ""),
        ('"NaN"', ""),
        ('"Infinity"', ""),
    ],
)
def test_a_number_that_is_no_amount_is_left_out_rather_than_written_at_length(
    written: str, kept: str
) -> None:
    found = decoded("Bill", f'{{"Id":"1","TotalAmt":{written},"DocNumber":"B"}}'.encode(), "")
    assert isinstance(found, Record)
    assert (found.amount, found.number) == (kept, "B")


def test_a_name_is_shown_without_the_mark_of_its_being_inactive() -> None:
    vendor = record("Vendor", Id="31", DisplayName="Norton Lumber (deleted)", Active=False)
    assert (vendor.name, vendor.active) == ("Norton Lumber", False)


def test_the_first_alternative_that_a_record_has_counts() -> None:
    both = {"EmployeeRef": {"value": "55", "name": "Ada"}, "VendorRef": {"value": "31", "name": "Bo"}}
    assert (record("TimeActivity", Id="1", **both).name, record("TimeActivity", Id="1", **both).party) == (
        "Ada",
        "55",
    )
    assert record("TimeActivity", Id="1", VendorRef=both["VendorRef"]).party == "31"
    assert record("CreditMemo", Id="1", RemainingCredit=7.25, TotalAmt=9).balance == "7.25"
    assert record("CreditMemo", Id="1", RemainingCredit=7.25, Balance=0).balance == "0"
    note = record("Attachable", Id="1", Note="Signed by hand")
    assert note.name == "Signed by hand"


def test_a_recurring_transaction_is_found_inside_its_kind() -> None:
    inner = {
        "Id": "400",
        "SyncToken": "1",
        "CustomerRef": {"value": "9", "name": "Blue Heron"},
        "TotalAmt": 90,
        "RecurringInfo": {"Name": "Monthly care", "Active": False},
    }
    raw = json.dumps({"Invoice": inner})
    (found, other) = page("RecurringTransaction", raw, '{"Hitherto":{"Id":"401"}}')
    assert isinstance(found, Record)
    assert (found.qbo_id, found.sync_token, found.name, found.party, found.amount, found.active) == (
        "400",
        "1",
        "Monthly care",
        "9",
        "90",
        False,
    )
    assert found.raw == raw.encode()
    assert isinstance(other, Record)
    assert other.qbo_id == "401"
    assert isinstance(page("RecurringTransaction", '{"A":{"Id":"1"},"B":{"Id":"2"}}')[0], Unread)
    assert isinstance(page("RecurringTransaction", "{}")[0], Unread)


def test_an_exchange_rate_is_known_by_its_currency_and_day() -> None:
    rate = record("ExchangeRate", SourceCurrencyCode="EUR", AsOfDate="2026-03-02", Rate=1.0871, SyncToken="0")
    assert (rate.qbo_id, rate.dated, rate.currency) == ("EUR:2026-03-02", date(2026, 3, 2), "EUR")


def test_a_credit_card_payment_is_answered_under_another_key() -> None:
    body = b'{"QueryResponse":{"CreditCardPaymentTxn":[{"Id":"54","Amount":58.24}]},"time":"t"}'
    (found,), _ = heads_of("CreditCardPayment").of_answer(body, "")
    assert isinstance(found, Record)
    assert (found.entity, found.amount) == ("CreditCardPayment", "58.24")
