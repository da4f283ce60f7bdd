"""airbyte-source-quickbooks, unchanged: check, discover, and read every stream, each record held against its schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from jsonschema import Draft7Validator
from report import tell

SOURCE = str(Path(sys.executable).parent / "source-quickbooks")


def _messages(*arguments: str) -> tuple[list[dict[str, dict[str, object]]], str | None]:
    done = subprocess.run([SOURCE, *arguments], capture_output=True, text=True)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return told, f"{done.stderr[-1500:]} {done.stdout[-1500:]}" if done.returncode else None


def main() -> None:
    """Read every stream from scratch."""
    Path("airbyte-config.json").write_text(
        json.dumps(
            {
                "client_id": os.environ["QBOSIM_CLIENT_ID"],
                "client_secret": os.environ["QBOSIM_CLIENT_SECRET"],
                "refresh_token": os.environ["QBOSIM_REFRESH_TOKEN"],
                "access_token": os.environ["QBOSIM_ACCESS_TOKEN"],
                "token_expiry_date": "2020-01-01T00:00:00Z",
                "realm_id": os.environ["QBOSIM_REALM_ID"],
                "start_date": os.environ.get("CONFORMANCE_START", "2026-01-01T00:00:00Z"),
                "sandbox": True,
            }
        )
    )
    told, failure = _messages("check", "--config", "airbyte-config.json")
    status = [message["connectionStatus"] for message in told if message.get("connectionStatus")]
    tell(
        "check",
        failure or (None if status and status[0]["status"] == "SUCCEEDED" else json.dumps(status)),
    )
    told, failure = _messages("discover", "--config", "airbyte-config.json")
    catalogs = [message["catalog"] for message in told if message.get("catalog")]
    tell("discover", failure or (None if catalogs else "no catalog"))
    streams = [stream for catalog in catalogs for stream in catalog["streams"]]  # type: ignore[attr-defined]
    configured = [
        {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
        for stream in streams
    ]
    Path("airbyte-catalog.json").write_text(json.dumps({"streams": configured}))
    told, failure = _messages("read", "--config", "airbyte-config.json", "--catalog", "airbyte-catalog.json")
    tell("read", failure)
    schemas = {stream["name"]: Draft7Validator(stream["json_schema"]) for stream in streams}
    counts: Counter[str] = Counter()
    wrong: dict[str, str] = {}
    for message in told:
        if message.get("record"):
            name = str(message["record"]["stream"])
            counts[name] += 1
            for error in schemas[name].iter_errors(message["record"]["data"]):
                where = ".".join(map(str, error.absolute_path))
                wrong.setdefault(name, f"{where}: {error.message[:300]}")
    for name in schemas:
        tell(f"read {name} ({counts[name]} records)", wrong.get(name))


if __name__ == "__main__":
    main()
