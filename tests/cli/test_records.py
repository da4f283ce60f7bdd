"""The mirror at the command line: what there is, lists of it, and one record whole."""

from __future__ import annotations

import json

from tests.cli.conftest import Terminal


def test_what_is_mirrored_is_told_listed_and_shown(connected: Terminal) -> None:
    told = {one["entity"]: one for one in connected("records", "--json").json["items"]}
    assert told["CompanyInfo"]["active"] == 1
    assert told["Account"]["active"] > 10
    assert "Recurring" in connected("records").out

    listed = connected("records", "Account", "--limit", "3", "--json").json
    assert len(listed["items"]) == 3
    following = connected("records", "account", "--limit", "3", "--after", listed["next"], "--json").json
    assert not {one["qbo_id"] for one in following["items"]} & {one["qbo_id"] for one in listed["items"]}
    account = listed["items"][0]
    words = connected("records", "Account", "--search", account["name"]).out
    assert account["name"] in words

    whole = connected("records", "Account", account["qbo_id"], "--json").json
    assert whole["object"]["Name"] == account["name"]
    shown = connected("records", "Account", account["qbo_id"]).out
    assert json.loads(shown[shown.index("{") :]) == whole["object"]

    assert connected("records", "Bill").out == "There are none.\n"
    assert connected("records", "Bill", "--from", "2026-01-01", "--to", "2026-12-31").code == 0


def test_what_cannot_be_shown_is_refused_in_four_parts(connected: Terminal) -> None:
    wrong = connected("records", "Shoe")
    assert wrong.code != 0
    assert all(word in wrong.err for word in ("What:", "Record:", "Why:", "Do:"))
    assert connected("records", "Account", "--standing", "lost").code == wrong.code
    assert connected("records", "Account", "99999").code not in (0, wrong.code)
