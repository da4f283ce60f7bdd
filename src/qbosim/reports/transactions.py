"""Lists of transactions: one line each, or with all their lines, on their own or by customer or vendor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from qbosim.books.ledger import to_cents
from qbosim.jsontext import loads
from qbosim.records.company import Company
from qbosim.reports.documents import Documents
from qbosim.reports.entries import Entries, Entry
from qbosim.reports.frame import Report, Row, Section
from qbosim.reports.grouping import GROUPS, in_groups
from qbosim.reports.lines import Layout, Told, tell
from qbosim.reports.parameters import Asked, choice, header
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Detail reports",
    documented(
        "report.transaction_list",
        "TransactionList has a line per transaction: its head's account and amount, and the account on the other side.",
        "Intuit's documentation of TransactionList",
    ),
    documented(
        "report.transaction_list.no_posting",
        "Estimates and purchase orders are in the list too; their Posting cell says `No`.",
        "Intuit's documentation of TransactionList (is_no_post)",
    ),
    assumed(
        "report.transaction_list.splits",
        "TransactionListWithSplits has a section without a heading per transaction, with a line per posting, the head "
        "first.",
        "no sample is public",
    ),
    assumed(
        "report.transaction_list.groups",
        "The lists by customer and by vendor have a section per name with `Total for …`, and leave out what has no name.",
        "like the other detail reports",
    ),
)

_USUAL = (
    "tx_date",
    "txn_type",
    "doc_num",
    "is_no_post",
    "name",
    "memo",
    "account_name",
    "other_account",
    "subt_nat_home_amount",
)
_WITH_SPLITS = (
    "tx_date",
    "txn_type",
    "doc_num",
    "is_no_post",
    "name",
    "memo",
    "account_name",
    "subt_nat_home_amount",
)
_NO_POSTING = ("Estimate", "PurchaseOrder")


def transaction_list(company: Company, asked: Asked) -> Report:
    """One line per transaction of a span of days, by day."""
    entries = Entries(company, asked)
    layout = Layout(entries, _USUAL)
    told = layout.sorted(_transactions(entries))
    grouped = choice(asked.query, "group_by", GROUPS, "")
    rows: Iterable[Row] = (
        in_groups(entries, layout, told, grouped) if grouped else (layout.line(one) for one in told)
    )
    return Report(header(company, asked, basis=False, summarize=False), layout.columns, rows)


def with_splits(company: Company, asked: Asked) -> Report:
    """Every transaction of a span of days with all its lines."""
    entries = Entries(company, asked)
    layout = Layout(entries, _WITH_SPLITS)
    told = tell(entries, entries.lines(asked.start, asked.end))
    rows: Iterator[Row] = (
        Section(rows=[layout.line(one) for one in group])
        for _, group in groupby(told, key=lambda one: (one.entry.day, one.entry.txn))
    )
    return Report(header(company, asked, basis=False, summarize=False), layout.columns, rows)


def by_customer(company: Company, asked: Asked) -> Report:
    """The list of transactions, customer by customer."""
    return _by_party(company, asked, "customer")


def by_vendor(company: Company, asked: Asked) -> Report:
    """The list of transactions, vendor by vendor."""
    return _by_party(company, asked, "vendor")


def _by_party(company: Company, asked: Asked, column: str) -> Report:
    entries = Entries(company, asked)
    layout = Layout(entries, tuple(key for key in _USUAL if key != "name"))
    found: dict[int, list[Entry]] = {}
    for entry in entries.lines(asked.start, asked.end, f"{_heads(entries)} AND {column} IS NOT NULL"):
        found.setdefault(getattr(entry, column), []).append(entry)
    silent: dict[int, list[Told]] = {}
    for told in _without_postings(entries):
        if (party := getattr(told.entry, column)) is not None:
            silent.setdefault(party, []).append(told)
    named = sorted({*found, *silent}, key=lambda party: (entries.names.of(column, party).lower(), party))

    def section(party: int) -> Section:  # what is beyond the cut is never told
        told = [*tell(entries, iter(found.get(party, []))), *silent.get(party, [])]
        told.sort(key=lambda one: (one.entry.day, one.entry.txn))
        return _party_section(layout, entries.names.of(column, party), party, told)

    rows: Iterator[Row] = (section(party) for party in named)
    return Report(header(company, asked, basis=False, summarize=False), layout.columns, rows)


def _party_section(layout: Layout, name: str, party: int, found: list[Told]) -> Section:
    total = sum(told.natural for told in found)
    return Section(
        layout.words(name, identity=party),
        [layout.line(told) for told in layout.sorted(found)],
        layout.words(f"Total for {name}", amount=total),
    )


def _transactions(entries: Entries) -> Iterator[Told]:
    """The head of each transaction, and what posts nothing, by day."""
    asked = entries.asked
    posted = tell(entries, entries.lines(asked.start, asked.end, _heads(entries)))
    silent = _without_postings(entries)
    if not silent:
        yield from posted
        return
    yield from sorted([*posted, *silent], key=lambda told: (told.entry.day, told.entry.txn))


def _heads(entries: Entries) -> str:
    """The condition that a posting is the first of its transaction."""
    table = entries.table
    return f"line = (SELECT min(line) FROM posting q WHERE q.realm = {table}.realm AND q.txn = {table}.txn)"


def _without_postings(entries: Entries) -> list[Told]:
    """Estimates and purchase orders, as entries on no account."""
    asked = entries.asked
    company = entries.company
    if asked.word("account") or asked.word("account_type") or entries.chosen.needs_head:
        return []
    found = []
    for entity in _NO_POSTING:
        if entity not in company.entities:
            continue
        rows = company.db.execute(
            f"SELECT id, body FROM {company.entities[entity].table} WHERE realm = ? AND deleted = 0 AND "
            "json_extract(body, '$.TxnDate') BETWEEN ? AND ?",
            (company.realm, asked.start, asked.end),
        ).fetchall()
        found += [
            entry
            for identity, text in rows
            if _passes(entries, entry := _silent(entity, identity, loads(text)))
        ]
    documents = Documents(company, entries.names)
    documents.read((entry.entity, entry.txn) for entry in found)
    return [
        Told(
            entry,
            documents.of(entry.entity, entry.txn),
            None,
            ("", None),
            entries.names.party(entry.customer, entry.vendor),
        )
        for entry in found
    ]


def _silent(entity: str, identity: int, body: dict[str, Any]) -> Entry:
    amount = to_cents(body.get("TotalAmt", 0))
    customer = _id_of(body.get("CustomerRef"))
    vendor = _id_of(body.get("VendorRef"))
    department = _id_of(body.get("DepartmentRef"))
    return Entry(
        identity,
        0,
        entity,
        str(body["TxnDate"]),
        0,
        amount,
        amount,
        customer,
        vendor,
        None,
        None,
        None,
        _id_of(body.get("ClassRef")),
        department,
        "",
    )


def _passes(entries: Entries, entry: Entry) -> bool:
    chosen = entries.chosen
    return (
        all(getattr(entry, column) in ids for column, ids in entries.asked.filters.items())
        and (chosen.transactions is None or entry.txn in chosen.transactions)
        and (chosen.noted is None or entry.txn in chosen.noted)
        and (chosen.amount is None or abs(entry.amount) == chosen.amount)
        and (not chosen.parties or bool({entry.customer, entry.vendor} & set(chosen.parties)))
    )


def _id_of(reference: dict[str, Any] | None) -> int | None:
    text = str((reference or {}).get("value", ""))
    return int(text) if text.isdecimal() else None
