"""Airbyte's QuickBooks connector, unchanged but for Intuit's address, into PyAirbyte's cache."""

from __future__ import annotations

import json
import os
from pathlib import Path

import airbyte
import yaml
from airbyte.caches import PostgresCache
from sqlalchemy import make_url


def main() -> None:
    """Read the streams of the entities that were named into the database that was named."""
    url, target = os.environ["BENCH_URL"], os.environ["BENCH_TARGET"]
    text = Path(os.environ["BENCH_MANIFEST"]).read_text()
    manifest = yaml.safe_load(text)
    manifest["definitions"]["base_requester"]["url_base"] = url
    text = yaml.safe_dump(manifest).replace("https://oauth.platform.intuit.com", url)
    source = airbyte.get_source(
        "source-quickbooks",
        source_manifest=yaml.safe_load(text),
        config={
            "client_id": os.environ["BENCH_CLIENT_ID"],
            "client_secret": os.environ["BENCH_CLIENT_SECRET"],
            "refresh_token": os.environ["BENCH_REFRESH_TOKEN"],
            "access_token": os.environ["BENCH_ACCESS_TOKEN"],
            "token_expiry_date": "2020-01-01T00:00:00Z",
            "realm_id": os.environ["BENCH_REALM"],
            "start_date": os.environ["BENCH_START"],
            "sandbox": False,
            "max_results": "1000",
        },
        streams=[stream_of(one) for one in os.environ["BENCH_ENTITIES"].split(",")],
    )
    at = make_url(target)
    cache = PostgresCache(
        host=at.host or "",
        port=at.port or 5432,
        username=at.username or "",
        # It wants one, also where none is asked.
        password=at.password or "none",
        database=at.database or "",
    )
    result = source.read(cache=cache, force_full_refresh=True)
    print(json.dumps({"records": result.processed_records}))


def stream_of(entity: str) -> str:
    """Spell an entity's name as the connector does: `credit_memos`."""
    plural = f"{entity[:-1]}ies" if entity.endswith("y") else f"{entity}s"
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in plural).lstrip("_")


if __name__ == "__main__":
    main()
