"""What an operator and a bookkeeper do rarely, by commands: tenants, keys, sign-ins, pause, access, reports, erasing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Intuit, Terminal, connect
from tests.cli.test_commands import RECORDS, income_account


def test_tenants_are_added_act_for_themselves_and_are_removed(terminal: Terminal) -> None:
    assert "only the operator's own" in terminal("tenants").out
    added = terminal("tenants", "add", "blue-heron", "--name", "Blue Heron Boats", "--json").json
    former = added["token"]
    fresh = terminal("tenants", "new-token", "blue-heron", "--json").json["token"]
    assert len({former, fresh}) == 2
    listed = terminal("tenants", "--json")
    assert [one["id"] for one in listed.json] == ["blue-heron"]
    assert fresh not in listed.out, "it is shown once"
    put = terminal("--tenant", "blue-heron", "host", "put", "-", "--json", stdin=json.dumps(RECORDS))
    assert put.json["counts"] == {"create": 3}, put.err
    assert terminal("host", "list", "client", "--json").json["items"] == [], (
        "the operator has books of their own"
    )
    for tenant, words in (("nobody", "no such tenant"), ("blue-heron", "3 records of the built-in host")):
        refused = terminal("tenants", "remove", tenant)
        assert refused.code != 0
        assert words in refused.err.lower()
    assert terminal("tenants", "remove", "blue-heron", "--confirm", "blue-heron").code == 0
    assert terminal("tenants", "--json").json == []
    assert terminal("--tenant", "blue-heron", "companies").code != 0


def test_keys_are_changed_and_put_away_by_commands(terminal: Terminal, intuit: Intuit) -> None:
    connect(terminal, intuit)
    first = terminal("keys", "--json").json["newest"]
    rotated = terminal("keys", "rotate", "--json").json
    assert rotated["resealed"] == 3
    assert rotated["newest"] != first
    assert terminal("keys", "reseal", "--json").json["resealed"] == 0
    assert terminal("keys", "retire", "--json").json["retired"] == [first]
    shown = terminal("keys")
    assert rotated["newest"] in shown.out
    kept = (terminal.folder / "home" / "keys").read_text()
    assert not any(line.split()[-1] in shown.out for line in kept.splitlines() if len(line.split()) > 1)
    assert terminal("companies", "--json").code == 0
    assert terminal("doctor").code == 0


def test_sign_ins_pause_access_and_erasing_by_commands(terminal: Terminal, intuit: Intuit) -> None:
    connect(terminal, intuit)
    (grant,) = terminal("sign-ins", "--json").json
    assert grant["state"] == "in_use"
    refused = terminal("sign-ins", "remove", grant["id"])
    assert refused.code != 0
    assert "last working" in refused.err
    assert terminal("sign-ins", "order", grant["id"]).code == 0
    assert terminal("pause", "year-end", "--json").json["status"] == "paused"
    paused = terminal("sync")
    assert paused.code != 0
    assert "year-end" in paused.err
    assert terminal("resume", "--json").json["status"] == "connected"
    allowed = {one["name"]: one["allowed"] for one in terminal("access", "read_only", "--json").json}
    assert allowed["read"]
    assert not any(allowed[one] for one in ("create", "update", "void", "delete"))
    live = terminal("settings", "set", "export", "on")
    assert live.code != 0, "a company that is only read is never sent to"
    assert terminal("access", "everything").code != 0
    (company,) = terminal("companies", "--json").json
    for words in (("--confirm", "something else"), ()):
        refused = terminal("erase", company["id"], *words)
        assert refused.code != 0, refused.out
    erased = terminal("erase", company["id"], "--confirm", company["name"], "--json")
    assert erased.code == 0, erased.err
    assert terminal("companies", "--json").json == []


def test_a_report_a_printed_invoice_and_failed_calls_by_commands(
    connected: Terminal, intuit: Intuit, tmp_path: Path
) -> None:
    terminal = connected
    assert terminal("calls").out == "No call failed lately.\n"
    assert terminal("host", "put", "-", stdin=json.dumps(RECORDS)).code == 0
    assert terminal("settings", "set", "income_account", income_account(intuit)).code == 0
    assert terminal("sync", "--go-live", "--from", "2026-01-01", "--json").json["state"] == "succeeded"
    period = ("--from", "2026-01-01", "--to", "2026-12-31")
    told = terminal("report", "ProfitAndLoss", *period, "--basis", "accrual", "--json")
    assert told.code == 0, told.err
    assert told.json["name"] == "ProfitAndLoss"
    assert told.json["basis"] == "Accrual"
    assert "160.00" in terminal("report", "ProfitAndLoss", *period).out
    for words in (("NoSuchReport",), ("Profit/../companyinfo",), ("ProfitAndLoss", "--basis", "moon")):
        refused = terminal("report", *words)
        assert refused.code != 0, words
        assert "Traceback" not in refused.err
    linked = terminal("documents", "show", "invoice", "I-1", "--json").json
    qbo_id = linked["link"]["qbo_id"]
    file = tmp_path / "invoice.pdf"
    printed = terminal("pdf", "Invoice", qbo_id, "--out", str(file), "--json")
    assert printed.code == 0, printed.err
    assert file.read_bytes().startswith(b"%PDF")
    assert printed.json == {"file": str(file), "bytes": file.stat().st_size}
    missing = terminal("pdf", "Invoice", "99999", "--out", str(tmp_path / "none.pdf"))
    assert missing.code != 0
    assert not (tmp_path / "none.pdf").exists()
    assert terminal("pdf", "Account", "1", "--out", "-").code != 0
    failed = terminal("calls", "--json").json
    assert failed, "Intuit's id of what failed is kept"
    assert all(one["tid"] for one in failed)
