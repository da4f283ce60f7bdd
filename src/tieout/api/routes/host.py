"""The built-in host's records: put in one by one or many at once, listed, shown and voided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, create_model

from tieout.api import problems
from tieout.api.asking import After, Asked, Asking, Limit, Search
from tieout.api.shapes.base import PageOf, Shape, ShownAmount
from tieout.api.shapes.host import (
    Bundle,
    Client,
    CreditNote,
    CreditNoteShown,
    HostShape,
    Invoice,
    InvoiceShown,
    Payment,
    Service,
    TaxRegion,
    Term,
    host_shape,
)
from tieout.api.shapes.verdicts import Taken, taken
from tieout.domain.documents import HostRecord, Kind
from tieout.kit.errors import Invalid
from tieout.sync.host_records import (
    document_standing,
    get_record,
    list_records,
    put_record,
    put_records,
    void_record,
    weigh_records,
)

RECORDS_MAX = 5000
"""Of one kind in one request; more go in several, or in a folder of CSV files."""
router = APIRouter(prefix="/host", tags=["Host"])
DryRun = Annotated[bool, Query(description="Only tell what would happen; nothing is written")]


@dataclass(frozen=True)
class Resource:
    """One kind of host record as REST has it."""

    path: str
    kind: Kind
    taken: type[HostShape]
    shown: type[HostShape]
    one: str
    """What people call one of them."""


RESOURCES: tuple[Resource, ...] = (
    Resource("clients", Kind.CLIENT, Client, Client, "client"),
    Resource("services", Kind.SERVICE, Service, Service, "service"),
    Resource("tax-regions", Kind.TAX_REGION, TaxRegion, TaxRegion, "tax region"),
    Resource("terms", Kind.TERM, Term, Term, "term"),
    Resource("invoices", Kind.INVOICE, Invoice, InvoiceShown, "invoice"),
    Resource("credit-notes", Kind.CREDIT_NOTE, CreditNote, CreditNoteShown, "credit note"),
    Resource("payments", Kind.PAYMENT, Payment, Payment, "payment"),
)
"""Every kind the host has: one line each, from which its routes follow."""
VOIDABLE = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT)


class Voiding(Shape):
    """Why something is voided."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"because": "Entered twice"}]})
    because: str = Field(default="asked for over REST", max_length=4000)


class Balance(BaseModel):
    """What is open on an invoice."""

    model_config = ConfigDict(from_attributes=True)
    amount: ShownAmount
    currency: str
    standing: str
    """`draft`, `open`, `partially paid`, `paid` or `void`."""


class Many(Shape):
    """Many records of one kind."""

    records: list[Any]
    shown_only: ClassVar[frozenset[str]] = frozenset()


@router.post("/records", response_model=Taken)
def put_bundle(asked: Asked, body: Bundle, dry_run: DryRun = False) -> Any:
    """Put records of several kinds into the host: all of them, or none when one is refused."""
    return put_many(asked, list(body.records()), dry_run=dry_run)


@router.get("/invoices/{ref:path}/balance")
def balance(asked: Asked, ref: str) -> Balance:
    """Tell what is open on an invoice, and whether it is open, partially paid, paid or void."""
    found = document_standing(asked.edges, asked.caller, "invoice", ref)
    return Balance(amount=found.open.amount, currency=found.open.currency, standing=found.word)


def put_many(asked: Asking, records: list[HostRecord], *, dry_run: bool) -> Any:
    """Put records in, or tell what would happen; a refused batch is a problem that names every refused record."""
    if dry_run:
        return taken(weigh_records(asked.edges, asked.caller, records), applied=False)
    verdicts = put_records(asked.edges, asked.caller, records)
    refused = [verdict for verdict in verdicts if verdict.outcome == "refused"]
    if not refused:
        return taken(verdicts, applied=True)
    told = taken(verdicts, applied=False)
    first = told.refused[0].faults[0]
    return problems.answer(
        Invalid(
            f"{len(refused)} of {len(verdicts)} records are refused, so nothing was written",
            record=first.record,
            reason=f"{first.what[:1].lower()}{first.what[1:]}: {first.why}",
            remedy=f"{first.remedy}; `refused` lists what is wrong with each",
        ),
        more=told.model_dump(mode="json"),
    )


