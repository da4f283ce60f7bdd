"""Records: our copy of QuickBooks looked through: any list searched, one record with all that happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from tieout.kit.errors import Invalid
from tieout.mirror.history import RecordThen, list_as_of, show_as_of, show_history
from tieout.mirror.records import Mirrors, get_record, list_entities, list_records
from tieout.qbo.entities import by_name, by_word
from tieout.storage.record_lists import Standing
from tieout.web.door import Door

PAGE: Final = 50
FIELDS_MAX: Final = 500
STANDINGS: Final = {
    Standing.ACTIVE: "In use",
    Standing.INACTIVE: "Inactive",
    Standing.DELETED: "Deleted",
    Standing.ALL: "All",
}


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the lists, one list, and one record."""

    @routes.get("/records")
    def entities(request: Request, company: str = "") -> Response:
        """Show what is mirrored, list by list."""
        frame = door.frame(company)
        found = list_entities(door.edges, door.caller, company=frame["company"].id)
        return door.rendering.page(
            request,
            "entities.html",
            entities=sorted(found, key=lambda one: (not _has_any(one), one.entity.plural)),
            **frame,
        )

    @routes.get("/records/{entity}")
    def records(
        request: Request,
        entity: str,
        company: str = "",
        search: str = "",
        standing: str = Standing.ACTIVE,
        at: str = "",
        after: str = "",
    ) -> Response:
        """List the records of an entity, as they are or as they were on a day."""
        frame = door.frame(company)
        chosen = frame["company"].id
        sort = by_word(entity)
        values: dict[str, Any] = {"rows": [], "then": None, "next_after": ""}
        if at:
            then = list_as_of(
                door.edges,
                door.caller,
                entity=sort.name if sort is not None else entity,
                at=_end_of(at),
                company=chosen,
                limit=PAGE,
                after=after,
            )
            values.update(then=then, next_after=then.following)
        else:
            page = list_records(
                door.edges,
                door.caller,
                entity=entity,
                company=chosen,
                search=search[:100],
                standing=standing,
                limit=PAGE,
                after=after,
            )
            values.update(rows=page.rows, next_after=page.after)
        assert sort is not None, "an entity that is not mirrored was refused"
        given = {"company": company, "search": search, "at": at}
        given["standing"] = "" if standing == Standing.ACTIVE else standing
        return door.rendering.page(
            request,
            "records.html",
            sort=sort,
            search=search,
            standing=standing,
            standings=STANDINGS,
            at=at,
            after=after,
            exact=exact,
            address=lambda **more: _address(f"/records/{sort.name}", **{**given, **more}),
            place=lambda qbo_id: _place(sort.name, qbo_id, frame["query"]),
            **values,
            **frame,
        )

    @routes.get("/records/{entity}/{qbo_id:path}")
    def record(
        request: Request, entity: str, qbo_id: str, company: str = "", at: str = "", before: int | None = None
    ) -> Response:
        """Show one record: what it says now, or said on a day, and every change of it that was seen."""
        edges, caller = door.edges, door.caller
        frame = door.frame(company)
        chosen = frame["company"].id
        whole = get_record(edges, caller, entity=entity, qbo_id=qbo_id, company=chosen)
        name = whole.listed.entity
        then: RecordThen | None = None
        if at:
            then = show_as_of(edges, caller, entity=name, qbo_id=qbo_id, at=_end_of(at), company=chosen)
        shown: Any = then.record if then is not None else whole.object
        return door.rendering.page(
            request,
            "record.html",
            listed=whole.listed,
            plural=by_name(name).plural,
            at=at,
            then=then,
            fields=list(islice(flattened(shown), FIELDS_MAX + 1)) if shown is not None else [],
            fields_max=FIELDS_MAX,
            history=show_history(
                edges, caller, entity=name, qbo_id=qbo_id, company=chosen, limit=20, before=before
            ),
            before=before,
            exact=exact,
            address=lambda **more: _address(_path(name, qbo_id), company=company, **more),
            place=lambda other: _place(name, other, frame["query"]),
            **frame,
        )


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Walk through an object's values, each with where it stands: `Line[1].Amount`."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from flattened(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            yield from flattened(part, f"{path}[{number}]")
    elif isinstance(value, bool):
        yield path, "yes" if value else "no"
    elif value is not None:
        yield path, str(value)


def exact(amount: str) -> Decimal | None:
    """Read an amount that the mirror keeps as text; None for none."""
    try:
        return Decimal(amount) if amount else None
    except InvalidOperation:
        return None


def _end_of(day: str) -> datetime:
    """Give the last instant of a day (UTC) that was typed as YYYY-MM-DD; Invalid for anything else."""
    try:
        return datetime.combine(date.fromisoformat(day), time.max, tzinfo=UTC)
    except ValueError as error:
        raise Invalid(
            "This is no day",
            record=day[:40],
            reason="a day of the calendar is needed",
            remedy="Write it like 2026-03-31",
        ) from error


def _has_any(one: Mirrors) -> bool:
    return bool(one.counted.active or one.counted.inactive or one.counted.deleted)


def _path(entity: str, qbo_id: str) -> str:
    return f"/records/{quote(entity)}/{quote(qbo_id)}"


def _place(entity: str, qbo_id: str, query: str) -> str:
    return _path(entity, qbo_id) + query


def _address(path: str, **given: object) -> str:
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"{path}?{asked}" if asked else path
