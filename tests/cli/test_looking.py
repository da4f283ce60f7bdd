"""Commands that look: the copy and what was before, who works and what is owed, in words and in four parts."""

from __future__ import annotations

from tests.cli.conftest import Intuit, Terminal, connect


def test_before_the_first_import_each_command_says_that_it_was_not_made(
    terminal: Terminal, intuit: Intuit
) -> None:
    connect(terminal, intuit)
    assert terminal("import", "--watch").out == "No import was started yet: tieout import\n"
    unseen = terminal("history", "Customer", "1")
    assert unseen.code == 4
    assert "was not imported yet" in unseen.err
    assert "tieout import" in unseen.err
    assert terminal("as-of", "Customer", "2026-03-02T16:00:00Z").out == "None was there.\n"
    assert terminal("jobs").out == "There are none.\n"
    assert "tieout serve" in terminal("workers").out
    assert terminal("channels", "deliveries").out == "There are none.\n"


def test_a_record_is_told_version_by_version_and_as_it_was(connected: Terminal) -> None:
    account = connected("records", "Account", "--limit", "1", "--json").json["items"][0]["qbo_id"]
    told = connected("history", "account", account, "--json").json
    assert (told["entity"], told["qbo_id"], len(told["events"])) == ("Account", account, 1)
    assert connected("history", "Account", account, "--before", "0", "--json").json["events"] == []
    later = "2099-01-01T00:00:00Z"
    then = connected("as-of", "Account", later, account, "--json").json
    assert then["there"]
    first = connected("as-of", "Account", later, "--limit", "2", "--json").json
    second = connected(
        "as-of", "Account", later, "--limit", "2", "--after", first["following"], "--json"
    ).json
    ids = [one["qbo_id"] for page in (first, second) for one in page["records"]]
    assert len(set(ids)) == 4
    checked = connected("mirror", "--check", "Account", "--json").json
    assert [(one["entity"], one["proven"]) for one in checked] == [("Account", True)]


def test_what_no_instant_or_entity_could_be_is_refused_in_four_parts(connected: Terminal) -> None:
    for words in (
        ("as-of", "Account", "yesterday"),
        ("as-of", "Account", "2026-03-02"),
        ("as-of", "Account", "9999-12-31T23:59:59-12:00"),
        ("as-of", "Account", "0001-01-01T00:00:00+12:00"),
        ("as-of", "Shoe", "2026-03-02T16:00:00Z"),
        ("history", "Shoe", "1"),
        ("mirror", "--check", "Shoe"),
        ("records", "Account", "--after", "no-such-id"),
        ("records", "Invoice", "--from", "2026-05-01", "--to", "2026-01-01"),
        ("sections", "sync", "shoes"),
        ("channels", "add", "pigeon", "home"),
    ):
        wrong = connected(*words)
        assert wrong.code == 3, (words, wrong)
        assert all(word in wrong.err for word in ("What:", "Record:", "Why:", "Do:")), words
    for words in (
        ("jobs", "--company", "nobody"),
        ("import", "--watch", "--company", "nobody"),
        ("health", "--company", "nobody"),
        ("sections", "--company", "nobody"),
        ("notices", "--company", "nobody"),
        ("notices", "seen", "nothing"),
        ("channels", "test", "nothing"),
    ):
        assert connected(*words).code == 4, words


def test_an_import_that_is_asked_for_is_a_job_under_the_name_of_its_company(connected: Terminal) -> None:
    assert "next free worker" in connected("jobs", "--import").out
    job = connected("jobs", "--json").json[0]
    assert (job["name"], job["state"]) == ("company.import", "queued")
    name = connected("companies", "--json").json[0]["name"]
    assert name in connected("jobs").out
    assert job["company"] not in connected("jobs").out
