"""What a call costs: Intuit meters data going out ("CorePlus") and gives data coming in ("Core") away.

Source: Intuit's App Partner Program pages. How a batch of queries is counted is not published; each contained query is
assumed to count as one.
"""

from __future__ import annotations

import json

from qbosim.wire import Request, Response
from qbosim.xmlbodies import json_body

_FREE_PLACES = frozenset({"upload", "taxservice"})


def metered_reads(request: Request, response: Response) -> int:
    """Count the CorePlus reads of one call under `/v3/company/{realm}/`.

    Only successful calls count. A query, a change feed call, a report and a read by id cost 1 each, whatever they return;
    a write costs 0; a batch costs 1 for each query it contains.
    """
    if response.status >= 300:
        return 0
    parts = [part for part in request.path.split("/") if part]
    place = parts[3].lower() if len(parts) > 3 else ""
    if place == "batch":
        return _queries_in_batch(json_body(request))
    if place == "query":
        return 1
    if request.method != "GET" or place in _FREE_PLACES:
        return 0
    return 1


def _queries_in_batch(body: bytes) -> int:
    try:
        items = json.loads(body)["BatchItemRequest"]
    except (ValueError, KeyError, TypeError):
        return 0
    return sum(1 for item in items if isinstance(item, dict) and any(key.lower() == "query" for key in item))
