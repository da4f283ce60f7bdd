"""Reports and printed documents, asked of QuickBooks on request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tieout.connections.books import open_books
from tieout.connections.companies import found
from tieout.domain.permissions import READ
from tieout.kit.errors import Invalid
from tieout.qbo.client import Books, Report
from tieout.qbo.files import PRINTED
from tieout.security.operation import Errand, errand

NAME: Final = re.compile(r"[A-Za-z]{1,60}")


@errand("report.get", needs=READ, writes=False)
def get_report(act: Errand, *, company: str = "", name: str, params: Mapping[str, str]) -> Report:
    """Ask QuickBooks for a report; it costs one metered read.

    `name` and `params` are spelled as in Intuit's documentation: `ProfitAndLoss`, `start_date`.
    """
    if NAME.fullmatch(name) is None:
        raise Invalid(
            "This is no name of a report",
            record=name,
            reason="QuickBooks' reports have names of letters only",
            remedy="Give one such as ProfitAndLoss, BalanceSheet or GeneralLedger",
        )
    return _opened(act, company).report(name, {key: value for key, value in params.items() if value})


@errand("document.pdf", needs=READ, writes=False)
def get_pdf(act: Errand, *, company: str = "", entity: str, qbo_id: str) -> bytes:
    """Ask QuickBooks for a document as its customers see it, a PDF; it costs one metered read."""
    known = {one.casefold(): one for one in PRINTED}
    if entity.casefold() not in known:
        raise Invalid(
            "QuickBooks does not print this",
            record=entity,
            reason=f"it prints {', '.join(PRINTED)}",
            remedy="Give one of these, and the id that the document has in QuickBooks",
        )
    return _opened(act, company).pdf(known[entity.casefold()], qbo_id)


def _opened(act: Errand, company: str) -> Books:
    with act.edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    return open_books(act.edges, chosen)
