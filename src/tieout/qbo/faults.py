"""What Intuit says when it says no: its faults read in every shape they come in, and put into the error tree.

Faults come as JSON in two spellings (`Fault` from the service, `fault` from the gateway) and as XML from the
gateway whatever was asked for. Codes and texts are from Intuit's documentation and recorded sandbox traffic;
a rule that is from neither says so.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

import msgspec

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

STALE: Final = "5010"
DUPLICATE_NUMBER: Final = "6140"
NOT_FOUND: Final = "610"
THROTTLED: Final = "3001"
TOKEN_REFUSED: Final = "3200"  # noqa: S105  a code of Intuit's
PERIOD_CLOSED: Final = ("6200", "6210")
SUBSCRIPTION_ENDED: Final = "6190"
NO_ACCESS: Final = ("3100", "120")
COMPANY_BUSY: Final = ("140", "150")
INTERNAL: Final = "10000"
RETRY_AFTER_SECONDS: Final = 60.0
"""How long Intuit asks to wait after a 429; it sends no header that says so (Intuit's documentation)."""
TRANSIENT_6000: Final = "please wait a few minutes"
CLOSED_BOOKS: Final = re.compile(
    r"closing date|books (?:are|have been|were) closed|closed period|period (?:is|has been) closed", re.I
)
TAKEN_BY: Final = re.compile(r"TxnType=(?P<type>\w+)\s+with\s+TxnId=(?P<id>\d+)")
NAMING: Final = re.compile(r"\S*[\d@]\S*|\"[^\"]*\"|'[^']*'")
"""Words with digits, addresses and whatever is quoted."""
MESSAGE_MAX: Final = 120


@dataclass(frozen=True)
class Fault:
    """The first error of a fault, and how it came."""

    code: str = ""
    message: str = ""
    detail: str = ""
    element: str = ""
    type: str = ""
    more: tuple[str, ...] = ()
    """Details of the other errors in the same fault."""

    @property
    def words(self) -> str:
        """Give what Intuit said, on one line, without saying it twice."""
        said = self.detail if self.message in self.detail else f"{self.message}: {self.detail}"
        said = re.sub(r"[\s:]+null\s*$", "", said).strip(" :")
        return " ".join(" ".join((said or self.message, *self.more)).split())

    @property
    def kind_of(self) -> str:
        """Give Intuit's name for this kind of fault, without what could name a person, a record or an amount."""
        return NAMING.sub("…", " ".join(self.message.split()))[:MESSAGE_MAX]


class _Error(msgspec.Struct):
    Message: str | None = None
    Detail: str | None = None
    code: str | int | None = None
    element: str | None = None


class _Service(msgspec.Struct):
    """The service's spelling."""

    Error: list[_Error]
    type: str | None = None


class _GatewayError(msgspec.Struct):
    message: str | None = None
    detail: str | None = None
    code: str | int | None = None
    element: str | None = None


class _Gateway(msgspec.Struct):
    """The gateway's spelling."""

    error: list[_GatewayError]
    type: str | None = None


class _Body(msgspec.Struct):
    Fault: _Service | None = None
    fault: _Gateway | None = None


_BODY = msgspec.json.Decoder(_Body)
_ERROR_TAG = re.compile(r"<Error\b(?P<attributes>[^>]*)>(?P<inside>.*?)</Error>", re.S)
_TYPE = re.compile(r"<Fault\b[^>]*\btype=\"(?P<type>[^\"]*)\"")


def read_fault(body: bytes) -> Fault | None:
    """Find the fault in an answer's body, in JSON or XML; None when there is none."""
    if body.lstrip()[:1] == b"<":
        return _xml_fault(body.decode("utf-8", "replace"))
    try:
        found = _BODY.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if found.Fault is not None:
        return _first(
            [
                Fault(str(one.code or ""), one.Message or "", one.Detail or "", one.element or "")
                for one in found.Fault.Error
            ],
            found.Fault.type or "",
        )
    if found.fault is not None:
        return _first(
            [
                Fault(str(one.code or ""), one.message or "", one.detail or "", one.element or "")
                for one in found.fault.error
            ],
            found.fault.type or "",
        )
    return None


def read_item_fault(raw: msgspec.Raw | bytes) -> Fault:
    """Read the value of a `Fault` key, as items of a batch carry it; an unknown one when it is garbled."""
    return read_fault(b'{"Fault":' + bytes(raw) + b"}") or Fault(message="a fault that cannot be read")


def _first(errors: list[Fault], type_: str) -> Fault:
    if not errors:
        return Fault(type=type_)
    first = errors[0]
    return Fault(
        first.code, first.message, first.detail, first.element, type_, tuple(e.words for e in errors[1:])
    )


def _xml_fault(text: str) -> Fault | None:
    type_ = _TYPE.search(text)
    errors = [
        Fault(
            _attribute(tag["attributes"], "code"),
            _inside(tag["inside"], "Message"),
            _inside(tag["inside"], "Detail"),
            _attribute(tag["attributes"], "element"),
        )
        for tag in _ERROR_TAG.finditer(text)
    ]
    return _first(errors, type_["type"] if type_ else "") if errors else None


def _attribute(attributes: str, name: str) -> str:
    found = re.search(rf"\b{name}=\"([^\"]*)\"", attributes)
    return html.unescape(found[1]) if found else ""


def _inside(text: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", text, re.S)
    return html.unescape(found[1].strip()) if found else ""


@dataclass(frozen=True)
class Asked:
    """The call that a fault answers."""

    what: str
    """For people: `create Invoice`, `query Customer`."""
    writes: bool
    tid: str
    status: int
    entity: str = ""


def error_from(fault: Fault | None, asked: Asked, *, retry_after: float | None = None) -> TieoutError:
    """Put an answer that is not a success into the error tree.

    `fault` is None when the body could not be read; `retry_after` is the answer's own header, in seconds.
    The order matters: what the gateway says comes before what the status alone suggests.
    """
    fault = fault or Fault()
    facts = _facts(fault, asked)
    if asked.status == 429 or fault.code == THROTTLED:
        # Older gateways answered 403 with the same code.
        return Throttled(
            "QuickBooks asked us to slow down",
            record=asked.what,
            reason="its limit of calls a minute for this company was reached",
            remedy="It is tried again by itself in a minute",
            **{**facts, "retry_after": max(retry_after or 0.0, RETRY_AFTER_SECONDS)},
        )
    if asked.status == 401 or fault.code == TOKEN_REFUSED:
        return ReconnectNeeded(
            "QuickBooks refused our access",
            record=asked.what,
            reason="its sign-in does not accept the access token",
            remedy="Connect the company again",
            **{**facts, "detail": ""},  # Intuit's words quote the token
        )
    if fault.code == SUBSCRIPTION_ENDED:
        return ReconnectNeeded(
            "The QuickBooks company is not open for work",
            record=asked.what,
            reason=fault.words or "its subscription has ended or it is suspended",
            remedy="Renew the company's QuickBooks subscription, then press Test connection",
            **facts,
        )
    if fault.code in NO_ACCESS or (asked.status == 403 and not _answered_by_books(fault)):
        return ReconnectNeeded(
            "QuickBooks does not let us into this company",
            record=asked.what,
            reason=fault.words or "the connection was removed, or belongs to another company or environment",
            remedy="Connect the company again, as a user who may manage it",
            **facts,
        )
    if fault.code in COMPANY_BUSY:
        return Unreachable(
            "The QuickBooks company is locked for maintenance",
            record=asked.what,
            reason=fault.words,
            remedy="It is tried again by itself",
            **facts,
        )
    if _went_wrong_inside(fault, asked):
        return no_answer(asked, fault.words or f"QuickBooks answered with status {asked.status}", **facts)
    if not fault.code and not fault.message:
        return _unreadable(asked, facts)
    return _turned_down(fault, asked, facts)


def no_answer(asked: Asked, why: str, **facts: object) -> Unreachable | OutcomeUnknown:
    """Make the error of a call that got no usable answer: a write may have been done all the same."""
    if asked.writes:
        return OutcomeUnknown(
            "QuickBooks may or may not have done this",
            record=asked.what,
            reason=why,
            remedy="It is looked up in QuickBooks by itself before anything is sent again",
            **facts,
        )
    return Unreachable(
        "QuickBooks did not answer",
        record=asked.what,
        reason=why,
        remedy="It is tried again by itself",
        **facts,
    )


def _facts(fault: Fault, asked: Asked) -> dict[str, object]:
    return {
        "code": fault.code,
        "tid": asked.tid,
        "element": fault.element,
        "status": asked.status,
        "detail": fault.words,
    }


def _answered_by_books(fault: Fault) -> bool:
    """Tell a refusal by the books (no permission for a form, another edition) from a lost connection."""
    return fault.code in ("5020", "5030") or fault.type.lower().startswith("validation")


def _went_wrong_inside(fault: Fault, asked: Asked) -> bool:
    return (
        asked.status >= 500
        or asked.status == 408
        or fault.code == INTERNAL
        or (fault.code == "6000" and TRANSIENT_6000 in fault.words.lower())
    )


def _unreadable(asked: Asked, facts: dict[str, object]) -> TieoutError:
    if asked.status in (404, 405, 410) or 300 <= asked.status < 400:
        return Unreachable(
            "What answered is not QuickBooks",
            record=asked.what,
            reason=f"it answered with status {asked.status} and without one of QuickBooks' own faults",
            remedy="Check the address of the QuickBooks API in the settings; it is tried again by itself",
            **facts,
        )
    return no_answer(asked, f"its answer (status {asked.status}) cannot be read", **facts)


def _turned_down(fault: Fault, asked: Asked, facts: dict[str, object]) -> TieoutError:
    if fault.code == STALE:
        return ChangedElsewhere(
            "It was changed in QuickBooks in the meantime",
            record=asked.what,
            reason=fault.words,
            remedy="It is read again and compared before anything is written",
            **facts,
        )
    if fault.code in PERIOD_CLOSED or (fault.code in ("6000", "") and CLOSED_BOOKS.search(fault.words)):
        return PeriodClosed(
            "The books of its date are closed",
            record=asked.what,
            reason=fault.words,
            remedy="Ask the accountant to reopen the period in QuickBooks, or give the document a later date",
            **facts,
        )
    taken = TAKEN_BY.search(fault.words) if fault.code == DUPLICATE_NUMBER else None
    if taken is not None:
        facts = {**facts, "qbo_id": taken["id"], "txn_type": taken["type"]}
    return Rejected(
        "QuickBooks turned it down",
        record=asked.what,
        reason=fault.words,
        remedy=REMEDIES.get(fault.code, "Correct what QuickBooks names, then press Retry"),
        **facts,
    )


REMEDIES: Final[dict[str, str]] = {
    "500": "This company's QuickBooks does not know such a call; report it with the tid",
    "600": "Report it with the tid: QuickBooks has seen this request with other content",
    "610": "Look in QuickBooks whether a customer, item or account it uses was made inactive or deleted, "
    "make it active or link another one, then press Retry",
    "620": "Look in QuickBooks whether the transaction it settles was voided, deleted or paid already",
    "800": "Remove in QuickBooks what is attached to it (a deposit, a payment), then press Retry",
    "2010": "Report it with the tid: we sent a field that QuickBooks does not know",
    "1040": "Report it with the tid: we put too much into one batch",
    "2020": "Fill in what QuickBooks misses, then press Retry",
    "2050": "Shorten or complete the text that QuickBooks names, then press Retry",
    "2060": "Correct the date that QuickBooks names, then press Retry",
    "2070": "Correct the date that QuickBooks names, then press Retry",
    "2170": "Report it with the tid: we sent a word that QuickBooks does not know there",
    "2210": "Correct the e-mail address, then press Retry",
    "2500": "Link it to a customer, item or account that is active in QuickBooks, then press Retry",
    "4000": "Report it with the tid: QuickBooks does not understand our query",
    "4001": "Report it with the tid: QuickBooks does not take our query",
    "5020": "Connect the company again as a user who may do this in QuickBooks",
    "5030": "This edition of QuickBooks does not have the feature; upgrade it or leave the document out",
    "6070": "Report it with the tid: quantity times price does not give the amount that was sent",
    "6100": "Link the tax region to a tax code that is active in QuickBooks, then press Retry",
    "6140": "Link it to the document that has the number, or give it another number, then press Retry",
    "6170": "Take the tax off it, or make it taxable, then press Retry",
    "6180": "QuickBooks takes five levels; move the record up in its list, then press Retry",
    "6220": "Pay, apply or take back what is open on it in QuickBooks, then press Retry",
    "6240": "Link it to the record of that name (customers, vendors and employees share names), or change the name, "
    "then press Retry",
    "6420": "Enter an e-mail address for the customer, then press Retry",
    "6430": "Choose an account of another type in the company's settings, then press Retry",
    "6450": "Take it out of its deposit in QuickBooks first, then press Retry",
    "10100": "Ask for a shorter period",
    "10200": "The company was reset in QuickBooks: import it anew before anything is sent",
    "6540": "Take it out of its deposit in QuickBooks first, then press Retry",
}
"""What a person can do, by Intuit's code."""
