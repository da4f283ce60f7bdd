"""Running a query: from a `Select` to a page of records, in the order and with the defaults Intuit uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from qbosim import faults, jsontext
from qbosim.entities.catalogue import find_entity
from qbosim.entities.entity import Entity
from qbosim.moments import read_instant
from qbosim.query.grammar import Condition, Select, parse
from qbosim.query.pages import Ordered, Term, count_rows, read_page
from qbosim.records.company import Company
from qbosim.records.layout import Property
from qbosim.records.shape import known_keys
from qbosim.rules import Topic, assumed, documented, recorded

_WHOLE = re.compile(r"-?\d+")
_NOBODY = -9
"""The id of no record: for numbers that are none's."""

RULES = Topic(
    "Query",
    assumed(
        "query.id",
        "An Id that is no whole number is refused with 2030, as in a read.",
        "quickbooks-api's tests against Intuit's sandbox want the refusal; its words are those recorded of a read",
    ),
    recorded(
        "query.page_shape",
        "100 records come when MAXRESULTS is not given; maxResults in the answer counts what came, startPosition is where "
        "the page starts, and past the end QueryResponse is empty.",
        "sandbox traffic (minimul/qbo_api, all/vendors_by_5); the default is Intuit's documentation",
    ),
    recorded(
        "query.page_limits",
        "MAXRESULTS 0 is refused with 4001.",
        "an answer of 2024 to quickbooks-ruby's query_in_batches with pages of 0, quoted in a developer's article",
    ),
    documented(
        "query.most",
        "MAXRESULTS is at most 1000; more is refused with 4001, in words of ours.",
        "Intuit's documentation of data queries",
    ),
    recorded(
        "query.start_zero",
        "STARTPOSITION 0 is read as 1.",
        "requests of Intuit's SDKs quoted in PHP SDK issue 127 and .NET SDK issue 111, which were carried out",
    ),
    recorded(
        "query.count",
        "COUNT(*) answers totalCount alone; other answers have none.",
        "sandbox traffic (minimul/qbo_api, all/customers and all/alt_select)",
    ),
    documented(
        "query.active",
        "A name list shows its active records only, unless the query speaks of Active.",
        "Intuit's documentation; sandbox traffic asks for Active IN (true, false) (minimul/qbo_api, all/employees)",
    ),
    recorded(
        "query.default_order",
        "Without ORDERBY, customers come by full name (sub-customers behind their parents), vendors and employees by name, "
        "capital letters before small ones (PG&E before Pam), and transactions by their last change, newest first.",
        "sandbox traffic (minimul/qbo_api, all/customers, all/vendors_by_5, all/sales_receipts), a small sample",
    ),
    assumed(
        "query.ties",
        "Records that are equal in what they are ordered by come by id.",
        "pages must not overlap, and Intuit says nothing of it",
    ),
    recorded(
        "query.entity",
        "An entity that does not exist or cannot be queried is refused with 4001: invalid context declaration.",
        "sandbox traffic (minimul/qbo_api, error/400)",
    ),
    recorded(
        "query.property",
        "A property that cannot be filtered by is refused with 4001: not queryable; one that does not exist is not found.",
        "answers quoted by users of quickbooks-ruby (issue 403) and the .NET SDK (issue 163)",
    ),
    documented(
        "query.like",
        "LIKE knows the percent sign and no other wildcard, for texts, days and references.",
        "Intuit's documentation of data queries",
    ),
    assumed(
        "query.letter_case",
        "Texts compare without regard to case.",
        "users find names so in practice; Intuit's documentation is silent",
    ),
    documented(
        "query.times",
        "MetaData times compare as instants, with the offset that is written.",
        "Intuit's documentation of data queries",
    ),
    assumed(
        "query.zoneless",
        "A time without offset is Pacific time.",
        "every time that Intuit answers with has the Pacific offset",
    ),
    assumed(
        "query.fields",
        "A list of properties answers partial objects that say sparse; with * among it, whole ones.",
        "python-quickbooks asks for `*, Sku`, other clients for lists; Intuit documents only *",
    ),
    recorded(
        "query.single",
        "CompanyInfo and Preferences answer one object and no startPosition.",
        "a real XML answer (ruckus/quickbooks-ruby, company_info_query.xml)",
    ),
    assumed(
        "query.tax_codes",
        "MAXRESULTS has no effect on TaxCode.",
        "seen by several users of the API, and never explained",
    ),
)

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000

