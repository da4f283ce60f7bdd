"""The query language: what it finds, in which order, in pages, and the words it refuses with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.qbosim.desk import Desk, bill, fault_of, item_line, named


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Thirty customers, one invoice for each of the first ten, an hour apart."""
    made = Desk()
    for number in range(30):
        made.customer(f"Customer {number:02}", CompanyName=f"Firm {number % 3}")
    for number in range(10):
        made.clock.advance(3600)
        made.invoice(str(number + 1), 10.0 * (number + 1), TxnDate=f"2026-04-{number + 1:02}")
    return made


def numbers(rows: list[Any]) -> list[int]:
    """Ids as numbers."""
    return [int(row["Id"]) for row in rows]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("TotalAmt > '80.00'", [9, 10]),
        ("TotalAmt >= 80 and TotalAmt < 100", [8, 9]),
        ("TxnDate <= '2026-04-02'", [1, 2]),
        ("TxnDate = '2026-04-03T00:00:00-07:00'", [3]),
        ("TxnDate LIKE '2026-04-1%'", [10]),
        ("CustomerRef = '3'", [3]),
        ("customerref in ('3', '5')", [3, 5]),
        ("Id = '4'", [4]),
        ("Id IN ('4', '2', '99')", [2, 4]),
        ("DocNumber = '1006'", [6]),
        ("DocNumber LIKE '%10'", [10]),
        ("MetaData.LastUpdatedTime > '2026-05-05T18:00:00-07:00'", [9, 10]),
        ("MetaData.LastUpdatedTime >= '2026-05-06T02:00:00Z'", [9, 10]),
        ("Metadata.CreateTime <= '2026-05-05T11:00:00.000-0700'", [1]),
        ("Balance = '0'", []),
    ],
)
def test_conditions_choose_invoices(desk: Desk, where: str, expected: list[int]) -> None:
    assert numbers(desk.rows("Invoice", f"where {where} orderby Id")) == expected


def test_keywords_entities_and_properties_are_read_whatever_their_case(desk: Desk) -> None:
    lower = desk.query(
        "select * from customer where displayname = 'Customer 04' startposition 1 maxresults 10"
    )
    assert list(lower) == ["Customer", "startPosition", "maxResults"]
    assert lower["Customer"][0]["DisplayName"] == "Customer 04"


def test_like_knows_the_percent_sign_only(desk: Desk) -> None:
    assert len(desk.rows("Customer", "where DisplayName like 'Customer 0%'")) == 10
    assert desk.rows("Customer", "where DisplayName like 'Customer_0%'") == []


def test_pages_follow_one_another_without_gap_or_overlap(desk: Desk) -> None:
    seen: list[str] = []
    for start in (1, 13, 25, 37):
        answer = desk.query(f"select * from Customer orderby Id maxresults 12 startposition {start}")
        page = answer.get("Customer", [])
        if page:
            assert (answer["startPosition"], answer["maxResults"]) == (start, len(page))
        else:
            assert answer == {}
        seen += [row["Id"] for row in page]
    assert seen == [str(number) for number in range(1, 31)]


def test_pages_sorted_by_a_property_that_many_share_do_not_overlap(desk: Desk) -> None:
    pages = [
        numbers(desk.rows("Customer", f"orderby CompanyName desc maxresults 7 startposition {start}"))
        for start in range(1, 31, 7)
    ]
    seen = [number for page in pages for number in page]
    assert sorted(seen) == list(range(1, 31))
    thirds = [[number for number in seen if (number - 1) % 3 == firm] for firm in range(3)]
    assert all(third == sorted(third) for third in thirds)


def test_without_a_page_size_a_hundred_records_come() -> None:
    desk = Desk()
    for number in range(101):
        desk.customer(f"C{number:03}")
    assert desk.query("select * from Customer")["maxResults"] == 100
    assert desk.query("select * from Customer maxresults 1000")["maxResults"] == 101


def test_lists_come_by_name_and_transactions_latest_change_first(desk: Desk) -> None:
    names = [row["DisplayName"] for row in desk.rows("Customer")]
    assert names == sorted(names)
    assert numbers(desk.rows("Invoice")) == list(range(10, 0, -1))


@pytest.mark.parametrize("spelling", ["orderby", "ORDER BY"])
def test_both_spellings_of_orderby_sort(desk: Desk, spelling: str) -> None:
    rows = desk.rows("Invoice", f"{spelling} TotalAmt desc, Id")
    assert numbers(rows) == list(range(10, 0, -1))


def test_count_answers_only_a_number(desk: Desk) -> None:
    assert desk.query("select count(*) from Customer where CompanyName = 'Firm 1'") == {"totalCount": 10}
    assert desk.query("SELECT COUNT(*) FROM Class") == {"totalCount": 0}


def test_a_list_of_fields_makes_partial_objects_and_a_star_whole_ones(desk: Desk) -> None:
    part = desk.query("select Id, DisplayName from Customer where Id = '7'")["Customer"][0]
    assert part == {"domain": "QBO", "sparse": True, "Id": "7", "DisplayName": "Customer 06"}
    assert "FullyQualifiedName" in desk.query("SELECT *, Sku FROM Item")["Item"][0]


