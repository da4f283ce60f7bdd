"""qbo-cli, unchanged: its commands at a shell, every report it knows and its own general ledger among them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from report import attempt

QBO = str(Path(sys.executable).parent / "qbo")
PERIOD = ("2026-01-01", "2026-12-31")


def main() -> None:
    """Sign in by a refresh, then read, report and write."""
    home = Path("home").resolve()
    (home / ".qbo").mkdir(parents=True)
    tokens = {
        "access_token": os.environ["QBOSIM_ACCESS_TOKEN"],
        "refresh_token": os.environ["QBOSIM_REFRESH_TOKEN"],
        "realm_id": os.environ["QBOSIM_REALM_ID"],
        "expires_at": 0,
        "refresh_expires_at": 4_000_000_000,
    }
    (home / ".qbo" / "tokens.dev.json").write_text(json.dumps(tokens))
    given = {name: os.environ[f"QBOSIM_{name}"] for name in ("CLIENT_ID", "CLIENT_SECRET", "REALM_ID")}
    os.environ.update({"HOME": str(home)}, **{f"QBO_{name}": value for name, value in given.items()})
    from qbo_cli.report_registry import REPORT_REGISTRY

    attempt("auth refresh", lambda: qbo("auth", "refresh"))
    attempt("auth status", lambda: qbo("auth", "status"))
    attempt("query", lambda: qbo("query", "SELECT * FROM Customer", "-o", "json"))
    attempt("search", lambda: qbo("search", "SELECT * FROM Item", "a"))
    attempt("gl-report", lambda: qbo("gl-report", "-b", PERIOD[0], "-e", PERIOD[1], "--list-accounts"))
    for name in REPORT_REGISTRY:
        attempt(f"report {name}", _report(name))
    attempt("create, get, update, void, delete", _life)


def _report(name: str) -> Any:
    return lambda: qbo("report", name, "--start-date", PERIOD[0], "--end-date", PERIOD[1], "-o", "json")


def qbo(*words: str, body: object = None) -> str:
    """What the command prints. Raises RuntimeError when it ends badly."""
    sent = None if body is None else json.dumps(body)
    done = subprocess.run([QBO, "--sandbox", *words], input=sent, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout)[-1500:])
    return done.stdout


def _json(*words: str, body: object = None) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(qbo(*words, "-o", "json", body=body))
    return next((value for value in told.values() if isinstance(value, dict) and "Id" in value), told)


def _life() -> None:
    customer = _json("create", "Customer", body={"DisplayName": "Typed at a shell"})
    line = {"Amount": 9.5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"Qty": 1}}
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [line]}
    invoice = _json("create", "Invoice", body=body)
    assert _json("get", "Invoice", invoice["Id"])["TotalAmt"] == 9.5
    named = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"], "sparse": True}
    _json("update", "Invoice", body={**named, "PrivateNote": "seen"})
    qbo("void", "Invoice", invoice["Id"])
    assert _json("get", "Invoice", invoice["Id"])["TotalAmt"] == 0
    qbo("delete", "Invoice", invoice["Id"])


if __name__ == "__main__":
    main()
