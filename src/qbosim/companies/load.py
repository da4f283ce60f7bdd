"""A company from a folder of real QuickBooks objects: one JSON file per entity, each holding a list.

Objects keep their ids, SyncTokens and times, and are served as they came. What is entered in the ledger is what follows
from the entities the simulator serves, and what these tell of without showing it; balances stay as they were loaded and
move on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from qbosim.api import ensure_schema
from qbosim.books import settlement
from qbosim.books.applications import settle_otherwise
from qbosim.books.ledger import postings_of, to_cents
from qbosim.books.open_items import WITH_BALANCE, shown_cents
from qbosim.clock import Clock
from qbosim.companies.empty import open_company
from qbosim.companies.folder import Folder, read_folder
from qbosim.companies.missing import add_missing_lists, count_on, settings_from
from qbosim.companies.settings import company_info, preferences
from qbosim.companies.unshown import differences, enter_unshown
from qbosim.entities.catalogue import BY_NAME, ENTITIES
from qbosim.entities.entity import Entity, Misplaced
from qbosim.faults import Fault
from qbosim.moments import read_instant
from qbosim.records.company import Company, Record
from qbosim.records.fields import FIELDS
from qbosim.records.layout import META_KEYS, Body, Layout
from qbosim.records.shape import known_part, read_object
from qbosim.rules import Topic, assumed, recorded
from qbosim.store import Store

RULES = Topic(
    "Loaded companies",
    recorded(
        "loaded.as_it_came",
        "A loaded object keeps its id, SyncToken, times and every property, and is answered as it came; an object that "
        "has no place is left out with the reason, and the others are loaded.",
        "a sandbox company's objects (airbyte source-quickbooks, NangoHQ integration templates)",
    ),
    assumed(
        "loaded.balances",
        "Loaded balances of accounts, customers and vendors stay as they came and move on from there; reports come from "
        "the transactions alone, and what an account shows beyond them is told when the folder is loaded.",
        "lists and transactions of one folder may be recorded at different moments",
    ),
    assumed(
        "loaded.settled",
        "A loaded document that is open by less than its loaded payments leave stays settled by the rest.",
        "what settled it may be something that the API does not show",
    ),
)

NOT_SERVED = "the simulator does not serve this entity yet"


@dataclass(frozen=True)
class LoadReport:
    """What a folder held and what became of it."""

    loaded: dict[str, int] = field(default_factory=dict)
    """Records placed, per entity."""
    left_out: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Entities that were not placed at all: how many records, and why."""
    refused: tuple[tuple[str, str, str], ...] = ()
    """Single records that could not be placed: entity, id, reason."""
    derived: tuple[str, ...] = ()
    """What the folder did not hold and was made up from the rest."""
    differing: tuple[str, ...] = ()
    """Accounts whose loaded balances are not what their transactions come to, one sentence each."""


def load_directory(
    store: Store, clock: Clock, realm: str, directory: Path, *, name: str | None = None
) -> LoadReport:
    """Make the company `realm` from every `Entity.json` of `directory`.

    Either everything that can be placed is, or nothing: raises `folder.Unreadable` for a folder without such files and
    for a file that is no JSON list, and ValueError when the company exists.
    """
    ensure_schema(store)
    folder = read_folder(directory)
    with store.transaction() as db:
        company = open_company(db, clock, realm)
        if company.exists():
            raise ValueError(f"company {realm} exists already")
        return _Loading(company, folder, name or folder.title).run()


