"""The query language as Intuit's parser reads and refuses it, word for word where its words were recorded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbosim.entities.catalogue import ENTITIES
from tests.qbosim.desk import Desk, fault_of

AFTER_A_VALUE = (
    'Was expecting one of:\n    <EOF> \n    <AND> ...\n    "iterator" ...\n    "maxresults" ...\n    <OR> ...\n'
    '    "order" ...\n    "orderby" ...\n    "startposition" ...\n    '
)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Three customers, one of them inactive, and three invoices of an hour each."""
    made = Desk()
    for name in ("Amy's Bird Sanctuary", "Bill & Söhne", "Gone"):
        made.customer(name)
    made.post("Customer", {"Id": "3", "SyncToken": "0", "sparse": True, "Active": False})
    for number in range(1, 4):
        made.clock.advance(3600)
        made.invoice("1", 100.0 * number, TxnDate=f"2026-04-{number:02}")
    return made


def ids(rows: list[Any]) -> list[str]:
    return [row["Id"] for row in rows]


@pytest.mark.rule("query.parser_words", "query.lexical_words", "query.empty")
@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", 'Encountered "<EOF>" at line 0, column 0.\nWas expecting:\n    "select" ...\n    '),
        (
            "SELECT * FROM NULL",
            'Encountered " "null" "NULL "" at line 1, column 15.\nWas expecting:\n    <IDENTIFIER> ...\n    ',
        ),
        (
            'SELECT * FROM Customer WHERE DisplayName = "Amy\'s Bird Sanctuary"',
            'Invalid content. Lexical error at line 1, column 44.  Encountered: "\\"" (34), after : ""',
        ),
        (
            "SELECT * FROM Customer WHERE DisplayName = \\'Amy\\'s Bird Sanctuary\\'",
            'Invalid content. Lexical error at line 1, column 44.  Encountered: "\\\\" (92), after : ""',
        ),
        (
            "SELECT * FROM Customer WHERE DisplayName = 'Amy\\'s Bird Sanctuary\\'",
            (
                "Invalid content. Lexical error at line 1, column 68.  Encountered: <EOF> after : "
                "\"\\'Amy\\\\\\'s Bird Sanctuary\\\\\\'\""
            ),
        ),
        (
            "SELECT * FROM Customer WHERE DisplayName = Amy's Bird Sanctuary'",
            (
                'Encountered " <IDENTIFIER> "Amy "" at line 1, column 44.\n'
                'Was expecting one of:\n    "false" ...\n    "true" ...\n    '
            ),
        ),
        (
            "SELECT * FROM Customer WHERE DisplayName = 'Amy\\\\'s Bird Sanctuary\\'",
            f'Encountered " <IDENTIFIER> "s "" at line 1, column 51.\n{AFTER_A_VALUE}',
        ),
        (
            "SELECT * FROM Customer WHERE DisplayName = 'Amy'\\\\'s Bird Sanctuary'",
            'Invalid content. Lexical error at line 1, column 49.  Encountered: "\\\\" (92), after : ""',
        ),
    ],
)
def test_recorded_refusals_of_the_parser_are_repeated_to_the_letter(
    desk: Desk, query: str, detail: str
) -> None:
    error = fault_of(desk.send("GET", "query", query=query))
    assert (error["code"], error["Message"]) == ("4000", "Error parsing query")
    assert error["Detail"] == f"QueryParserError: {detail}"


