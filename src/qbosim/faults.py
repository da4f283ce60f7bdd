"""Intuit's faults: which code, words, HTTP status and shape a client's mistake is answered with.

Words marked *assumed* were found in no public source; code and shape of those are documented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from qbosim import jsontext
from qbosim.moments import stamp_millis
from qbosim.wire import Response

JSON_FAULT = ("Content-Type", "application/json")

INACTIVE = (
    "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, "
    "vendors or employees."
)


@dataclass(frozen=True)
class FaultError:
    """One entry of a fault's list."""

    code: str
    message: str
    detail: str
    element: str | None = None
    """Absent from the answer when None: recorded faults differ in this."""

    def as_object(self) -> dict[str, Any]:
        """The entry as it stands in the answer."""
        entry = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.element is not None:
            entry["element"] = self.element
        return entry


class Fault(Exception):
    """A client's mistake, on its way to being answered."""

    def __init__(
        self, *errors: FaultError, kind: str = "ValidationFault", status: int = 400, timed: bool = True
    ) -> None:
        super().__init__("; ".join(f"{error.code} {error.detail}" for error in errors))
        self.errors = errors
        self.kind = kind
        self.status = status
        self.timed = timed

    def as_object(self) -> dict[str, Any]:
        """The `Fault` object, as it stands in an answer or in one item of a batch."""
        return {"Error": [error.as_object() for error in self.errors], "type": self.kind}

    def response(self, now: datetime) -> Response:
        """The whole answer; some early faults carry no `time` (recorded traffic)."""
        body: dict[str, Any] = {"Fault": self.as_object()}
        if self.timed:
            body["time"] = stamp_millis(now)
        return Response(self.status, jsontext.dumps(body), (JSON_FAULT,))


def unsupported(what: str) -> Fault:
    """500: the operation, or the address, does not exist (words recorded)."""
    return Fault(FaultError("500", "Unsupported Operation", f"Operation {what} is not supported."))


def no_such_address(path: str) -> Fault:
    """500 for an address nothing answers to (words recorded; the host in them is Intuit's inner one)."""
    full = f"https://c50.sandbox.qbo.intuit.com/qbo50{path}"
    return unsupported(f"Could not find resource for relative : {path} of full path: {full}")


def unknown_property(kind: str, name: str, known: tuple[str, ...]) -> Fault:
    """2010: a key that Intuit's object does not have (words recorded)."""
    listed = ", ".join(f'"{key}"' for key in known)
    if len(listed) > 900:
        listed = listed[:900] + "...[truncated]"
    detail = (
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{kind}), not marked as '
        f"ignorable ({len(known)} known properties: {listed}])\n specified is unsupported or invalid"
    )
    return Fault(FaultError("2010", "Request has invalid or unsupported property", detail))


def unreadable() -> Fault:
    """2010: not JSON, or a value of the wrong kind (words seen in clients' reports)."""
    detail = "Property Name:failed to parse json object; a property specified is unsupported or invalid"
    return Fault(FaultError("2010", "Request has invalid or unsupported property", detail))


def missing(element: str) -> Fault:
    """2020: a required value was not sent (words recorded)."""
    message = "Required param missing, need to supply the required value for the API"
    return Fault(
        FaultError("2020", message, f"Required parameter {element} is missing in the request", element)
    )


def bad_id(value: object, element: str = "Id") -> Fault:
    """2030: an id that is not a whole number (words recorded; that answer carries no `time`)."""
    detail = f"Id should be a valid number. Supplied value:{value}"
    return Fault(FaultError("2030", "Invalid ID", detail, element), timed=False)


def bad_length(element: str, most: int, supplied: int, least: int = 0) -> Fault:
    """2050: a text that is too long or too short (words seen in clients' reports)."""
    return Fault(
        FaultError(
            "2050",
            "String length is either shorter or longer than supported by specification",
            "String length specified does not match the supported length. "
            f"Min:{least} Max:{most} supported. Supplied length:{supplied}",
            element,
        )
    )


