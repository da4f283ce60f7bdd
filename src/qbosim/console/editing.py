"""Changing a record: the fields a bookkeeper changes, or all of it as JSON."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from qbosim.console.lists import known_entity
from qbosim.console.record import read_record
from qbosim.console.rendering import go_to, page, pretty
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.console.wording import record_title, words
from qbosim.entities.entity import Entity
from qbosim.jsontext import cents, dumps, loads
from qbosim.wire import Response

_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("DisplayName", "Name", "text"),
    ("Name", "Name", "text"),
    ("CompanyName", "Company name", "text"),
    ("AcctNum", "Account number", "text"),
    ("DocNumber", "Number", "text"),
    ("PaymentRefNum", "Reference number", "text"),
    ("TxnDate", "Date", "date"),
    ("DueDate", "Due date", "date"),
    ("Description", "Description", "text"),
    ("Sku", "SKU", "text"),
    ("UnitPrice", "Price", "number"),
    ("PurchaseCost", "Cost", "number"),
    ("TotalAmt", "Amount", "number"),
    ("Amount", "Amount", "number"),
    ("DueDays", "Days until due", "number"),
    ("PrivateNote", "Memo (for the books)", "area"),
    ("Notes", "Notes", "area"),
)
"""Property, label and kind of a field; a record gets those that its entity has."""
_PEOPLE = frozenset({"Customer", "Vendor", "Employee"})
_PAYMENTS = frozenset({"Payment", "BillPayment"})
"""Whose amount is said rather than added up from lines."""
_NEEDED = (
    "VendorRef",
    "CustomerRef",
    "EntityRef",
    "AccountRef",
    "APAccountRef",
    "PaymentType",
    "PayType",
    "CheckPayment",
    "CreditCardPayment",
    "DepositToAccountRef",
    "FromAccountRef",
    "ToAccountRef",
    "BankAccountRef",
    "CreditCardAccountRef",
    "AdjustAccountRef",
    "CurrencyRef",
    "ExchangeRate",
    "Name",
    "Type",
    "Code",
)
"""What some entities demand of every update; sent along as the record has it."""
_WITH_NUMBERS = frozenset(
    {
        "Invoice",
        "Bill",
        "Estimate",
        "CreditMemo",
        "SalesReceipt",
        "RefundReceipt",
        "PurchaseOrder",
        "VendorCredit",
        "Purchase",
        "JournalEntry",
        "InventoryAdjustment",
        "BillPayment",
    }
)
_LINES = frozenset(
    {
        "SalesItemLineDetail",
        "AccountBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail",
        "JournalEntryLineDetail",
    }
)


def edit_form(visit: Visit, realm: str, name: str, identity: str) -> Response:
    """The form with a record's own values."""
    entity = _writable(name, "update")
    record = read_record(visit, realm, entity, identity)
    return _edit_form(visit, realm, entity, record, _values(entity, record), _lines(record))


def edit(visit: Visit, realm: str, name: str, identity: str) -> Response:
    """Save what was changed, if nobody else changed the record meanwhile."""
    entity = _writable(name, "update")
    record = read_record(visit, realm, entity, identity)
    values = [{**each, "value": visit.said(each["key"])} for each in _values(entity, record)]
    lines = _said_lines(visit, record)
    failed = f"The {words(entity.name).lower()} was not changed"
    try:
        body = _changed(visit, entity, record, values, lines, failed)
        if len(body) > 3:  # something besides Id, SyncToken and sparse
            needed = (*_NEEDED, "TotalAmt") if entity.name in _PAYMENTS else _NEEDED
            kept = {key: record[key] for key in needed if key in record}
            visit.write(realm, entity.name, {**kept, **body}, failed)
    except Trouble as trouble:
        return _edit_form(visit, realm, entity, record, values, lines, trouble)
    title = f"{words(entity.name)} {record_title(record, entity.name)}"
    said = f"{title} was saved." if len(body) > 3 else f"{title} stays as it is: nothing was changed."
    return go_to(f"/company/{realm}/record/{entity.name}/{identity}", said)


def edit_as_json(visit: Visit, realm: str, name: str, identity: str) -> Response:
    """All of a record as JSON, to be changed by hand."""
    entity = _writable(name, "update")
    record = visit.read(realm, f"{entity.name.lower()}/{identity}")[entity.name]
    return _json_form(visit, realm, entity, pretty(dumps(record).decode()), identity)


def save_json(visit: Visit, realm: str, name: str, identity: str) -> Response:
    """Save a record as it stands in the form."""
    entity = _writable(name, "update")
    text = visit.said("body")
    try:
        visit.write(realm, entity.name, _read_json(text), f"The {words(entity.name).lower()} was not changed")
    except Trouble as trouble:
        return _json_form(visit, realm, entity, text, identity, trouble)
    return go_to(
        f"/company/{realm}/record/{entity.name}/{identity}", f"{words(entity.name)} {identity} was saved."
    )


def blank_json(visit: Visit, realm: str, name: str) -> Response:
    """An empty form for a new record of any entity, as JSON."""
    return _json_form(visit, realm, _writable(name, "create"), "{\n}", "")


def create_json(visit: Visit, realm: str, name: str) -> Response:
    """Make a record of any entity from JSON."""
    entity = _writable(name, "create")
    text = visit.said("body")
    try:
        made = visit.write(
            realm, entity.name, _read_json(text), f"The {words(entity.name).lower()} was not created"
        )
    except Trouble as trouble:
        return _json_form(visit, realm, entity, text, "", trouble)
    shown = entity.unwrapped(made) if entity.kind_key else made
    place = f"record/{entity.name}/{shown['Id']}" if shown.get("Id") else f"list/{entity.name}"
    return go_to(f"/company/{realm}/{place}", f"{words(entity.name)} was created.")


