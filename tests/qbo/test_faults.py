"""Intuit's faults in every shape, and what each one means for what happens next."""

from __future__ import annotations

import json

import pytest

from tests.qbo.real_objects import recorded
from tieout.kit.errors import (
    ChangedElsewhere,
    OutcomeUnknown,
    PeriodClosed,
    ReconnectNeeded,
    Rejected,
    Throttled,
    TieoutError,
    Unreachable,
)
from tieout.qbo.faults import Asked, Fault, error_from, read_fault

THROTTLE_XML = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<IntuitResponse time="2016-08-08T09:00:00.000-07:00" xmlns="http://schema.intuit.com/finance/v3">'
    b'<Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; '
    b"statusCode=429</Message><Detail>The request limit was reached.  Try again later &amp; again</Detail>"
    b"</Error></Fault></IntuitResponse>"
)


def asked(status: int = 400, *, writes: bool = True) -> Asked:
    return Asked("create Invoice", writes, "1-abc", status, "Invoice")


def body(code: str, message: str, detail: str, kind: str = "ValidationFault", **more: str) -> bytes:
    error = {"Message": message, "Detail": detail, "code": code, **more}
    return json.dumps(
        {"Fault": {"Error": [error], "type": kind}, "time": "2026-01-01T00:00:00.000-08:00"}
    ).encode()


def error(code: str, message: str, detail: str, status: int = 400, *, writes: bool = True) -> TieoutError:
    return error_from(read_fault(body(code, message, detail)), asked(status, writes=writes))


def test_the_services_spelling_is_read_from_recorded_traffic() -> None:
    said = json.dumps(recorded("error__validation__0")["response"]["json"]).encode()
    fault = read_fault(said)
    assert fault is not None
    assert (fault.code, fault.type, fault.element) == ("6240", "ValidationFault", "")
    assert "already exists" in fault.detail


def test_the_gateways_spelling_is_read_from_recorded_traffic_and_its_token_is_not_repeated() -> None:
    said = recorded("error__401__0")["response"]["json"]
    token = said["fault"]["error"][0]["detail"].split()[-1]
    fault = read_fault(json.dumps(said).encode())
    assert fault is not None
    assert fault.code == "3200"
    made = error_from(fault, asked(401))
    assert isinstance(made, ReconnectNeeded)
    assert token not in f"{made.parts()} {made.facts} {made!r}"


def test_a_throttle_in_xml_is_read_although_json_was_asked_for() -> None:
    fault = read_fault(THROTTLE_XML)
    assert fault is not None
    assert (fault.code, fault.type) == ("3001", "SERVICE")
    assert fault.detail == "The request limit was reached.  Try again later & again"


@pytest.mark.parametrize("status", [429, 403])
def test_a_throttle_waits_a_minute_also_under_its_older_status(status: int) -> None:
    made = error_from(read_fault(THROTTLE_XML), asked(status))
    assert isinstance(made, Throttled)
    assert made.facts["retry_after"] == 60.0
    longer = error_from(None, asked(429), retry_after=90.0)
    assert isinstance(longer, Throttled)
    assert longer.facts["retry_after"] == 90.0


@pytest.mark.parametrize(
    "garbage", [b"", b"null", b"[]", b"<html>Bad gateway</html>", b'{"Fault":', b"\xff\xfe", b"{}"]
)
def test_what_is_no_fault_is_not_taken_for_one(garbage: bytes) -> None:
    assert read_fault(garbage) is None


def test_a_fault_without_optional_parts_is_read() -> None:
    fault = read_fault(b'{"Fault":{"Error":[{"Message":"Invalid ID","code":2030,"element":null}]}}')
    assert fault == Fault("2030", "Invalid ID")
    assert read_fault(b'{"Fault":{"Error":[],"type":"SystemFault"}}') == Fault(type="SystemFault")


def test_several_errors_of_one_fault_are_all_told() -> None:
    said = json.dumps(
        {
            "Fault": {
                "Error": [
                    {
                        "Message": "Required param missing",
                        "Detail": "A is missing",
                        "code": "2020",
                        "element": "A",
                    },
                    {
                        "Message": "Required param missing",
                        "Detail": "B is missing",
                        "code": "2020",
                        "element": "B",
                    },
                ],
                "type": "ValidationFault",
            }
        }
    ).encode()
    made = error_from(read_fault(said), asked())
    assert isinstance(made, Rejected)
    assert "A is missing" in made.reason
    assert "B is missing" in made.reason
    assert made.facts["element"] == "A"


