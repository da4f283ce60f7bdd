"""python-quickbooks, unchanged: reads every page of every entity into its objects and keeps nothing."""

from __future__ import annotations

import importlib
import json
import os
import re

from intuitlib.client import AuthClient
from quickbooks import QuickBooks

PAGE = 1000


def main() -> None:
    """Read every entity that was named."""
    QuickBooks.api_url_v3 = QuickBooks.sandbox_api_url_v3 = f"{os.environ['BENCH_URL']}/v3"
    auth = AuthClient(
        "id",
        "secret",
        "http://localhost/callback",
        f"{os.environ['BENCH_URL']}/.well-known/openid_configuration",
        access_token=os.environ["BENCH_ACCESS_TOKEN"],
    )
    client = QuickBooks(auth_client=auth, company_id=os.environ["BENCH_REALM"], minorversion=75)
    records = 0
    for entity in os.environ["BENCH_ENTITIES"].split(","):
        module = importlib.import_module(
            f"quickbooks.objects.{re.sub(r'(?<!^)(?=[A-Z])', '', entity).lower()}"
        )
        kind = getattr(module, entity)
        start = 1
        while True:
            page = kind.all(order_by="Id", start_position=start, max_results=PAGE, qb=client)
            records += len(page)
            start += PAGE
            if len(page) < PAGE:
                break
    print(json.dumps({"records": records}))


if __name__ == "__main__":
    main()
