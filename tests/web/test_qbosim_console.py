"""The simulator's console in a real browser: a bookkeeper's afternoon, by mouse, keyboard, phone and without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from qbosim.server import open_simulator, running
from qbosim.simulator import Simulator
from qbosim.wire import Request
from tests.web.conftest import Eyes

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
ROOT = "/qbosim/console"
World = tuple[Simulator, str]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """The sample company behind a port, with things going on around it; tests share it."""
    with open_simulator(company="sample", seed=7) as simulator, running(simulator) as url:
        _busy(simulator)
        yield simulator, url


@pytest.fixture(scope="module")
def small() -> Iterator[World]:
    """A company with one record of most kinds, so that no page is long; tests only look at it."""
    with open_simulator(company="empty", seed=7) as simulator, running(simulator) as url:
        service = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
        cost = {"AccountBasedExpenseLineDetail": {"AccountRef": {"value": "12"}}}
        for entity, body in (
            ("customer", {"DisplayName": "Moss & Marlow"}),
            ("customer", {"DisplayName": "Closed Down Ltd"}),
            ("customer", {"Id": "2", "SyncToken": "0", "sparse": True, "Active": False}),
            ("vendor", {"DisplayName": "Two Rivers Cabling"}),
            ("invoice", {"CustomerRef": {"value": "1"}, "Line": [{"Amount": 250, **service}]}),
            ("creditmemo", {"CustomerRef": {"value": "1"}, "Line": [{"Amount": 30, **service}]}),
            (
                "bill",
                {
                    "VendorRef": {"value": "3"},
                    "Line": [{"Amount": 80, "DetailType": "AccountBasedExpenseLineDetail", **cost}],
                },
            ),
            ("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 90}),
        ):
            path = f"/v3/company/{simulator.realm_id}/{entity}"
            wish = Request("POST", path, {}, {"accept": "application/json"}, json.dumps(body).encode())
            answer = simulator.api.answer(simulator.realm_id, wish, user="Pat Example")
            assert answer.status == 200, (entity, answer.body)
        _busy(simulator)
        yield simulator, url


def _busy(simulator: Simulator) -> None:
    """A connection, planned faults, a webhook that was refused, a second company and a request."""
    for door, body in (
        ("grant", b""),
        ("faults", b'{"fault": "503", "entity": "Budget", "times": null}'),
        ("faults", b'{"fault": "storm", "mix": {"429": 0.1}, "entity": "Budget"}'),
        ("webhooks", b'{"url": "http://127.0.0.1:9/hooks"}'),
        ("webhooks/faults", b'{"fault": "lost", "entity": "Class"}'),
        ("companies", b'{"kind": "empty", "name": "Second Shop"}'),
    ):
        assert simulator.answer(Request("POST", f"/qbosim/{door}", {}, {}, body)).status == 200, door
    simulator.answer(Request("GET", f"/v3/company/{simulator.realm_id}/companyinfo/1"))


def places(simulator: Simulator) -> list[str]:
    """An address of every page, in the small company."""
    here = f"{ROOT}/company/{simulator.realm_id}"
    simulator_pages = (
        "requests",
        "requests/1",
        "faults",
        "webhooks",
        "clock",
        "settings",
        "check",
        "reset",
        "nowhere",
    )
    company_pages = (
        "lists",
        "reports",
        "reports/AgedReceivables",
        "reports/TransactionList?date_macro=All",
        "preferences",
        "list/Invoice",
        "list/Customer?inactive=1",
        "list/Invoice?search=nothing",
        "list/Budget",
        "record/Invoice/1",
        "record/Invoice/1/edit",
        "record/Invoice/1/json",
        "record/Invoice/1/do/void",
        "record/Customer/1",
        "record/Item/1/edit",
        "record/Preferences/1",
        "new/customer",
        "new/item",
        "new/invoice",
        "new/bill",
        "receive",
        "receive?party=1",
        "pay?party=3",
        "deposit",
        "json/JournalEntry",
    )
    return [
        "/",
        ROOT,
        *(f"{ROOT}/{each}" for each in simulator_pages),
        here,
        *(f"{here}/{each}" for each in company_pages),
    ]


@pytest.mark.parametrize(
    ("width", "scheme", "rules"),
    [(1280, "light", ""), (390, "dark", "{runOnly: ['color-contrast', 'scrollable-region-focusable']}")],
    ids=["wide and light, all rules", "a phone in the dark, what differs there"],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    small: World, browser: Browser, width: int, scheme: str, rules: str
) -> None:
    simulator, url = small
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    found: list[str] = []
    for place in places(simulator):
        page.goto(url + place)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 0:
            found.append(f"{place}: {overflow} px too wide")
        page.add_script_tag(path=AXE)
        result = page.evaluate(f"axe.run({rules})")
        found += [
            f"{place}: {one['id']} ({one['impact']}) {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary']}"
            for one in result["violations"]
            if one["impact"] in ("serious", "critical", "moderate")
        ]
        assert result["passes"], "axe looked at something"
    context.close()
    assert found == []


def test_no_page_asks_any_other_host_for_anything(small: World, eyes: Eyes) -> None:
    simulator, url = small
    eyes.expected = "404 (Not Found)"
    page = eyes.page()
    for place in places(simulator):
        page.goto(url + place)
    assert eyes.hosts == {urlsplit(url).netloc}


def test_a_bookkeepers_afternoon(world: World, eyes: Eyes) -> None:
    _, url = world
    page = eyes.page()
    page.goto(url)
    page.get_by_role("link", name="Open the console").click()
    page.get_by_role("link", name="Larkspur Technical Services").click()
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Name", exact=True).fill("Moss & Marlow")
    page.get_by_role("button", name="Create").dblclick()
    expect(page.get_by_role("status")).to_have_text("Customer Moss & Marlow was created.")
    page.get_by_role("link", name="New invoice").click()
    expect(page.get_by_label("Customer", exact=True)).to_have_value("Moss & Marlow")
    page.get_by_label("Product or service of line 1").fill("Cloud Backup 2 TB")
    page.get_by_label("Quantity of line 1").fill("2")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("open 380.00")).to_be_visible()
    page.get_by_role("link", name="Receive payment").click()
    expect(page.get_by_label(re.compile("^Settle of"))).to_have_value("380.0")
    page.get_by_label(re.compile("^Settle of")).fill("80")
    page.get_by_role("button", name="Enter payment").click()
    page.get_by_role("link", name=re.compile(r"^Invoice \(id")).first.click()
    expect(page.get_by_text("open 300.00")).to_be_visible()
    page.get_by_role("link", name="Void").click()
    page.get_by_role("button", name="Void").click()
    expect(page.get_by_role("status")).to_contain_text("was voided")
    expect(page.get_by_text("voided", exact=True).first).to_be_visible()


def test_a_line_is_added_by_script_and_mistakes_are_told_where_the_eye_is(world: World, eyes: Eyes) -> None:
    simulator, url = world
    eyes.expected = "400 (Bad Request)"
    page = eyes.page()
    page.goto(f"{url}{ROOT}/company/{simulator.realm_id}/new/bill")
    page.get_by_role("button", name="Add a line").click()
    expect(page.get_by_label("Account of line 6")).to_be_focused()
    page.get_by_label("Account of line 6").fill("No Such Account")
    page.get_by_label("Amount of line 6").fill("12")
    page.get_by_label("Vendor").fill("Two Rivers Cabling")
    page.get_by_role("button", name="Create").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("The bill was not created")
    expect(alert).to_contain_text("No Such Account")
    expect(page.get_by_label("Account of line 1")).to_have_value("No Such Account")


def test_a_person_connects_over_the_consent_page_and_is_disconnected_here(world: World, eyes: Eyes) -> None:
    simulator, url = world
    page = eyes.page()
    page.goto(url + ROOT)
    row = page.get_by_role("row").filter(has_text="Second Shop")
    row.get_by_role("button", name="Grant tokens").click()
    expect(page.get_by_text("access_token")).to_be_visible()
    page.get_by_role("link", name="Back to the companies").click()
    row.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("status")).to_have_text("The app was disconnected.")
    expect(row.get_by_text("none")).to_be_visible()
    assert simulator.companies()[1].name == "Second Shop"


def test_everything_works_without_scripts_and_by_keyboard(world: World, browser: Browser) -> None:
    _, url = world
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url}{ROOT}/faults")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.get_by_label("What happens").select_option("stale")
    page.get_by_label("Entity").select_option("Invoice")
    page.get_by_role("button", name="Plan fault").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is planned")
    page.get_by_role("button", name=re.compile("^Take back")).last.click()
    expect(page.get_by_role("status")).to_contain_text("was taken back")
    context.close()


def test_back_and_reload_do_nothing_twice(world: World, page: Page) -> None:
    simulator, url = world
    page.goto(f"{url}{ROOT}/clock")
    page.get_by_role("button", name="Freeze").click()
    before = simulator.clock.now()
    page.get_by_role("button", name="1 day").click()
    expect(page.get_by_role("status")).to_contain_text("stands still")
    page.reload()
    expect(page.get_by_role("status")).to_have_count(0)
    page.go_back()
    page.go_forward()
    assert (simulator.clock.now() - before).total_seconds() == 86_400
    page.get_by_role("button", name="Let it run").click()


def test_another_sites_page_can_neither_reset_nor_frame_the_console(
    world: World, browser: Browser, tmp_path: Path
) -> None:
    simulator, url = world
    requests = simulator.answer(Request("GET", "/qbosim/state")).json()["companies"]
    evil = tmp_path / "evil.html"
    evil.write_text(
        f'<form method="post" action="{url}{ROOT}/reset"><input name="sure" value="yes"><button>Win</button></form>'
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto(url + ROOT)
    page.goto(evil.as_uri())
    page.get_by_role("button", name="Win").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The form was not accepted")
    assert simulator.answer(Request("GET", "/qbosim/state")).json()["companies"] == requests
    context.close()
