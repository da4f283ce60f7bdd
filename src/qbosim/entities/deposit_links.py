"""The links between a deposit and what it holds, on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from qbosim.books.deposits import SOURCES, Waiting, find_waiting
from qbosim.entities.entity import Misplaced
from qbosim.records.company import Company
from qbosim.records.layout import Body, id_number


def taken_by(company: Company, lines: list[Body]) -> Iterator[tuple[int, Waiting]]:
    """The money that kept lines take to the bank, by the line's place; raises `Misplaced` when it is not there."""
    for position, line in enumerate(lines):
        for link in (line.get("LinkedTxn") or [])[:1]:
            kind, identity = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
            part = str(link.get("TxnLineId") or "0")
            number = id_number(identity)
            found = None
            if kind in SOURCES and number is not None:
                found = find_waiting(company, kind, number, part)
            if found is None:
                raise Misplaced(f"the {kind} {identity} it is linked to was not placed")
            yield position, found


def show_deposit(company: Company, waiting: Waiting, deposit: int) -> None:
    """Show the deposit on what it holds, which counts for no change of it (recorded)."""
    record = company.find(waiting.record.entity.name, waiting.record.id)
    assert record is not None, "what a deposit holds cannot be deleted"
    links = list(record.body.get("LinkedTxn") or [])
    entry = _link_to(waiting, deposit)
    if entry not in links:
        company.save(record, {**record.body, "LinkedTxn": [*links, entry]}, bump=False, touch=False)


def hide_deposit(company: Company, waiting: Waiting, deposit: int) -> None:
    """Take the deposit off what it held, which counts for no change of it either."""
    record = company.find(waiting.record.entity.name, waiting.record.id)
    assert record is not None, "what a deposit holds cannot be deleted"
    left = [link for link in record.body.get("LinkedTxn") or [] if link != _link_to(waiting, deposit)]
    body = {key: value for key, value in record.body.items() if key != "LinkedTxn"}
    if left:
        body["LinkedTxn"] = left
    company.save(record, body, bump=False, touch=False)


def _link_to(waiting: Waiting, deposit: int) -> Body:
    link: Body = {"TxnId": str(deposit), "TxnType": "Deposit"}
    if waiting.record.entity.name == "JournalEntry":
        link["TxnLineId"] = waiting.line
    return link


def is_link_of(link: Body, line: str) -> bool:
    """Whether a link says that the money of `line` (of a journal entry; else of the whole) is deposited."""
    return link.get("TxnType") == "Deposit" and link.get("TxnLineId", line) == line
