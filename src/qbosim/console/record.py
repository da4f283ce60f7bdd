"""One record: what it says, its lines, what it is linked to, what it does in the books, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qbosim.books.ledger import Part, from_cents, postings_of
from qbosim.console.lists import known_entity
from qbosim.console.rendering import go_to, page, pretty
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.console.wording import linked_entity, record_title, target_of, words
from qbosim.entities.catalogue import BY_NAME
from qbosim.entities.entity import Entity
from qbosim.entities.merging import MERGED
from qbosim.records.company import Company
from qbosim.wire import Response

_APART = frozenset({"Line", "LinkedTxn", "MetaData", "domain", "sparse", "Id", "SyncToken"})
_AMOUNTS = ("Amt", "Amount", "Balance", "UnitPrice", "PurchaseCost", "BalanceWithJobs", "TotalTax")


@dataclass(frozen=True)
class Action:
    """Something that can be done with a record, after a question."""

    name: str
    label: str
    done: str
    asks: str
    """What the confirmation page says will happen."""
    destroys: bool = False


ACTIONS = {
    each.name: each
    for each in (
        Action(
            "void",
            "Void",
            "was voided",
            "Its amounts become 0 and it leaves the books; the document and its number stay.",
            destroys=True,
        ),
        Action(
            "delete",
            "Delete",
            "was deleted",
            "It leaves the books for good. What it settled is open again.",
            destroys=True,
        ),
        Action(
            "deactivate",
            "Make inactive",
            "is inactive now",
            "It is hidden from lists and cannot be used in new records. It can be made active again.",
        ),
        Action("reactivate", "Make active again", "is active again", "It can be used in new records again."),
        Action(
            "send",
            "Send by e-mail",
            "was marked as sent",
            "No e-mail leaves this computer; it is marked as sent.",
        ),
    )
}


@dataclass(frozen=True)
class Fact:
    """One thing a record says."""

    label: str
    value: Any
    link: str = ""
    is_amount: bool = False


def show(visit: Visit, realm: str, name: str, identity: str) -> Response:
    """One record."""
    company = visit.company(realm)
    entity = known_entity(name)
    record = read_record(visit, realm, entity, identity)
    lines = [_line(realm, each) for each in record.get("Line", []) if isinstance(each, dict)]
    return page(
        visit,
        "record.html",
        realm=company,
        entity=entity,
        record=record,
        identity=identity,
        title=record_title(record, entity.name),
        kind=words(entity.name),
        facts=list(_facts(realm, record)),
        lines=lines,
        links=list(dict.fromkeys(_links(realm, record))),
        postings=_postings(visit, realm, entity, identity),
        author=_author(visit, realm, entity, identity),
        actions=actions_of(entity, record),
        may_edit="update" in entity.verbs,
        may_print="pdf" in entity.verbs,
        settle=_settle(entity, record),
        may_merge=entity.name in MERGED,
        text=pretty(visit.raw(realm, f"{entity.name.lower()}/{identity}").body.decode()),
        voided=str(record.get("PrivateNote", "")).startswith("Voided"),
        section=entity.name,
    )


def pdf(visit: Visit, realm: str, name: str, identity: str) -> Response:
    """The document as it is printed."""
    visit.company(realm)
    found = visit.raw(realm, f"{known_entity(name).name.lower()}/{identity}/pdf")
    return Response(
        200,
        found.body,
        (
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", "inline"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ),
    )


def ask(visit: Visit, realm: str, name: str, identity: str, action: str) -> Response:
    """The question before something is done."""
    entity = known_entity(name)
    record = read_record(visit, realm, entity, identity)
    return _ask(visit, realm, entity, record, _wanted(entity, record, action))


def do(visit: Visit, realm: str, name: str, identity: str, action: str) -> Response:
    """Do it, on the state of the record that the question was about."""
    visit.company(realm)
    entity = known_entity(name)
    if action not in ACTIONS:
        raise _no_action(action)
    wanted = ACTIONS[action]
    title = f"{words(entity.name)} {visit.said('title')}".strip()
    named = {"Id": identity, "SyncToken": visit.said("sync_token")}
    try:
        _do(visit, realm, entity, wanted, named)
    except Trouble as trouble:
        record = read_record(visit, realm, entity, identity)
        return _ask(visit, realm, entity, record, wanted, trouble)
    place = f"/company/{realm}/record/{entity.name}/{identity}"
    return go_to(
        f"/company/{realm}/list/{entity.name}" if action == "delete" else place, f"{title} {wanted.done}."
    )


def read_record(visit: Visit, realm: str, entity: Entity, identity: str) -> dict[str, Any]:
    """A record as the API serves it."""
    found: dict[str, Any] = visit.read(realm, f"{entity.name.lower()}/{identity}")[entity.name]
    return entity.unwrapped(found) if entity.kind_key else found


def actions_of(entity: Entity, record: dict[str, Any]) -> list[Action]:
    """What can be done with a record now."""
    names = []
    if "Active" in record and "update" in entity.verbs:
        names.append("reactivate" if record["Active"] is False else "deactivate")
    if "send" in entity.verbs:
        names.append("send")
    names += [verb for verb in ("void", "delete") if verb in entity.verbs]
    return [ACTIONS[name] for name in names]


def _do(visit: Visit, realm: str, entity: Entity, action: Action, named: dict[str, str]) -> None:
    failed = f"The {words(entity.name).lower()} was not changed"
    match action.name:
        case "void" | "delete":
            visit.write(realm, entity.name, named, failed, operation=action.name)
        case "send":
            place = f"{entity.name.lower()}/{named['Id']}/send"
            visit.write(realm, entity.name, {}, failed, place=place)
        case _:
            body = {**named, "sparse": True, "Active": action.name == "reactivate"}
            visit.write(realm, entity.name, body, failed)


def _wanted(entity: Entity, record: dict[str, Any], action: str) -> Action:
    found = next((each for each in actions_of(entity, record) if each.name == action), None)
    if found is None:
        raise _no_action(action)
    return found


def _no_action(action: str) -> Trouble:
    return Trouble(
        "This cannot be done with the record",
        which=action,
        why="QuickBooks has no such action for it, or its state does not allow it.",
        remedy="Go back to the record; its page shows what can be done.",
        status=404,
    )


def _ask(
    visit: Visit,
    realm: str,
    entity: Entity,
    record: dict[str, Any],
    action: Action,
    trouble: Trouble | None = None,
) -> Response:
    return page(
        visit,
        "ask.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=visit.company(realm),
        entity=entity,
        record=record,
        title=record_title(record, entity.name),
        kind=words(entity.name),
        action=action,
        section=entity.name,
    )


def _settle(entity: Entity, record: dict[str, Any]) -> tuple[str, str, str] | None:
    """What settles a record that is open: the page, the party's id and what the link says."""
    if not record.get("Balance"):
        return None
    if entity.name in ("Invoice", "CreditMemo"):
        label = "Receive payment" if entity.name == "Invoice" else "Apply credit"
        return "receive", record["CustomerRef"]["value"], label
    if entity.name in ("Bill", "VendorCredit"):
        return "pay", record["VendorRef"]["value"], "Pay bill" if entity.name == "Bill" else "Apply credit"
    return None


