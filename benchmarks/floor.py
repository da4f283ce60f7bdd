"""The floor of mirroring: the least that must be done to have every record of a company on one's own disk.

A raw HTTP client, pages found by position one after another, each split into records that nobody looks into but
for id, SyncToken and time of change, and one bulk insert for each page into one table. No progress, no way to
go on after a kill, no typed columns, no search, no versions, no check that all is there: what those cost is what
a program that has them takes more than this.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import httpx2
import msgspec
import psycopg

PAGE = 1000


class _Time(msgspec.Struct):
    LastUpdatedTime: str = ""


class _Head(msgspec.Struct):
    Id: str = ""
    SyncToken: str = ""
    MetaData: _Time = msgspec.field(default_factory=_Time)


_HEAD = msgspec.json.Decoder(_Head)
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_ANSWER = msgspec.json.Decoder(dict[str, msgspec.Raw])
Row = tuple[str, str, str, str, bytes]


def mirror(address: str, realm: str, bearer: str, entities: Sequence[str], database: str) -> int:
    """Read all records of these entities into one table of an empty database; gives how many they were."""
    with httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {bearer}"}) as http:
        keep = _Postgres(database) if database.startswith("postgresql") else _Sqlite(database)
        number = 0
        for entity in entities:
            start = 1
            while True:
                rows = _page(http, realm, entity, start)
                keep.put(rows)
                number += len(rows)
                start += len(rows)
                if len(rows) < PAGE:
                    break
        keep.close()
    return number


def _page(http: httpx2.Client, realm: str, entity: str, start: int) -> list[Row]:
    query = f"select * from {entity} orderby Id startposition {start} maxresults {PAGE}"
    answer = http.get(
        f"/v3/company/{realm}/query?query={quote(query)}", headers={"Accept": "application/json"}
    )
    answer.raise_for_status()
    found = _ANSWER.decode(_ANSWER.decode(answer.content)["QueryResponse"]).get(entity)
    rows = []
    for raw in _RAWS.decode(found) if found is not None else ():
        head = _HEAD.decode(raw)
        rows.append((entity, head.Id, head.SyncToken, head.MetaData.LastUpdatedTime, bytes(raw)))
    return rows


class _Sqlite:
    """One table in a SQLite file, as durable as a bookkeeper needs it."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE floor (entity TEXT, id TEXT, token TEXT, updated TEXT, raw BLOB, PRIMARY KEY (entity, id))"
        )

    def put(self, rows: list[Row]) -> None:
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO floor VALUES (?, ?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class _Postgres:
    """One table in a PostgreSQL database, filled by COPY."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"))
        self._connection.execute(
            "CREATE TABLE floor (entity text, id text, token text, updated text, raw bytea, PRIMARY KEY (entity, id))"
        )
        self._connection.commit()

    def put(self, rows: list[Row]) -> None:
        with (
            self._connection.cursor() as cursor,
            cursor.copy("COPY floor FROM STDIN (FORMAT BINARY)") as stream,
        ):
            stream.set_types(["text", "text", "text", "text", "bytea"])
            for row in rows:
                stream.write_row(row)
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()


def main() -> None:
    """Read a task from the standard input, and print how many records are kept."""
    task = json.load(sys.stdin)
    kept = mirror(task["address"], task["realm"], task["access_token"], task["entities"], task["database"])
    print(json.dumps({"records": kept}))


if __name__ == "__main__":
    main()
