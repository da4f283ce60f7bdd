"""Companies as a person keeps them in a real browser: credentials, access, sign-ins, pause, default, disconnect, erase."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import Eyes
from tests.web.house import House
from tests.web.test_for_everybody import AXE
from tieout.connections.apps import save_app, share_app
from tieout.connections.companies import list_companies, read_settings
from tieout.connections.grants import list_grants
from tieout.connections.oauth import BESIDE, connect_with_refresh_token
from tieout.kit.crypto import Secret
from tieout.security.callers import operator
from tieout.storage.companies import Company

pytestmark = pytest.mark.browser
NAME = "Larkspur Technical Services"


def keep_credentials(house: House) -> None:
    save_app(
        house.edges,
        house.caller,
        environment="production",
        client_id=house.simulator.client_id,
        client_secret=Secret(house.simulator.client_secret),
    )


def add_person(house: House, label: str) -> None:
    connect_with_refresh_token(
        house.edges,
        house.caller,
        environment="production",
        realm_id=house.simulator.realm_id,
        refresh_token=Secret(house.grant()["refresh_token"]),
        instead_of=BESIDE,
        label=label,
    )


def company_of(house: House) -> Company:
    [company] = list_companies(house.edges, house.caller)
    return company


def labels(house: House) -> list[str]:
    return [one.label for one in list_grants(house.edges, house.caller)]


def open_company(house: House, page: Page) -> None:
    page.goto(house.url)
    page.get_by_role("link", name="Companies").click()
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", level=1, name=NAME)).to_be_visible()


def test_credentials_are_saved_on_their_page_with_what_to_register_at_intuit_ready_to_copy(
    house: House, page: Page, eyes: Eyes
) -> None:
    eyes.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(house.url + "/connect")
    expect(page.get_by_role("button", name="Connect QuickBooks")).to_be_disabled()
    expect(page.get_by_text("First save the app credentials")).to_be_visible()
    page.get_by_role("link", name="App credentials").click()
    expect(page.get_by_text("Credentials missing")).to_be_visible()
    page.get_by_role("button", name="Copy the redirect URI").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == f"{house.url}/oauth/callback"
    page.get_by_role("button", name="Copy the scope").click()
    page.wait_for_function(
        "navigator.clipboard.readText().then(text => text === 'com.intuit.quickbooks.accounting')"
    )
    page.get_by_label("Client id").fill(house.simulator.client_id)
    page.get_by_label("Client secret").fill(house.simulator.client_secret)
    page.get_by_role("button", name="Save credentials").click()
    expect(page.get_by_text("Credentials ready")).to_be_visible()
    expect(page.get_by_text("Your own Intuit app")).to_be_visible()
    assert house.simulator.client_secret not in page.content()
    assert house.simulator.client_secret[-4:] in page.content()
    page.get_by_text("Remove these credentials").click()
    page.get_by_role("button", name="Remove credentials").click()
    expect(page.get_by_text("Your own app credentials are removed")).to_be_visible()
    expect(page.get_by_text("Credentials missing")).to_be_visible()


def test_the_operators_shared_app_is_shown_as_his_and_can_be_replaced_by_an_own_one(
    house: House, page: Page
) -> None:
    share_app(
        house.edges,
        operator("main", "test"),
        environment="production",
        client_id=house.simulator.client_id,
        client_secret=Secret(house.simulator.client_secret),
    )
    page.goto(house.url + "/credentials")
    expect(page.get_by_text("The operator's shared Intuit app")).to_be_visible()
    expect(page.get_by_text("The operator sets up the webhooks")).to_be_visible()
    expect(page.get_by_label("Client id")).to_have_value("")
    page.goto(house.url + "/connect")
    expect(page.get_by_role("button", name="Connect QuickBooks")).to_be_enabled()


def test_credentials_that_a_company_needs_are_not_removed(house: House, page: Page) -> None:
    house.connect()
    page.goto(house.url + "/credentials")
    page.get_by_text("Remove these credentials").click()
    page.get_by_role("button", name="Remove credentials").click()
    said = page.get_by_role("status").filter(has_text="still needed")
    expect(said).to_contain_text(NAME)
    expect(said).to_contain_text("What to do: Disconnect first")


def test_webhooks_get_an_address_and_a_verifier_token_that_is_never_shown_again(
    house: House, page: Page
) -> None:
    keep_credentials(house)
    page.goto(house.url + "/credentials")
    page.get_by_role("button", name="Make the address").click()
    expect(page.get_by_text("The webhooks have an address")).to_be_visible()
    card = page.get_by_role("region", name="Webhooks")
    expect(card.locator("code").first).to_have_text(re.compile(r"/webhooks/intuit/\S{20,}"))
    expect(card).to_contain_text("this one is none")
    page.get_by_label("Verifier token").fill("2f0e7c1c-verifier-of-intuit")
    page.get_by_role("button", name="Save the verifier token").click()
    expect(page.get_by_text("Webhooks are set up")).to_be_visible()
    assert "2f0e7c1c" not in page.content()
    page.get_by_text("Forget the verifier token").click()
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("every webhook message is turned away", exact=False).first).to_be_visible()
    expect(card).to_contain_text("Not set up")


def test_a_company_is_connected_read_only_by_choice_and_opened_later(house: House, page: Page) -> None:
    keep_credentials(house)
    page.goto(house.url + "/connect")
    row = page.get_by_role("row").filter(has_text="Create customers")
    expect(row.get_by_role("cell").nth(0)).to_have_text("No")
    expect(row.get_by_role("cell").nth(1)).to_have_text("Yes")
    page.get_by_label("Read only", exact=False).check()
    page.get_by_label("Who signs in at Intuit").fill("Sam, bookkeeper")
    page.get_by_role("button", name="Connect QuickBooks").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text(f"{NAME} is connected")).to_be_visible()
    assert company_of(house).read_only
    assert labels(house) == ["Sam, bookkeeper"]
    open_company(house, page)
    expect(page.get_by_role("row").filter(has_text="Create customers")).to_contain_text("No")
    page.get_by_role("button", name="Open it for writing").click()
    expect(page.get_by_text("The company may be written to")).to_be_visible()
    assert not company_of(house).read_only
    page.get_by_role("button", name="Make it read-only").click()
    expect(page.get_by_text("The company is read-only now")).to_be_visible()
    assert company_of(house).read_only
    assert read_settings(house.edges, house.caller)["export"] == "off"


def test_another_person_signs_in_the_order_is_changed_by_keyboard_and_one_is_removed(
    house: House, page: Page
) -> None:
    house.connect()
    open_company(house, page)
    page.get_by_text("Add another person").click()
    page.get_by_label("Who signs in").fill("Robin")
    page.get_by_role("button", name="Sign in at Intuit").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text(f"{NAME} is connected")).to_be_visible()
    assert labels(house) == ["", "Robin"]
    add_person(house, "Kim")
    open_company(house, page)
    earlier = page.get_by_role("button", name="Try Kim earlier")
    earlier.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The order is changed")).to_be_visible()
    assert labels(house) == ["", "Kim", "Robin"]
    expect(earlier).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kim is tried first")).to_be_visible()
    assert labels(house) == ["Kim", "", "Robin"]
    expect(earlier).to_be_disabled()
    first = page.get_by_role("region", name="Who has signed in").get_by_role("listitem").first
    expect(first).to_contain_text("Kim")
    expect(first).to_contain_text("In use")
    row = page.get_by_role("listitem").filter(has=page.get_by_text("Robin", exact=True))
    row.locator("summary").click()
    row.get_by_role("button", name="Remove Robin").click()
    expect(page.get_by_text("The sign-in is removed")).to_be_visible()
    assert labels(house) == ["Kim", ""]


def test_with_several_sign_ins_reconnect_asks_whose_it_is_and_replaces_no_other(
    house: House, page: Page
) -> None:
    house.connect()
    add_person(house, "Robin")
    before = [one.id for one in list_grants(house.edges, house.caller)]
    page.goto(house.url)
    page.get_by_role("button", name="Reconnect").click()
    expect(page.get_by_text("Whose sign-in is it?")).to_be_visible()
    page.get_by_role("button", name="Sign in again as Robin").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text(f"{NAME} is connected")).to_be_visible()
    after = [one.id for one in list_grants(house.edges, house.caller)]
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert labels(house) == ["", "Robin"]


def test_a_stale_page_removes_nothing_twice_and_never_the_last_sign_in(house: House, page: Page) -> None:
    house.connect()
    add_person(house, "Robin")
    open_company(house, page)
    stale = page.context.new_page()
    stale.goto(page.url)
    for tab, words in ((page, "The sign-in is removed"), (stale, "There is no such sign-in")):
        row = tab.get_by_role("listitem").filter(has_text="Robin")
        row.locator("summary").click()
        row.get_by_role("button", name="Remove Robin").dblclick()
        expect(tab.get_by_text(words)).to_be_visible()
    assert labels(house) == [""]
    expect(page.get_by_role("region", name="Who has signed in")).not_to_contain_text("Remove")


def test_a_company_is_paused_with_a_reason_and_goes_on(house: House, page: Page) -> None:
    house.ready()
    open_company(house, page)
    page.get_by_label("Why it is paused").fill("year-end closing")
    page.get_by_role("button", name="Pause").dblclick()
    expect(page.get_by_text(f"{NAME} is paused")).to_be_visible()
    expect(page.get_by_role("region", name="Paused")).to_contain_text("year-end closing")
    assert company_of(house).status == "paused"
    page.goto(house.url)
    expect(page.get_by_role("region", name="QuickBooks Online")).to_contain_text("year-end closing")
    page.goto(house.url + "/companies")
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("Paused")
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    stale = page.context.new_page()
    stale.goto(page.url)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(f"{NAME} goes on")).to_be_visible()
    stale.get_by_role("button", name="Resume").click()
    expect(stale.get_by_text("The company is not paused")).to_be_visible()
    assert company_of(house).status == "connected"


@pytest.fixture
def two(house: House) -> House:
    """A house with a second company of the same tenant, which is known but was never connected for real."""
    house.connect()
    with house.edges.database.transaction() as work:
        work.companies.save_connection(
            id="co_second",
            tenant="main",
            realm_id="9130357849999999",
            environment="sandbox",
            name="Second & <b>Sons</b>",
            now=house.clock.now(),
            read_only=True,
        )
    return house


def test_several_companies_are_listed_with_how_each_stands_and_another_becomes_the_default(
    two: House, page: Page
) -> None:
    page.goto(two.url + "/companies")
    rows = page.get_by_role("row")
    expect(rows).to_have_count(3)
    first, second = rows.nth(1), rows.nth(2)
    expect(first).to_contain_text(NAME)
    expect(first).to_contain_text("Default")
    expect(first).to_contain_text(re.compile(r"\d+ days"))
    expect(second).to_contain_text("Second & <b>Sons</b>")
    expect(second).to_contain_text("Read only")
    expect(second).to_contain_text("Sandbox")
    expect(second).to_contain_text("no sign-in")
    second.get_by_role("link").click()
    page.get_by_role("button", name="Make it the default").click()
    expect(page.get_by_text("Second & <b>Sons</b> is the default company")).to_be_visible()
    assert [one.id for one in list_companies(two.edges, two.caller) if one.is_default] == ["co_second"]


def test_a_connection_that_is_tested_without_a_sign_in_says_so_in_four_parts(two: House, page: Page) -> None:
    page.goto(two.url + "/companies/co_second")
    page.get_by_role("button", name="Test connection").click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text("Second & <b>Sons</b>")
    expect(said).to_contain_text("This company is not connected")
    expect(said).to_contain_text("What to do: Connect it again")
    page.reload()
    expect(page.get_by_text("Needs reconnecting")).to_be_visible()


def test_a_company_is_disconnected_and_keeps_its_links_and_then_erased_by_its_typed_name(
    two: House, page: Page
) -> None:
    two.sync()
    page.goto(two.url + "/companies")
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("link", name="Disconnect").click()
    expect(page.get_by_role("heading", name=f"Disconnect {NAME}?")).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text(f"{NAME} is disconnected")).to_be_visible()
    expect(page.get_by_role("button", name="Connect again")).to_be_visible()
    page.get_by_role("link", name="Erase").click()
    goes = page.get_by_role("heading", name="What goes").locator("..")
    expect(goes).to_contain_text(re.compile(r"Cycles\s*[1-9]"))
    expect(page.get_by_text("Second & <b>Sons</b> becomes the default company")).to_be_visible()
    stale = page.context.new_page()
    stale.goto(page.url)
    page.get_by_label("Type the company's name").fill("larkspur")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("alert")).to_contain_text("The company was not erased")
    assert len(list_companies(two.edges, two.caller)) == 2
    page.get_by_label("Type the company's name").fill(NAME)
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text(f"{NAME} is erased")).to_be_visible()
    expect(page.get_by_text("QuickBooks keeps its own books")).to_be_visible()
    assert [one.id for one in list_companies(two.edges, two.caller)] == ["co_second"]
    stale.get_by_label("Type the company's name").fill(NAME)
    stale.get_by_role("button", name="Erase for good").click()
    expect(stale.get_by_text("There is no such company").first).to_be_visible()
    assert [one.id for one in list_companies(two.edges, two.caller)] == ["co_second"]


def test_credentials_access_and_sign_ins_work_without_scripts(house: House, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(house.url + "/credentials")
    expect(page.get_by_role("button", name="Copy the scope")).to_be_hidden()
    page.get_by_label("Client id").fill(house.simulator.client_id)
    page.get_by_label("Client secret").fill(house.simulator.client_secret)
    with page.expect_navigation():
        page.get_by_role("button", name="Save credentials").click()
    page.goto(house.url + "/connect")
    page.get_by_label("Read only", exact=False).check()
    page.get_by_role("button", name="Connect QuickBooks").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    add_person(house, "Robin")
    page.goto(house.url + "/companies")
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("button", name="Try Robin earlier").click()
    expect(page.get_by_text("Robin is tried first")).to_be_visible()
    assert labels(house) == ["Robin", ""]
    context.close()


def test_the_pages_of_companies_are_for_everybody_in_every_size_and_scheme(
    two: House, browser: Browser
) -> None:
    add_person(two, "Robin")
    known = next(one.id for one in list_companies(two.edges, two.caller) if one.name == NAME)
    pages = (
        "/companies",
        f"/companies/{known}",
        "/companies/co_second",
        f"/companies/{known}/erase",
        "/credentials",
        "/connect",
    )
    found: list[str] = []
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")):
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,
        )
        page = context.new_page()
        for address in pages:
            page.goto(two.url + address)
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            found += [f"{address} at {width} scrolls sideways by {wider}"] if wider > 0 else []
            page.add_script_tag(path=AXE)
            result = page.evaluate("axe.run()")
            assert result["passes"], "axe looked at something"
            found += [
                f"{address} {width} {scheme}: {one['id']} {one['nodes'][0]['html'][:160]}"
                for one in result["violations"]
                if one["impact"] in ("serious", "critical", "moderate")
            ]
        context.close()
    assert found == []
