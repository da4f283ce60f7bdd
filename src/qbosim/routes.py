"""The Accounting API's addresses: which call means which verb on which entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qbosim import faults
from qbosim.entities import writing
from qbosim.entities.entity import Entity
from qbosim.entities.sending import send
from qbosim.jsontext import dumps, loads
from qbosim.records.company import Company, Record

Verb = str


def include_words(query: Mapping[str, str]) -> frozenset[str]:
    """The words of the `include` parameter, in lower case."""
    return frozenset(word.strip().lower() for word in query.get("include", "").split(",") if word.strip())


def verb_of(query: Mapping[str, str]) -> Verb:
    """What a POST to an entity's address asks for: `write`, `update`, `delete` or `void`."""
    operation = query.get("operation", "").lower()
    if "void" in include_words(query) or operation == "void":
        return "void"
    if operation in ("", "create"):
        return "write"
    if operation in ("update", "delete"):
        return operation
    raise faults.unsupported(operation)


def read_json(body: bytes) -> object:
    """A request's body as JSON; raises 2010 when it is none."""
    try:
        return loads(body)
    except ValueError as error:
        raise faults.unreadable() from error


def change(company: Company, entity: Entity, verb: Verb, raw: object) -> str:
    """Do a verb; answers the JSON text that stands under the entity's name."""
    if verb == "delete":
        record = writing.delete(company, entity, raw)
        stub = {"domain": "QBO", "status": "Deleted", "Id": entity.id_text(record.id)}
        return dumps(entity.wrapped(record.body, stub)).decode()
    return answer(company, entity, _WRITERS.get(verb, writing.write)(company, entity, raw)).text


_WRITERS = {"void": writing.void, "update": writing.update, "create": writing.create}


def answer(company: Company, entity: Entity, record: Record) -> Record:
    """The record with the text that this call is answered with."""
    if entity.answered is None:
        return record
    return replace(record, text=entity.answered(company, record))


def read(company: Company, entity: Entity, identity: str) -> Record:
    """Read one record by id. CompanyInfo and Preferences have one record, whatever id is asked for."""
    return answer(company, entity, company.need(entity.name, "1" if entity.single else identity))


def deliver(company: Company, entity: Entity, identity: str, address: str | None) -> Record:
    """E-mail a document."""
    return send(company, entity, company.need(entity.name, identity), address)
