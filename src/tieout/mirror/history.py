"""History: every version of a record that the mirror saw, what each changed, and what there was at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any, Final

import msgspec

from tieout.connections.companies import found
from tieout.domain.differences import Difference, differences
from tieout.domain.permissions import READ
from tieout.kit.errors import Invalid, NotFound
from tieout.kit.instants import instant_told
from tieout.mirror.backfill import mirrored
from tieout.security.operation import Act, operation
from tieout.storage.companies import Company
from tieout.storage.versions import Then, Version

PAGE_MAX: Final = 100
LISTED_MAX: Final = 500
DIFFERENCES_MAX: Final = 200
"""Fields that are listed of one version at most."""

_EXACT: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_AS_IT_IS: Final = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True)
class Event:
    """One version of a record, and what made it another. Instants are in UTC."""

    what: str
    """`created`, `first seen`, `changed`, `made inactive`, `active again`, `deleted`, `merged`, `came back`."""
    at: datetime | None
    """QuickBooks' time of it, where it tells."""
    seen_at: datetime
    """When the mirror saw this version last."""
    by: str
    """QuickBooks' id of the user who changed it, where it tells."""
    sync_token: str
    merged_into: str
    differences: tuple[Difference, ...]
    """Field by field; empty for the first version that was seen."""
    more: bool
    """True when more fields changed than are listed."""
    unseen: int
    """Changes that QuickBooks counted between the version before and this one and nobody here saw."""


@dataclass(frozen=True)
class History:
    """A part of a record's history, the latest first."""

    entity: str
    qbo_id: str
    name: str
    events: tuple[Event, ...]
    following: int | None
    """Give it as `before` for the earlier versions; None at the beginning."""


@dataclass(frozen=True)
class RecordThen:
    """One record as it was at an instant."""

    entity: str
    qbo_id: str
    at: datetime
    known: bool
    """False when the mirror holds nothing of that time."""
    there: bool
    """True when the record was there: made, and not deleted."""
    says: str
    """In words: since when it was so, or why it is not known."""
    since: datetime | None
    until: datetime | None
    """When the next version that the mirror saw took its place; None when it still holds."""
    name: str
    number: str
    active: bool
    sync_token: str
    record: Mapping[str, Any] | None
    """QuickBooks' own object."""


@dataclass(frozen=True)
class RecordsThen:
    """Records of an entity as they were at an instant, by id."""

    entity: str
    at: datetime
    records: tuple[RecordThen, ...]
    unknown: int
    """Records of this part that may have been there: what the mirror holds of them is later."""
    following: str
    """Give it as `after` for what follows, also when a part is empty; empty at the end."""


@operation("record.history", needs=READ, writes=False)
def show_history(
    act: Act, *, entity: str, qbo_id: str, company: str = "", limit: int = 20, before: int | None = None
) -> History:
    """Show every version of a record that was seen, the latest first, with what each one changed."""
    chosen, sort = found(act.work, act.caller.tenant, company), _entity(entity)
    size = max(1, min(limit, PAGE_MAX))
    versions = act.work.versions.of(chosen.id, sort, qbo_id, limit=size + 1, before=before)
    if not versions and before is None:
        raise _never_seen(chosen, sort, qbo_id)
    events = tuple(_event(old, new) for new, old in pairwise([*versions, None]) if new is not None)
    return History(
        sort,
        qbo_id,
        versions[0].name if versions else "",
        events[:size],
        versions[size - 1].number if len(versions) > size else None,
    )


@operation("record.as_of", needs=READ, writes=False)
def show_as_of(act: Act, *, entity: str, qbo_id: str, at: datetime, company: str = "") -> RecordThen:
    """Show one record as it was at an instant, by QuickBooks' own time of its changes."""
    chosen, sort = found(act.work, act.caller.tenant, company), _entity(entity)
    at = _moment(at)
    then = act.work.versions.then(chosen.id, sort, qbo_id, at)
    if then is None:
        raise _never_seen(chosen, sort, qbo_id)
    return _then(sort, qbo_id, at, then)


@operation("record.list_as_of", needs=READ, writes=False)
def list_as_of(
    act: Act, *, entity: str, at: datetime, company: str = "", limit: int = 100, after: str = ""
) -> RecordsThen:
    """List the records of an entity as they were at an instant, inactive ones included, by id."""
    chosen, sort = found(act.work, act.caller.tenant, company), _entity(entity)
    at = _moment(at)
    listed = act.work.versions.listed(chosen.id, sort, at, after=after, limit=max(1, min(limit, LISTED_MAX)))
    return RecordsThen(
        sort,
        at,
        tuple(_then(sort, one.qbo_id, at, Then(one, None)) for one in listed.versions),
        listed.unknown,
        listed.following,
    )


