"""Intuit's webhooks as bytes: both formats, signatures, and whatever else may come."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.qbo.webhooks import Told, is_signed, read_message

VERIFIER = "a1b2c3d4-5678-90ab-cdef-1234567890ab"


def signed(body: bytes, verifier: str = VERIFIER) -> str:
    return b64encode(hmac.new(verifier.encode(), body, sha256).digest()).decode()


def event(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": "qbo.invoice.created.v1",
        "datacontenttype": "application/json",
        "time": "2026-03-01T18:20:31.123456789Z",
        "intuitentityid": "1234",
        "intuitaccountid": "310687",
        "data": {},
    } | changes


def old(*entities: dict[str, Any], realm: str = "1185883450") -> bytes:
    notification = {"realmId": realm, "dataChangeEvent": {"entities": list(entities)}}
    return json.dumps({"eventNotifications": [notification]}).encode()


def read(*events: Any) -> tuple[Told, ...]:
    return read_message(json.dumps(events).encode()).told


def test_a_cloud_event_tells_company_record_operation_and_time() -> None:
    (told,) = read(event())
    assert (told.realm_id, told.entity, told.qbo_id, told.operation) == (
        "310687",
        "Invoice",
        "1234",
        "created",
    )
    assert told.happened_at == datetime(2026, 3, 1, 18, 20, 31, 123456, tzinfo=UTC)


def test_the_old_format_tells_the_same() -> None:
    body = old(
        {"name": "Customer", "id": "1", "operation": "Create", "lastUpdated": "2015-10-05T14:42:19-0700"},
        {
            "name": "Vendor",
            "id": "7",
            "operation": "Merge",
            "lastUpdated": "2015-10-05T14:43:00-0700",
            "deletedId": "9",
        },
    )
    created, merged = read_message(body).told
    assert (created.realm_id, created.entity, created.qbo_id, created.operation) == (
        "1185883450",
        "Customer",
        "1",
        "created",
    )
    assert created.happened_at == datetime(2015, 10, 5, 21, 42, 19, tzinfo=UTC)
    assert (merged.operation, merged.deleted_id) == ("merged", "9")


def test_a_merge_names_the_record_that_went() -> None:
    (told,) = read(event(type="qbo.customer.merged.v1", data={"deletedid": "27"}))
    assert (told.entity, told.operation, told.deleted_id) == ("Customer", "merged", "27")


def test_several_words_in_one_name_are_spelled_as_quickbooks_does() -> None:
    names = {"billpayment": "BillPayment", "currency": "CompanyCurrency", "taxagency": "TaxAgency"}
    for said, entity in names.items():
        assert read(event(type=f"qbo.{said}.updated.v1"))[0].entity == entity


def test_one_event_has_one_key_however_often_it_comes_and_another_one_has_another() -> None:
    assert read(event())[0].key == read(event(specversion="1.1"))[0].key
    assert read(event())[0].key != read(event(id="another"))[0].key
    assert read(event())[0].key != read(event(intuitaccountid="5"))[0].key
    one = {"name": "Customer", "id": "1", "operation": "Update", "lastUpdated": "2015-10-05T14:42:19-0700"}
    later = one | {"lastUpdated": "2015-10-05T14:42:20-0700"}
    keys = [told.key for told in read_message(old(one, later, one)).told]
    assert len(keys) == len(set(keys)) == 2


@pytest.mark.parametrize(
    "strange",
    [
        event(type="qbo.spaceship.created.v1"),
        event(type="qbo.invoice.painted.v1"),
        event(type="qbo.invoice"),
        event(type=7),
        event(intuitentityid=""),
        event(intuitentityid=None),
        event(intuitentityid="1' OR 'x'='x"),
        event(intuitentityid="\x00"),
        event(intuitaccountid="٣"),
        event(type="qbo.customer.merged.v1", data={"deletedid": "27; --"}),
        "text",
        None,
        [],
        {},
    ],
)
def test_what_names_nothing_known_is_counted_and_hides_nothing_else(strange: Any) -> None:
    message = read_message(json.dumps([strange, event()]).encode())
    assert [told.qbo_id for told in message.told] == ["1234"]
    assert message.unread == 1


@pytest.mark.parametrize(
    "time", ["", "yesterday", "2026-03-01T18:20:31", "0001-01-01T00:00:00+14:00", None, 12]
)
def test_an_event_without_a_time_that_can_be_read_is_an_event(time: Any) -> None:
    (told,) = read(event(time=time))
    assert told.happened_at is None


def test_the_signature_is_of_the_bytes_with_the_apps_own_token() -> None:
    body = json.dumps([event()]).encode()
    assert is_signed(body, signed(body), VERIFIER)
    assert not is_signed(body + b" ", signed(body), VERIFIER)
    assert not is_signed(body, signed(body, "another"), VERIFIER)
    assert not is_signed(body, "", VERIFIER)
    assert not is_signed(body, "é", VERIFIER)
    assert not is_signed(body, signed(body)[:-4], VERIFIER)
    assert not is_signed(body, signed(body, ""), "")


@given(st.binary(max_size=300), st.text(max_size=100))
def test_no_bytes_and_no_signature_make_it_stumble(body: bytes, signature: str) -> None:
    read_message(body)
    assert not is_signed(body, signature, VERIFIER)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["eventNotifications", "realmId", "dataChangeEvent", "entities", "name", "id", "type", "data"]
            )
            | st.text(max_size=6),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_json_makes_it_stumble(value: Any) -> None:
    read_message(json.dumps(value).encode("utf-8", "surrogatepass"))


@given(
    st.dictionaries(
        st.sampled_from(["type", "id", "source", "time", "intuitentityid", "intuitaccountid", "data"]), JSON
    )
)
def test_an_event_with_any_part_of_another_shape_hides_no_other_event(changes: dict[str, Any]) -> None:
    body = json.dumps([event(**changes), event(id="good", intuitentityid="77")])
    assert "77" in [told.qbo_id for told in read_message(body.encode("utf-8", "surrogatepass")).told]


@given(st.integers(0, 400))
def test_a_message_that_was_cut_off_is_no_message(end: int) -> None:
    body = json.dumps([event(), event(id="two")]).encode()
    message = read_message(body[: min(end, len(body) - 1)])
    assert message.told == ()
    assert message.unread == 1


def test_json_as_deep_as_it_gets_is_no_message() -> None:
    assert read_message(b"[" * 1_000_000).told == ()