def bad_day(element: str, value: object) -> Fault:
    """2060: not a date (code documented, words assumed)."""
    return Fault(FaultError("2060", "Invalid Date", f"Invalid date value. Supplied value:{value}", element))


def bad_request_id() -> Fault:
    """2130: a request id that is too long (code documented, words assumed)."""
    detail = "The requestid is invalid. It must have at most 50 characters."
    return Fault(FaultError("2130", "Invalid Request ID", detail, "requestid"))


def long_request_id(key: str, most: int) -> Fault:
    """6000: a batch item's request id and bId are too long together (words quoted by a user of the Java SDK)."""
    return business(
        f"You cannot enter more than {most} characters in the request_id field. "
        f"You tried entering {key[:10]}..., which is {len(key)} characters."
    )


def system_failure() -> Fault:
    """10000 with status 500: something broke (words seen in clients' reports)."""
    message = "An application error has occurred while processing your request"
    return Fault(
        FaultError("10000", message, f"System Failure Error: {message}", ""), kind="SystemFault", status=500
    )


def lapsed() -> Fault:
    """6190: the company's subscription ended (code documented, words assumed)."""
    detail = (
        "Subscription period has ended or canceled or there was a billing problem : "
        "You cannot change anything until the subscription is renewed."
    )
    return Fault(FaultError("6190", "Invalid Company Status", detail, ""))


def bad_choice(element: str, value: object) -> Fault:
    """2170: a value outside an enumeration (words from Intuit's developer blog)."""
    return Fault(FaultError("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", element))


def bad_email(element: str) -> Fault:
    """2210: not an e-mail address (code documented, words seen in clients' reports)."""
    detail = "Email Address does not conform to the RFC 822 format."
    return Fault(FaultError("2210", "Invalid Email Address format", detail, element))


def bad_number(element: str, value: object) -> Fault:
    """2040: a number outside what Intuit keeps (code documented, words assumed)."""
    return Fault(FaultError("2040", "Invalid Number", f"Invalid Number : {value}", element))


def not_found(detail: str = INACTIVE) -> Fault:
    """610: the object a call is about does not exist, or no longer (words recorded)."""
    return Fault(FaultError("610", "Object Not Found", f"Object Not Found : {detail}", ""))


def unknown_reference(collection: str, value: object) -> Fault:
    """2500: a reference leads nowhere; `collection` is Intuit's word (`Names`, `Items`, `Accounts`; recorded)."""
    detail = f"Invalid Reference Id : {collection} element id {value} not found"
    return Fault(FaultError("2500", "Invalid Reference Id", detail, ""))


def inactive_reference() -> Fault:
    """2500: a reference leads to something inactive (words from Intuit's developer blog)."""
    return Fault(FaultError("2500", "Invalid Reference Id", f"Invalid Reference Id : {INACTIVE}", ""))


def stale(other: str) -> Fault:
    """5010: somebody else was faster; `other` is the display name of the last editor (words recorded)."""
    detail = (
        f"Stale Object Error : You and {other} were working on this at the same time. "
        f"{other} finished before you did, so your work was not saved."
    )
    return Fault(FaultError("5010", "Stale Object Error", detail, ""))


def business(detail: str, element: str | None = "") -> Fault:
    """6000: Intuit's catch-all for a rule of bookkeeping."""
    message = "A business validation error has occurred while processing your request"
    return Fault(FaultError("6000", message, f"Business Validation Error: {detail}", element))


def no_name() -> Fault:
    """6080: a name record without any name (words from Intuit's documentation)."""
    detail = "Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix - one of these must be non-empty"
    return Fault(FaultError("6080", "No Name Provided", detail, ""))


def wrong_amount(supplied: Decimal) -> Fault:
    """6070: a line's amount is not its price times its quantity (words recorded)."""
    value = f"{supplied.normalize():,f}"
    detail = f"Amount is not equal to UnitPrice * Qty. Supplied value:{value}"
    return Fault(FaultError("6070", "Amount calculation incorrect in the request", detail, "Line.Amount"))


