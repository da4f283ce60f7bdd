"""A company from a folder of real QuickBooks objects: one JSON file per entity, each holding a list.

Objects keep their ids, SyncTokens and times, and are served as they came. What is entered in the ledger is what follows
from the entities the simulator serves; balances stay as they were loaded and move on from there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from qbosim import jsontext
from qbosim.api import ensure_schema
from qbosim.books import inventory, settlement
from qbosim.books.applications import settle_otherwise
from qbosim.books.chart import add_account
from qbosim.books.ledger import to_cents
from qbosim.books.open_items import WITH_BALANCE, shown_cents
from qbosim.clock import Clock
from qbosim.companies import starting_lists
from qbosim.companies.empty import open_company
from qbosim.companies.settings import Settings, company_info, preferences
from qbosim.entities.catalogue import BY_NAME, ENTITIES, find_entity
from qbosim.entities.entity import Entity, Misplaced
from qbosim.faults import Fault
from qbosim.moments import read_instant
from qbosim.records.company import Company, Record
from qbosim.records.layout import META_KEYS, Body, Layout
from qbosim.store import Store

NOT_SERVED = "the simulator does not serve this entity yet"

_SHARED_SEQUENCES = {"OtherName": "Names"}
"""Entities that are left out, but whose ids must not be given away again."""

_NUMBERED = {
    "SalesNumber": ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"),
    "EstimateNumber": ("Estimate",),
}
"""Sales forms by the run of numbers that they share (recorded)."""

_COUNTRIES = {"USD": "US", "CAD": "CA", "GBP": "GB", "AUD": "AU", "NZD": "NZ", "EUR": "IE"}


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


class Unreadable(ValueError):
    """The folder cannot be loaded at all; the message says which file and why."""


def load_directory(
    store: Store, clock: Clock, realm: str, directory: Path, *, name: str | None = None
) -> LoadReport:
    """Make the company `realm` from every `Entity.json` of `directory`.

    Either everything that can be placed is, or nothing: raises `Unreadable` for a folder without such files and for a
    file that is no JSON list, and ValueError when the company exists.
    """
    ensure_schema(store)
    files = _read(directory)
    with store.transaction() as db:
        company = open_company(db, clock, realm)
        if company.exists():
            raise ValueError(f"company {realm} exists already")
        return _Loading(company, files, name or _title(directory.name)).run()


def _read(directory: Path) -> dict[str, list[Any]]:
    paths = sorted(directory.glob("*.json")) if directory.is_dir() else []
    if not paths:
        raise Unreadable(
            f"The company folder {directory} holds no JSON files: one per entity is expected, like Customer.json, "
            "each with a list of QuickBooks objects. Check the path."
        )
    files: dict[str, list[Any]] = {}
    for path in paths:
        try:
            content = jsontext.loads(path.read_bytes())
        except ValueError as error:
            raise Unreadable(
                f"{path.name} is not JSON ({error}). Save it as UTF-8 JSON and load again."
            ) from error
        if not isinstance(content, list):
            raise Unreadable(
                f"{path.name} must hold a list of {path.stem} objects. Put them between [ and ]."
            )
        known = find_entity(path.stem)
        files[known.name if known is not None else path.stem] = content
    return files


def _title(text: str) -> str:
    return re.sub(r"[-_]+", " ", text).strip().title() or "Company"


class _Loading:
    """One folder on its way into a company."""

    def __init__(self, company: Company, files: dict[str, list[Any]], name: str) -> None:
        self._company = company
        self._files = {
            name: [BY_NAME[name].unwrapped(raw) if name in BY_NAME else raw for raw in records]
            for name, records in files.items()
        }
        self._name = name
        self._loaded: dict[str, int] = {}
        self._refused: list[tuple[str, str, str]] = []
        self._derived: list[str] = []

    def run(self) -> LoadReport:
        self._add_single("CompanyInfo", self._company_info)
        self._add_single("Preferences", self._preferences)
        given = [entity for entity in ENTITIES if not entity.single and entity.name in self._files]
        for entity in given:
            if not entity.day_key:
                self._place_all(entity)
        self._complete_lists()
        for entity in given:
            if entity.day_key:
                self._place_all(entity)
        self._settle_the_rest()
        inventory.open_loaded_stock(self._company)
        served = {entity.name for entity in ENTITIES}
        left_out = {
            name: (len(records), NOT_SERVED) for name, records in self._files.items() if name not in served
        }
        return LoadReport(self._loaded, left_out, tuple(self._refused), tuple(self._derived))

    # -- one record ------------------------------------------------------------------------------------------

    def _place_all(self, entity: Entity) -> None:
        self._loaded[entity.name] = 0
        for raw in self._files[entity.name]:
            identity = str(raw.get("Id", "?")) if isinstance(raw, dict) else "?"
            self._company.db.execute("SAVEPOINT one_record")
            try:
                self._place(entity, raw)
            except (Misplaced, Fault) as error:
                self._company.db.execute("ROLLBACK TO one_record")
                self._company.forget(entity.name, entity.id_number(identity))
                self._refused.append((entity.name, identity, str(error)))
            else:
                self._loaded[entity.name] += 1
            self._company.db.execute("RELEASE one_record")

    def _place(self, entity: Entity, raw: Any) -> None:
        record = _insert(self._company, entity, raw)
        if entity.entered is not None:
            entity.entered(self._company, record)

    def _settle_the_rest(self) -> None:
        """Keep settled what something settled that the simulator does not serve: the loaded balance is right."""
        for kind in (name for name in WITH_BALANCE if name in self._company.entities):
            for document in list(self._company.select(kind, "1 = 1")):
                rest = to_cents(Decimal(settlement.settled(self._company, document)["Balance"]))
                rest -= shown_cents(document)
                if rest:
                    settle_otherwise(self._company, document, rest)

    # -- what the folder does not hold -----------------------------------------------------------------------

    def _add_single(self, name: str, made_up: Any) -> None:
        given = self._files.get(name)
        if given:
            entity = self._company.entities[name]
            record = given[0] if isinstance(given[0], dict) else {}
            _insert(self._company, entity, {**record, "Id": "1"})
            self._loaded[name] = 1
        else:
            self._company.insert(name, made_up(), number=1)
            self._derived.append(name)

    def _settings(self) -> Settings:
        currency = next(self._values("Account", "CurrencyRef"), "USD")
        origin = next(self._parts("Invoice", "ShipFromAddr"), None) or next(
            self._parts("CreditMemo", "ShipFromAddr"), None
        )
        discount = next(self._ids_of("Account", "AccountSubType", "DiscountsRefundsGiven"), "")
        for line in self._lines("DiscountLineDetail"):
            discount = str((line.get("DiscountAccountRef") or {}).get("value", discount))
            break
        return Settings(
            name=self._name,
            country=_COUNTRIES.get(currency, "US"),
            home_currency=currency,
            default_terms=_commonest(self._values("Invoice", "SalesTermRef")) or "3",
            default_item="1" if "Item" not in self._files or self._has("Item", "1") else "",
            tax_group=self._tax_group(),
            discount_account=discount,
            custom_fields=self._custom_fields(),
            address=_address(origin) if origin else {},
        )

    def _company_info(self) -> Body:
        return company_info(self._settings(), self._company.now.date().isoformat())

    def _preferences(self) -> Body:
        return preferences(self._settings())

    def _tax_group(self) -> str:
        used = (
            str((detail.get("TxnTaxCodeRef") or {}).get("value", ""))
            for detail in self._parts("Invoice", "TxnTaxDetail")
        )
        return _commonest(code for code in used if code) or next(self._all_ids("TaxCode"), "")

    def _custom_fields(self) -> tuple[str, ...]:
        forms = "Invoice" if self._files.get("Invoice") else "SalesReceipt"
        for record in self._records(forms):
            names = [str(entry.get("Name", "")) for entry in record.get("CustomField") or []]
            if names:
                return tuple(names)
        return ()

    def _complete_lists(self) -> None:
        """Add what sales cannot do without, where the folder has no such file or its file lacks it."""
        company = self._company
        self._count_on()
        if "Account" not in self._files:
            starting_lists.add_accounts(company)
            self._derived.append("Account")
        else:
            self._add_missing_accounts()
        if "Term" not in self._files:
            starting_lists.add_terms(company)
            self._derived.append("Term")
        if "PaymentMethod" not in self._files:
            starting_lists.add_payment_methods(company)
            self._derived.append("PaymentMethod")
        if company.country == "US" and company.find("TaxCode", -1) is None:
            starting_lists.add_us_line_codes(company)
            self._derived.append("TaxCode TAX and NON")
        if "Item" not in self._files:
            starting_lists.add_items(company)
            self._derived.append("Item")

    def _add_missing_accounts(self) -> None:
        for name, kind, subtype in starting_lists.ACCOUNTS:
            if name not in starting_lists.ESSENTIAL:
                continue
            if subtype in ("ServiceFeeIncome", "DiscountsRefundsGiven"):
                found = any(self._company.select("Account", "p_AccountType = ?", kind))
            else:
                found = any(self._company.select("Account", "p_AccountSubType = ?", subtype))
            if not found:
                add_account(self._company, name, kind, subtype)
                self._derived.append(f"Account {name}")

    def _count_on(self) -> None:
        """Set every counter above what the folder uses, in the files that are left out too."""
        company = self._company
        counters = {entity.name: entity.counter for entity in ENTITIES} | _SHARED_SEQUENCES
        for name in self._files:
            last = max((int(number) for number in self._all_ids(name) if number.isdecimal()), default=0)
            if last and name in counters:
                company.count_from(counters[name], last)
        addresses = [int(number) for number in self._address_ids()]
        if addresses:
            company.count_from("Address", max(addresses))
        for counter, forms in _NUMBERED.items():
            numbers = [
                int(str(record["DocNumber"]))
                for name in forms
                for record in self._records(name)
                if re.fullmatch(r"\d{1,9}", str(record.get("DocNumber", "")))
            ]
            if numbers:
                company.count_from(counter, max(numbers))

    # -- looking through the files ---------------------------------------------------------------------------

    def _records(self, name: str) -> Iterator[Body]:
        return (record for record in self._files.get(name, []) if isinstance(record, dict))

    def _parts(self, name: str, key: str) -> Iterator[Body]:
        return (part for record in self._records(name) if isinstance(part := record.get(key), dict))

    def _values(self, name: str, key: str) -> Iterator[str]:
        return (str(part["value"]) for part in self._parts(name, key) if part.get("value"))

    def _all_ids(self, name: str) -> Iterator[str]:
        return (str(record.get("Id", "")) for record in self._records(name))

    def _ids_of(self, name: str, key: str, value: str) -> Iterator[str]:
        return (str(record.get("Id", "")) for record in self._records(name) if record.get(key) == value)

    def _has(self, name: str, identity: str) -> bool:
        return identity in self._all_ids(name)

    def _lines(self, kind: str) -> Iterator[Body]:
        for record in self._records("Invoice"):
            for line in record.get("Line") or []:
                if isinstance(line, dict) and isinstance(line.get(kind), dict):
                    yield line[kind]

    def _address_ids(self) -> Iterator[str]:
        for name in self._files:
            for record in self._records(name):
                for key, part in record.items():
                    if (
                        key.endswith("Addr")
                        and isinstance(part, dict)
                        and str(part.get("Id", "")).isdecimal()
                    ):
                        yield str(part["Id"])


def _insert(company: Company, entity: Layout, raw: Any) -> Record:
    if not isinstance(raw, dict):
        raise Misplaced("it is not a JSON object")
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
    try:
        return company.insert(
            entity.name, body, number=number, token=int(token), created=created, updated=updated
        )
    except (InvalidOperation, TypeError, ValueError) as error:
        raise Misplaced(f"a value in it is not what it should be ({error})") from error


def _commonest(values: Iterable[str]) -> str:
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else ""


def _address(origin: Body) -> Body:
    """The company's address from the two lines that sales forms show as their origin."""
    address: Body = {"Id": "1", "Line1": str(origin.get("Line1", ""))}
    place = re.fullmatch(r"(.+), (\S+)\s+(.+)", str(origin.get("Line2", "")))
    if place is not None:
        address |= {
            "City": place.group(1),
            "CountrySubDivisionCode": place.group(2),
            "PostalCode": place.group(3),
        }
    return address
