"""Health, completeness, sections, reads, notices and records, as a person looks at them in a real browser."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.conftest import Eyes
from tests.web.house import House
from tieout.connections.companies import list_companies
from tieout.connections.working import list_jobs
from tieout.mirror.progress import import_progress
from tieout.security.notices import News, over, tell

pytestmark = pytest.mark.browser

EVIL = "<script>alert(1)</script>\"'{{7*7}}"


def news(house: House, what: str, *, about: str = "x", severity: str = "error") -> None:
    """Tell people of something, as the watchman does."""
    with house.edges.database.transaction() as work:
        company = work.companies.all(house.caller.tenant)[0]
        told = News("test.news", about, what, company.name, "because", "do `this`", severity)
        assert tell(house.edges, work, house.caller.tenant, told, company=company.id)


def row(page: Page, name: str) -> Locator:
    """Find the row of a table that begins with a name."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def test_an_import_is_watched_live_by_two_browsers_and_goes_on_when_both_leave(
    house: House, page: Page, browser: Browser
) -> None:
    house.connect()
    house.gate.shut("Customer")
    page.goto(house.url)
    page.get_by_role("button", name="Import now").click()
    # Whoever leaves before the answer has pressed nothing.
    expect(page.get_by_role("progressbar", name="Records imported")).to_be_visible()
    page.goto(house.url + "/import")
    expect(row(page, "Accounts").get_by_role("cell").first).to_have_text("39")
    expect(row(page, "Customers")).to_contain_text("Not started")
    context = browser.new_context()
    other = context.new_page()
    other.goto(house.url + "/import")
    expect(other.get_by_role("progressbar", name="Records imported")).to_be_visible()
    page.reload()
    expect(row(page, "Customers")).to_contain_text("Not started")
    page.goto("about:blank")
    house.gate.open()
    # Told by the server: nobody presses or reloads anything here.
    expect(row(other, "Customers")).to_contain_text("Finished", timeout=20_000)
    expect(other.get_by_role("link", name="Go on")).to_be_visible(timeout=20_000)
    assert other.locator("[data-events]").count() == 0, "nothing is watched any more"
    context.close()
    assert import_progress(house.edges, house.caller).state == "done"
    assert [one.state for one in list_jobs(house.edges, house.caller)] == ["done"]


def test_progress_comes_again_after_the_network_was_lost(house: House, page: Page, eyes: Eyes) -> None:
    eyes.expected = "ERR_INTERNET_DISCONNECTED"
    house.connect()
    house.gate.shut("Customer")
    page.goto(house.url + "/import")
    page.get_by_role("button", name="Import now").click()
    expect(row(page, "Accounts").get_by_role("cell").first).to_have_text("39")
    eyes.context.set_offline(True)
    # A stream that is open stays so in this browser; a page that is shown again begins a new one.
    page.evaluate("dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pageshow'))")
    expect(page.get_by_text("Tieout does not answer")).to_be_visible()
    house.gate.open()
    eyes.context.set_offline(False)
    expect(page.get_by_role("link", name="Go on")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Tieout does not answer")).to_be_hidden()


def test_health_says_why_in_words_and_leads_to_where_it_is_dealt_with(house: House, page: Page) -> None:
    house.ready()
    house.sync()
    page.goto(house.url)
    page.get_by_role("link", name="Health").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("stands still")
    expect(page.get_by_text("Workers: none gave a sign of life")).to_be_visible()
    signs = page.get_by_role("region", name="How it stands, and why")
    expect(signs.locator("[data-sign=connection]")).to_contain_text("Good")
    expect(signs.locator("[data-sign=reads]")).to_contain_text("today")
    expect(page.get_by_role("region", name="Permissions")).to_contain_text(
        re.compile(r"\d+ days left, until")
    )
    page.get_by_label("Minutes between two looks").fill("30")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("QuickBooks is looked at every 30 minutes")).to_be_visible()
    expect(page.get_by_label("Minutes between two looks")).to_have_value("30")
    page.get_by_role("link", name="By day and kind").click()
    expect(page.get_by_role("img", name=re.compile("Metered reads by day.* on 2 Mar 2026"))).to_be_visible()
    expect(page.get_by_role("table", name="By what is read")).to_contain_text("Change feed")


def test_a_section_is_brought_up_to_date_when_its_button_is_pressed(house: House, page: Page) -> None:
    house.ready()
    house.sync()
    customer = house.every("Customer")[0]
    house.edit("Customer", customer["Id"], CompanyName="Renamed by the bookkeeper")
    house.pass_time(600)
    page.goto(house.url + "/health")
    section = page.get_by_role("listitem").filter(has_text="Customers and account balances")
    expect(section).to_contain_text("Last completed: 10 minutes ago")
    section.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Customers and account balances: up to date")).to_be_visible()
    expect(section).to_contain_text("Last completed: just now")
    page.goto(house.url + f"/records/Customer/{customer['Id']}")
    change = page.get_by_role("row").filter(has_text="Renamed by the bookkeeper").last
    expect(change).to_contain_text("CompanyName")