@pytest.mark.rule(
    "query.or", "query.too_much", "query.page_limits", "query.most", "query.entity", "query.property"
)
@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("select * from Invoice where Id = '1' or Id = '2'", "OR is not supported"),
        ("select * from Invoice where " + " and ".join(["Id = '1'"] * 501), "the query is too long"),
        (f"select * from Invoice where Id in ({','.join(['1'] * 10_001)})", "the query is too long"),
        ("select * from Invoice order by " + ",".join(["Id"] * 501), "the query is too long"),
        ("select * from Invoice maxresults 0", "value 0 is too small. Min allowed value is 1"),
        ("select * from Invoice maxresults 1001", "value 1001 is too large. Max allowed value is 1000"),
        ("select * from Custmoer", "invalid context declaration: Custmoer"),
        ("select * from Batch", "invalid context declaration: Batch"),
        ("select * from Invoice where PrivateNote = 'x'", "property 'PrivateNote' is not queryable"),
        (
            "select * from Vendor where PrimaryEmailAddr = 'a@b.c'",
            "property 'PrimaryEmailAddr' is not queryable",
        ),
        ("select * from Customer where AcctNum = 'x'", "property 'AcctNum' is not queryable"),
        ("select * from Invoice where Nonsense = 'x'", "Property Nonsense not found for Entity Invoice"),
        ("select * from Invoice where TotalAmt > 'sNaN'", "invalid value for property TotalAmt: sNaN"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_4001(desk: Desk, query: str, detail: str) -> None:
    error = fault_of(desk.send("GET", "query", query=query))
    assert (error["code"], error["Message"]) == ("4001", "Invalid query")
    assert error["Detail"] == f"QueryValidationError: {detail}"


@pytest.mark.rule("query.page_shape", "query.start_zero", "query.page_order", "query.semicolon")
@pytest.mark.parametrize(
    ("page", "start", "found"),
    [
        ("", 1, ["1", "2", "3"]),
        ("startposition 2", 2, ["2", "3"]),
        ("maxresults 1 startposition 3", 3, ["3"]),
        ("STARTPOSITION 2 MAXRESULTS 1;", 2, ["2"]),
        ("startposition 0 maxresults 2", 1, ["1", "2"]),
        ("startposition '2' maxresults '1'", 2, ["2"]),
    ],
)
def test_pages_start_where_they_are_asked_to(desk: Desk, page: str, start: int, found: list[str]) -> None:
    answer = desk.query(f"select * from Invoice orderby Id {page}")
    assert list(answer) == ["Invoice", "startPosition", "maxResults"]
    assert ids(answer["Invoice"]) == found
    assert (answer["startPosition"], answer["maxResults"]) == (start, len(found))


@pytest.mark.rule("query.page_shape")
def test_past_the_end_there_is_nothing_at_all(desk: Desk) -> None:
    assert desk.query("select * from Invoice startposition 999999999999999999") == {}


@pytest.mark.rule("query.count")
def test_count_ignores_pages_and_knows_conditions(desk: Desk) -> None:
    assert desk.query("select count(*) from Invoice where TotalAmt > '100' startposition 1 maxresults 1") == {
        "totalCount": 2
    }
    assert "totalCount" not in desk.query("select * from Invoice")


@pytest.mark.rule(
    "query.grammar",
    "query.case",
    "query.order_by",
    "query.quotes",
    "query.letters",
    "query.like",
    "query.letter_case",
)
@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("invoice WHERE totalamt >= 200 AND TxnDate <= '2026-04-02'", ["2"]),
        ("Invoice where TotalAmt = '300.00'", ["3"]),
        ("Invoice where TxnDate LIKE '2026-04-0%' order by TxnDate desc, Id asc", ["3", "2", "1"]),
        ("Invoice where CustomerRef IN ('1', '9') ORDERBY TotalAmt DESC", ["3", "2", "1"]),
        ("Customer where displayname = 'amy\\'s bird sanctuary'", ["1"]),
        ("Customer where DisplayName like '%SÖHNE'", []),
        ("Customer where DisplayName like '%& Söhne'", ["2"]),
        ("Customer where DisplayName = '日本'", []),
    ],
)
def test_conditions_and_orders_find_what_they_say(desk: Desk, rest: str, found: list[str]) -> None:
    (rows,) = [part for part in desk.query(f"Select * From {rest}").values() if isinstance(part, list)] or [
        []
    ]
    assert ids(rows) == found


@pytest.mark.rule("query.active")
def test_an_inactive_name_shows_when_active_is_spoken_of(desk: Desk) -> None:
    assert ids(desk.rows("Customer")) == ["1", "2"]
    assert ids(desk.rows("Customer", "where Active = false")) == ["3"]
    assert ids(desk.rows("Customer", "where Active IN ('true', 'false')")) == ["1", "2", "3"]


