"""Attachments: files and notes, linked to transactions and list entries."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.texts import check_lengths
from qbosim.records.company import Company, Record
from qbosim.records.files import drop_file
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Attachable",
    documented(
        "attachable.note",
        "An attachable without a file is a note: it needs a Note or a FileName.",
        "Intuit's documentation of Attachable",
    ),
    recorded(
        "attachable.link_missing",
        "A link to a record that is not there is refused with 6000, which names type and id.",
        "sandbox traffic (minimul/qbo_api, an upload for estimate 75)",
    ),
    recorded(
        "attachable.link_shape",
        "A link is answered with value before type, and with IncludeOnSend, which is false by default.",
        "sandbox traffic (minimul/qbo_api, attachment__create_for_invoice)",
    ),
    recorded(
        "attachable.delete",
        "An attachable is deleted by its Id alone, without a SyncToken.",
        "sandbox traffic (minimul/qbo_api, attachment__delete_attachment)",
    ),
    documented(
        "attachable.query",
        "Attachables are found by AttachableRef.EntityRef.Type and .value, both of the same link.",
        "Intuit's documentation of Attachable",
    ),
    documented(
        "attachable.query_by_tag",
        "Attachables are found by their Tag.",
        "node-quickbooks' own tests, written against Intuit's sandbox",
    ),
    documented(
        "attachable.category",
        "Category is one of Contact Photo, Document, Image, Receipt, Signature, Sound and Other.",
        "Intuit's documentation of Attachable",
    ),
    assumed(
        "attachable.no_thumbnail",
        "Pictures get no thumbnails: the keys for them are absent.",
        "Intuit promises thumbnails for some kinds of file only, and does not name them",
    ),
)

TEMPORARY = "attachment:"
"""With the attachable's id, what is kept in place of a temporary address, which is made anew for every answer."""

_FROM_FILE = ("FileAccessUri", "TempDownloadUri", "Size")
_COPIED = ("Category", "Lat", "Long", "PlaceName", "Note", "Tag")
_CATEGORIES = ("Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other")

_LIMITS = {
    "FileName": 1000,
    "Note": 2000,
    "Category": 100,
    "ContentType": 100,
    "PlaceName": 2000,
    "Tag": 2000,
    "Lat": 100,
    "Long": 100,
}
"""Source: Intuit's documentation of Attachable."""


def with_file(company: Company, record: Record, size: int) -> Record:
    """Say in an attachable that it has a file of so many bytes."""
    body = {
        **record.body,
        "FileAccessUri": f"/v3/company/{company.realm}/download/{record.id}",
        "TempDownloadUri": f"{TEMPORARY}{record.id}",
        "Size": size,
    }
    return company.save(record, body, bump=False)


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    body: Body = {key: old[key] for key in _FROM_FILE if key in old}
    for key in ("FileName", "ContentType"):
        value = change.kept(key)
        if value:
            body[key] = value
    for key in _COPIED:
        value = change.value(key)
        if value:
            body[key] = value
    if not body.get("Note") and not body.get("FileName"):
        raise faults.missing("Note")
    if body.get("Category", "Other") not in _CATEGORIES:
        raise faults.bad_choice("Category", body["Category"])
    links = [_link(company, link) for link in change.value("AttachableRef") or []]
    if links:
        body["AttachableRef"] = links
    check_lengths(body, _LIMITS)
    return body


def _link(company: Company, sent: Body) -> Body:
    link: Body = {}
    reference = sent.get("EntityRef") or {}
    if reference.get("value"):
        kind, identity = str(reference.get("type", "")), str(reference["value"])
        entity = next(
            (found for name, found in company.entities.items() if name.lower() == kind.lower()), None
        )
        number = entity.id_number(identity) if entity is not None else None
        if entity is None or number is None or company.find(entity.name, number) is None:
            raise faults.business(f"The entity {kind} {identity} that you are trying to link does not exist")
        link["EntityRef"] = {"value": identity, "type": entity.name}
    link["IncludeOnSend"] = bool(sent.get("IncludeOnSend"))
    if sent.get("LineInfo"):
        link["LineInfo"] = sent["LineInfo"]
    return link


def _leaving(company: Company, record: Record) -> None:
    drop_file(company, record.id)


def _entered(company: Company, record: Record) -> None:
    """A loaded attachable keeps its description; its file did not come with it."""
    body = {
        key: value for key, value in record.body.items() if key not in ("FileAccessUri", "TempDownloadUri")
    }
    company.save(record, body, bump=False, touch=False)


ATTACHABLE = Entity(
    name="Attachable",
    order=(
        "FileName",
        "FileAccessUri",
        "TempDownloadUri",
        "Size",
        "ContentType",
        "Category",
        "Lat",
        "Long",
        "PlaceName",
        "Note",
        "Tag",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "AttachableRef",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    first_id=5000000000000503624,
    collection="Attachables",
    properties=(
        Property("FileName", indexed=True),
        Property("Note"),
        Property("Tag"),
        Property("Category"),
        Property("ContentType"),
        Property("Size", "number"),
        Property("AttachableRef.EntityRef.Type", path=("EntityRef", "type"), within="AttachableRef"),
        Property("AttachableRef.EntityRef.value", path=("EntityRef", "value"), within="AttachableRef"),
    ),
    label="FileName",
    leaving=_leaving,
    entered=_entered,
    deleted_by_id=True,
)