def test_the_badge_opens_what_completeness_rests_on_and_a_check_proves_it_now(
    house: House, page: Page
) -> None:
    house.ready()
    page.goto(house.url + "/health")
    page.get_by_role("link", name=re.compile("Complete up to")).click()
    customers = row(page, "Customers")
    expect(customers).to_contain_text("Good")
    here = len(house.every("Customer", "Active in (true, false)"))
    customers.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Customer: complete")).to_be_visible()
    expect(customers).to_contain_text(f"{here} / {here}")


def test_a_serious_notice_stands_on_every_page_until_somebody_has_seen_it(house: House, page: Page) -> None:
    house.ready()
    news(house, "The backup failed")
    news(house, "Something to know", about="y", severity="info")
    page.goto(house.url + "/settings")
    banner = page.get_by_role("region", name="Notice: The backup failed")
    expect(banner).to_contain_text("What to do: Do this.")
    expect(page.get_by_role("link", name="Notices, 2 not seen")).to_be_visible()
    banner.get_by_role("button", name="Seen").click()
    expect(banner).to_have_count(0)
    page.get_by_role("link", name=re.compile("Notices, 1 not seen")).click()
    card = page.get_by_role("article").filter(has_text="The backup failed")
    expect(card).to_contain_text("Seen by")
    with house.edges.database.transaction() as work:
        over(house.edges, work, house.caller.tenant, "test.news", "x")
    page.reload()
    expect(page.get_by_role("article").filter(has_text="The backup failed")).to_have_count(0)
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.get_by_role("article").filter(has_text="The backup failed")).to_contain_text("Over")


def test_records_are_found_opened_and_seen_as_they_were(house: House, page: Page) -> None:
    house.ready()
    customer = next(one for one in house.every("Customer") if not one.get("Job"))
    house.pass_time(3 * 86_400)
    house.edit("Customer", customer["Id"], DisplayName="Entirely Another Name")
    house.sync()
    page.goto(house.url + "/records")
    page.get_by_role("link", name=re.compile("^Customers")).click()
    page.get_by_label("Name, number or id").fill("entirely")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Entirely Another Name").click()
    history = page.get_by_role("region", name="What happened to it")
    expect(history.get_by_role("row").filter(has_text="DisplayName")).to_contain_text(customer["DisplayName"])
    page.get_by_label("As of the end of").fill("2026-03-03")
    page.get_by_role("button", name="Show").click()
    fields = page.get_by_role("region", name="As it was at the end of 2026-03-03")
    expect(fields.get_by_role("row").filter(has_text="DisplayName")).to_contain_text(customer["DisplayName"])
    page.get_by_role("link", name="The present").click()
    expect(page.get_by_role("region", name="As it is")).to_contain_text("Entirely Another Name")


def test_markup_in_quickbooks_is_shown_as_text_everywhere(house: House, page: Page) -> None:
    house.ready()
    customer = next(one for one in house.every("Customer") if not one.get("Job"))
    house.edit("Customer", customer["Id"], Notes=EVIL, CompanyName=EVIL)
    invoice = house.every("Invoice")[0]
    house.edit("Invoice", invoice["Id"], PrivateNote=EVIL)
    house.sync()
    news(house, f"It broke {EVIL}")
    for address in (
        "/health",
        "/notices",
        "/records/Customer?search=script",
        f"/records/Customer/{customer['Id']}",
        f"/records/Invoice/{invoice['Id']}",
    ):
        page.goto(house.url + address)
        assert page.locator("main script").count() == 0, address
        assert "49" not in page.locator(".notice.standing").all_inner_texts(), address
    expect(page.get_by_role("row").filter(has_text="PrivateNote").first).to_contain_text(EVIL)


class _Heard(BaseHTTPRequestHandler):
    """A program that is told."""

    heard: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard.append((self.path, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A program of this machine that listens and may be told, and what it heard."""
    monkeypatch.setenv("TIEOUT_PRIVATE_WEBHOOKS", "true")
    heard: list[tuple[str, bytes]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Heard", (_Heard,), {"heard": heard}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/told", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_is_added_tried_and_removed_and_its_secret_is_shown_once(
    program: tuple[str, list[tuple[str, bytes]]], house: House, page: Page
) -> None:
    address, heard = program
    house.ready()
    page.goto(house.url + "/notices")
    page.get_by_label("How").select_option("webhook")
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("It is shown this once")).to_be_visible()
    secret = page.locator("code.copy").inner_text()
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_role("heading", name="Notices", exact=True)).to_be_visible()
    assert secret not in page.content()
    channel = page.get_by_role("listitem").filter(has_text=address)
    channel.get_by_role("button", name="Test").click()
    expect(page.get_by_text(f"A trial notice went to {address}")).to_be_visible()
    assert len(heard) == 1
    assert "trial" in json.dumps(json.loads(heard[0][1]))
    channel.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("is told no longer")).to_be_visible()
    expect(channel).to_have_count(0)


def test_everything_here_works_without_scripts(house: House, browser: Browser) -> None:
    house.connect()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(house.url + "/import")
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_role("link", name="Go on")).to_be_visible(timeout=20_000)
    page.goto(house.url + "/health")
    page.get_by_role("listitem").filter(has_text="Tax codes").get_by_role("button").click()
    expect(page.get_by_text("Tax codes: up to date")).to_be_visible()
    page.goto(house.url + "/records/Item")
    page.get_by_label("Which").select_option("all")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("table")).to_be_visible()
    context.close()
    assert list_companies(house.edges, house.caller)[0].complete_until is not None
