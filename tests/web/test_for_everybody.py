"""The page for everybody: on a phone, in the dark, by keyboard, by ear, without scripts, and from this host only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import Eyes
from tests.web.house import House
from tests.web.story import busy_month, change_total
from tieout.sync.decide import list_issues

pytestmark = pytest.mark.browser

COLOURS = "{runOnly: ['color-contrast']}"
"""All that differs in the scheme that a width was not looked at in."""
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PAGES = (
    "/",
    "/matching/client",
    "/matching/client?show=linked",
    "/matching/service",
    "/issues",
    "/issues?state=all",
    "/documents/invoice/I-2044",
    "/documents/payment/P-31",
    "/settings",
    "/cycles",
    "/connection/disconnect",
    "/health",
    "/import",
    "/mirror",
    "/reads",
    "/records",
    "/records/Customer?standing=all",
    "/records/Invoice?at=2026-03-02",
    "/records/Customer/1",
    "/notices",
    "/nowhere",
)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in the middle of its month; read only, since all tests here share it."""
    house = House(tmp_path_factory.mktemp("house"), company="sample", seed=7)
    try:
        busy_month(house)
        yield house
    finally:
        house.close()


@pytest.mark.parametrize(
    ("width", "scheme", "rules"),
    [(1280, "light", ""), (390, "dark", ""), (1280, "dark", COLOURS), (390, "light", COLOURS)],
    ids=["1280-light", "390-dark", "1280-dark, colours", "390-light, colours"],
)
def test_axe_finds_nothing_serious_on_any_page(
    lived_in: House, browser: Browser, width: int, scheme: str, rules: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    found: list[str] = []
    for address in PAGES:
        page.goto(lived_in.url + address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.add_script_tag(path=AXE)
        result = page.evaluate(f"axe.run({rules})")
        found += [
            f"{address}: {one['id']} ({one['impact']}) {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary']}"
            for one in result["violations"]
            if one["impact"] in ("serious", "critical", "moderate")
        ]
        assert result["passes"], "axe looked at something"
    context.close()
    assert found == []


def test_no_page_scrolls_sideways_on_a_phone(lived_in: House, browser: Browser) -> None:
    for width in (390, 320):
        context = browser.new_context(viewport={"width": width, "height": 844}, is_mobile=True)
        page = context.new_page()
        for address in PAGES:
            page.goto(lived_in.url + address)
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, f"{address} at {width}"
        context.close()


def test_no_page_asks_any_other_host_for_anything(lived_in: House, eyes: Eyes) -> None:
    page = eyes.page()
    for address in PAGES:
        if address != "/nowhere":  # a browser reports a page that is not there on its console
            page.goto(lived_in.url + address)
            page.wait_for_load_state("networkidle")
    assert eyes.hosts == {urlsplit(lived_in.url).netloc}


def test_the_first_page_is_light(lived_in: House, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(lived_in.url)
    page.wait_for_load_state("networkidle")
    context.close()
    assert 0 < sum(sizes) < 200_000


def test_a_drift_is_found_and_settled_by_keyboard_alone(house: House, page: Page) -> None:
    house.ready()
    house.client("C-1", "Harrow Bridge Clinic")
    house.service("S-1", "Workshop hour")
    house.invoice("I-1", client="C-1", number="3001", lines=(("S-1", "2", "80"),))
    house.settle()
    change_total(house, "3001", "70")
    house.sync()
    page.goto(house.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if "Push ours" in page.evaluate("document.activeElement.innerText"):
            break
    outline = page.evaluate(
        "(style => style.outlineStyle + style.boxShadow)(getComputedStyle(document.activeElement))"
    )
    assert outline != "nonenone", "the focus can be seen"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="ours is sent to QuickBooks")).to_be_visible()
    assert list_issues(house.edges, house.caller) == []


def test_everything_works_without_scripts(house: House, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(house.url)
    page.get_by_label("Client id").fill(house.simulator.client_id)
    page.get_by_label("Client secret").fill(house.simulator.client_secret)
    page.get_by_role("button", name="Save credentials").click()
    page.get_by_role("button", name="Connect QuickBooks").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("Complete up to")).to_be_visible(timeout=20_000)
    page.goto(house.url + "/settings")
    page.get_by_label("Income account for new items").select_option(index=1)
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("The settings are kept")).to_be_visible()
    house.client("C-1", "Moss and Marlow")
    house.service("S-1", "Workshop hour")
    house.invoice("I-1", client="C-1", number="3001", lines=(("S-1", "2", "80"),))
    page.goto(house.url)
    with page.expect_navigation():
        page.get_by_role("button", name="Sync now").click()
    page.goto(house.url + "/matching/client")
    card = page.get_by_role("listitem").filter(has_text="Moss and Marlow")
    card.get_by_role("searchbox").fill("alder")
    card.get_by_role("button", name="Find").click()
    page.get_by_label("Alder & Finch Architects").check()
    page.get_by_role("button", name=re.compile("^Link")).click()
    expect(page.get_by_text("Linked", exact=True).first).to_be_visible()
    page.goto(house.url)
    page.get_by_role("button", name="Go live").click()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("row").filter(has_text="Invoice 3001")).to_contain_text("Tied out")
    context.close()


def test_the_back_button_and_a_second_press_change_nothing_twice(house: House, page: Page) -> None:
    house.ready()
    house.client("C-1", "Harrow Bridge Clinic")
    house.service("S-1", "Workshop hour")
    house.invoice("I-1", client="C-1", number="3001", lines=(("S-1", "2", "80"),))
    house.settle()
    change_total(house, "3001", "70")
    house.sync()
    page.goto(house.url)
    other = page.context.new_page()
    other.goto(house.url)
    page.get_by_role("button", name="Push ours").dblclick()
    expect(page.get_by_role("status").filter(has_text="ours is sent")).to_be_visible()
    page.go_back()
    page.go_forward()
    form = other.get_by_role("article").filter(has_text="Invoice 3001")
    if form.count():
        form.get_by_role("button", name="Accept theirs").click()
        expect(other.get_by_text("This issue is closed already")).to_be_visible()
    house.settle()
    assert [one["TotalAmt"] for one in house.every("Invoice") if one.get("DocNumber") == "3001"] == [160]


def test_names_that_are_markup_are_shown_as_text(house: House, page: Page) -> None:
    evil = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    house.ready()
    house.client("C-1", evil)
    house.service("S-1", "<b>hour</b>")
    house.invoice(
        "I-<b>",
        client="C-1",
        number="<i>3001</i>",
        lines=(("S-1", "1", "80"),),
        memo="<script>alert(2)</script>",
    )
    house.settle()
    for address in ("/", "/matching/client", "/issues", "/documents/invoice/I-%3Cb%3E"):
        page.goto(house.url + address)
        assert (
            page.locator("main img, main script, main h1 i, main td :is(i, b), main th :is(i, b)").count()
            == 0
        ), address
    page.goto(house.url + "/documents/invoice/I-%3Cb%3E")
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice <i>3001</i>")
    page.goto(house.url + "/?search=" + "%22%3E%3Cscript%3Ealert(3)%3C/script%3E")
    expect(page.get_by_text("No document like that.")).to_be_visible()


def test_the_page_says_when_tieout_does_not_answer_and_when_it_does_again(
    house: House, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    house.ready()
    page.goto(house.url)
    context.set_offline(True)
    expect(page.get_by_text("Tieout does not answer")).to_be_visible(timeout=10_000)
    context.set_offline(False)
    expect(page.get_by_text("Tieout does not answer")).to_be_hidden(timeout=10_000)
    context.close()