def amount_of(text: str, label: str, failed: str) -> Decimal:
    """Read an amount, thousands separators allowed. Raises Trouble for what is none."""
    try:
        value = Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Trouble(
            failed,
            which=label,
            why=f"“{text}” is not a number.",
            remedy="Write digits with a point before the cents, such as 1250.00.",
        )
    return value


def _read_json(text: str) -> Any:
    try:
        return loads(text)
    except ValueError as error:
        raise Trouble(
            "The record was not saved",
            which="the JSON",
            why=f"{error}.",
            remedy="Correct it; a comma or a quotation mark may be missing.",
        ) from error


def _writable(name: str, verb: str) -> Entity:
    entity = known_entity(name)
    if verb not in entity.verbs:
        raise Trouble(
            "This cannot be done with the record",
            which=words(entity.name),
            why=f"QuickBooks' API cannot {verb} it.",
            remedy="It comes from a company folder, or follows from other records.",
            status=404,
        )
    return entity


def _values(entity: Entity, record: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the form with the record's values."""
    found = []
    for key, label, kind in _FIELDS:
        there = key in record
        if key == "DocNumber":
            there = entity.name in _WITH_NUMBERS
        elif key == "PrivateNote":
            there = bool(entity.day_key) and entity.name != "TimeActivity"
        elif key == "Name" and entity.name in _PEOPLE:
            there = False
        elif key == "TotalAmt":
            there = entity.name in _PAYMENTS
        elif key == "AcctNum":
            there = entity.name == "Account"
        elif key == "Description" and entity.name == "Item":
            there = True
        if there:
            found.append({"key": key, "label": label, "kind": kind, "value": _text(record.get(key))})
    return found


def _lines(record: dict[str, Any]) -> list[dict[str, str]]:
    """The lines whose amounts can be changed, by their place in the record."""
    found = []
    for place, line in enumerate(record.get("Line", [])):
        kind = line.get("DetailType")
        if kind not in _LINES:
            continue
        detail = line.get(kind, {})
        reference: dict[str, Any] = next(
            (detail[key] for key in ("ItemRef", "AccountRef") if isinstance(detail.get(key), dict)), {}
        )
        by_rate = "UnitPrice" in detail or "Qty" in detail
        found.append(
            {
                "place": str(place),
                "what": f"{reference.get('name', '')} {detail.get('PostingType', '')}".strip(),
                "description": line.get("Description", ""),
                "quantity": _text(detail.get("Qty", 1)) if by_rate else "",
                "rate": _text(detail.get("UnitPrice", "")) if by_rate else "",
                "amount": _text(line.get("Amount", "")),
                "by_rate": "1" if by_rate else "",
            }
        )
    return found


def _said_lines(visit: Visit, record: dict[str, Any]) -> list[dict[str, str]]:
    """The lines as the form says them."""
    return [
        {
            **each,
            **{
                name: visit.said(f"{name}-{each['place']}", each[name])
                for name in ("description", "quantity", "rate", "amount")
            },
        }
        for each in _lines(record)
    ]


def _changed(
    visit: Visit,
    entity: Entity,
    record: dict[str, Any],
    values: list[dict[str, Any]],
    lines: list[dict[str, str]],
    failed: str,
) -> dict[str, Any]:
    """A sparse update with what differs from the record; lines come whole or not at all."""
    body: dict[str, Any] = {"Id": record["Id"], "SyncToken": visit.said("sync_token"), "sparse": True}
    before = {each["key"]: each["value"] for each in _values(entity, record)}
    for each in values:
        if each["value"] != before[each["key"]]:
            is_number = each["kind"] == "number" and each["value"]
            body[each["key"]] = (
                amount_of(each["value"], each["label"], failed) if is_number else each["value"]
            )
    taken_out = {each["place"] for each in lines if visit.ticked(f"remove-{each['place']}")}
    if lines != _lines(record) or taken_out:
        said = {each["place"]: each for each in lines}
        body["Line"] = [
            _changed_line(line, said.get(str(place)), failed)
            for place, line in enumerate(record["Line"])
            if str(place) not in taken_out and line.get("DetailType") != "SubTotalLineDetail"
        ]
    return body


def _changed_line(line: dict[str, Any], said: dict[str, str] | None, failed: str) -> dict[str, Any]:
    if said is None:
        return line
    kind = line["DetailType"]
    detail = dict(line[kind])
    changed = {**line, "Description": said["description"]}
    if not said["description"]:
        changed.pop("Description")
    if said["by_rate"]:
        quantity = amount_of(said["quantity"], "Quantity", failed)
        rate = amount_of(said["rate"], "Rate", failed)
        detail.update(Qty=quantity, UnitPrice=rate)
        changed["Amount"] = cents(quantity * rate)
    else:
        changed["Amount"] = amount_of(said["amount"], "Amount", failed)
    return {**changed, kind: detail}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _edit_form(
    visit: Visit,
    realm: str,
    entity: Entity,
    record: dict[str, Any],
    values: list[dict[str, Any]],
    lines: list[dict[str, str]],
    trouble: Trouble | None = None,
) -> Response:
    return page(
        visit,
        "edit.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=visit.company(realm),
        entity=entity,
        record=record,
        sync_token=visit.said("sync_token", str(record.get("SyncToken", ""))),
        title=record_title(record, entity.name),
        kind=words(entity.name),
        fields=values,
        lines=lines,
        section=entity.name,
    )


def _json_form(
    visit: Visit, realm: str, entity: Entity, text: str, identity: str, trouble: Trouble | None = None
) -> Response:
    return page(
        visit,
        "json.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=visit.company(realm),
        entity=entity,
        identity=identity,
        kind=words(entity.name),
        text=text,
        section=entity.name,
    )