@pytest.mark.rule("query.default_order", "query.ties")
def test_names_come_by_name_and_transactions_by_their_last_change(desk: Desk) -> None:
    assert [row["DisplayName"] for row in desk.rows("Customer")] == ["Amy's Bird Sanctuary", "Bill & Söhne"]
    assert ids(desk.rows("Invoice")) == ["3", "2", "1"]
    assert ids(desk.rows("Invoice", "orderby CustomerRef")) == ["1", "2", "3"]


@pytest.mark.rule("query.times", "query.zoneless")
@pytest.mark.parametrize(
    "since",
    ["2026-05-05T12:00:00-07:00", "2026-05-05T19:00:00Z", "2026-05-05T12:00:00", "2026-05-06T04:00:00+0900"],
)
def test_times_compare_as_instants_and_are_pacific_without_an_offset(desk: Desk, since: str) -> None:
    assert ids(desk.rows("Invoice", f"where MetaData.LastUpdatedTime >= '{since}' orderby Id")) == ["2", "3"]


@pytest.mark.rule("query.fields")
def test_a_list_of_properties_makes_partial_objects(desk: Desk) -> None:
    (row,) = desk.query("select id, totalamt, MetaData.CreateTime from Invoice where Id = '2'")["Invoice"]
    assert set(row) == {"domain", "sparse", "Id", "TotalAmt", "MetaData"}
    assert row["sparse"] is True
    (row,) = desk.query("select *, TotalAmt from Invoice where Id = '2'")["Invoice"]
    assert row == desk.one("Invoice", "2")


@pytest.mark.rule("query.single", "query.tax_codes")
def test_single_objects_have_no_position_and_tax_codes_no_pages(desk: Desk) -> None:
    assert list(desk.query("select * from Preferences")) == ["Preferences", "maxResults"]
    assert list(desk.query("select * from companyinfo")) == ["CompanyInfo", "maxResults"]
    assert len(desk.rows("TaxCode", "maxresults 1")) == 4


@pytest.mark.rule("query.grammar")
def test_a_query_may_be_posted_as_a_body_of_any_length(desk: Desk) -> None:
    listed = ",".join(f"'{number}'" for number in range(1, 9_000))
    answer = desk.send("POST", "query", f"select * from Invoice where Id in ({listed}) orderby Id".encode())
    assert ids(answer.json()["QueryResponse"]["Invoice"]) == ["1", "2", "3"]


@pytest.mark.rule("query.too_much")
def test_as_many_conditions_as_are_allowed_are_answered(desk: Desk) -> None:
    conditions = " and ".join(["TotalAmt > 1"] * 500)
    assert ids(desk.rows("Invoice", f"where {conditions} orderby Id")) == ["1", "2", "3"]


@pytest.mark.rule("query.grammar")
@pytest.mark.parametrize("entity", [entity.name for entity in ENTITIES])
def test_every_entity_is_counted_filtered_and_sorted_by_what_it_declares(desk: Desk, entity: str) -> None:
    (declared,) = [each for each in ENTITIES if each.name == entity]
    values = {"text": "'x'", "number": "'1.5'", "flag": "true", "day": "'2026-01-01'", "reference": "'1'"}
    for found in declared.properties:
        if found.filterable:
            desk.query(f"select count(*) from {entity} where {found.name} = {values[found.kind]}")
        desk.query(f"select * from {entity} orderby {found.name} desc")


VOCABULARY = """
    select SELECT * from Invoice Customer TaxCode Preferences where and or Id TotalAmt Active TxnDate like in ( ) , = <
    >= order by orderby desc asc startposition maxresults count iterator null true 1 -5 0 99999999999999999999 '1' '%'
    'sNaN' '1e999' '2026-13-45' MetaData.LastUpdatedTime '' ' " \\ ; % é 日 . - + Line.Amount
"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\x00"])


@given(
    st.lists(WORDS, max_size=14).map(" ".join)
    | st.text(max_size=40).map("select * from Invoice where ".__add__)
)
@settings(max_examples=400, deadline=None)
def test_no_query_is_answered_otherwise_than_with_a_page_or_a_fault(query: str) -> None:
    answer = FUZZED.send("POST", "query", query.encode("utf-8", "replace"))
    assert answer.status in (200, 400), (query, answer.body)
    assert ("QueryResponse" in answer.json()) == (answer.status == 200)


FUZZED = Desk()
