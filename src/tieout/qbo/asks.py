"""How each call to a company's API is spelled: its address, its body, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

from tieout.qbo.batch import BATCH_MAX, BatchItem, BatchQuery, batch_body
from tieout.qbo.call import Ask
from tieout.qbo.entities import Entity
from tieout.qbo.query import stamp
from tieout.qbo.throttle import Kind

LONG_QUERY: Final = 1500
"""Characters from which a query is posted rather than put into the address."""
REQUEST_ID_MAX: Final = 50
BATCH_REQUEST_ID_MAX: Final = 36
"""Characters of a request id (Intuit's documentation)."""
PDF: Final = "application/pdf"

Params = tuple[tuple[str, str], ...]


def query(entity: str, statement: str, meter: str = "query") -> Ask:
    """Ask with a query; `meter` tells what it counts as."""
    what = f"{meter} {entity}"
    if len(statement) > LONG_QUERY:
        body = statement.encode()
        return Ask("POST", "/query", what, entity, body=body, content_type="application/text", meter=meter)
    return Ask("GET", "/query", what, entity, params=(("query", statement),), meter=meter)


def one(entity: str, qbo_id: str = "") -> Ask:
    """Ask for one record, or for the only one that there is of its kind."""
    path = f"/{entity.lower()}" + (f"/{quote(qbo_id, safe='')}" if qbo_id else "")
    return Ask("GET", path, f"read {entity}", entity, meter="read")


def changes(entities: Sequence[str], since: datetime) -> Ask:
    """Ask for what changed in several entities."""
    params = (("entities", ",".join(entities)), ("changedSince", stamp(since)))
    return Ask("GET", "/cdc", "changes", params=params, meter="changes")


def report(name: str, params: Mapping[str, str]) -> Ask:
    """Ask for a report."""
    path = f"/reports/{quote(name, safe='')}"
    return Ask("GET", path, f"report {name}", params=tuple(params.items()), kind=Kind.REPORT, meter="report")


def pdf(entity: Entity, qbo_id: str) -> Ask:
    """Ask for a document as people see it."""
    path = f"/{entity.path}/{quote(qbo_id, safe='')}/pdf"
    return Ask("GET", path, f"pdf {entity.name}", entity.name, accept=PDF, meter="pdf")


def download(attachable: str) -> Ask:
    """Ask where the file of an attachable can be fetched."""
    path = f"/download/{quote(attachable, safe='')}"
    return Ask("GET", path, "download Attachable", "Attachable", accept="*/*", meter="download")


def write(entity: Entity, verb: str, body: bytes, request_id: str, params: Params = ()) -> Ask:
    """Write one record; `verb` is for people and logs, `params` make it so."""
    assert 0 < len(request_id) <= REQUEST_ID_MAX, request_id
    return Ask(
        "POST",
        f"/{entity.path}",
        f"{verb} {entity.name}",
        entity.name,
        params=(*params, ("requestid", request_id)),
        body=body,
        writes=True,
    )


def send(entity: Entity, qbo_id: str, to: str) -> Ask:
    """Have QuickBooks mail a document to a customer."""
    return Ask(
        "POST",
        f"/{entity.path}/{quote(qbo_id, safe='')}/send",
        f"send {entity.name}",
        entity.name,
        params=(("sendTo", to),) if to else (),
        content_type="application/octet-stream",
        writes=True,
    )


def upload(body: bytes, content_type: str, request_id: str) -> Ask:
    """Give QuickBooks a file, its parts put together already."""
    assert 0 < len(request_id) <= REQUEST_ID_MAX, request_id
    return Ask(
        "POST",
        "/upload",
        "upload Attachable",
        "Attachable",
        params=(("requestid", request_id),),
        body=body,
        content_type=content_type,
        writes=True,
    )


def batch(items: Sequence[BatchItem | BatchQuery], request_id: str) -> Ask:
    """Put several writes and queries into one call; it is a read when all of them are."""
    assert 0 < len(items) <= BATCH_MAX, len(items)
    assert len(request_id) <= BATCH_REQUEST_ID_MAX, request_id
    queries = sum(1 for item in items if isinstance(item, BatchQuery))
    return Ask(
        "POST",
        "/batch",
        "batch",
        params=(("requestid", request_id),) if request_id else (),
        body=batch_body(items),
        writes=queries < len(items),
        kind=Kind.BATCH,
        meter="query" if queries else "",
        reads=queries,
    )