_LONGEST_PATTERN = 10_000
"""Characters; no property that is searched is longer."""

_TIMES = {"metadata.createtime": "created", "metadata.lastupdatedtime": "updated"}


@dataclass
class Room:
    """How many objects several queries may still answer together."""

    left: int


def run_query(company: Company, text: str, room: Room | None = None) -> str:
    """Answer a query with the JSON text of its `QueryResponse`, with no more objects than there is `room` for.

    Raises 4000 when it cannot be read, 4001 when it asks for what is not there.
    """
    select = parse(text)
    entity = find_entity(select.entity)
    if entity is None:
        raise faults.query_invalid(f"invalid context declaration: {select.entity}")
    ordered = Ordered(entity, company.realm, _terms(entity, select.conditions), _order(entity, select))
    if select.count:
        return f'{{"totalCount":{count_rows(company.db, ordered)}}}'
    start, most = _page(select)
    if entity.named_ids:
        most = LARGEST_PAGE  # a known bug of Intuit's: MAXRESULTS has no effect on tax codes
    if room is not None:
        most = min(most, room.left)
    texts = read_page(company.db, ordered, start - 1, most)
    if not texts:
        return "{}"
    if room is not None:
        room.left -= len(texts)
    if select.fields:
        keys = _known_fields(entity, select.fields)
        texts = [_only(text, keys) for text in texts]
    listed = ",".join(texts)
    position = "" if entity.single else f'"startPosition":{start},'
    return f'{{"{entity.name}":[{listed}],{position}"maxResults":{len(texts)}}}'


def _page(select: Select) -> tuple[int, int]:
    start = 1 if select.start is None else select.start
    most = DEFAULT_PAGE if select.most is None else select.most
    for value, least in ((start, 0), (most, 1)):
        if value < least:
            raise faults.query_invalid(f"value {value} is too small. Min allowed value is {least}")
    if most > LARGEST_PAGE:
        raise faults.query_invalid(f"value {most} is too large. Max allowed value is {LARGEST_PAGE}")
    return max(start, 1), most


def _terms(entity: Entity, conditions: Sequence[Condition]) -> tuple[Term, ...]:
    terms: list[Term] = []
    listed: dict[str, list[Term]] = {}
    for condition in conditions:
        found = entity.find_property(condition.property)
        place = listed.setdefault(found.within, []) if found is not None and found.within else terms
        place.append(_comparison(entity, condition))
    terms += [_of_one_entry(key, inner) for key, inner in listed.items()]
    asks_active = any(condition.property.lower() == "active" for condition in conditions)
    if entity.is_list and not asks_active and entity.find_property("Active") is not None:
        terms.append(Term("p_Active", "p_Active = 1", ()))
    return tuple(terms)


def _of_one_entry(key: str, terms: Sequence[Term]) -> Term:
    """All conditions on a list's entries must hold for one and the same entry."""
    inner = " AND ".join(term.sql for term in terms)
    sql = f"EXISTS (SELECT 1 FROM json_each(body, '$.{key}') entry WHERE {inner})"
    values = tuple(value for term in terms for value in term.values)
    return Term("id", sql, values, sought=False)


def _comparison(entity: Entity, condition: Condition) -> Term:
    name = condition.property.lower()
    if name in _TIMES:
        return _on_column(_TIMES[name], condition, [_instant(value) for value in condition.values])
    if name == "id":
        return _on_column("id", condition, [_identity(entity, value) for value in condition.values])
    found = _property(entity, condition.property)
    if not found.filterable:
        raise faults.query_invalid(f"property '{found.name}' is not queryable")
    bound = [_bound(found, value) for value in condition.values]
    if condition.operator == "LIKE":
        if found.kind in ("number", "flag"):
            raise faults.query_invalid(f"operator LIKE is not supported for property {found.name}")
        return _like(found.column, _value(found), str(bound[0]))
    return _on_column(_value(found), condition, bound)


def _value(found: Property) -> str:
    """A property's value in SQL: its column, or what stands in the entry of a list that is looked at."""
    if not found.within:
        return found.column
    return f"json_extract(entry.value, '$.{'.'.join(found.path)}') COLLATE NOCASE"


