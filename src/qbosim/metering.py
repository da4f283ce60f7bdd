"""What a call costs: Intuit meters data going out ("CorePlus") and gives data coming in ("Core") away.

Source: Intuit's App Partner Program pages. How a batch of queries is counted is not published; each contained query is
assumed to count as one.
"""

from __future__ import annotations

import json

from qbosim.rules import Topic, assumed, documented
from qbosim.wire import Request, Response
from qbosim.xmlbodies import json_body

RULES = Topic(
    "Metering",
    documented(
        "metering.reads",
        "A successful query, change feed, report or read by id costs one metered read; writes, sending, uploads and "
        "refused calls cost nothing.",
        "Intuit's App Partner Program pages",
    ),
    assumed(
        "metering.batch",
        "A batch costs one metered read for each query, change feed and report in it.",
        "how batches are counted is not published, and each of them is data going out",
    ),
)

_FREE_PLACES = frozenset({"upload", "taxservice"})


def metered_reads(request: Request, response: Response) -> int:
    """Count the CorePlus reads of one call under `/v3/company/{realm}/`.

    Only successful calls count. A query, a change feed call, a report and a read by id cost 1 each, whatever they return;
    a write costs 0; a batch costs 1 for each query, change feed or report it contains.
    """
    if response.status >= 300:
        return 0
    parts = [part for part in request.path.split("/") if part]
    place = parts[3].lower() if len(parts) > 3 else ""
    if place == "batch":
        return _queries_in_batch(json_body(request))
    if place == "query":
        return 1
    if request.method not in ("GET", "HEAD") or place in _FREE_PLACES:
        return 0
    return 1


_ASKING = frozenset({"query", "cdcquery", "reportquery"})


def _queries_in_batch(body: bytes) -> int:
    try:
        items = json.loads(body)["BatchItemRequest"]
    except (ValueError, KeyError, TypeError):
        return 0
    return sum(1 for item in items if isinstance(item, dict) and any(key.lower() in _ASKING for key in item))
