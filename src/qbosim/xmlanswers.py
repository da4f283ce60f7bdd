"""XML out: an answer of the Accounting API as Intuit writes it for whoever does not ask for JSON.

The mapping is the one of Intuit's schema: attributes for `domain`, `sparse` and `status`, a reference's id as its text,
lists as repeated elements, everything inside one `IntuitResponse`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from html import escape
from typing import Any

from qbosim import jsontext
from qbosim.rules import Topic, assumed, documented, recorded
from qbosim.wire import Request, Response

RULES = Topic(
    "XML",
    documented(
        "xml.asked_for",
        "A data address answers XML unless the request's Accept names application/json or its query says "
        "format=json; `*/*` and no Accept at all mean XML.",
        "Intuit's REST documentation (Accept: application/json, or XML is returned); the public SDKs rely on it",
    ),
    recorded(
        "xml.envelope",
        "Everything stands in one IntuitResponse of Intuit's namespace with the server's time; records, QueryResponse, "
        "CDCResponse and BatchItemResponse inside it, their pages and bIds as attributes.",
        "real XML answers (ruckus/quickbooks-ruby, change_data_capture_response.xml, batch_response.xml)",
    ),
    recorded(
        "xml.records",
        "domain, sparse and status are attributes, a reference's name is an attribute and its id the text, list entries "
        "are repeated elements, an empty list is nothing, LineEx holds NameValue elements.",
        "real XML answers (ruckus/quickbooks-ruby, change_data_capture_response.xml)",
    ),
    recorded(
        "xml.order",
        "A record's elements start with Id, SyncToken and MetaData; what JSON writes before `domain` comes last.",
        "the same kinds of records in recorded JSON (minimul/qbo_api) and XML (ruckus/quickbooks-ruby)",
    ),
    recorded(
        "xml.amounts",
        "An amount has two decimals (80.00), zero is 0, a price, quantity or rate has as many as it needs (22.5).",
        "real XML answers (ruckus/quickbooks-ruby, change_data_capture_response.xml)",
    ),
    recorded(
        "xml.faults",
        "A fault answers in XML where XML was asked for: Fault with its type, Error with code and element, Message and "
        "Detail inside; the gateway's 401, 403 and 429 have the same shape.",
        "real XML answers (ruckus/quickbooks-ruby, customer_duplicate_error.xml, throttle_exceeded_error.xml)",
    ),
    recorded(
        "xml.reports",
        "A report is a Report of Intuit's namespace without an envelope; rows and cells carry type, group, value and id as "
        "attributes.",
        "real XML reports (ruckus/quickbooks-ruby, balancesheet.xml, age_payable_detail.xml)",
    ),
    assumed(
        "xml.reports_asked_for",
        "A report is XML only for whoever names application/xml or text/xml; otherwise JSON.",
        "clients that name neither were seen to be answered in JSON",
    ),
    assumed(
        "xml.characters",
        "Characters that XML cannot hold are left out of an answer.",
        "a document with them could not be read by anybody",
    ),
)

NAMESPACE = "http://schema.intuit.com/finance/v3"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_ROW_ATTRIBUTES = ("type", "group")
_ATTRIBUTES = ("domain", "sparse", "status")
_PAGE = ("startPosition", "maxResults", "totalCount")
_REFERENCE = frozenset({"value", "name", "type", "id"})
_ANY_PROPERTY = "Ex"
"""The end of the name of Intuit's extension properties (LineEx), which hold elements of any kind."""
_AS_IS = re.compile(r"(Price|Cost|Qty|Quantity|Percent|Rate|RateValue|Hours|OnHand|OnOrder|Point)$")
_CENT = Decimal("0.01")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def wants_xml(request: Request) -> bool:
    """Whether a request under /v3/company/{realm}/ is to be answered in XML."""
    if request.query.get("format", "").lower() == "json":
        return False
    accepted = request.headers.get("accept", "").lower()
    parts = [part for part in request.path.split("/") if part]
    if (
        len(parts) > 3
        and parts[3].lower() == "reports"
        and not re.search(r"\b(application|text)/xml\b", accepted)
    ):
        return False
    return "application/json" not in accepted


def in_asked_form(request: Request, response: Response) -> Response:
    """The answer as the request wants it: a JSON one becomes XML where XML is wanted, any other stays as it is."""
    kind = response.header("content-type") or ""
    if not kind.startswith("application/json") or not wants_xml(request):
        return response
    charset = ";charset=UTF-8" if response.status == 200 else ""
    headers = tuple(
        (name, f"application/xml{charset}") if name.lower() == "content-type" else (name, value)
        for name, value in response.headers
    )
    return Response(response.status, as_xml(response.body), headers)


