"""tap-quickbooks piped into target-postgres, both unchanged but for Intuit's address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


def main() -> None:
    """Discover, select the streams of the entities that were named, and move them."""
    folder, environment = Path(os.environ["BENCH_FOLDER"]), os.environ
    streams = [stream_of(one) for one in environment["BENCH_ENTITIES"].split(",")]
    target = environment["BENCH_TARGET"]
    tap_config = written(
        folder / "tap.json",
        {
            "client_id": environment["BENCH_CLIENT_ID"],
            "client_secret": environment["BENCH_CLIENT_SECRET"],
            "refresh_token": environment["BENCH_REFRESH_TOKEN"],
            "realm_id": environment["BENCH_REALM"],
            "start_date": environment["BENCH_START"],
            "user_agent": "benchmark",
            "sandbox": "false",
            "max_results": "1000",
        },
    )
    target_config = written(
        folder / "target.json",
        {
            "sqlalchemy_url": target.replace("postgresql:", "postgresql+psycopg2:"),
            "load_method": "append-only",
        },
    )
    tap = [environment["BENCH_TAP"], str(HERE / "tap_here.py"), "--config", tap_config]
    found = json.loads(subprocess.run([*tap, "--discover"], check=True, stdout=subprocess.PIPE).stdout)  # noqa: S603 - it and the others are what was installed for this
    for stream in found["streams"]:
        for one in stream["metadata"]:
            one["metadata"]["selected"] = stream["stream"] in streams
    catalog = written(folder / "catalog.json", found)
    with subprocess.Popen([*tap, "--catalog", catalog], stdout=subprocess.PIPE) as reading:  # noqa: S603
        subprocess.run(  # noqa: S603
            [str(BIN / "target-postgres"), "--config", target_config],
            stdin=reading.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    if reading.returncode:
        sys.exit(reading.returncode)
    print(json.dumps({"records": counted(target)}))


def stream_of(entity: str) -> str:
    """Spell an entity's name as the tap does: `credit_memos`."""
    plural = f"{entity[:-1]}ies" if entity.endswith("y") else f"{entity}s"
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in plural).lstrip("_")


def written(path: Path, value: Any) -> str:
    """Write JSON, and give the path."""
    path.write_text(json.dumps(value), "utf-8")
    return str(path)


def counted(target: str) -> int:
    """Count what the target wrote into its schema, one table for each stream."""
    with psycopg.connect(target) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        numbers = [
            connection.execute(f'SELECT count(*) FROM "{schema}"."{name}"').fetchall()
            for schema, name in tables
        ]
        return sum(number for ((number,),) in numbers)


if __name__ == "__main__":
    main()
