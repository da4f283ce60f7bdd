"""XML in and out: the form of the API that Intuit's SDKs for PHP, Ruby, Java and .NET speak."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbosim.api import Api
from qbosim.entities.catalogue import ENTITIES
from qbosim.simulator import Simulator
from qbosim.wire import Request, Response
from qbosim.xmlanswers import as_xml
from qbosim.xmlbodies import as_json
from tests.qbosim.asking import ask, control, granted
from tests.qbosim.desk import REALM, USER, Desk, bill, named, shared

NS = "{http://schema.intuit.com/finance/v3}"
XMLNS = 'xmlns="http://schema.intuit.com/finance/v3"'


def call(
    api: Api,
    method: str,
    place: str,
    body: str | bytes = b"",
    *,
    accept: str | None = "application/xml",
    **query: str,
) -> Response:
    headers = {"content-type": "application/xml"} if body else {}
    if accept is not None:
        headers["accept"] = accept
    content = body if isinstance(body, bytes) else body.encode()
    return api.answer(
        REALM, Request(method, f"/v3/company/{REALM}/{place}", query, headers, content), user=USER
    )


def tree(response: Response, status: int = 200) -> ET.Element:
    assert response.status == status, response.body
    assert (response.header("content-type") or "").startswith("application/xml")
    root = ET.fromstring(response.body)
    assert root.tag == f"{NS}IntuitResponse"
    return root


def texts(node: ET.Element, *names: str) -> list[str | None]:
    return [node.findtext(f"{NS}{name}") for name in names]


def tags(node: ET.Element) -> list[str]:
    return [child.tag.removeprefix(NS) for child in node]


@pytest.mark.rule("xml.asked_for")
@pytest.mark.parametrize(
    ("accept", "query", "xml"),
    [
        ("application/json", {}, False),
        ("application/json, text/plain, */*", {}, False),
        ("*/*", {"format": "json"}, False),
        ("*/*", {}, True),
        (None, {}, True),
        ("application/xml", {}, True),
        ("text/html, image/gif, */*; q=.2", {}, True),
    ],
)
def test_whoever_does_not_ask_for_json_is_answered_in_xml(
    accept: str | None, query: dict[str, str], xml: bool
) -> None:
    answer = call(Desk().api, "GET", "companyinfo/1", accept=accept, **query)
    assert (answer.header("content-type") or "").startswith("application/xml" if xml else "application/json")
    assert answer.body.startswith(b"<?xml" if xml else b"{")


@pytest.mark.rule("xml.envelope", "xml.records", "xml.order", "xml.amounts", "xml.bodies")
def test_an_invoice_is_made_and_answered_in_xml() -> None:
    desk = Desk()
    customer = desk.customer("Ada & Söhne <Ltd>")
    root = tree(
        call(
            desk.api,
            "POST",
            "invoice",
            f"""<?xml version="1.0" encoding="UTF-8"?>
            <ns0:Invoice xmlns:ns0="http://schema.intuit.com/finance/v3">
              <ns0:Line>
                <ns0:Amount>22.50</ns0:Amount>
                <ns0:DetailType>SalesItemLineDetail</ns0:DetailType>
                <ns0:SalesItemLineDetail>
                  <ns0:ItemRef name="whatever">1</ns0:ItemRef>
                  <ns0:UnitPrice>4.5</ns0:UnitPrice><ns0:Qty>5</ns0:Qty>
                </ns0:SalesItemLineDetail>
              </ns0:Line>
              <ns0:CustomerRef>{customer}</ns0:CustomerRef>
              <ns0:CustomerMemo>Thanks</ns0:CustomerMemo>
              <ns0:EmailStatus>NotSet</ns0:EmailStatus>
            </ns0:Invoice>""",
        )
    )
    assert root.get("time")
    (invoice,) = root
    assert invoice.tag == f"{NS}Invoice"
    assert invoice.attrib == {"domain": "QBO", "sparse": "false"}
    assert tags(invoice)[:3] == ["Id", "SyncToken", "MetaData"]
    assert tags(invoice)[-1] == "AllowOnlineACHPayment"
    assert texts(invoice, "TotalAmt", "Balance", "CustomerMemo") == ["22.50", "22.50", "Thanks"]
    reference = invoice.find(f"{NS}CustomerRef")
    assert reference is not None
    assert (reference.text, reference.attrib) == (customer, {"name": "Ada & Söhne <Ltd>"})
    assert invoice.find(f"{NS}LinkedTxn") is None
    lines = invoice.findall(f"{NS}Line")
    assert [line.findtext(f"{NS}DetailType") for line in lines] == [
        "SalesItemLineDetail",
        "SubTotalLineDetail",
    ]
    detail = lines[0].find(f"{NS}SalesItemLineDetail")
    assert detail is not None
    assert texts(detail, "UnitPrice", "Qty") == ["4.5", "5"]
    assert desk.one("Invoice", "1")["TotalAmt"] == 22.5
    assert desk.in_order()


@pytest.mark.rule("xml.bodies")
def test_a_sparse_update_an_emptied_value_a_void_and_a_deletion_are_read_from_xml() -> None:
    desk = Desk()
    customer = desk.customer(Notes="old", CompanyName="Firm")
    invoice = desk.invoice(customer)
    body = f'<Customer {XMLNS} sparse="true"><Id>{customer}</Id><SyncToken>0</SyncToken><Notes></Notes></Customer>'
    (changed,) = tree(call(desk.api, "POST", "customer", body))
    assert texts(changed, "Notes", "CompanyName", "SyncToken") == [None, "Firm", "1"]
    stub = f"<Invoice {XMLNS}><Id>{invoice['Id']}</Id><SyncToken>{{}}</SyncToken></Invoice>"
    (voided,) = tree(call(desk.api, "POST", "invoice", stub.format(0), operation="void"))
    assert texts(voided, "TotalAmt", "PrivateNote") == ["0", "Voided"]
    (gone,) = tree(call(desk.api, "POST", "invoice", stub.format(1), operation="delete"))
    assert gone.attrib == {"domain": "QBO", "status": "Deleted"}
    assert tags(gone) == ["Id"]


@pytest.mark.rule("xml.envelope", "xml.records")
def test_queries_counts_changes_and_linked_payments_are_answered_in_xml() -> None:
    desk = Desk()
    customer = desk.customer()
    invoice = desk.invoice(customer)
    desk.pay(customer, 100.0, ("Invoice", invoice["Id"], 100.0))
    (found,) = tree(call(desk.api, "GET", "query", query="select * from Invoice"))
    assert found.attrib == {"startPosition": "1", "maxResults": "1"}
    assert found.findtext(f"{NS}Invoice/{NS}LinkedTxn/{NS}TxnType") == "Payment"
    (count,) = tree(call(desk.api, "GET", "query", query="select count(*) from Invoice"))
    assert (count.attrib, list(count)) == ({"totalCount": "1"}, [])
    (nothing,) = tree(call(desk.api, "GET", "query", query="select * from Class"))
    assert (nothing.attrib, list(nothing)) == ({}, [])
    (feed,) = tree(call(desk.api, "GET", "cdc", entities="Payment,Class", changedSince="2026-05-01"))
    assert feed.tag == f"{NS}CDCResponse"
    values = feed.findall(f".//{NS}LineEx/{NS}NameValue/{NS}Name")
    assert [node.text for node in values] == ["txnId", "txnOpenBalance", "txnReferenceNumber"]
    assert len(feed.findall(f"{NS}QueryResponse")) == 2


@pytest.mark.rule("xml.envelope", "xml.bodies", "xml.faults")
def test_a_batch_goes_both_ways_in_xml() -> None:
    desk = Desk()
    root = tree(
        call(
            desk.api,
            "POST",
            "batch",
            f"""<IntuitBatchRequest {XMLNS}>
              <BatchItemRequest bId="a" operation="create">
                <Customer><DisplayName>Ada</DisplayName></Customer>
              </BatchItemRequest>
              <BatchItemRequest bId="b" operation="delete">
                <Invoice><Id>9</Id><SyncToken>0</SyncToken></Invoice>
              </BatchItemRequest>
              <BatchItemRequest bId="c"><Query>select * from Customer where Active = true</Query></BatchItemRequest>
              <BatchItemRequest bId="d">
                <CDCQuery><Entities>Customer</Entities><ChangedSince>2026-05-01</ChangedSince></CDCQuery>
              </BatchItemRequest>
            </IntuitBatchRequest>""",
        )
    )
    assert [item.get("bId") for item in root] == ["a", "b", "c", "d"]
    assert [tags(item) for item in root] == [["Customer"], ["Fault"], ["QueryResponse"], ["CDCResponse"]]
    error = root[1].find(f"{NS}Fault/{NS}Error")
    assert error is not None
    assert error.attrib == {"code": "610", "element": ""}
    assert texts(error, "Message") == ["Object Not Found"]


@pytest.mark.rule("xml.bodies", "xml.envelope")
def test_a_file_is_attached_with_its_description_in_xml() -> None:
    desk = Desk()
    invoice = desk.invoice(desk.customer())
    described = (
        f"<Attachable {XMLNS}><AttachableRef><EntityRef type='Invoice'>{invoice['Id']}</EntityRef></AttachableRef>"
        "<FileName>note.txt</FileName><ContentType>text/plain</ContentType></Attachable>"
    )
    parts = [("file_metadata_0", "application/xml", described), ("file_content_0", "text/plain", "Hello")]
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="note.txt"\r\n'
        f"Content-Type: {kind}\r\n\r\n{content}\r\n"
        for name, kind, content in parts
    )
    headers = {"content-type": "multipart/form-data; boundary=b", "accept": "application/xml"}
    path = f"/v3/company/{REALM}/upload"
    answer = desk.api.answer(
        REALM, Request("POST", path, {}, headers, f"{body}--b--\r\n".encode()), user=USER
    )
    attachable = tree(answer).find(f"{NS}AttachableResponse/{NS}Attachable")
    assert attachable is not None
    assert texts(attachable, "FileName", "Size") == ["note.txt", "5"]
    reference = attachable.find(f"{NS}AttachableRef/{NS}EntityRef")
    assert reference is not None
    assert (reference.text, reference.get("type")) == (invoice["Id"], "Invoice")
    assert desk.one("Attachable", str(attachable.findtext(f"{NS}Id")))["FileName"] == "note.txt"


@pytest.mark.rule("xml.faults")
def test_a_refusal_by_the_books_or_by_the_gateway_is_in_xml_where_xml_was_asked_for(
    simulator: Simulator,
) -> None:
    bearer = granted(simulator)["access_token"]

    def asked(token: str, place: str = "customer/77") -> ET.Element:
        headers = {"authorization": f"Bearer {token}", "accept": "application/xml"}
        answer = ask(simulator, "GET", f"/v3/company/{simulator.realm_id}/{place}", headers=headers)
        return tree(answer, answer.status)

    def fault(root: ET.Element) -> tuple[str | None, str | None]:
        (found,) = root
        return found.get("type"), found[0].get("code")

    assert fault(asked(bearer)) == ("ValidationFault", "610")
    assert fault(asked("x" * 40)) == ("AUTHENTICATION", "3200")
    control(simulator, "POST", "revoke", {"realm_id": simulator.realm_id})
    assert fault(asked(bearer)) == ("SERVICE", "3100")
    bearer = granted(simulator)["access_token"]
    for kind, expected in [("429", "3001"), ("500", "10000"), ("401", "3200"), ("stale", "5010")]:
        control(simulator, "POST", "faults", {"fault": kind})
        assert fault(asked(bearer))[1] == expected


@pytest.mark.rule("xml.reports", "xml.reports_asked_for")
def test_a_report_is_xml_for_whoever_names_it_and_json_for_all_others() -> None:
    desk = Desk()
    desk.invoice(desk.customer())
    asked = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
    written = call(desk.api, "GET", "reports/ProfitAndLoss", accept="application/xml", **asked)
    assert (written.status, written.header("content-type")) == (200, "application/xml;charset=UTF-8")
    root = ET.fromstring(written.body)
    said = call(desk.api, "GET", "reports/ProfitAndLoss", accept="*/*", **asked).json()
    assert root.tag == f"{NS}Report"
    assert tags(root) == ["Header", "Columns", "Rows"]
    assert root.findtext(f"{NS}Header/{NS}ReportName") == "ProfitAndLoss"
    assert [column.text for column in root.findall(f"{NS}Columns/{NS}Column/{NS}ColType")] == [
        column["ColType"] for column in said["Columns"]["Column"]
    ]
    groups = [(row.get("type"), row.get("group")) for row in root.findall(f"{NS}Rows/{NS}Row")]
    assert groups == [(row["type"], row["group"]) for row in said["Rows"]["Row"]]
    cells = [cell.attrib for cell in root.findall(f".//{NS}Row[@type='Data']/{NS}ColData")]
    assert {"value": "100.00"} in cells
    assert all("value" in cell for cell in cells)
    (fault,) = tree(call(desk.api, "GET", "reports/Nonsense"), 400)
    assert fault[0].get("code") == "500"


@pytest.mark.rule("xml.characters")
def test_characters_that_xml_cannot_hold_do_not_break_an_answer() -> None:
    desk = Desk()
    customer = desk.customer("Bell\x07 & 'Öl'", Notes="one\r\ntwo\x00")
    (found,) = tree(call(desk.api, "GET", f"customer/{customer}"))
    assert texts(found, "DisplayName", "Notes") == ["Bell & 'Öl'", "one\r\ntwo"]


@pytest.mark.rule("xml.hostile_bodies")
@pytest.mark.parametrize(
    "body",
    [
        "<Customer>",
        "no xml at all",
        f"<Invoice {XMLNS}><DisplayName>Ada</DisplayName></Invoice>",
        '<!DOCTYPE Customer [<!ENTITY e SYSTEM "file:///etc/passwd">]><Customer><DisplayName>&e;</DisplayName></Customer>',
        "<!DOCTYPE Customer><Customer><DisplayName>Ada</DisplayName></Customer>",
        "<Customer>" + "<a>" * 100 + "</a>" * 100 + "</Customer>",
        f"<Customer {XMLNS}><DisplayName>Ada</DisplayName><Nonsense>1</Nonsense></Customer>",
        '<?xml version="1.0" encoding="nonsense"?><Customer><DisplayName>Ada</DisplayName></Customer>',
        b"<Customer><DisplayName>\xff\xfe</DisplayName></Customer>",
    ],
)
def test_a_body_that_is_no_good_xml_is_refused_and_nothing_is_written(body: str | bytes) -> None:
    desk = Desk()
    (fault,) = tree(call(desk.api, "POST", "customer", body), 400)
    assert fault[0].get("code") == "2010"
    assert desk.rows("Customer") == []


@given(st.binary(max_size=60).map(lambda rest: b"<Customer>" + rest) | st.text(max_size=60).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_no_body_called_xml_is_ever_more_than_refused(body: bytes) -> None:
    assert call(FUZZED.api, "POST", "customer", body).status in (200, 400)


FUZZED = Desk()


def same(value: Any) -> Any:
    """A record as far as XML can carry it: no empty lists and no nulls, numbers by their value."""
    if isinstance(value, dict):
        return {key: same(part) for key, part in value.items() if part not in ([], None)}
    if isinstance(value, list):
        return [same(part) for part in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def back(entity: str, record: Any) -> Any:
    """A record written as XML and read again."""
    root = ET.fromstring(as_xml(json.dumps({entity: record}).encode()))
    name, document = as_json(ET.tostring(root[0]))
    assert name == entity
    return json.loads(document)


@pytest.mark.rule("xml.records")
def test_every_record_of_a_real_company_survives_the_way_to_xml_and_back() -> None:
    folder = shared("fixtures/sandbox-company")
    seen = 0
    for path in sorted(folder.glob("*.json")):
        for record in json.loads(path.read_text()):
            assert same(back(path.stem, record)) == same(record), path.stem
            seen += 1
    assert seen > 300


@pytest.mark.rule("xml.records")
def test_every_record_of_our_own_survives_the_way_to_xml_and_back() -> None:
    desk = Desk()
    customer = desk.customer(PrimaryEmailAddr={"Address": "a@example.com"}, BillAddr={"Line1": "1 <Main> St"})
    first = desk.post("Invoice", {**bill(customer), "PrivateNote": 'a "quoted" <note> & more\n'})
    desk.pay(customer, 120.0, ("Invoice", first["Id"], 100.0))
    desk.post("Invoice", named(desk.one("Invoice", first["Id"]), CustomerMemo={"value": "Hello"}))
    for entity in ENTITIES:
        for record in desk.rows(entity.name):
            assert same(back(entity.name, record)) == same(record)


NAMES = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)


@given(NAMES, st.decimals(0, 10_000, places=2), st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_customer_survives_the_way_to_xml_and_back(name: str, balance: Any, active: bool) -> None:
    record = {
        "Active": active,
        "domain": "QBO",
        "Balance": float(balance),
        "CurrencyRef": {"value": "USD", "name": name},
    }
    assert back("Customer", {**record, "DisplayName": name}) == {**record, "DisplayName": name}