def as_xml(document: bytes) -> bytes:
    """Write a JSON answer of the Accounting API as an `IntuitResponse`.

    The gateway's own shape of a fault (lower-case keys) is understood too. Raises ValueError when it is not JSON.
    """
    answer = jsontext.loads(document)
    if "Rows" in answer and "Columns" in answer:
        return (_HEAD + _element("Report", {"xmlns": NAMESPACE}, _report(answer))).encode()
    gateway = answer.get("fault")
    if gateway is not None:
        answer = {"Fault": _usual_fault(gateway)}
    time = answer.get("time")
    attributes = {"xmlns": NAMESPACE} if time is None else {"xmlns": NAMESPACE, "time": time}
    inner = "".join(_member(key, value) for key, value in answer.items() if key != "time")
    return (_HEAD + _element("IntuitResponse", attributes, inner)).encode()


def _report(part: Mapping[str, Any]) -> str:
    return "".join(_report_part(key, value) for key, value in part.items() if key not in _ROW_ATTRIBUTES)


def _report_part(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_report_part(key, entry) for entry in value)
    if key == "ColData":
        return _element(
            key, {name: text for name, text in value.items() if not isinstance(text, dict | list)}, ""
        )
    if isinstance(value, dict):
        attributes = {name: value[name] for name in _ROW_ATTRIBUTES if key == "Row" and name in value}
        return _element(key, attributes, _report(value))
    return _element(key, {}, _text(value))


def _usual_fault(gateway: Mapping[str, Any]) -> dict[str, Any]:
    errors = [
        {"Message": error["message"], "Detail": error["detail"], "code": error["code"]}
        for error in gateway["error"]
    ]
    return {"Error": errors, "type": gateway["type"]}


def _member(key: str, value: Any) -> str:
    if key == "Fault":
        return _fault(value)
    if key == "QueryResponse":
        return _query_response(value)
    if key == "CDCResponse":
        return "".join(
            _element(key, {}, "".join(_query_response(part) for part in entry.get("QueryResponse", [])))
            for entry in value
        )
    if key == "Report":
        return _element(key, {}, _report(value))
    if key in ("BatchItemResponse", "AttachableResponse"):
        return "".join(_item(key, entry) for entry in value)
    return _property(key, value)


def _item(key: str, entry: Mapping[str, Any]) -> str:
    attributes = {"bId": entry["bId"]} if "bId" in entry else {}
    return _element(
        key, attributes, "".join(_member(name, part) for name, part in entry.items() if name != "bId")
    )


def _query_response(value: Mapping[str, Any]) -> str:
    attributes = {key: value[key] for key in _PAGE if key in value}
    inner = "".join(_property(key, part) for key, part in value.items() if key not in _PAGE)
    return _element("QueryResponse", attributes, inner)


def _fault(value: Mapping[str, Any]) -> str:
    errors = []
    for error in value.get("Error", []):
        attributes = {key: error[key] for key in ("code", "element") if error.get(key) is not None}
        texts = "".join(
            _element(key, {}, _text(error[key]))
            for key in ("Message", "Detail")
            if error.get(key) is not None
        )
        errors.append(_element("Error", attributes, texts))
    return _element("Fault", {"type": value.get("type", "")}, "".join(errors))


def _property(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_property(key, entry) for entry in value)
    if isinstance(value, dict):
        return _object(key, value)
    return "" if value is None else _element(key, {}, _text(_number(key, value)))


def _object(key: str, value: Mapping[str, Any]) -> str:
    if "value" in value and value.keys() <= _REFERENCE:
        attributes = {name: part for name, part in value.items() if name != "value"}
        return _element(key, attributes, _text(value["value"]))
    if key.endswith(_ANY_PROPERTY) and isinstance(value.get("any"), list):
        return _element(key, {}, "".join(_anything(entry) for entry in value["any"]))
    attributes = {name: value[name] for name in _ATTRIBUTES if value.get(name) is not None}
    inner = "".join(_property(name, value[name]) for name in _in_order(value) if name not in _ATTRIBUTES)
    return _element(key, attributes, inner)


def _anything(entry: Mapping[str, Any]) -> str:
    """An element of an extension: JSON carries its qualified name and its value side by side."""
    return _property(str(entry.get("name", "")).rpartition("}")[2], entry.get("value"))


def _in_order(value: Mapping[str, Any]) -> Iterator[str]:
    keys = list(value)
    at = keys.index("domain") if "domain" in value else 0
    yield from keys[at:]
    yield from keys[:at]


def _number(key: str, value: Any) -> Any:
    """An amount with its two decimals; JSON leaves a last zero out, and XML does not."""
    if not isinstance(value, Decimal) or _AS_IS.search(key):
        return value
    exponent = value.as_tuple().exponent
    return value.quantize(_CENT) if value and exponent == -1 else value


def _element(name: str, attributes: Mapping[str, Any], inner: str) -> str:
    head = "".join(f' {key}="{_quoted(part)}"' for key, part in attributes.items())
    return f"<{name}{head}>{inner}</{name}>" if inner else f"<{name}{head}/>"


def _quoted(value: Any) -> str:
    return _text(value).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return escape(_FORBIDDEN.sub("", text)).replace("\r", "&#13;")