class _Loading:
    """One folder on its way into a company."""

    def __init__(self, company: Company, folder: Folder, name: str) -> None:
        self._company = company
        self._folder = folder
        self._settings = settings_from(folder, name)
        self._loaded: dict[str, int] = {}
        self._refused: list[tuple[str, str, str]] = []
        self._derived: list[str] = []

    def run(self) -> LoadReport:
        started = self._company.now.date().isoformat()
        self._add_single("CompanyInfo", lambda: company_info(self._settings, started))
        self._add_single("Preferences", lambda: preferences(self._settings))
        given = [entity for entity in ENTITIES if not entity.single and entity.name in self._folder]
        for entity in given:
            if not entity.day_key:
                self._place_all(entity)
        count_on(self._company, self._folder)
        self._derived += add_missing_lists(self._company, self._folder)
        for entity in given:
            if entity.day_key:
                self._place_all(entity)
        _settle_the_rest(self._company)
        self._derived += enter_unshown(self._company, self._folder.linked_ids())
        served = {entity.name for entity in ENTITIES}
        left_out = {
            name: (len(self._folder.entries(name)), NOT_SERVED) for name in self._folder if name not in served
        }
        differing = tuple(str(one) for one in differences(self._company))
        return LoadReport(self._loaded, left_out, tuple(self._refused), tuple(self._derived), differing)

    def _place_all(self, entity: Entity) -> None:
        self._loaded[entity.name] = 0
        for raw in self._folder.entries(entity.name):
            identity = str(raw.get("Id", "?")) if isinstance(raw, dict) else "?"
            self._company.db.execute("SAVEPOINT one_record")
            try:
                _place(self._company, entity, raw)
            except (Misplaced, Fault) as error:
                self._company.db.execute("ROLLBACK TO one_record")
                self._company.forget(entity.name, entity.id_number(identity))
                self._refused.append((entity.name, identity, str(error)))
            else:
                self._loaded[entity.name] += 1
            self._company.db.execute("RELEASE one_record")

    def _add_single(self, name: str, made_up: Callable[[], Body]) -> None:
        entity = BY_NAME[name]
        for given in self._folder.entries(name)[:1]:
            try:
                _place(self._company, entity, {**given, "Id": "1"} if isinstance(given, dict) else given)
            except Misplaced as error:
                self._refused.append((name, "1", str(error)))
            else:
                self._loaded[name] = 1
                return
        self._company.insert(name, made_up(), number=1)
        self._derived.append(name)


def _settle_the_rest(company: Company) -> None:
    """Keep settled what something settled that the simulator does not serve: the loaded balance is right."""
    for kind in (name for name in WITH_BALANCE if name in company.entities):
        for document in list(company.select(kind, "1 = 1")):
            rest = to_cents(Decimal(settlement.settled(company, document)["Balance"]))
            rest -= shown_cents(document)
            if rest:
                settle_otherwise(company, document, rest)


_ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What comes of a value that is not of its kind."""


def _place(company: Company, entity: Entity, raw: Any) -> None:
    if not isinstance(raw, dict):
        raise Misplaced("it is not a JSON object")
    _check_kinds(entity, raw)
    try:
        record = _insert(company, entity, raw)
        if entity.entered is not None:
            entity.entered(company, record)
            for posting in postings_of(company, record.id) if entity.day_key else ():
                if company.find("Account", posting.account) is None:
                    raise Misplaced(f"its account {posting.account} is not in the folder")
    except _ODD as error:
        raise Misplaced(f"a value in it is not what it should be ({error})") from error


def _check_kinds(entity: Entity, raw: Body) -> None:
    """Raise `Misplaced` for a reference that is none, an amount that is no number, a day that is none, and the like."""
    kind = str(raw.get(entity.kind_key, "")) if entity.kind_key else entity.name
    if kind in FIELDS:
        try:
            read_object(kind, known_part(kind, raw))
        except Fault as fault:
            raise Misplaced(f"a value in it is not what it should be ({fault})") from fault


def _insert(company: Company, entity: Layout, raw: Body) -> Record:
    if entity.kind_key and entity.kind_key not in raw:
        raise Misplaced(f"it is not wrapped in its kind ({', '.join(entity.kinds)})")
    number = entity.id_number(str(raw.get("Id", "")))
    if number is None and "Id" not in entity.order:
        number = company.next_id(entity)
    if number is None:
        raise Misplaced("it has no Id")
    if company.find(entity.name, number) is not None:
        raise Misplaced("another record of the file has the same Id")
    token = str(raw.get("SyncToken", "0"))
    if not token.isdecimal():
        raise Misplaced(f"its SyncToken {token!r} is not a number")
    meta = raw.get("MetaData") if isinstance(raw.get("MetaData"), dict) else {}
    assert isinstance(meta, dict)
    try:
        created = int(read_instant(str(meta["CreateTime"]))) if "CreateTime" in meta else company.seconds
        updated = int(read_instant(str(meta["LastUpdatedTime"]))) if "LastUpdatedTime" in meta else created
    except ValueError as error:
        raise Misplaced(f"its MetaData holds a time that cannot be read ({error})") from error
    body = {key: value for key, value in raw.items() if key not in META_KEYS}
    extra = {key: value for key, value in meta.items() if key not in ("CreateTime", "LastUpdatedTime")}
    if extra:
        body["MetaData"] = extra
    return company.insert(
        entity.name, body, number=number, token=int(token), created=created, updated=updated
    )