def test_inactive_records_are_hidden_unless_they_are_asked_for() -> None:
    desk = Desk()
    gone = desk.customer("Gone")
    desk.customer("Here")
    desk.post("Customer", {"Id": gone, "SyncToken": "0", "sparse": True, "Active": False})
    assert [row["DisplayName"] for row in desk.rows("Customer")] == ["Here"]
    both = desk.rows("Customer", "where Active IN (true, false)")
    assert [row["DisplayName"] for row in both] == ["Gone (deleted)", "Here"]
    assert [row["Id"] for row in desk.rows("Customer", "where Active = false")] == [gone]
    assert desk.one("Customer", gone)["Active"] is False


def test_a_quote_is_escaped_by_a_backslash() -> None:
    desk = Desk()
    desk.customer("O'Brien \\ Sons")
    rows = desk.rows("Customer", "where DisplayName = 'O\\'Brien \\\\ Sons'")
    assert len(rows) == 1


def test_a_query_may_be_posted() -> None:
    desk = Desk()
    answer = desk.send("POST", "query", b"select * from Term").json()
    assert answer["QueryResponse"]["maxResults"] == 5


def test_company_info_and_preferences_are_queried_without_a_start_position(desk: Desk) -> None:
    for entity in ("CompanyInfo", "Preferences"):
        answer = desk.query(f"select * from {entity}")
        assert list(answer) == [entity, "maxResults"]


def test_tax_codes_of_a_us_company_start_with_the_two_line_codes(desk: Desk) -> None:
    answer = desk.query("select * from TaxCode maxresults 1")
    assert [row["Id"] for row in answer["TaxCode"]] == ["TAX", "NON", "2", "3"]
    assert desk.one("TaxCode", "TAX")["Taxable"] is True
    assert desk.rows("TaxCode", "where Id = 'NON'")[0]["Name"] == "NON"


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("select * from Custmoer", "invalid context declaration: Custmoer"),
        ("select * from Invoice where DepartmentRef = '1'", "property 'DepartmentRef' is not queryable"),
        ("select * from Invoice where PrivateNote = 'x'", "property 'PrivateNote' is not queryable"),
        ("select * from Invoice where Nonsense = 'x'", "Property Nonsense not found for Entity Invoice"),
        ("select Nonsense from Invoice", "Property Nonsense not found for Entity Invoice"),
        ("select * from Invoice maxresults 0", "value 0 is too small. Min allowed value is 1"),
        ("select * from Invoice maxresults 1001", "value 1001 is too large. Max allowed value is 1000"),
    ],
)
def test_what_is_not_there_is_refused_by_name(desk: Desk, query: str, detail: str) -> None:
    error = fault_of(desk.send("GET", "query", query=query))
    assert (error["code"], error["Message"]) == ("4001", "Invalid query")
    assert error["Detail"] == f"QueryValidationError: {detail}"


@pytest.mark.parametrize(
    ("query", "met"),
    [
        ("select * from NULL", 'Encountered " "null" "NULL "" at line 1, column 15.'),
        ("select * from", 'Encountered "<EOF>" at line 1, column 13.'),
        ("selec * from Invoice", 'Encountered " <IDENTIFIER> "selec "" at line 1, column 1.'),
        ("select * from Invoice where", 'Encountered "<EOF>" at line 1, column 27.'),
        (
            "select * from Customer where DisplayName = 'Peet's Coffee'",
            'Encountered " <IDENTIFIER> "s "" at line 1, column 50.',
        ),
        ("select *\nfrom Invoice limit 5", 'Encountered " <IDENTIFIER> "limit "" at line 2, column 14.'),
    ],
)
def test_what_is_no_query_is_refused_in_the_words_of_a_parser(desk: Desk, query: str, met: str) -> None:
    error = fault_of(desk.send("GET", "query", query=query))
    assert (error["code"], error["Message"]) == ("4000", "Error parsing query")
    assert error["Detail"].startswith(f"QueryParserError: {met}")


def test_the_recorded_refusal_of_a_keyword_is_repeated_to_the_letter(desk: Desk) -> None:
    assert fault_of(desk.send("GET", "query", query="SELECT * FROM NULL"))["Detail"] == (
        'QueryParserError: Encountered " "null" "NULL "" at line 1, column 15.\nWas expecting:\n'
        "    <IDENTIFIER> ...\n    "
    )


VOCABULARY = """
    select * from Invoice Customer where Id = '1' and in ( ) , like orderby order by desc startposition maxresults
    1 -5 true ' \\ ; é MetaData.LastUpdatedTime '2026-13-45' 999999999999999999999999999999 count Active TotalAmt
    CustomerRef %
"""
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.lists(WORDS, max_size=12).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_no_query_is_ever_answered_otherwise_than_with_a_page_or_a_fault(query: str) -> None:
    answer = FUZZED.send("GET", "query", query=query)
    assert answer.status in (200, 400)
    assert ("QueryResponse" in answer.json()) == (answer.status == 200)


FUZZED = Desk()


def test_a_change_moves_a_record_to_the_front_of_its_query() -> None:
    desk = Desk()
    first = desk.post("Invoice", bill(desk.customer()))
    desk.clock.advance(5)
    desk.invoice("1", 5.0)
    desk.clock.advance(5)
    desk.post("Invoice", named(first, Line=[item_line(1.0)]))
    assert numbers(desk.rows("Invoice")) == [1, 2]
