"""tap-quickbooks, unchanged: discovery, then every stream with every field, each record held against its schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from jsonschema import Draft4Validator
from report import tell

TAP = str(Path(sys.executable).parent / "tap-quickbooks")


def main() -> None:
    """Run the tap twice: the second time from its own bookmarks."""
    config = Path("tap-config.json")
    config.write_text(
        json.dumps(
            {
                "client_id": os.environ["QBOSIM_CLIENT_ID"],
                "client_secret": os.environ["QBOSIM_CLIENT_SECRET"],
                "refresh_token": os.environ["QBOSIM_REFRESH_TOKEN"],
                "realm_id": os.environ["QBOSIM_REALM_ID"],
                "start_date": os.environ.get("CONFORMANCE_START", "2024-01-01T00:00:00Z"),
                "user_agent": "conformance",
                "sandbox": "true",
            }
        )
    )
    found = subprocess.run([TAP, "--config", config, "--discover"], capture_output=True, text=True)
    tell("discovery", found.stderr[-2000:] if found.returncode else None)
    if found.returncode:
        return
    catalog = json.loads(found.stdout)
    for stream in catalog["streams"]:
        for part in stream["metadata"]:
            part["metadata"]["selected"] = True
    Path("tap-catalog.json").write_text(json.dumps(catalog))
    state = _read(config, catalog, "every stream", None)
    if state is not None:
        Path("tap-state.json").write_text(json.dumps(state))
        _read(config, catalog, "once more from its bookmarks", Path("tap-state.json"))


def _read(
    config: Path, catalog: dict[str, list[dict[str, object]]], what: str, state: Path | None
) -> object | None:
    command = [TAP, "--config", str(config), "--catalog", "tap-catalog.json"]
    read = subprocess.run(
        [*command, *(["--state", str(state)] if state else [])], capture_output=True, text=True
    )
    tell(what, read.stderr[-3000:] if read.returncode else None)
    schemas: dict[str, Draft4Validator] = {}
    counts: Counter[str] = Counter()
    wrong: dict[str, str] = {}
    last: object | None = None
    for line in read.stdout.splitlines():
        message = json.loads(line)
        if message["type"] == "SCHEMA":
            schemas[message["stream"]] = Draft4Validator(message["schema"])
        elif message["type"] == "RECORD":
            name = message["stream"]
            counts[name] += 1
            for error in schemas[name].iter_errors(message["record"]):
                wrong.setdefault(name, f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}")
        elif message["type"] == "STATE":
            last = message["value"]
    for stream in catalog["streams"]:
        name = str(stream["stream"])
        tell(f"{what}: {name} ({counts[name]} records)", wrong.get(name))
    return last if read.returncode == 0 else None


if __name__ == "__main__":
    main()
