"""A day's work by commands, with words for people and JSON for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.cli.conftest import Intuit, Terminal, connect

CLIENTS = "ref,name\nC1,Müller & Söhne\nC2,Acme Boats\n"
RECORDS = {
    "invoices": [
        {
            "ref": "I-1",
            "number": "1042",
            "client": "C1",
            "dated": "2026-03-02",
            "currency": "USD",
            "lines": [{"service": "S-1", "quantity": "2", "unit_price": "80.00"}],
        }
    ],
    "clients": [{"ref": "C1", "name": "Blue Heron Ltd"}],
    "services": [{"ref": "S-1", "name": "Workshop hour", "unit_price": "80.00"}],
}


def test_help_is_quick_and_lists_every_command() -> None:
    # Loaded modules say it without a stopwatch: help needs no database, no network, no web framework.
    code = (
        "import sys; sys.argv = ['tieout', '--help']\n"
        "from tieout.cli.main import run\n"
        "try: run()\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'fastapi', 'httpx2', 'uvicorn', 'cryptography', 'alembic'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in [
        "demo",
        "serve",
        "worker",
        "connect",
        "disconnect",
        "companies",
        "import",
        "match",
        "sync",
        "issues",
        "documents",
    ]:
        assert f"\n  {command} " in done.stdout
    for command in ["settings", "host", "doctor"]:
        assert f"\n  {command} " in done.stdout


def test_the_reference_of_the_commands_is_as_the_commands_are() -> None:
    from tieout.cli.reference import document

    kept = Path(__file__).parents[2] / "docs" / "cli.md"
    assert kept.read_text(encoding="utf-8") == document(), (
        "docs/cli.md is stale: run `python -m tieout.cli.reference > docs/cli.md`"
    )


def test_a_day_of_work_goes_by_commands_alone(terminal: Terminal, intuit: Intuit) -> None:
    told = connect(terminal, intuit)
    assert "tieout import" in told.out
    imported = terminal("import", "--json")
    steps = imported.lines
    assert steps[-1]["event"] == "done"
    assert {one["entity"] for one in steps[:-1] if one["finished"]} == set(steps[-1]["counts"])

    put = terminal("host", "put", "-", "--json", stdin=json.dumps(RECORDS))
    assert put.json["counts"] == {"create": 3}, put.err
    income = income_account(intuit)
    assert terminal("settings", "set", "income_account", income).code == 0
    report = terminal("sync", "--go-live", "--from", "2026-01-01", "--json").json
    assert report["state"] == "succeeded", report
    settings = {one["name"]: one["value"] for one in terminal("settings", "--json").json}
    assert (settings["export"], settings["start_date"]) == ("on", "2026-01-01")

    listed = terminal("documents", "--json").json["items"]
    assert [(one["ref"], one["stands"], one["total"]) for one in listed] == [("I-1", "synced", "160.00")]
    shown = terminal("documents", "show", "invoice", "I-1")
    assert "synced" in shown.out
    assert "Invoice 1042" in terminal("documents").out
    assert terminal("issues").out == "Nothing needs attention.\n"
    doctor = terminal("doctor", "--json")
    assert doctor.json["healthy"], doctor.out
    assert doctor.code == 0

    ended = terminal("disconnect", "--yes", "--json")
    assert ended.json["status"] == "disconnected"
    refused = terminal("sync")
    assert refused.code == 7
    assert "Connect it again" in refused.err


def income_account(intuit: Intuit) -> str:
    import httpx2

    token = intuit.control(
        "grant", {"realm_id": intuit.simulator.realm_id, "client_id": intuit.simulator.client_id}
    )["access_token"]
    answer = httpx2.get(
        f"{intuit.url}/v3/company/{intuit.simulator.realm_id}/query",
        params={"query": "select * from Account where AccountType = 'Income'"},
        headers={"authorization": f"Bearer {token}", "accept": "application/json"},
    )
    return str(answer.json()["QueryResponse"]["Account"][0]["Id"])


def test_an_issue_is_listed_shown_and_settled(connected: Terminal, intuit: Intuit) -> None:
    connected("host", "put", "-", stdin=json.dumps(RECORDS))
    # Without an income account the service cannot become an item: somebody must say which one.
    assert connected("sync", "--go-live").code == 0
    issues = connected("issues", "--json").json
    assert len(issues) == 1, issues
    issue = issues[0]
    assert issue["id"] in connected("issues").out
    shown = connected("issues", "show", issue["id"])
    assert issue["remedy"] in shown.out
    wrong = connected("issues", "decide", issue["id"], "explode")
    assert wrong.code == 3
    assert "its actions are" in wrong.err
    assert connected("issues", "decide", "iss_none", "retry").code == 4
    connected("settings", "set", "income_account", income_account(intuit))
    settled = connected("issues", "decide", issue["id"], "retry", "--json")
    assert settled.json["state"] == "resolved"
    assert connected("sync").code == 0
    assert connected("documents", "--json").json["items"][0]["stands"] == "synced"


def test_clients_are_matched_in_bulk_and_one_by_one(connected: Terminal, intuit: Intuit) -> None:
    import httpx2

    token = intuit.control(
        "grant", {"realm_id": intuit.simulator.realm_id, "client_id": intuit.simulator.client_id}
    )["access_token"]
    ids = {}
    for name in ("Mueller und Soehne", "Acme Boats"):
        answer = httpx2.post(
            f"{intuit.url}/v3/company/{intuit.simulator.realm_id}/customer",
            json={"DisplayName": name},
            headers={"authorization": f"Bearer {token}", "accept": "application/json"},
        )
        ids[name] = answer.json()["Customer"]["Id"]
    connected("settings", "set", "link_exact_names", "no")
    folder = Path(connected.file("csv/clients.csv", CLIENTS)).parent
    assert connected("host", "import", str(folder)).code == 0
    assert connected("sync").code == 0
    found = {
        one["ref"]: one["verdict"]
        for one in connected("match", "client", "--json").json["proposals"]["client"]
    }
    assert found["C2"] == "exact"
    assert set(found) == {"C1", "C2"}
    assert "Acme Boats" in connected("match").out
    taken = connected("match", "--take-exact", "--json").json
    assert "C2" in [one["host_ref"] for one in taken["linked"]]
    linked = connected("match", "client", "--link", f"C1={ids['Mueller und Soehne']}", "--json").json
    assert [one["host_ref"] for one in linked["linked"]] == ["C1"]
    assert linked["proposals"]["client"] == []
    assert connected("match", "client", "--unlink", "C1", "--json").json["unlinked"][0]["host_ref"] == "C1"
    assert connected("match", "client", "--unlink", "C1").code == 3
    assert connected("match", "--link", "C1=5").code == 3
    assert "REF=ID" in connected("match", "client", "--link", "C1").err
    assert connected("match", "novel").code == 3


def test_a_folder_is_planned_taken_and_taken_again(terminal: Terminal) -> None:
    folder = Path(terminal.file("csv/clients.csv", CLIENTS)).parent
    dry = terminal("host", "import", str(folder), "--dry-run", "--json").json
    assert (dry["applied"], dry["create"]) == (False, 2)
    assert terminal("host", "list", "client", "--json").json["items"] == []
    assert terminal("host", "import", str(folder), "--json").json["applied"]
    assert terminal("host", "import", str(folder), "--json").json["same"] == 2
    assert "Müller & Söhne" in terminal("host", "show", "client", "C1").out


def test_a_refused_folder_names_file_and_row_and_exits_with_one(terminal: Terminal) -> None:
    folder = Path(terminal.file("csv/clients.csv", "ref,name\nC1,Acme\nC2,\n")).parent
    ended = terminal("host", "import", str(folder))
    assert ended.code == 1
    assert "clients.csv row 3" in ended.err
    assert "nothing was written" in ended.out
    assert terminal("host", "list", "client", "--json").json["items"] == []
    assert terminal("host", "import", str(folder / "none")).code == 3


def test_records_that_cannot_be_read_are_named_by_place(terminal: Terminal) -> None:
    wrong = terminal(
        "host", "put", terminal.file("r.json", json.dumps({"clients": [{"ref": "C1", "nam": "A"}]}))
    )
    assert wrong.code == 3
    assert "clients[0].nam" in wrong.err
    assert terminal("host", "put", terminal.file("r.json", "{")).code == 3
    assert terminal("host", "put", terminal.file("r.json", b"\xff\xfe\x00")).code == 3
    assert terminal("host", "put", str(terminal.folder / "absent.json")).code == 3
    refused = terminal("host", "put", "-", stdin=json.dumps({"invoices": RECORDS["invoices"]}))
    assert refused.code == 1
    assert "C1" in refused.err


def test_text_from_elsewhere_cannot_move_the_cursor(terminal: Terminal) -> None:
    from tieout.cli.terminal import plain

    assert plain("\x1b[2Jgone\u202etxt\r") == " [2Jgone txt "


def test_an_error_is_said_in_four_parts_and_to_programs_as_json(terminal: Terminal) -> None:
    words = terminal("sync")
    assert words.code == 4
    assert words.out == ""
    assert [line.split(":")[0] for line in words.err.splitlines()] == ["What", "Why", "Do"]
    assert "Traceback" not in words.err
    program = terminal("sync", "--json")
    assert program.code == 4
    assert program.json["error"]["code"] == "not_found"
    assert program.json["error"]["remedy"]


def test_a_setting_of_the_installation_that_cannot_be_used_is_named(
    terminal: Terminal, monkeypatch: object
) -> None:
    os.environ["TIEOUT_PORT"] = "ninety"
    try:
        ended = terminal("companies")
    finally:
        del os.environ["TIEOUT_PORT"]
    assert ended.code == 3
    assert "TIEOUT_PORT" in ended.err


def test_a_home_that_cannot_be_made_and_a_damaged_key_file_say_what_to_do(terminal: Terminal) -> None:
    blocked = terminal.file("a-file", "x")
    ended = terminal("--home", f"{blocked}/home", "companies")
    assert (ended.code, "TIEOUT_HOME" in ended.err) == (3, True)
    assert terminal("companies").code == 0
    (terminal.folder / "home" / "keys").write_text("first not-base64\n")
    ended = terminal("companies")
    assert (ended.code, "backup" in ended.err) == (3, True)


def test_nothing_answers_is_told_apart_from_refused(terminal: Terminal, intuit: Intuit) -> None:
    os.environ["TIEOUT_INTUIT_URL"] = "http://127.0.0.1:9"
    ended = terminal(
        "connect",
        "--client-id",
        "id",
        "--secret-file",
        terminal.file("secret", "secret"),
        "--refresh-token-file",
        terminal.file("token", "token"),
        "--realm",
        "123",
    )
    assert ended.code == 8, ended.err
    assert terminal("companies", "--json").json == []


def test_a_wrong_secret_and_a_dead_token_are_told_apart(terminal: Terminal, intuit: Intuit) -> None:
    common = ("connect", "--client-id", intuit.simulator.client_id, "--realm", intuit.simulator.realm_id)
    token = terminal.file("token", intuit.refresh_token())
    wrong = terminal(*common, "--secret-file", terminal.file("bad", "wrong"), "--refresh-token-file", token)
    assert wrong.code == 3
    assert "secret" in wrong.err.lower()
    good = terminal.file("secret", intuit.simulator.client_secret)
    dead = terminal(*common, "--secret-file", good, "--refresh-token-file", terminal.file("t", "RT1-dead"))
    assert dead.code == 7
    assert terminal("companies", "--json").json == []


def test_secrets_are_asked_for_only_where_somebody_can_answer(terminal: Terminal) -> None:
    ended = terminal("connect", "--client-id", "ABc", "--app-only")
    assert ended.code == 3
    assert "--secret-file" in ended.err
    kept = terminal(
        "connect", "--client-id", "ABc", "--secret-file", "-", "--app-only", stdin="s3cret-value\n"
    )
    assert "s3cret-value" not in kept.out + kept.err
    assert "…alue" in kept.out
    empty = terminal("connect", "--client-id", "ABc", "--secret-file", terminal.file("e", "\n"), "--app-only")
    assert empty.code == 3
    assert terminal("connect", "--realm", "123").code == 3
    assert terminal("disconnect").code == 4


def test_the_doctor_calls_an_open_key_file_and_a_lost_connection_broken(
    connected: Terminal, intuit: Intuit
) -> None:
    keys = connected.folder / "home" / "keys"
    keys.chmod(0o644)
    ended = connected("doctor", "--json")
    assert ended.code == 1
    states = {one["name"]: one["state"] for one in ended.json["checks"]}
    assert states["key_file"] == "broken"
    assert states["connection"] == "ok"
    keys.chmod(0o600)
    assert connected("doctor").code == 0
    intuit.control("revoke", {"realm_id": intuit.simulator.realm_id})
    ended = connected("doctor", "--json")
    assert ended.code == 1
    assert {one["name"]: one["state"] for one in ended.json["checks"]}["connection"] == "broken"
    # What was found out stays known: without asking Intuit the lost sign-in is broken, too.
    offline = connected("doctor", "--offline", "--json")
    assert offline.code == 1
    broken = {one["name"] for one in offline.json["checks"] if one["state"] == "broken"}
    assert broken == {"tokens"}, offline.json["checks"]
    assert connected("sync").code == 7


def test_the_doctor_counts_on_both_sides(connected: Terminal, intuit: Intuit) -> None:
    import httpx2

    token = intuit.control(
        "grant", {"realm_id": intuit.simulator.realm_id, "client_id": intuit.simulator.client_id}
    )["access_token"]
    httpx2.post(
        f"{intuit.url}/v3/company/{intuit.simulator.realm_id}/customer",
        json={"DisplayName": "Somebody New"},
        headers={"authorization": f"Bearer {token}", "accept": "application/json"},
    )
    checks = {one["name"]: one for one in connected("doctor", "--json").json["checks"]}
    assert checks["counts"]["state"] == "warning"
    assert "customers" in checks["counts"]["says"].lower()
    connected("sync")
    checks = {one["name"]: one for one in connected("doctor", "--json").json["checks"]}
    assert checks["counts"]["state"] == "ok"


def test_words_that_are_no_command_end_with_two(terminal: Terminal) -> None:
    assert terminal("explode").code == 2
    assert terminal("sync", "--explode").code == 2


def test_a_day_without_going_live_is_refused(terminal: Terminal) -> None:
    ended = terminal("sync", "--from", "2026-01-01")
    assert (ended.code, "--go-live" in ended.err) == (3, True)


def test_the_server_says_when_it_is_ready_serves_page_and_rest_and_stops_when_told(tmp_path: Path) -> None:
    import httpx2

    environment = {
        **os.environ,
        "TIEOUT_HOME": str(tmp_path / "home"),
        "TIEOUT_INTUIT_URL": "http://127.0.0.1:9",
    }
    command = [
        sys.executable,
        "-c",
        "from tieout.cli.main import run; run()",
        "serve",
        "--port",
        "0",
        "--json",
    ]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            ready = json.loads(server.stdout.readline())
            assert httpx2.get(f"{ready['api']}/companies").json() == {"items": [], "next": None}
            assert "Tieout" in httpx2.get(ready["docs"]).text
            assert httpx2.get(ready["url"]).status_code == 200
            port = ready["url"].rsplit(":", 1)[1]
            second = subprocess.run(
                [*command[:3], "serve", "--port", port],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert second.returncode == 3
            assert f"127.0.0.1:{port}" in second.stderr
            assert "Traceback" not in second.stderr
        finally:
            server.terminate()
        started = time.monotonic()
        out, _ = server.communicate(timeout=20)
        assert out == ""
        assert time.monotonic() - started < 15


def test_a_server_that_others_could_reach_does_not_start_without_a_token(terminal: Terminal) -> None:
    ended = terminal("serve", "--host", "0.0.0.0", "--port", "0")
    assert ended.code == 3
    assert "TIEOUT_ACCESS_TOKEN" in ended.err


def test_a_worker_runs_due_cycles_until_it_is_told_to_stop(connected: Terminal) -> None:
    command = [sys.executable, "-c", "from tieout.cli.main import run; run()", "worker", "--json"]
    before = connected("doctor", "--offline", "--json").json
    assert before["healthy"]
    with subprocess.Popen(
        command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as worker:
        try:
            assert worker.stdout is not None
            assert "worker" in json.loads(worker.stdout.readline())
            assert worker.stderr is not None
            # The import made the company due, so its first cycle comes at once.
            assert "state=succeeded" in next(line for line in worker.stderr if "event=cycle" in line)
        finally:
            worker.terminate()
        worker.communicate(timeout=30)
    assert worker.returncode == 0
