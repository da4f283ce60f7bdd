"""New records as a bookkeeper enters them: people, items, sales forms, bills and expenses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qbosim.console.editing import amount_of
from qbosim.console.rendering import go_to, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit, quoted
from qbosim.console.wording import record_title, words
from qbosim.jsontext import cents
from qbosim.wire import Response

_ROWS = 5
_MOST_NAMES = 1_000
"""Names that a form proposes; others can be typed all the same."""
_BANKS = ("Bank", "Credit Card")


@dataclass(frozen=True)
class Kind:
    """A form for a new record."""

    entity: str
    template: str
    make: Callable[[Visit, str, str], dict[str, Any]]
    """Makes the body from the form: visit, realm, and what to say did not happen."""
    choices: tuple[str, ...] = ()
    """The lists that its fields propose from."""
    party: str = ""
    fields: tuple[tuple[str, str, str], ...] = ()
    """Name, label and kind of the plain fields."""


def blank(visit: Visit, realm: str, name: str) -> Response:
    """An empty form; the address may fill in the customer or vendor."""
    kind = _kind(name)
    values = {each: visit.query[each] for each in ("party", "name") if visit.query.get(each)}
    return _form(visit, realm, name, kind, {"date": visit.today, "type": "Service", **values}, [])


def create(visit: Visit, realm: str, name: str) -> Response:
    """Make the record that the form describes."""
    kind = _kind(name)
    visit.company(realm)
    failed = f"The {words(kind.entity).lower()} was not created"
    try:
        made = visit.write(realm, kind.entity, kind.make(visit, realm, failed), failed)
    except Trouble as trouble:
        values = {key: visit.said(key) for key in visit.form}
        return _form(visit, realm, name, kind, values, _rows(visit), trouble)
    said = f"{words(kind.entity)} {record_title(made, kind.entity)} was created."
    return go_to(f"/company/{realm}/record/{kind.entity}/{made['Id']}", said)


def named(visit: Visit, realm: str, entity: str, text: str, label: str, failed: str) -> dict[str, str]:
    """The reference to the record of that name (or `#id`). Raises Trouble when there is none."""
    key = "DisplayName" if entity in ("Customer", "Vendor", "Employee") else "FullyQualifiedName"
    if text:
        where = f"Id = {quoted(text[1:])}" if text[:1] == "#" else f"{key} = {quoted(text)}"
        found = visit.rows(realm, entity, f"where {where} maxresults 1")
        if found:
            return {"value": str(found[0]["Id"])}
    raise Trouble(
        failed,
        which=label,
        why=f"There is no active {words(entity).lower()} called “{text}”." if text else "It is left out.",
        remedy="Choose one that is proposed, or create it first.",
    )


def proposals(visit: Visit, realm: str, entity: str, where: str = "") -> list[str]:
    """The names that a field proposes."""
    rows = visit.rows(realm, entity, f"{where} maxresults {_MOST_NAMES}")
    return [record_title(each, entity) for each in rows if each.get("Type") != "Category"]


def banks(visit: Visit, realm: str) -> list[str]:
    """The accounts that money is paid from."""
    kinds = ", ".join(quoted(each) for each in _BANKS)
    return proposals(visit, realm, "Account", f"where AccountType in ({kinds})")


def _kind(name: str) -> Kind:
    found = KINDS.get(name)
    if found is None:
        raise Trouble(
            "There is no such form",
            which=name,
            why=f"The console has forms for {', '.join(sorted(KINDS))}.",
            remedy="Choose one of them, or enter the record as JSON from its list.",
            status=404,
        )
    return found


def _form(
    visit: Visit,
    realm: str,
    name: str,
    kind: Kind,
    values: dict[str, str],
    rows: list[dict[str, str]],
    trouble: Trouble | None = None,
) -> Response:
    company = visit.company(realm)
    lists = {each: proposals(visit, realm, each) for each in kind.choices}
    codes = visit.rows(realm, "TaxCode") if kind.template == "new_form.html" else []
    blank_row = dict.fromkeys(("item", "account", "description", "quantity", "rate", "amount", "tax"), "")
    return page(
        visit,
        kind.template,
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=company,
        kind=kind,
        name=name,
        words=words(kind.entity),
        values=values,
        rows=(rows + [blank_row] * _ROWS)[: max(_ROWS, len(rows) + 1)],
        lists=lists,
        banks=banks(visit, realm) if name in ("expense", "receipt", "refund") else [],
        codes=[(str(each["Id"]), str(each["Name"])) for each in codes],
        section=kind.entity,
    )


def _rows(visit: Visit) -> list[dict[str, str]]:
    """The lines that the form has something in."""
    names = ("item", "account", "description", "quantity", "rate", "amount", "tax")
    columns = {name: visit.every(name) for name in names}
    many = max(len(column) for column in columns.values())
    rows = [
        {name: columns[name][place] if place < len(columns[name]) else "" for name in names}
        for place in range(many)
    ]
    return [row for row in rows if any(value for name, value in row.items() if name != "tax")]


def _plain(visit: Visit, *pairs: tuple[str, str]) -> dict[str, Any]:
    """The properties whose fields are not empty."""
    return {key: visit.said(field) for field, key in pairs if visit.said(field)}


def _person(visit: Visit, _realm: str, _failed: str) -> dict[str, Any]:
    body = _plain(visit, ("name", "DisplayName"), ("company", "CompanyName"), ("notes", "Notes"))
    if visit.said("email"):
        body["PrimaryEmailAddr"] = {"Address": visit.said("email")}
    if visit.said("phone"):
        body["PrimaryPhone"] = {"FreeFormNumber": visit.said("phone")}
    if visit.said("currency"):
        body["CurrencyRef"] = {"value": visit.said("currency").upper()}
    return body


def _item(visit: Visit, realm: str, failed: str) -> dict[str, Any]:
    kind = visit.said("type", "Service")
    body = _plain(visit, ("name", "Name"), ("sku", "Sku"), ("description", "Description"))
    body["Type"] = kind
    for field, key, label in (("price", "UnitPrice", "Price"), ("cost", "PurchaseCost", "Cost")):
        if visit.said(field):
            body[key] = amount_of(visit.said(field), label, failed)
    for field, key, label in (
        ("income", "IncomeAccountRef", "Income account"),
        ("expense", "ExpenseAccountRef", "Expense account"),
        ("asset", "AssetAccountRef", "Stock account"),
    ):
        if visit.said(field):
            body[key] = named(visit, realm, "Account", visit.said(field), label, failed)
    if kind == "Inventory":
        body["TrackQtyOnHand"] = True
        body["QtyOnHand"] = amount_of(visit.said("quantity") or "0", "Quantity on hand", failed)
        body["InvStartDate"] = visit.said("date")
    return body


def _dated(visit: Visit) -> dict[str, Any]:
    return _plain(
        visit,
        ("date", "TxnDate"),
        ("due", "DueDate"),
        ("number", "DocNumber"),
        ("memo", "PrivateNote"),
    )


def _sale(visit: Visit, realm: str, failed: str) -> dict[str, Any]:
    body = _dated(visit)
    body["CustomerRef"] = named(visit, realm, "Customer", visit.said("party"), "Customer", failed)
    body["Line"] = [_sales_line(visit, realm, row, failed) for row in _rows(visit)]
    if visit.said("message"):
        body["CustomerMemo"] = {"value": visit.said("message")}
    if visit.said("form_tax"):
        body["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": visit.said("form_tax")}}
    if visit.said("bank"):
        body["DepositToAccountRef"] = named(visit, realm, "Account", visit.said("bank"), "Account", failed)
    return body


def _sales_line(visit: Visit, realm: str, row: dict[str, str], failed: str) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    price = None
    if row["item"]:
        detail["ItemRef"] = named(visit, realm, "Item", row["item"], "Product or service", failed)
        if not row["rate"]:
            item = visit.read(realm, f"item/{detail['ItemRef']['value']}")["Item"]
            price = item.get("UnitPrice", 0)
    quantity = amount_of(row["quantity"] or "1", "Quantity", failed)
    rate = (
        amount_of(row["rate"], "Rate", failed) if row["rate"] else amount_of(str(price or 0), "Rate", failed)
    )
    detail.update(Qty=quantity, UnitPrice=rate)
    if row["tax"]:
        detail["TaxCodeRef"] = {"value": row["tax"]}
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": cents(quantity * rate),
        "SalesItemLineDetail": detail,
    }
    return {**line, "Description": row["description"]} if row["description"] else line


def _expense_lines(visit: Visit, realm: str, failed: str) -> list[dict[str, Any]]:
    lines = []
    for row in _rows(visit):
        detail: dict[str, Any] = {
            "AccountRef": named(visit, realm, "Account", row["account"], "Account", failed)
        }
        if row["tax"]:
            detail["TaxCodeRef"] = {"value": row["tax"]}
        line = {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": amount_of(row["amount"] or "0", "Amount", failed),
            "AccountBasedExpenseLineDetail": detail,
        }
        lines.append({**line, "Description": row["description"]} if row["description"] else line)
    return lines


def _bill(visit: Visit, realm: str, failed: str) -> dict[str, Any]:
    return {
        **_dated(visit),
        "VendorRef": named(visit, realm, "Vendor", visit.said("party"), "Vendor", failed),
        "Line": _expense_lines(visit, realm, failed),
    }


def _expense(visit: Visit, realm: str, failed: str) -> dict[str, Any]:
    account = named(visit, realm, "Account", visit.said("bank"), "Account", failed)
    kind = visit.read(realm, f"account/{account['value']}")["Account"]["AccountType"]
    body = {
        **_dated(visit),
        "PaymentType": "CreditCard" if kind == "Credit Card" else "Cash",
        "AccountRef": account,
        "Line": _expense_lines(visit, realm, failed),
    }
    if visit.said("party"):
        body["EntityRef"] = {
            **named(visit, realm, "Vendor", visit.said("party"), "Vendor", failed),
            "type": "Vendor",
        }
    return body


_PERSON = (
    ("name", "Name", "text"),
    ("company", "Company name", "text"),
    ("email", "E-mail", "email"),
    ("phone", "Phone", "tel"),
    ("currency", "Currency (several currencies only)", "text"),
)
_SALES_LISTS = ("Customer", "Item")
_BUYING_LISTS = ("Vendor", "Account")

KINDS: dict[str, Kind] = {
    "customer": Kind("Customer", "new_plain.html", _person, fields=(*_PERSON, ("notes", "Notes", "area"))),
    "vendor": Kind("Vendor", "new_plain.html", _person, fields=_PERSON),
    "item": Kind("Item", "new_item.html", _item, ("Account",)),
    "invoice": Kind("Invoice", "new_form.html", _sale, _SALES_LISTS, "Customer"),
    "estimate": Kind("Estimate", "new_form.html", _sale, _SALES_LISTS, "Customer"),
    "creditmemo": Kind("CreditMemo", "new_form.html", _sale, _SALES_LISTS, "Customer"),
    "receipt": Kind("SalesReceipt", "new_form.html", _sale, _SALES_LISTS, "Customer"),
    "refund": Kind("RefundReceipt", "new_form.html", _sale, _SALES_LISTS, "Customer"),
    "bill": Kind("Bill", "new_form.html", _bill, _BUYING_LISTS, "Vendor"),
    "vendorcredit": Kind("VendorCredit", "new_form.html", _bill, _BUYING_LISTS, "Vendor"),
    "expense": Kind("Purchase", "new_form.html", _expense, _BUYING_LISTS, "Vendor"),
}
"""The forms, by the last part of their address."""