def test_a_stale_record_is_changed_elsewhere() -> None:
    made = error("5010", "Stale Object Error", "Stale Object Error : You and X were working on this")
    assert isinstance(made, ChangedElsewhere)


def test_a_taken_number_names_the_document_that_has_it() -> None:
    made = error(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has already been "
        "used. DocNumber=18696 is assigned to TxnType=Invoice with TxnId=6575",
    )
    assert isinstance(made, Rejected)
    assert (made.facts["code"], made.facts["qbo_id"], made.facts["txn_type"]) == ("6140", "6575", "Invoice")


def test_a_taken_number_without_its_holder_is_still_told_by_its_code() -> None:
    made = error("6140", "Duplicate Document Number Error", "You must specify a different number.")
    assert made.facts["code"] == "6140"
    assert "qbo_id" not in made.facts


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("6200", "Account Period Closed, Cannot Update"),
        ("6210", "The account period has closed and the account books cannot be updated"),
        ("6000", "Business Validation Error: The date is on or before the closing date of the books."),
    ],
)
def test_closed_books_are_known_by_their_code_or_their_words(code: str, detail: str) -> None:
    assert isinstance(error(code, "A business validation error", detail), PeriodClosed)


def test_another_business_rule_is_rejected_in_intuits_words_with_a_remedy() -> None:
    made = error(
        "6000", "A business validation error", "Business Validation Error: The customer is inactive."
    )
    assert type(made) is Rejected
    assert "The customer is inactive" in made.reason
    assert made.remedy
    assert made.facts == {
        "code": "6000",
        "tid": "1-abc",
        "element": "",
        "status": 400,
        "detail": made.facts["detail"],
    }


def test_a_lapsed_subscription_asks_for_its_renewal_and_not_for_a_new_sign_in() -> None:
    made = error("6190", "Invalid Company Status", "Subscription period has ended")
    assert isinstance(made, ReconnectNeeded)
    assert "subscription" in made.remedy


@pytest.mark.parametrize("code", ["3100", "120", ""])
def test_a_403_means_that_we_are_out(code: str) -> None:
    said = body(code, "message=ApplicationAuthorizationFailed", "", kind="AUTHORIZATION") if code else b""
    assert isinstance(error_from(read_fault(said), asked(403)), ReconnectNeeded)


def test_a_missing_permission_for_one_form_does_not_end_the_connection() -> None:
    made = error("5020", "Permission Denied Error", "You do not have permission", status=403)
    assert type(made) is Rejected


@pytest.mark.parametrize(
    ("status", "code", "detail"),
    [
        (500, "10000", "System Failure Error: null"),
        (400, "10000", "System Failure Error: null"),
        (503, "", ""),
        (500, "6000", "Business Validation Error: it broke half way"),
        (
            400,
            "6000",
            "An unexpected error occurred while accessing or saving your data. Please wait a few minutes",
        ),
    ],
)
def test_a_failure_inside_quickbooks_leaves_a_write_unknown_and_a_read_unanswered(
    status: int, code: str, detail: str
) -> None:
    assert isinstance(error(code, "m", detail, status), OutcomeUnknown)
    assert isinstance(error(code, "m", detail, status, writes=False), Unreachable)


def test_a_locked_company_has_done_nothing() -> None:
    assert isinstance(error("140", "Company locked", "The company is locked"), Unreachable)


def test_an_answer_nobody_can_read_leaves_a_write_unknown() -> None:
    assert isinstance(error_from(None, asked(400)), OutcomeUnknown)
    assert isinstance(error_from(None, asked(400, writes=False)), Unreachable)


def test_a_page_that_is_not_there_shows_that_the_address_is_wrong() -> None:
    made = error_from(None, asked(404))
    assert isinstance(made, Unreachable)
    assert "address" in made.remedy


def test_a_broken_reference_is_rejected_with_its_code() -> None:
    made = error("2500", "Invalid Reference Id", "Invalid Reference Id : Names element id 7 not found")
    assert (type(made), made.facts["code"]) == (Rejected, "2500")