def offer(resource: Resource) -> None:
    """Add the routes of one kind of record."""
    taken_shape: Any = resource.taken
    shown_shape: Any = resource.shown
    # These shapes exist once for each kind, made from its line above.
    records: Any = (Annotated[list[taken_shape], Field(min_length=1, max_length=RECORDS_MAX)], ...)
    many = create_model(f"{taken_shape.__name__}Batch", __base__=Many, records=records)
    many.__doc__ = f"Many {resource.path.replace('-', ' ')}."
    outcome: Any = (Annotated[str, Field(description="`create`, `change` or `same`")], ...)
    put = create_model(f"{taken_shape.__name__}Put", outcome=outcome, record=(resource.shown, ...))
    put.__doc__ = f"What became of the {resource.one}, and the {resource.one} as it is kept."

    def listed(asked: Asked, search: Search = "", after: After = "", limit: Limit = 50) -> Any:
        page = list_records(
            asked.edges, asked.caller, resource.kind.value, search=search, after=after, limit=limit
        )
        items = [host_shape(record) for record in page.records]
        return {"items": items, "next": page.after if page.more else None}

    def one(asked: Asked, ref: str) -> Any:
        return host_shape(get_record(asked.edges, asked.caller, resource.kind.value, ref))

    def put_one(asked: Asked, ref: str, body: Any, response: Response) -> Any:
        if body.ref and body.ref != ref:
            raise Invalid(
                "The address and the body name two records",
                record=f"{resource.one} {ref}",
                reason=f"the body's ref is {body.ref}",
                remedy="Leave the ref out of the body, or make them equal",
            )
        record = body.model_copy(update={"ref": ref}).record()
        verdict = put_record(asked.edges, asked.caller, record)
        response.status_code = 201 if verdict.outcome == "create" else 200
        kept = get_record(asked.edges, asked.caller, resource.kind.value, ref)
        return {"outcome": verdict.outcome, "record": host_shape(kept)}

    def batch(asked: Asked, body: Any, dry_run: DryRun = False) -> Any:
        return put_many(asked, [shape.record() for shape in body.records], dry_run=dry_run)

    # The kind is known only here, and FastAPI reads a body's model from the annotation.
    put_one.__annotations__["body"] = resource.taken
    batch.__annotations__["body"] = many
    path, name = f"/{resource.path}", resource.kind.value
    page_model = PageOf[shown_shape]
    router.add_api_route(
        path, listed, response_model=page_model, name=f"list_{name}", summary=f"List {path[1:]}"
    )
    router.add_api_route(
        path,
        batch,
        methods=["POST"],
        response_model=Taken,
        name=f"put_many_{name}",
        summary=f"Put many {path[1:]} in: all, or none when one is refused",
    )
    if resource.kind in VOIDABLE:
        offer_voiding(resource)
    router.add_api_route(
        path + "/{ref:path}",
        one,
        response_model=resource.shown,
        name=f"get_{name}",
        summary=f"Show one {resource.one}",
    )
    router.add_api_route(
        path + "/{ref:path}",
        put_one,
        methods=["PUT"],
        response_model=put,
        responses={201: {"model": put, "description": "It is new"}},
        name=f"put_{name}",
        summary=f"Put one {resource.one}: made or changed to what is sent, the same however often it is sent",
    )


def offer_voiding(resource: Resource) -> None:
    """Add the route that voids one kind of document."""

    def void(asked: Asked, ref: str, body: Voiding | None = None) -> Any:
        why = (body or Voiding()).because
        return host_shape(void_record(asked.edges, asked.caller, resource.kind.value, ref, because=why))

    router.add_api_route(
        f"/{resource.path}/{{ref:path}}/void",
        void,
        methods=["POST"],
        response_model=resource.shown,
        name=f"void_{resource.kind.value}",
        summary=f"Void one {resource.one}: it stays visible and counts for nothing",
    )


for each in RESOURCES:
    offer(each)
