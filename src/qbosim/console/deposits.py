"""Making a deposit: the payments that wait in Undeposited Funds go to a bank account together."""

from __future__ import annotations

from typing import Any

from qbosim.console.creating import named, proposals
from qbosim.console.rendering import go_to, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.console.wording import record_title, words
from qbosim.wire import Response

_MOST = 1_000
"""Payments and receipts, the newest of each, that are looked at."""
_HELD = ("Payment", "SalesReceipt")


def deposit_form(visit: Visit, realm: str) -> Response:
    """What waits to be deposited."""
    return _form(visit, realm)


def deposit(visit: Visit, realm: str) -> Response:
    """Deposit what is ticked."""
    failed = "The deposit was not made"
    try:
        lines = []
        waiting = {(each["entity"], each["id"]): each["amount"] for each in _waiting(visit, realm)}
        for ticked in visit.every("held"):
            entity, _, identity = ticked.partition("-")
            amount = waiting.get((entity, identity))
            if amount is None:
                raise Trouble(
                    failed,
                    which=f"{words(entity)} {identity}",
                    why="It does not wait in Undeposited Funds any more.",
                    remedy="Look at what is left and try again.",
                )
            linked = [{"TxnId": identity, "TxnType": entity, "TxnLineId": "0"}]
            lines.append({"Amount": amount, "LinkedTxn": linked})
        if not lines:
            raise Trouble(
                failed, which="the payments", why="None is ticked.", remedy="Tick what goes to the bank."
            )
        body: dict[str, Any] = {
            "DepositToAccountRef": named(visit, realm, "Account", visit.said("bank"), "Bank account", failed),
            "Line": lines,
        }
        for field, key in (("date", "TxnDate"), ("memo", "PrivateNote")):
            if visit.said(field):
                body[key] = visit.said(field)
        made = visit.write(realm, "Deposit", body, failed)
    except Trouble as trouble:
        return _form(visit, realm, trouble)
    return go_to(f"/company/{realm}/record/Deposit/{made['Id']}", "The deposit was made.")


def _form(visit: Visit, realm: str, trouble: Trouble | None = None) -> Response:
    return page(
        visit,
        "deposit.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=visit.company(realm),
        waiting=_waiting(visit, realm),
        most=_MOST,
        banks=proposals(visit, realm, "Account", "where AccountType = 'Bank'"),
        ticked=set(visit.every("held")),
        bank=visit.said("bank"),
        section="Deposit",
    )


def _waiting(visit: Visit, realm: str) -> list[dict[str, Any]]:
    """Payments and sales receipts in Undeposited Funds that no deposit holds."""
    accounts = visit.rows(realm, "Account", "where AccountType = 'Other Current Asset' maxresults 1000")
    funds = {each["Id"] for each in accounts if each.get("AccountSubType") == "UndepositedFunds"}
    found = []
    for entity in _HELD:
        for each in visit.rows(
            realm, entity, f"where TotalAmt > '0' orderby TxnDate desc maxresults {_MOST}"
        ):
            account = each.get("DepositToAccountRef", {}).get("value")
            if account not in funds or _is_held(each):
                continue
            found.append(
                {
                    "entity": entity,
                    "id": each["Id"],
                    "title": record_title(each, entity),
                    "kind": words(entity),
                    "date": each.get("TxnDate", ""),
                    "party": each.get("CustomerRef", {}).get("name", ""),
                    "amount": each.get("TotalAmt", 0),
                }
            )
    return found


def _is_held(record: dict[str, Any]) -> bool:
    return any(each.get("TxnType") == "Deposit" for each in record.get("LinkedTxn", []))
