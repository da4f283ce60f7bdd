"""The main job as a person does it, in a real browser: connect, import, match, go live, see a drift, settle it."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Eyes
from tests.web.house import House
from tests.web.story import busy_month, change_total, stock
from tieout.connections.companies import list_companies
from tieout.connections.notices import connection_lost
from tieout.connections.oauth import connect_with_refresh_token
from tieout.kit.crypto import Secret
from tieout.kit.errors import ReconnectNeeded
from tieout.reconcile.matching import list_links
from tieout.sync.decide import list_issues

pytestmark = pytest.mark.browser


def save_credentials(house: House, page: Page) -> None:
    page.goto(house.url)
    page.get_by_label("Client id").fill(house.simulator.client_id)
    page.get_by_label("Client secret").fill(house.simulator.client_secret)
    page.get_by_role("button", name="Save credentials").click()
    expect(page.get_by_role("status").filter(has_text="credentials are kept")).to_be_visible()


def connect(house: House, page: Page) -> None:
    save_credentials(house, page)
    page.get_by_role("button", name="Connect QuickBooks").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Larkspur Technical Services is connected")).to_be_visible()


def test_a_company_is_connected_through_intuits_consent_page_and_then_tested(
    house: House, page: Page
) -> None:
    page.goto(house.url)
    expect(page.get_by_role("button", name="Connect QuickBooks")).to_be_disabled()
    connect(house, page)
    assert urlsplit(page.url).query == "", "nothing of Intuit's answer stays in the address"
    card = page.get_by_role("region", name="QuickBooks Online")
    expect(card).to_contain_text("Connected")
    expect(card).to_contain_text(house.simulator.realm_id)
    assert house.simulator.client_secret not in page.content()
    card.get_by_role("button", name="Test").click()
    expect(page.get_by_text("QuickBooks answered: Larkspur Technical Services")).to_be_visible()


def test_saying_no_at_intuit_leads_to_a_page_that_says_what_to_do(house: House, page: Page) -> None:
    save_credentials(house, page)
    page.get_by_role("button", name="Connect QuickBooks").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="QuickBooks was not connected")).to_be_visible()
    expect(page.get_by_text("What to do:")).to_be_visible()
    page.get_by_role("link", name="Back to the connection card").click()
    expect(page.get_by_role("button", name="Connect QuickBooks")).to_be_enabled()


def test_an_answer_from_intuit_is_refused_in_another_browser(house: House, page: Page, eyes: Eyes) -> None:
    save_credentials(house, page)
    page.get_by_role("button", name="Connect QuickBooks").click()
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_visible()
    fields = page.locator("input[type=hidden], input:checked").evaluate_all(
        "inputs => inputs.map(input => [input.name, input.value])"
    )
    consent = httpx2.post(
        urljoin(page.url, "/connect/oauth2"),
        data={**dict(fields), "decision": "connect"},
        follow_redirects=False,
    )
    callback = consent.headers["location"]
    assert "/oauth/callback?" in callback
    assert eyes.context.browser is not None
    stranger = eyes.context.browser.new_context()
    other = stranger.new_page()
    answer = other.goto(callback)
    assert answer is not None
    assert answer.status == 403
    expect(other.get_by_text("it was not started in this browser session", exact=False)).to_be_visible()
    stranger.close()


def test_an_import_shows_its_progress_and_then_how_complete_the_mirror_is(house: House, page: Page) -> None:
    house.connect()
    house.gate.shut("Customer")
    page.goto(house.url)
    page.get_by_role("button", name="Import now").click()
    progress = page.get_by_role("region", name="Import from QuickBooks")
    expect(progress.get_by_role("progressbar")).to_be_visible()
    expect(progress).to_contain_text("of 39 lists")
    page.reload()
    expect(progress).to_contain_text("of 39 lists")
    house.gate.open()
    expect(page.get_by_text("Complete up to")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("heading", name="Match, then go live")).to_be_visible()
    expect(page.get_by_role("heading", name="Import from QuickBooks")).to_have_count(0)
    customers = len(house.every("Customer", "Active in (true, false)"))
    page.get_by_text("Mirrored records").click()
    expect(
        page.get_by_role("listitem").filter(has_text=re.compile(rf"Customers\s*{customers}"))
    ).to_be_visible()


def test_an_import_that_was_cut_off_says_why_and_goes_on_where_it_stopped(house: House, page: Page) -> None:
    house.connect()
    house.control(
        "POST", "faults", {"fault": "fault", "status": 400, "code": "4000", "entity": "Item", "times": 50}
    )
    page.goto(house.url)
    page.get_by_role("button", name="Import now").click()
    progress = page.get_by_role("region", name="Import from QuickBooks")
    expect(progress.get_by_role("alert")).to_contain_text("What to do:")
    expect(progress).to_contain_text("of 39 lists")
    house.control("DELETE", "faults")
    page.get_by_role("button", name="Go on with the import").click()
    expect(page.get_by_text("Complete up to")).to_be_visible(timeout=20_000)


def test_exact_matches_are_taken_in_bulk_and_a_doubtful_one_is_linked_by_hand(
    house: House, page: Page
) -> None:
    house.ready()
    stock(house)
    house.sync()
    page.goto(house.url + "/matching/client")
    page.get_by_role("button", name="Take 6 exact").click()
    expect(page.get_by_text("6 customers linked")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Take .* exact"))).to_have_count(0)
    doubtful = page.get_by_role("listitem").filter(has_text="GRANIT")
    doubtful.get_by_role("radio").first.check()
    doubtful.get_by_role("button", name="Link").click()
    expect(page.get_by_role("listitem").filter(has_text="GRANIT")).to_have_count(0)
    links = {one.ours: one.theirs for one in list_links(house.edges, house.caller, kind="client")}
    assert len(links) == 7
    assert [theirs for ours, theirs in links.items() if "GRANIT" in ours] == ["Granite Peak Surveyors"]


def test_a_customer_that_nothing_suggests_is_found_by_searching_and_can_be_unlinked(
    house: House, page: Page
) -> None:
    house.ready()
    stock(house)
    house.sync()
    page.goto(house.url + "/matching/client?show=none")
    card = page.get_by_role("listitem").filter(has_text="Juniper Lane")
    card.get_by_role("searchbox").fill("moss marlow")
    card.get_by_text("Moss & Marlow Accountants").click()
    card.get_by_role("button", name="Link").click()
    expect(page.get_by_role("status").filter(has_text="Linked")).to_be_visible()
    page.get_by_role("navigation", name="Filter").get_by_role("link", name="Linked 1").click()
    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("The link is removed")).to_be_visible()
    assert list_links(house.edges, house.caller, kind="client") == []


def test_after_going_live_an_invoice_of_the_host_appears_as_tied_out(house: House, page: Page) -> None:
    house.ready()
    page.goto(house.url + "/")
    page.get_by_text("Sending", exact=True).click()
    page.get_by_role("button", name="Stop sending").click()
    expect(page.get_by_role("heading", name="Match, then go live")).to_be_visible()
    house.client("C-1", "Harrow Bridge Clinic")
    house.service("S-1", "Workshop hour")
    house.invoice("I-1", client="C-1", number="3001", lines=(("S-1", "2", "80"),))
    page.get_by_role("button", name="Sync now").click()
    row = page.get_by_role("row").filter(has_text="Invoice 3001")
    expect(row).to_contain_text("Queued")
    assert [one for one in house.every("Invoice") if one.get("DocNumber") == "3001"] == []
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("You are live")).to_be_visible()
    page.get_by_role("button", name="Sync now").click()
    expect(row).to_contain_text("Tied out")
    expect(row).to_contain_text("160.00")
    expect(page.get_by_role("heading", name="Your books are tied out")).to_be_visible()
    assert [one["TotalAmt"] for one in house.every("Invoice") if one.get("DocNumber") == "3001"] == [160]


def test_a_total_changed_in_quickbooks_shows_up_with_three_buttons_and_accepting_it_settles_it(
    house: House, page: Page
) -> None:
    house.ready()
    house.client("C-1", "Harrow Bridge Clinic")
    house.service("S-1", "Workshop hour")
    house.invoice("I-1", client="C-1", number="3001", lines=(("S-1", "2", "80"),))
    house.settle()
    page.goto(house.url)
    expect(page.get_by_role("heading", name="Your books are tied out")).to_be_visible()
    change_total(house, "3001", "70")
    page.get_by_role("button", name="Sync now").click()
    issue = page.get_by_role("article").filter(has_text="Invoice 3001")
    expect(issue).to_contain_text("from 160.00 to 140.00")
    expect(issue.get_by_role("button")).to_have_count(3)
    page.get_by_role("link", name="Invoice 3001").last.click()
    page.wait_for_url("**/documents/invoice/I-1")
    expect(page.get_by_role("row", name="Total differs 160.00")).to_contain_text("140.00")
    page.get_by_role("button", name="Accept theirs").click()
    expect(page.get_by_role("status").filter(has_text="theirs is taken into the host")).to_be_visible()
    assert list_issues(house.edges, house.caller) == []
    expect(page.get_by_role("article").filter(has_text="Settled")).to_be_visible()
    page.goto(house.url)
    expect(page.get_by_role("row").filter(has_text="Invoice 3001")).to_contain_text("140.00")
    expect(page.get_by_role("heading", name="Your books are tied out")).to_be_visible()


def test_an_ambiguous_customer_is_chosen_from_its_candidates_and_the_invoice_goes_on(
    house: House, page: Page
) -> None:
    busy_month(house)
    page.goto(house.url)
    issue = page.get_by_role("article").filter(has_text="Invoice 2048")
    issue.get_by_role("button", name="Link to the chosen one").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was chosen")
    issue.get_by_label("Granite Peak Surveyors").check()
    issue.get_by_role("button", name="Link to the chosen one").click()
    expect(issue).to_have_count(0)
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("row").filter(has_text="Invoice 2048")).to_contain_text("Tied out")


def test_an_issue_that_appears_elsewhere_shows_up_without_anybody_reloading(house: House, page: Page) -> None:
    house.ready()
    house.client("C-1", "Harrow Bridge Clinic")
    house.service("S-1", "Workshop hour")
    house.invoice("I-1", client="C-1", number="3001", lines=(("S-1", "2", "80"),))
    house.settle()
    page.goto(house.url)
    page.get_by_label("Number or client").focus()
    change_total(house, "3001", "70")
    house.sync()
    expect(page.get_by_role("heading", name="1 thing needs your decision")).to_be_visible()
    expect(page.get_by_label("Number or client")).to_be_focused()


def test_disconnecting_names_what_stays_and_goes_and_removes_the_tokens(house: House, page: Page) -> None:
    house.ready()
    page.goto(house.url)
    page.get_by_role("link", name="Disconnect").click()
    expect(page.get_by_text("What goes")).to_be_visible()
    expect(page.get_by_text("What stays")).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("status").filter(has_text="is disconnected")).to_be_visible()
    with house.edges.database.reading() as work:
        company = work.companies.all(house.caller.tenant)[0]
        assert work.grants.all(company.id) == []
    page.get_by_role("button", name="Connect again").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Larkspur Technical Services is connected")).to_be_visible()


def test_each_of_two_companies_has_its_own_page(house: House, page: Page) -> None:
    house.ready()
    second, _report = house.simulator.add_company("empty", name="Second Harbour Ltd")
    connect_with_refresh_token(
        house.edges,
        house.caller,
        environment="production",
        realm_id=second.realm,
        refresh_token=Secret(
            house.control(
                "POST", "grant", {"realm_id": second.realm, "client_id": house.simulator.client_id}
            )["refresh_token"]
        ),
    )
    page.goto(house.url)
    page.locator("summary").filter(has_text="Larkspur Technical Services").click()
    page.get_by_role("link", name="Second Harbour Ltd").click()
    expect(page.get_by_role("heading", name="Import what QuickBooks has")).to_be_visible()
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_role("heading", name="Match, then go live")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Settings", exact=True).click()
    expect(page.get_by_text("Second Harbour Ltd").last).to_be_visible()
    page.goto(house.url)
    expect(page.get_by_role("region", name="QuickBooks Online")).to_contain_text("Larkspur")


def test_what_was_ticked_on_one_record_is_never_ticked_on_the_next(house: House, page: Page) -> None:
    house.ready()
    stock(house)
    house.sync()
    page.goto(house.url + "/matching/client?show=none")
    first, second = page.get_by_role("listitem").nth(0), page.get_by_role("listitem").nth(1)
    second.get_by_role("searchbox").fill("moss marlow")
    second.get_by_text("Moss & Marlow Accountants").click()
    first.get_by_role("searchbox").fill("alder")
    first.get_by_label("Alder & Finch Architects").check()
    first.get_by_role("button", name="Link").click()
    expect(page.get_by_role("status").filter(has_text="Linked")).to_be_visible()
    assert page.locator("input[type=radio]:checked").count() == 0
    page.goto(house.url)
    page.get_by_label("Number or client").fill("half a word")
    page.get_by_role("link", name="Matching").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")


def test_a_saved_secret_is_nowhere_on_the_page(house: House, page: Page) -> None:
    save_credentials(house, page)
    page.get_by_text("App credentials", exact=True).click()
    expect(page.get_by_label("Client secret")).to_have_value("")
    assert house.simulator.client_secret not in page.content()


def test_reconnecting_another_company_than_the_one_that_was_lost_is_refused(
    house: House, page: Page, eyes: Eyes
) -> None:
    eyes.expected = "status of 422"
    connect(house, page)
    house.simulator.add_company("empty", name="Second Harbour Ltd")
    page.get_by_role("button", name="Reconnect").click()
    page.get_by_label("Second Harbour Ltd").check()
    with page.expect_response(lambda answer: "/oauth/callback" in answer.url) as refused:
        page.get_by_role("button", name="Connect", exact=True).click()
    assert refused.value.status == 422
    expect(page.get_by_role("heading", name="Another company was authorised")).to_be_visible()
    assert [one.name for one in list_companies(house.edges, house.caller)] == ["Larkspur Technical Services"]


def test_a_lost_permission_pauses_the_company_and_reconnecting_settles_it(house: House, page: Page) -> None:
    connect(house, page)
    company = list_companies(house.edges, house.caller)[0]
    lost = ReconnectNeeded(
        "Not connected", record=company.name, reason="the permission was withdrawn at Intuit"
    )
    connection_lost(house.edges, company, lost)
    page.goto(house.url)
    expect(page.get_by_role("heading", name="The connection needs you")).to_be_visible()
    page.get_by_role("article").get_by_role("button", name="Reconnect").click()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Larkspur Technical Services is connected")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)
