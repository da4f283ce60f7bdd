"""Intuit's webhooks: whether a message is Intuit's, and which changes it tells of, in both of its formats.

Source: Intuit's documentation of webhooks and its sample application for CloudEvents (reference, section 6).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from tieout.qbo.entities import ENTITIES, Can, by_word

SIGNATURE: Final = "intuit-signature"
"""The header that carries the signature."""
MESSAGE_MAX: Final = 8 * 1024 * 1024
"""Bytes of one message that are taken; 10,000 events have three million."""

TOLD: Final = frozenset(entity.name for entity in ENTITIES if Can.NOTIFY in entity.can)
"""The entities whose changes webhooks tell of, as their declarations say; all others are silent."""

CREATED, UPDATED, DELETED, MERGED, VOIDED, EMAILED = (
    "created",
    "updated",
    "deleted",
    "merged",
    "voided",
    "emailed",
)
_OLD_WORDS: Final = {
    "create": CREATED,
    "update": UPDATED,
    "delete": DELETED,
    "merge": MERGED,
    "void": VOIDED,
    "emailed": EMAILED,
}
_OPERATIONS: Final = frozenset(_OLD_WORDS.values())
_TYPE: Final = re.compile(r"qbo\.([A-Za-z]{1,50})\.([A-Za-z]{1,20})(?:\.v[0-9]{1,3})?", re.ASCII)
_ID: Final = re.compile(r"[0-9A-Za-z:_-]{1,60}", re.ASCII)
_REALM: Final = re.compile(r"[0-9]{1,40}", re.ASCII)


@dataclass(frozen=True)
class Told:
    """One change that Intuit told of; what the record looks like now has to be read."""

    key: str
    """The same for the same event, however often it comes."""
    realm_id: str
    entity: str
    """As QuickBooks spells it."""
    qbo_id: str
    operation: str
    """`created`, `updated`, `deleted`, `merged`, `voided` or `emailed`."""
    deleted_id: str = ""
    """Of a merge: the id that disappeared into `qbo_id`."""
    happened_at: datetime | None = None
    """Intuit's time of the change, in UTC; None when the message names none that can be read."""


@dataclass(frozen=True)
class Message:
    """What one message says."""

    told: tuple[Told, ...]
    unread: int
    """Parts that name nothing we know or cannot be read: an entity of the future, say."""


def is_signed(body: bytes, signature: str, verifier: str) -> bool:
    """Tell whether a message's bytes carry the signature of an app's verifier token, in constant time.

    The signature is the base64 text of the HMAC-SHA256 over the bytes as they came.
    """
    expected = hmac.new(verifier.encode(), body, hashlib.sha256).digest()
    try:
        given = base64.b64decode(signature.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return bool(verifier) and hmac.compare_digest(given, expected)


def read_message(body: bytes) -> Message:
    """Read a message in either format. Never raises: what cannot be read is counted and left out."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Message((), 1)
    parts = [*(_cloud_events(found) if isinstance(found, list) else _old_events(found))]
    told = {one.key: one for one in parts if one is not None}
    return Message(tuple(told.values()), sum(1 for one in parts if one is None))


def _cloud_events(events: list[Any]) -> Iterator[Told | None]:
    for event in events:
        yield _cloud_event(event) if isinstance(event, dict) else None


def _cloud_event(event: dict[str, Any]) -> Told | None:
    named = _TYPE.fullmatch(_text(event, "type"))
    if named is None:
        return None
    data = event.get("data")
    identity = _text(event, "id")
    happened_at = _instant(_text(event, "time"))
    return _told(
        realm_id=_text(event, "intuitaccountid"),
        name=named[1],
        qbo_id=_text(event, "intuitentityid"),
        operation=named[2].lower(),
        deleted_id=_text(data, "deletedid") or _text(data, "deletedId") if isinstance(data, dict) else "",
        happened_at=happened_at,
        # CloudEvents' rule: source and id together name one event.
        identity=("event", _text(event, "source"), identity) if identity else (),
    )


def _old_events(message: Any) -> Iterator[Told | None]:
    notifications = message.get("eventNotifications") if isinstance(message, dict) else None
    if not isinstance(notifications, list):
        yield None
        return
    for notification in notifications:
        change = notification.get("dataChangeEvent") if isinstance(notification, dict) else None
        entities = change.get("entities") if isinstance(change, dict) else None
        if not isinstance(entities, list):
            yield None
            continue
        realm_id = _text(notification, "realmId")
        for entity in entities:
            yield _old_event(realm_id, entity) if isinstance(entity, dict) else None


def _old_event(realm_id: str, entity: dict[str, Any]) -> Told | None:
    return _told(
        realm_id=realm_id,
        name=_text(entity, "name"),
        qbo_id=_text(entity, "id"),
        operation=_OLD_WORDS.get(_text(entity, "operation").lower(), ""),
        deleted_id=_text(entity, "deletedId") or _text(entity, "deletedID"),
        happened_at=_instant(_text(entity, "lastUpdated")),
        identity=(),
    )


def _told(
    *,
    realm_id: str,
    name: str,
    qbo_id: str,
    operation: str,
    deleted_id: str,
    happened_at: datetime | None,
    identity: tuple[str, ...],
) -> Told | None:
    """Make one event of its words; None when a word is missing, unknown or shaped as no id of Intuit's is."""
    named = by_word(name)
    entity = named.name if named is not None and named.name in TOLD else ""
    known = entity and operation in _OPERATIONS and _REALM.fullmatch(realm_id) and _ID.fullmatch(qbo_id)
    if not known or (deleted_id and not _ID.fullmatch(deleted_id)):
        return None
    # Without an id of its own, an event is what it says (reference, section 6.3).
    said = identity or ("change", entity, qbo_id, operation, happened_at.isoformat() if happened_at else "")
    return Told(_digest(realm_id, *said), realm_id, entity, qbo_id, operation, deleted_id, happened_at)


def _digest(*words: str) -> str:
    text = msgspec.json.encode(words)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _instant(text: str) -> datetime | None:
    """Read a moment with its offset; both formats have one, with up to nine digits of a second."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def is_mirrored(entity: str) -> bool:
    """Tell whether the mirror keeps records of an entity that webhooks tell of."""
    return entity in _MIRRORED


_MIRRORED: Final = frozenset(one.name for one in ENTITIES)
