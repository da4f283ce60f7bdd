"""The files a CSV folder may hold, their columns, and the other names each column goes by."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.domain.documents import Kind


@dataclass(frozen=True)
class Column:
    """A column of a file."""

    name: str
    needed: bool = False
    also: tuple[str, ...] = ()
    """Other names it goes by; case, blanks, `-` and `_` never matter."""


@dataclass(frozen=True)
class FileShape:
    """A file that the folder may hold."""

    name: str
    """The file's name, which is compared without regard to case."""
    kind: Kind
    columns: tuple[Column, ...]

    def column(self, header: str) -> Column | None:
        """Find the column that a header cell names."""
        wanted = header_key(header)
        return next(
            (column for column in self.columns if wanted in map(header_key, (column.name, *column.also))),
            None,
        )


def header_key(text: str) -> str:
    """Make a header cell comparable."""
    return "".join(sign for sign in text.casefold() if sign not in " _-\t\u00a0*:")


REF = Column("ref", needed=True, also=("id", "key", "code"))
NAME = Column("name", needed=True, also=("display name", "title"))
ACTIVE = Column("active", also=("is active", "enabled"))
DATE = Column("date", needed=True, also=("dated", "invoice date", "txn date", "payment date"))
CURRENCY = Column("currency", also=("currency code",))
STATUS = Column("status", also=("state",))
SERVICE = Column("service", also=("service ref", "item", "product"))
DESCRIPTION = Column("description", also=("text", "details"))
QUANTITY = Column("quantity", also=("qty", "hours", "units"))
UNIT_PRICE = Column("unit_price", also=("price", "rate", "unit cost"))
AMOUNT = Column("amount", also=("line amount", "line total", "net"))
TAX_REGION = Column("tax_region", also=("tax region ref", "tax code"))
LINE_COLUMNS = (SERVICE, DESCRIPTION, QUANTITY, UNIT_PRICE, AMOUNT, TAX_REGION)


def _document_columns(word: str) -> tuple[Column, ...]:
    return (
        Column("ref", also=("id", "key", f"{word} id", f"{word} ref")),
        Column("number", needed=True, also=(f"{word} number", f"{word} no", "doc number", "no")),
        Column("client", needed=True, also=("client ref", "client id", "customer")),
        DATE,
        Column("due_date", also=("due",)),
        Column("term", also=("terms", "payment terms", "term ref")),
        CURRENCY,
        Column("tax", also=("tax amount", "total tax")),
        Column("memo", also=("note", "notes", "message")),
        STATUS,
        *LINE_COLUMNS,
    )


CLIENTS = FileShape(
    "clients.csv",
    Kind.CLIENT,
    (
        Column("ref", needed=True, also=("id", "key", "code", "client id", "client ref")),
        Column("name", needed=True, also=("display name", "client name", "company name")),
        Column("email", also=("e-mail", "email address", "mail")),
        Column("phone", also=("telephone", "tel", "phone number")),
        Column("street", also=("address", "street address", "address line 1")),
        Column("city", also=("town",)),
        Column("region", also=("state", "province", "county")),
        Column("postcode", also=("zip", "zip code", "postal code")),
        Column("country"),
        Column("tax_id", also=("vat number", "vat id", "tax number")),
        Column("parent", also=("parent ref", "belongs to")),
        CURRENCY,
        ACTIVE,
    ),
)
SERVICES = FileShape(
    "services.csv",
    Kind.SERVICE,
    (REF, NAME, DESCRIPTION, UNIT_PRICE, Column("sku", also=("article number",)), ACTIVE),
)
TAX_REGIONS = FileShape(
    "tax_regions.csv",
    Kind.TAX_REGION,
    (REF, NAME, Column("rate", needed=True, also=("percent", "tax rate")), ACTIVE),
)
TERMS = FileShape(
    "terms.csv",
    Kind.TERM,
    (REF, NAME, Column("due_days", needed=True, also=("days", "net days")), ACTIVE),
)
INVOICES = FileShape("invoices.csv", Kind.INVOICE, _document_columns("invoice"))
INVOICE_LINES = FileShape(
    "invoice_lines.csv",
    Kind.INVOICE,
    (Column("invoice", needed=True, also=("invoice ref", "invoice id", "invoice number")), *LINE_COLUMNS),
)
CREDIT_NOTES = FileShape("credit_notes.csv", Kind.CREDIT_NOTE, _document_columns("credit note"))
CREDIT_NOTE_LINES = FileShape(
    "credit_note_lines.csv",
    Kind.CREDIT_NOTE,
    (
        Column("credit_note", needed=True, also=("credit note ref", "credit note id", "credit note number")),
        *LINE_COLUMNS,
    ),
)
PAYMENTS = FileShape(
    "payments.csv",
    Kind.PAYMENT,
    (
        Column("ref", needed=True, also=("id", "key", "payment id", "payment ref")),
        Column("client", needed=True, also=("client ref", "client id", "customer")),
        DATE,
        Column("amount", needed=True, also=("total", "payment amount")),
        CURRENCY,
        Column("reference", also=("check number", "cheque number", "transfer number")),
        Column("method", also=("payment method",)),
        STATUS,
        Column("note", also=("memo", "notes")),
        Column("invoice", also=("invoice ref", "invoice number")),
        Column("allocated", also=("allocation", "allocated amount", "applied")),
    ),
)
ALLOCATIONS = FileShape(
    "payment_allocations.csv",
    Kind.PAYMENT,
    (
        Column("payment", needed=True, also=("payment ref", "payment id")),
        Column("invoice", needed=True, also=("invoice ref", "invoice number")),
        Column("amount", needed=True, also=("allocated", "applied")),
    ),
)
FILES: tuple[FileShape, ...] = (
    TERMS,
    TAX_REGIONS,
    SERVICES,
    CLIENTS,
    INVOICE_LINES,
    INVOICES,
    CREDIT_NOTE_LINES,
    CREDIT_NOTES,
    ALLOCATIONS,
    PAYMENTS,
)
"""Every file, in the order in which they are read: what others name comes first."""