def _on_column(column: str, condition: Condition, bound: list[Any]) -> Term:
    if condition.operator == "IN":
        return Term(column, f"{column} IN ({', '.join('?' * len(bound))})", tuple(bound))
    if condition.operator == "LIKE":
        return _like(column, f"CAST({column} AS TEXT)", str(bound[0]))
    return Term(column, f"{column} {condition.operator} ?", tuple(bound), sought=condition.operator != "!=")


def _like(column: str, value: str, pattern: str) -> Term:
    return Term(column, f"{value} LIKE ? ESCAPE '\\'", (_pattern(pattern),), sought=False)


def _pattern(text: str) -> str:
    """Only the percent sign is a wildcard (Intuit's documentation). Raises 4001 for one that no value could be held against."""
    if len(text) > _LONGEST_PATTERN:
        raise faults.query_invalid("the query is too long")
    return text.replace("\\", "\\\\").replace("_", "\\_")


def _property(entity: Entity, name: str) -> Property:
    found = entity.find_property(name)
    if found is None:
        known = {key.lower(): key for key in known_keys(entity.name)}
        top = name.split(".")[0].lower()
        if top in known:
            raise faults.query_invalid(f"property '{name}' is not queryable")
        raise faults.query_invalid(f"Property {name} not found for Entity {entity.name}")
    return found


def _bound(found: Property, value: str | bool) -> str | float | int:
    if found.kind == "flag":
        if isinstance(value, bool):
            return int(value)
        if value.lower() in ("true", "false"):
            return int(value.lower() == "true")
        raise faults.query_invalid(f"invalid value for property {found.name}: {value}")
    if isinstance(value, bool):
        raise faults.query_invalid(f"invalid value for property {found.name}: {str(value).lower()}")
    if found.kind == "number":
        try:
            exact = Decimal(value)
        except InvalidOperation:
            exact = Decimal("NaN")
        if not exact.is_finite():
            raise faults.query_invalid(f"invalid value for property {found.name}: {value}")
        return float(exact)
    return value[:10] if found.kind == "day" else value


def _instant(value: str | bool) -> float:
    try:
        return read_instant(str(value))
    except ValueError as error:
        raise faults.query_invalid(f"invalid date value: {value}") from error


def _identity(entity: Entity, value: str | bool) -> int:
    number = entity.id_number(str(value))
    if number is not None:
        return number
    if not _WHOLE.fullmatch(str(value)):
        raise faults.bad_id(value)
    return _NOBODY


def _order(entity: Entity, select: Select) -> str:
    """The order asked for; else by name for lists, last updated first for transactions (recorded).

    The id breaks ties, so that pages never overlap.
    """
    parts = []
    for order in select.order:
        direction = "DESC" if order.descending else "ASC"
        name = order.property.lower()
        if name == "id":
            parts.append(f"id {direction}")
        elif name in _TIMES:
            parts.append(f"{_TIMES[name]} {direction}")
        else:
            found = _property(entity, order.property)
            column = entity.sorted_order if found.name == entity.sorted_by else found.column
            parts.append(f"{column} {direction}")
    if not parts:
        parts = _default_order(entity)
    if not any(part.split()[0] == "id" for part in parts):
        parts.append("id")
    return ", ".join(parts)


def _default_order(entity: Entity) -> list[str]:
    if entity.sorted_by:
        return [f"{entity.sorted_order} ASC"]
    return ["id"] if entity.is_list or entity.single or not entity.day_key else ["updated DESC", "id DESC"]


def _known_fields(entity: Entity, fields: Sequence[str]) -> frozenset[str]:
    known = {key.lower(): key for key in known_keys(entity.name)}
    wanted = set()
    for field in fields:
        key = known.get(field.split(".")[0].lower())
        if key is None:
            raise faults.query_invalid(f"Property {field} not found for Entity {entity.name}")
        wanted.add(key)
    return frozenset(wanted)


def _only(text: str, keys: frozenset[str]) -> str:
    """A partial object: the keys asked for, said to be sparse (shape assumed)."""
    whole = jsontext.loads(text)
    part = {key: value for key, value in whole.items() if key in keys or key in ("domain", "sparse")}
    part["sparse"] = True
    return jsontext.dumps(part).decode()
