"""dlt, unchanged: its rest_api source over Intuit's query, each record in a row with its lists as JSON."""

from __future__ import annotations

import json
import os
from typing import Any

import dlt
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from dlt.sources.rest_api import rest_api_source

PAGE = 1000


class Positions(BasePaginator):  # type: ignore[misc]  # dlt is not installed where this is checked
    """Intuit's paging: a position inside the statement."""

    def __init__(self, entity: str) -> None:
        super().__init__()
        self.entity, self.start = entity, 1

    def init_request(self, request: Any) -> None:
        """Ask for the first page."""
        self._ask(request)

    def update_state(self, response: Any, data: list[Any] | None = None) -> None:  # noqa: ARG002 - dlt calls it so
        """End after a page that is not full."""
        self.start += PAGE
        self._has_next_page = len(data or ()) == PAGE

    def update_request(self, request: Any) -> None:
        """Ask for the next page."""
        self._ask(request)

    def _ask(self, request: Any) -> None:
        where = f"ORDERBY Id STARTPOSITION {self.start} MAXRESULTS {PAGE}"
        request.params = {**(request.params or {}), "query": f"SELECT * FROM {self.entity} {where}"}


def main() -> None:
    """Move every entity that was named into the database that was named."""
    target, entities = os.environ["BENCH_TARGET"], os.environ["BENCH_ENTITIES"].split(",")
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{os.environ['BENCH_URL']}/v3/company/{os.environ['BENCH_REALM']}/",
                "auth": {"type": "bearer", "token": os.environ["BENCH_ACCESS_TOKEN"]},
                "headers": {"Accept": "application/json"},
            },
            "resource_defaults": {"primary_key": "Id", "write_disposition": "append"},
            "resources": [
                {
                    "name": entity.lower(),
                    "max_table_nesting": 0,
                    "endpoint": {
                        "path": "query",
                        "data_selector": f"QueryResponse.{entity}",
                        "paginator": Positions(entity),
                    },
                }
                for entity in entities
            ],
        }
    )
    kind = (
        dlt.destinations.postgres(target)
        if target.startswith("postgresql")
        else dlt.destinations.sqlalchemy(target)
    )
    pipeline = dlt.pipeline(
        "moved", destination=kind, dataset_name="books", pipelines_dir=os.environ["BENCH_FOLDER"]
    )
    pipeline.run(source)
    rows = pipeline.last_trace.last_normalize_info.row_counts
    print(json.dumps({"records": sum(rows.get(one.lower(), 0) for one in entities)}))


if __name__ == "__main__":
    main()