def no_discount() -> Fault:
    """6090: a discount line that says neither how much nor what share (words from Intuit's documentation)."""
    detail = "Discount amount or percent should be provided."
    return Fault(FaultError("6090", "Discount Line missing required info.", detail, ""))


def bad_line_tax(value: object) -> Fault:
    """6100: a US line with a tax code other than TAX or NON (words from Intuit's documentation)."""
    detail = f"Valid Line TaxCodes for US should be TAX or NON. Supplied value:{value}"
    return Fault(FaultError("6100", "Invalid Line TaxCode in the request", detail, ""))


def duplicate_number(number: str, txn_type: str, txn_id: object) -> Fault:
    """6140: a document number that is taken (words recorded; the id in them lets a client recover)."""
    detail = (
        "Duplicate Document Number Error : You must specify a different number. This number has already been "
        f"used. DocNumber={number} is assigned to TxnType={txn_type} with TxnId={txn_id}"
    )
    return Fault(FaultError("6140", "Duplicate Document Number Error", detail, ""))


def duplicate_name(detail: str = "null") -> Fault:
    """6240: a name that is taken; the detail is often the bare word `null` (recorded)."""
    return Fault(
        FaultError("6240", "Duplicate Name Exists Error", f"The name supplied already exists. : {detail}")
    )


def not_in_this_edition(what: str) -> Fault:
    """5030: the company's edition or country does not have it (code documented, words assumed)."""
    detail = f"Feature Not Supported Error : {what} is not supported for this company."
    return Fault(FaultError("5030", "Feature Not Supported Error", detail, ""))


def too_deep() -> Fault:
    """6180: more than five levels of a hierarchy (code documented, words assumed)."""
    detail = "Exceeded the maximum number of levels: a name can have at most 5 levels."
    return Fault(FaultError("6180", "Hierarchy Level Exceeded", detail, ""))


def books_closed() -> Fault:
    """6210: the period is closed and the API cannot give the password (words recorded)."""
    return Fault(
        FaultError(
            "6210",
            "Account Period Closed, Cannot Update Through Services API",
            "The account period has closed and the account books cannot be updated through through the QBO "
            "Services API. Please use the QBO website to make these changes.",
            "",
        )
    )


def deposited() -> Fault:
    """6540: a deposited payment (words from Intuit's developer blog)."""
    return Fault(
        FaultError(
            "6540",
            "Deposited Transaction cannot be changed",
            "This transaction has been deposited. If you want to change or delete it, you must first edit the "
            "deposit it appears on and remove it.",
            "",
        )
    )


def email_required() -> Fault:
    """6420: sending without an address (code documented, words assumed)."""
    detail = "An email address is required to send this transaction. Supply BillEmail or sendTo."
    return Fault(FaultError("6420", "Email Address Required", detail, "BillEmail"))


def bad_account_type(detail: str) -> Fault:
    """6430: an account of the wrong type, or a type that does not exist (code documented, words assumed)."""
    return Fault(FaultError("6430", "Invalid Account Type", f"Invalid account type: {detail}", ""))


def batch_too_big(most: int, supplied: int) -> Fault:
    """1040: more items than a batch may have (code documented, words assumed)."""
    detail = f"Maximum number of items in a batch request is {most}. Supplied: {supplied}"
    return Fault(FaultError("1040", "Batch size limit exceeded", detail, "BatchItemRequest"))


def query_unparsable(detail: str) -> Fault:
    """4000: the query is not in the query language (shape recorded)."""
    return Fault(FaultError("4000", "Error parsing query", f"QueryParserError: {detail}"))


def query_invalid(detail: str) -> Fault:
    """4001: the query asks for something that is not there (shape recorded)."""
    return Fault(FaultError("4001", "Invalid query", f"QueryValidationError: {detail}"))