def _facts(realm: str, record: dict[str, Any], above: str = "") -> Iterator[Fact]:
    for key, value in record.items():
        if not above and key in _APART:
            continue
        label = f"{above} · {words(key)}" if above else words(key)
        if isinstance(value, dict):
            if key.endswith("Ref") and "value" in value:
                yield _reference(realm, label.removesuffix(" ref"), key, value)
            else:
                yield from _facts(realm, value, label)
        elif isinstance(value, list):
            for number, each in enumerate(value, 1):
                if isinstance(each, dict):
                    yield from _facts(realm, each, f"{label} {number}")
                else:
                    yield Fact(f"{label} {number}", each)
        elif value is True or value is False:
            yield Fact(label, "yes" if value else "no")
        elif value not in (None, ""):
            yield Fact(label, value, is_amount=key.endswith(_AMOUNTS))


def _reference(realm: str, label: str, key: str, value: dict[str, Any]) -> Fact:
    target = target_of(key, value)
    link = f"/company/{realm}/record/{target}/{value['value']}" if target else ""
    return Fact(label, value.get("name") or value["value"], link)


def _line(realm: str, line: dict[str, Any]) -> dict[str, Any]:
    kind = str(line.get("DetailType", ""))
    detail = line.get(kind) if isinstance(line.get(kind), dict) else {}
    assert isinstance(detail, dict)
    what = [
        _reference(realm, words(key.removesuffix("Ref")), key, value)
        for key, value in detail.items()
        if key.endswith("Ref") and isinstance(value, dict) and "value" in value and key != "ItemAccountRef"
    ]
    return {
        "kind": words(kind.removesuffix("LineDetail").removesuffix("Detail")) if kind else "",
        "what": what,
        "side": detail.get("PostingType", ""),
        "description": line.get("Description", ""),
        "quantity": detail.get("Qty", detail.get("QtyDiff", "")),
        "rate": detail.get("UnitPrice", ""),
        "amount": line.get("Amount", ""),
        "links": list(_links(realm, line)),
    }


def _links(realm: str, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The transactions a record or one of its lines is linked to: words and place."""
    found = record.get("LinkedTxn")
    for each in found if isinstance(found, list) else ():
        kind, identity = str(each.get("TxnType", "")), str(each.get("TxnId", ""))
        entity = linked_entity(kind)
        place = f"/company/{realm}/record/{entity}/{identity}" if entity else ""
        yield f"{words(kind)} (id {identity})", place
    for line in record.get("Line", []):
        if isinstance(line, dict):
            yield from _links(realm, line)


def _postings(visit: Visit, realm: str, entity: Entity, identity: str) -> list[dict[str, Any]]:
    """The double entries of a transaction, in home currency."""
    number = entity.id_number(identity)
    if not entity.day_key or number is None:
        return []
    with visit.simulator.store.transaction() as db:
        company = Company(db, realm, now=visit.now, user=visit.person, entities=BY_NAME)
        found = []
        for part in Part:
            for posting in postings_of(company, number, part):
                account = company.find("Account", posting.account)
                found.append(
                    {
                        "account": str(posting.account) if account is None else account.name,
                        "link": f"/company/{realm}/record/Account/{posting.account}",
                        "debit": from_cents(posting.amount) if posting.amount > 0 else "",
                        "credit": from_cents(-posting.amount) if posting.amount < 0 else "",
                        "memo": posting.memo,
                    }
                )
    return found


def _author(visit: Visit, realm: str, entity: Entity, identity: str) -> str:
    """Who changed a record last."""
    number = entity.id_number("1" if entity.single else identity)
    if number is None:
        return ""
    with visit.simulator.store.transaction() as db:
        record = Company(db, realm, now=visit.now, user=visit.person, entities=BY_NAME).find(
            entity.name, number
        )
    return "" if record is None else record.author