def _event(old: Version | None, new: Version) -> Event:
    changed = _changes(old, new)
    return Event(
        what=_what(old, new),
        at=new.deleted_at if new.deleted else new.updated_at,
        seen_at=new.seen_at,
        by=_by(new),
        sync_token=new.sync_token,
        merged_into=new.merged_into,
        differences=tuple(changed[:DIFFERENCES_MAX]),
        more=len(changed) > DIFFERENCES_MAX,
        unseen=0 if old is None else max(0, _number(new) - _number(old) - 1),
    )


def _what(old: Version | None, new: Version) -> str:
    if new.deleted:
        return "merged" if new.merged_into else "deleted"
    if old is None:
        return "created" if _number(new) == 0 else "first seen"
    if old.deleted:
        return "came back"
    if old.active != new.active:
        return "active again" if new.active else "made inactive"
    return "changed"


def _changes(old: Version | None, new: Version) -> list[Difference]:
    before, after = _decoded(old, _EXACT), _decoded(new, _EXACT)
    if before is None or after is None:
        return []
    return list(islice(differences(before, after), DIFFERENCES_MAX + 1))


def _by(version: Version) -> str:
    """Read who made a version; a deletion does not say, and its bytes are those of the version before."""
    if version.deleted:
        return ""
    meta = (_decoded(version) or {}).get("MetaData")
    who = meta.get("LastModifiedByRef") if isinstance(meta, dict) else None
    return str(who.get("value", "")) if isinstance(who, dict) else ""


def _then(entity: str, qbo_id: str, at: datetime, then: Then) -> RecordThen:
    version = then.version
    if version is None:
        assert then.following is not None
        first = then.following
        made = _made_after(first, at)
        return RecordThen(
            entity,
            qbo_id,
            at,
            known=made,
            there=False,
            says="it was made later"
            if made
            else f"the mirror knows it only since {first.valid_from:%Y-%m-%d %H:%M} UTC, when it had changed before",
            since=None,
            until=first.valid_from,
            name=first.name,
            number="",
            active=False,
            sync_token="",
            record=None,
        )
    return RecordThen(
        entity,
        qbo_id,
        at,
        known=True,
        there=not version.deleted,
        says=_says(version, then.following),
        since=version.valid_from,
        until=then.following.valid_from if then.following is not None else None,
        name=version.name,
        number=version.doc_number,
        active=version.active,
        sync_token=version.sync_token,
        record=None if version.deleted else _decoded(version),
    )


def _made_after(first: Version, at: datetime) -> bool:
    """Tell whether a record was made after an instant; `first` is the earliest version that was seen."""
    meta = (_decoded(first) or {}).get("MetaData")
    made = instant_told(str(meta.get("CreateTime", ""))) if isinstance(meta, dict) else None
    return made > at if made is not None else _number(first) == 0


def _says(version: Version, following: Version | None) -> str:
    what = "gone" if version.deleted else "so"
    words = f"it was {what} since {version.valid_from:%Y-%m-%d %H:%M} UTC"
    unseen = _number(following) - _number(version) - 1 if following is not None else 0
    if unseen > 0:
        words += f"; QuickBooks counts {unseen} more changes before the next version that the mirror saw"
    return words


def _decoded(version: Version | None, decoder: Any = _AS_IT_IS) -> dict[str, Any] | None:
    if version is None:
        return None
    try:
        decoded: dict[str, Any] = decoder.decode(version.raw)
        return decoded
    except msgspec.DecodeError:
        return None


def _number(version: Version) -> int:
    return int(version.sync_token) if version.sync_token.isdecimal() else 0


def _entity(name: str) -> str:
    names = {one.name.casefold(): one.name for one in mirrored()}
    if name.casefold() not in names:
        raise Invalid(
            "This kind of record is not mirrored",
            record=name,
            reason=f"the mirror holds {', '.join(names.values())}",
            remedy="Use one of these names",
        )
    return names[name.casefold()]


def _moment(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise Invalid(
            "This instant cannot be placed",
            record=at.isoformat(),
            reason="it does not say its zone, so it is another instant for everybody",
            remedy="Write its offset, or Z for UTC: 2026-03-02T16:00:00Z",
        )
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Invalid(
            "This instant cannot be placed",
            record=at.isoformat(),
            reason="in UTC it is before the year 1 or after the year 9999",
            remedy="Give an instant of the company's own time, such as 2026-03-02T16:00:00Z",
        ) from None


def _never_seen(company: Company, entity: str, qbo_id: str) -> NotFound:
    return NotFound(
        f"The mirror never saw this {entity}",
        record=f"{entity} {qbo_id} in {company.name}",
        reason="it was not there when the company was read, and no change has told of it since"
        if company.complete_until is not None
        else "the company was not imported yet",
        remedy="Check the id, or have the entity checked against QuickBooks"
        if company.complete_until is not None
        else "Import the company: `tieout import`",
    )
