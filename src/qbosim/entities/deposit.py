"""Deposits: what is taken to the bank, out of Undeposited Funds or straight from an account."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from qbosim import faults
from qbosim.books import ledger, settlement
from qbosim.books.deposits import SOURCES, Waiting, find_waiting, postings_of, waits
from qbosim.books.ledger import Posting, from_cents, to_cents
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.deposit_links import hide_deposit, is_link_of, show_deposit, taken_by
from qbosim.entities.deposited import is_deposited
from qbosim.entities.entity import Entity, Misplaced
from qbosim.entities.line_ids import LineIds
from qbosim.entities.party import check_party, find_party, party_of
from qbosim.entities.texts import check_lengths
from qbosim.entities.tracking import tracks_classes
from qbosim.jsontext import cents, money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property, id_number
from qbosim.rules import Topic, assumed, documented, recorded

_SANDBOX = "a sandbox company's deposits (NangoHQ integration templates)"

RULES = Topic(
    "Deposit",
    documented(
        "deposit.account_required",
        "A deposit needs DepositToAccountRef and lines; a line of its own needs AccountRef (2020).",
        "Intuit's documentation of Deposit",
    ),
    recorded(
        "deposit.linked_lines",
        "A line that takes a payment or receipt to the bank has no Id and no DetailType; it repeats the payment method and "
        "as CheckNum the payment's reference, where there are any.",
        _SANDBOX,
    ),
    recorded(
        "deposit.link_back",
        "The deposited payment or receipt shows a link to the deposit; neither its SyncToken nor its LastUpdatedTime moves.",
        _SANDBOX + ", held against its payments' times",
    ),
    recorded(
        "deposit.cash_back",
        "Cash kept back lowers TotalAmt and is booked on the account it names.",
        _SANDBOX + ": Deposit 121",
    ),
    documented(
        "deposit.frees",
        "Deleting a deposit, or taking a line out of it, makes the payment free to be changed and deposited again.",
        "Intuit's documentation of linked transactions",
    ),
    assumed(
        "deposit.once",
        "Money is deposited once, whole, in its own currency and out of Undeposited Funds only; anything else is refused "
        "with 6000.",
        "QuickBooks' own page offers nothing else",
    ),
    documented(
        "deposit.new_lines",
        "Lines sent without their ids in an update get new ones, which count on.",
        "answers kept in the tests of the ledger_sync client, made with a sandbox in 2019",
    ),
)


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    account = _bank(company, change)
    body: Body = {"DepositToAccountRef": account.reference()}
    body["TxnDate"] = change.value("TxnDate") or company.today
    body["CurrencyRef"] = currency_reference(
        company, change.value("CurrencyRef") or account.body.get("CurrencyRef")
    )
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        currency = body["CurrencyRef"]["value"]
        body["ExchangeRate"] = plain(transaction_rate(company, change, currency, body["TxnDate"]))
    for key in ("PrivateNote", "DocNumber", "TransactionLocationType"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    department = change.value("DepartmentRef")
    if department and company.preference("AccountingInfoPrefs", "TrackDepartments"):
        body["DepartmentRef"] = company.refer("Department", department, old.get("DepartmentRef")).reference()
    lines = change.value("Line")
    if not lines:
        raise faults.missing("Line")
    body["Line"] = _lines(company, lines, old.get("Line", []), body["CurrencyRef"]["value"])
    back = _cash_back(company, change)
    if back:
        body["CashBack"] = back
    total = sum((Decimal(line["Amount"]) for line in body["Line"]), Decimal(0)) - Decimal(
        back.get("Amount", 0)
    )
    if total < 0:
        raise faults.business("You must specify a transaction amount that is 0 or greater.")
    body["TotalAmt"] = money(total)
    body["TxnTaxDetail"] = {}
    check_lengths(body, {"PrivateNote": 4000, "DocNumber": 21})
    return body


def _bank(company: Company, change: Change) -> Record:
    reference = change.value("DepositToAccountRef")
    if not reference or not reference.get("value"):
        raise faults.missing("DepositToAccountRef")
    account = company.refer("Account", reference, (change.old or {}).get("DepositToAccountRef"))
    if account.body.get("AccountType") not in ("Bank", "Other Current Asset"):
        raise faults.bad_account_type("a deposit goes to a bank or an other current asset account")
    return account


def _cash_back(company: Company, change: Change) -> Body:
    sent = change.value("CashBack")
    if not sent:
        return {}
    amount, reference = sent.get("Amount"), sent.get("AccountRef") or {}
    if amount in (None, ""):
        raise faults.missing("CashBack.Amount")
    if not reference.get("value"):
        raise faults.missing("CashBack.AccountRef")
    kept = ((change.old or {}).get("CashBack") or {}).get("AccountRef")
    found: Body = {
        "AccountRef": company.refer("Account", reference, kept).reference(),
        "Amount": money(cents(amount)),
    }
    if sent.get("Memo"):
        found["Memo"] = sent["Memo"]
    return found


def _lines(company: Company, sent: list[Body], old: list[Body], currency: str) -> list[Body]:
    ids = LineIds(old)
    before = {line["Id"]: line for line in old if "Id" in line}
    held = {(money.record.entity.name, money.record.id, money.line) for _, money in taken_by(company, old)}
    built: list[Body] = []
    seen: set[tuple[str, int, str]] = set()
    number = 0
    for line in sent:
        amount = line.get("Amount")
        if amount in (None, ""):
            raise faults.missing("Line.Amount")
        if line.get("LinkedTxn"):
            money_taken = _linked(company, line, held)
            key = (money_taken.record.entity.name, money_taken.record.id, money_taken.line)
            if key in seen:
                raise faults.business("A transaction can be deposited once only.")
            seen.add(key)
            own = money_taken.record.body.get("CurrencyRef") or {}
            if own.get("value", currency) != currency:
                raise faults.business("The currency of the deposit must be the currency of what it holds.")
            built.append(_linked_line(money_taken))
        else:
            number += 1
            identity = ids.take(line)
            built.append(_own_line(company, line, identity, number, before.get(identity) or {}))
    return built


def _linked(company: Company, line: Body, held: set[tuple[str, int, str]]) -> Waiting:
    """The money a line takes to the bank; raises 2500 when there is none of that id, 6000 when it cannot be taken."""
    link = line["LinkedTxn"][0]
    kind, identity = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
    part = str(link.get("TxnLineId") or "0")
    number = id_number(identity)
    if number is None:
        raise faults.bad_id(identity, "Line.LinkedTxn.TxnId")
    waiting = find_waiting(company, kind, number, part) if kind in SOURCES else None
    if waiting is None:
        raise faults.unknown_reference("Transactions", identity)
    if (kind, number, waiting.line) not in held:
        if any(is_link_of(entry, waiting.line) for entry in waiting.record.body.get("LinkedTxn") or []):
            raise faults.business("This transaction has already been deposited.")
        if not waits(company, waiting):
            raise faults.business("Only transactions in Undeposited Funds can be deposited.")
    if to_cents(Decimal(line["Amount"])) != waiting.cents:
        raise faults.business("The amount of a deposited transaction must be its whole amount.")
    return waiting


def _linked_line(waiting: Waiting) -> Body:
    body = waiting.record.body
    line: Body = {
        "Amount": money(from_cents(waiting.cents)),
        "LinkedTxn": [
            {
                "TxnId": str(waiting.record.id),
                "TxnType": waiting.record.entity.name,
                "TxnLineId": waiting.line,
            }
        ],
    }
    detail: Body = {}
    if body.get("PaymentMethodRef"):
        detail["PaymentMethodRef"] = {"value": body["PaymentMethodRef"]["value"]}
    if body.get("PaymentRefNum"):
        detail["CheckNum"] = body["PaymentRefNum"]
    if detail:
        line["DepositLineDetail"] = detail
    return line


def _own_line(company: Company, line: Body, identity: str, number: int, before: Body) -> Body:
    kind = line.get("DetailType")
    if kind != "DepositLineDetail":
        if not kind:
            raise faults.missing("Line.DetailType")
        raise faults.business(f"{kind} is not a line of a deposit.")
    check_lengths(line, {"Description": 4000})
    sent, old = line.get(kind) or {}, before.get("DepositLineDetail") or {}
    if not (sent.get("AccountRef") or {}).get("value"):
        raise faults.missing("AccountRef")
    account = company.refer("Account", sent["AccountRef"], old.get("AccountRef"))
    entity = sent.get("Entity") or {}
    named = find_party(company, entity, entity.get("type"), old.get("Entity"))
    check_party(account, party_of(named))
    detail: Body = {}
    if named is not None:
        detail["Entity"] = {**named.reference(), "type": named.entity.name.upper()}
    detail["AccountRef"] = account.reference()
    if (sent.get("ClassRef") or {}).get("value") and tracks_classes(company):
        detail["ClassRef"] = company.refer("Class", sent["ClassRef"], old.get("ClassRef")).reference()
    method = sent.get("PaymentMethodRef") or {}
    if method.get("value"):
        found = company.refer("PaymentMethod", method, old.get("PaymentMethodRef"))
        detail["PaymentMethodRef"] = {"value": str(found.id)}
    if sent.get("CheckNum"):
        detail["CheckNum"] = sent["CheckNum"]
    built: Body = {"Id": identity, "LineNum": number}
    if line.get("Description"):
        built["Description"] = line["Description"]
    built |= {
        "Amount": money(cents(line["Amount"])),
        "DetailType": kind,
        kind: detail,
        "CustomExtensions": [],
    }
    return built


def _own_postings(company: Company, body: Body) -> Iterator[tuple[int, Posting]]:
    rate = Decimal(body.get("ExchangeRate", 1))
    department = body.get("DepartmentRef")
    for position, line in enumerate(body.get("Line", [])):
        if line.get("LinkedTxn"):
            continue
        detail = line.get("DepositLineDetail") or {}
        reference = str((detail.get("AccountRef") or {}).get("value", ""))
        if (found := id_number(reference)) is None or company.find("Account", found) is None:
            raise Misplaced(f"its account {reference or '(none)'} is not in the folder")
        entity = detail.get("Entity") or {}
        party = party_of(find_party(company, entity, entity.get("type"), entity))
        foreign = to_cents(Decimal(line.get("Amount", 0)))
        home = foreign if rate == 1 else to_cents(Decimal(foreign) / 100 * rate)
        klass = detail.get("ClassRef")
        yield (
            position,
            Posting(
                int(reference),
                -home,
                -foreign,
                customer=party.customer,
                vendor=party.vendor,
                employee=party.employee,
                klass=int(klass["value"]) if klass else None,
                department=int(department["value"]) if department else None,
                memo=str(line.get("Description", "")),
            ),
        )


def _postings(company: Company, body: Body) -> list[Posting]:
    taken = dict(taken_by(company, body.get("Line", [])))
    return postings_of(company, body, taken, dict(_own_postings(company, body)))


def _saved(company: Company, before: Record | None, after: Record) -> None:
    held = dict(taken_by(company, before.body["Line"])) if before is not None else {}
    ledger.replace(company, after, after.body["TxnDate"], _postings(company, after.body))
    now = {
        (money.record.entity.name, money.record.id, money.line)
        for _, money in taken_by(company, after.body["Line"])
    }
    for waiting in held.values():
        if (waiting.record.entity.name, waiting.record.id, waiting.line) not in now:
            hide_deposit(company, waiting, after.id)
    for _, waiting in taken_by(company, after.body["Line"]):
        show_deposit(company, waiting, after.id)
    if before is not None:
        settlement.document_saved(company, after)


def _entered(company: Company, record: Record) -> None:
    bank = str((record.body.get("DepositToAccountRef") or {}).get("value", ""))
    if (found := id_number(bank)) is None or company.find("Account", found) is None:
        raise Misplaced(f"its account {bank or '(none)'} is not in the folder")
    for _, waiting in taken_by(company, record.body.get("Line", [])):
        if not is_deposited(waiting.record.body):
            show_deposit(company, waiting, record.id)
    postings = _postings(company, record.body)
    if sum(posting.foreign for posting in postings):
        raise Misplaced("its lines do not add up to its total")
    ledger.enter(company, record, str(record.body.get("TxnDate", "")), postings)


def _leaving(company: Company, record: Record) -> None:
    for _, waiting in taken_by(company, record.body["Line"]):
        hide_deposit(company, waiting, record.id)
    settlement.release(company, record, 0)
    ledger.replace(company, record, record.body["TxnDate"], [])


DEPOSIT = Entity(
    name="Deposit",
    order=(
        "DepositToAccountRef",
        "CashBack",
        "TotalAmt",
        "HomeTotalAmt",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "DocNumber",
        "TxnDate",
        "DepartmentRef",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "Line",
        "TxnTaxDetail",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("TotalAmt", "number"),
        Property("DepositToAccountRef", "reference"),
        Property("PrivateNote", filterable=False),
    ),
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
