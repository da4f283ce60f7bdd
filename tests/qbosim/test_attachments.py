"""Attachments: uploads as public clients send them, links, notes, and addresses that expire."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qbosim.clock import Clock
from qbosim.server import open_simulator, running
from qbosim.simulator import Simulator
from qbosim.wire import Request, Response
from tests.qbosim.asking import api, ask, granted
from tests.qbosim.desk import REALM, USER, Desk, fault_of, named, shared

CRLF = b"\r\n"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def body_of(boundary: str, *parts: tuple[str, bytes], end: bytes = CRLF) -> bytes:
    """A multipart body; each part is its headers and its content."""
    pieces = []
    for head, content in parts:
        lines = end.join(line.encode() for line in head.split("\n"))
        pieces += [b"--" + boundary.encode() + end + lines + end + end + content + end]
    return b"".join(pieces) + b"--" + boundary.encode() + b"--" + end


def upload(desk: Desk, content: bytes, boundary: str = "XyZ") -> Response:
    """Send a multipart body to the upload address."""
    headers = {"content-type": f"multipart/form-data; boundary={boundary}", "accept": "application/json"}
    request = Request("POST", f"/v3/company/{REALM}/upload", {}, headers, content)
    return desk.api.answer(REALM, request, user=USER)


def uploaded(desk: Desk, content: bytes, *, name: str = "a.txt", **metadata: Any) -> Any:
    """Upload one text file; answers its entry of the AttachableResponse."""
    body = body_of(
        "XyZ",
        (
            'Content-Disposition: form-data; name="file_metadata_01"\nContent-Type: application/json',
            json.dumps(metadata).encode(),
        ),
        (
            f'Content-Disposition: form-data; name="file_content_01"; filename="{name}"\nContent-Type: text/plain',
            content,
        ),
    )
    answer = upload(desk, body)
    assert answer.status == 200, answer.body
    return answer.json()["AttachableResponse"][0]


def fetched(desk: Desk, uri: str) -> Response:
    """What a temporary address answers."""
    parts = urlsplit(uri)
    answer = desk.api.fetch(Request("GET", parts.path, dict(parse_qsl(parts.query))))
    assert answer is not None
    return answer


@pytest.mark.rule("upload.answer", "attachable.link_shape", "attachable.delete")
def test_the_recorded_upload_read_and_delete_are_answered_as_they_were(desk: Desk) -> None:
    def exchange(name: str) -> Any:
        return json.loads(shared(f"fixtures/recorded/{name}.json").read_text())

    for _ in range(2):
        number = desk.invoice(desk.customer(f"Customer {_}"))["Id"]
    recorded = exchange("attachment__create_for_invoice__0")
    body = recorded["request"]["body"].replace('"75"', f'"{number}"').encode()
    boundary = body.split(CRLF, 1)[0][2:].decode()
    ours = upload(desk, body, boundary).json()
    theirs = recorded["response"]["json"]
    made, real = ours["AttachableResponse"][0]["Attachable"], theirs["AttachableResponse"][0]["Attachable"]
    assert list(ours) == list(theirs)
    assert list(made) == list(real)
    assert made["AttachableRef"] == [
        {"EntityRef": {"value": number, "type": "Invoice"}, "IncludeOnSend": False}
    ]
    assert list(made["AttachableRef"][0]["EntityRef"]) == list(real["AttachableRef"][0]["EntityRef"])
    for key in ("FileName", "Size", "ContentType", "SyncToken", "Id"):
        assert made[key] == real[key]
    assert made["FileAccessUri"] == f"/v3/company/{REALM}/download/{made['Id']}"

    again = desk.one("Attachable", made["Id"])
    assert list(again) == list(exchange("attachment__read_attachment__0")["response"]["json"]["Attachable"])
    deleted = exchange("attachment__delete_attachment__0")
    gone = desk.post("Attachable", {"Id": made["Id"]}, operation="delete")
    assert gone == deleted["response"]["json"]["Attachable"] | {"Id": made["Id"]}
    assert fault_of(desk.send("GET", f"attachable/{made['Id']}"))["code"] == "610"
    assert fetched(desk, again["TempDownloadUri"]).status == 404


@pytest.mark.rule("download.address", "download.fifteen_minutes", "download.refused")
def test_a_file_comes_back_byte_for_byte_for_fifteen_minutes_and_not_by_a_changed_address(desk: Desk) -> None:
    content = bytes(range(256)) + b"\r\n--not the boundary\r\n\n\r"
    made = uploaded(desk, content, name="odd.bin", ContentType="application/x-odd")["Attachable"]
    answer = desk.send("GET", f"download/{made['Id']}")
    assert answer.header("content-type") == "text/plain;charset=utf-8"
    uri = answer.body.decode()
    file = fetched(desk, uri)
    assert (file.status, file.body, file.header("content-type")) == (200, content, "application/x-odd")
    assert fetched(desk, made["TempDownloadUri"]).body == content
    other = uploaded(desk, b"secret")["Attachable"]
    stolen = uri.replace(made["Id"], other["Id"])
    assert b"SignatureDoesNotMatch" in fetched(desk, stolen).body
    desk.clock.advance(899)
    assert fetched(desk, uri).status == 200
    desk.clock.advance(1)
    late = fetched(desk, uri)
    assert (late.status, b"Request has expired" in late.body) == (403, True)
    fresh = desk.rows("Attachable", "where FileName = 'odd.bin'")[0]["TempDownloadUri"]
    assert fetched(desk, fresh).body == content


@pytest.mark.rule("upload.fault_inside", "attachable.link_missing")
def test_a_link_to_nothing_is_told_inside_an_answer_of_200_and_keeps_no_file(desk: Desk) -> None:
    link = {"EntityRef": {"type": "Estimate", "value": "75"}}
    fault = uploaded(desk, b"x", AttachableRef=[link])["Fault"]
    assert fault["type"] == "ValidationFault"
    assert fault["Error"][0]["code"] == "6000"
    assert "The entity Estimate 75 that you are trying to link does not exist" in fault["Error"][0]["Detail"]
    assert desk.rows("Attachable") == []
    refused = desk.refused("Attachable", {"Note": "n", "AttachableRef": [link]})
    assert refused["code"] == "6000"


@pytest.mark.rule("upload.content_only")
def test_a_file_without_metadata_is_named_by_its_own_part_and_several_come_at_once(desk: Desk) -> None:
    body = body_of(
        "----node",
        (
            'Content-Disposition: form-data; name="file_content_01"; filename="photo.jpg"\nContent-Type: image/jpeg',
            b"\xff\xd8",
        ),
        (
            'Content-Disposition: form-data; name="file_content_02"; filename="b.txt"\nContent-Type: text/plain',
            b"two",
        ),
    )
    entries = [entry["Attachable"] for entry in upload(desk, body, "----node").json()["AttachableResponse"]]
    shown = [(entry["FileName"], entry["ContentType"], entry["Size"]) for entry in entries]
    assert shown == [("photo.jpg", "image/jpeg", 2), ("b.txt", "text/plain", 3)]
    customer = desk.customer()
    link = {"EntityRef": {"type": "customer", "value": customer}}
    linked = desk.post("Attachable", named(entries[0], AttachableRef=[link]), operation="update")
    assert (linked["FileName"], linked["AttachableRef"][0]["EntityRef"]["type"]) == ("photo.jpg", "Customer")
    assert fetched(desk, linked["TempDownloadUri"]).body == b"\xff\xd8"


@pytest.mark.rule("upload.base64")
def test_base64_and_bare_line_feeds_are_understood(desk: Desk) -> None:
    content = b"caf\xe9 \x00" * 40
    boundary = "-------------PythonMultipartPost"
    metadata = json.dumps({"FileName": "c.txt", "ContentType": "text/plain", "Note": "", "AttachableRef": []})
    body = b"\n" + body_of(
        boundary,
        (
            'Content-Disposition: form-data; name="file_metadata_01"\nContent-Type: application/json',
            metadata.encode() + b"\n",
        ),
        (
            'Content-Disposition: form-data; name="file_content_01"\nContent-Transfer-Encoding: base64',
            b64encode(content) + b"\n",
        ),
        end=b"\n",
    )
    made = upload(desk, body, boundary).json()["AttachableResponse"][0]["Attachable"]
    assert (made["FileName"], made["Size"], "Note" in made) == ("c.txt", len(content), False)
    assert fetched(desk, made["TempDownloadUri"]).body == content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "2010"),
        (b"--XyZ--", "2010"),
        (b'--XyZ\r\nContent-Disposition: form-data; name="file_content_01"\r\n--XyZ--', "2010"),
        (body_of("XyZ", ('Content-Disposition: form-data; name="file_metadata_01"', b"{}")), "2020"),
        (body_of("XyZ", ('Content-Disposition: form-data; name="file_metadata_01"', b"[]")), "2010"),
        (
            body_of(
                "XyZ",
                (
                    'Content-Disposition: form-data; name="file_content_01"\nContent-Transfer-Encoding: base64',
                    b"?",
                ),
            ),
            "2010",
        ),
    ],
)
def test_a_body_that_is_no_upload_is_refused(desk: Desk, content: bytes, code: str) -> None:
    assert fault_of(upload(desk, content))["code"] == code


@pytest.mark.rule("upload.limit")
def test_more_than_100_megabytes_are_refused(desk: Desk) -> None:
    assert fault_of(upload(desk, bytes(100 * 1024 * 1024 + 1)))["code"] == "6000"


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=300), end=st.sampled_from([CRLF, b"\n"]))
@example(content=b"\r\n--Xy", end=CRLF)
@example(content=b"\n\n\r\n\r\n", end=b"\n")
def test_whatever_bytes_a_file_holds_they_come_back(content: bytes, end: bytes) -> None:
    desk = Desk()
    if end == b"\n" and content.endswith(b"\r"):
        content += b"."  # a bare line feed after it would be read as the other way to end a line
    part = 'Content-Disposition: form-data; name="file_content_01"; filename="any.bin"'
    made = upload(desk, body_of("XyZ-boundary", (part, content), end=end), "XyZ-boundary").json()
    attachable = made["AttachableResponse"][0]["Attachable"]
    assert attachable["Size"] == len(content)
    assert fetched(desk, attachable["TempDownloadUri"]).body == content


def test_a_file_is_described_in_batches_and_in_the_change_feed_with_an_address_that_works(desk: Desk) -> None:
    made = uploaded(desk, b"found")["Attachable"]
    item = {"bId": "1", "operation": "update", "Attachable": named(made, Note="seen")}
    batch = desk.send("POST", "batch", {"BatchItemRequest": [item]}).json()["BatchItemResponse"][0][
        "Attachable"
    ]
    assert (batch["Note"], fetched(desk, batch["TempDownloadUri"]).body) == ("seen", b"found")
    feed = desk.get("cdc", entities="Attachable", changedSince="2026-05-01")["CDCResponse"][0][
        "QueryResponse"
    ][0]
    assert fetched(desk, feed["Attachable"][0]["TempDownloadUri"]).body == b"found"


def test_whoever_asks_for_xml_gets_a_working_address_too(desk: Desk) -> None:
    made = uploaded(desk, b"in xml")["Attachable"]
    place = f"/v3/company/{REALM}/attachable/{made['Id']}"
    answer = desk.api.answer(REALM, Request("GET", place, {}, {"accept": "application/xml"}), user=USER)
    assert answer.header("content-type") == "application/xml;charset=UTF-8"
    uri = answer.body.decode().partition("<TempDownloadUri>")[2].partition("</TempDownloadUri>")[0]
    assert fetched(desk, unescape(uri)).body == b"in xml"


def test_an_upload_that_is_sent_again_with_its_request_id_keeps_one_file(desk: Desk) -> None:
    body = body_of("b", ('Content-Disposition: form-data; name="file_content_01"; filename="a"', b"once"))
    headers = {"content-type": "multipart/form-data; boundary=b", "accept": "application/json"}
    request = Request("POST", f"/v3/company/{REALM}/upload", {"requestid": "u-1"}, headers, body)
    first, again = (desk.api.answer(REALM, request, user=USER).json() for _ in range(2))
    assert first == again
    assert len(desk.rows("Attachable")) == 1


def test_a_loaded_attachment_is_described_but_its_file_is_not_there(tmp_path: Any) -> None:
    loaded = {
        "FileName": "old.pdf",
        "FileAccessUri": "/v3/company/1/download/1000",
        "TempDownloadUri": "https://files.example/old.pdf",
        "Size": 10,
        "Id": "1000",
        "SyncToken": "0",
        "AttachableRef": [{"EntityRef": {"value": "1", "type": "Invoice"}, "IncludeOnSend": False}],
    }
    (tmp_path / "Attachable.json").write_text(json.dumps([loaded, {"Id": "1001"}, {}]), encoding="utf-8")
    desk = Desk(folder=tmp_path)
    kept = desk.rows("Attachable", "where AttachableRef.EntityRef.value = '1'")[0]
    assert (kept["FileName"], kept["Size"], "TempDownloadUri" in kept) == ("old.pdf", 10, False)
    assert fault_of(desk.send("GET", "download/1000"))["code"] == "610"


@pytest.mark.rule("attachable.note", "attachable.category", "attachable.no_thumbnail")
def test_a_note_needs_no_file(desk: Desk) -> None:
    customer = desk.customer()
    link = {"EntityRef": {"type": "Customer", "value": customer}, "IncludeOnSend": True}
    made = desk.post("Attachable", {"Note": "Pays late", "Category": "Document", "AttachableRef": [link]})
    assert made["AttachableRef"][0]["IncludeOnSend"] is True
    assert not {"FileName", "TempDownloadUri", "Size", "ThumbnailFileAccessUri"} & set(made)
    assert desk.refused("Attachable", {"Category": "Document"})["element"] == "Note"
    assert desk.refused("Attachable", {"Note": "n", "Category": "document"})["code"] == "2170"
    assert desk.refused("Attachable", {"Note": "n" * 2001})["code"] == "2050"
    assert fault_of(desk.send("GET", f"download/{made['Id']}"))["code"] == "610"
    forged = desk.post(
        "Attachable", {"Note": '"TempDownloadUri":"attachment:1"', "TempDownloadUri": "attachment:1"}
    )
    assert forged["Note"] == '"TempDownloadUri":"attachment:1"'
    assert "TempDownloadUri" not in forged


@pytest.mark.rule("attachable.query")
def test_attachments_are_found_by_what_they_are_linked_to(desk: Desk) -> None:
    customer = desk.customer()
    desk.invoice(customer)
    invoice = desk.invoice(customer)["Id"]
    assert invoice != customer
    for note, links in {
        "first": [("Invoice", invoice)],
        "second": [("Customer", customer), ("Invoice", invoice)],
        "third": [],
    }.items():
        refs = [{"EntityRef": {"type": kind, "value": value}} for kind, value in links]
        desk.post("Attachable", {"Note": note, "AttachableRef": refs})

    def notes(rest: str) -> set[str]:
        return {row["Note"] for row in desk.rows("Attachable", rest)}

    of_invoice = f"AttachableRef.EntityRef.Type = 'invoice' and AttachableRef.EntityRef.value = '{invoice}'"
    assert notes(f"where {of_invoice}") == {"first", "second"}
    assert notes("where AttachableRef.EntityRef.type = 'Customer'") == {"second"}
    assert notes(f"where AttachableRef.EntityRef.value in ('{invoice}', '9999')") == {"first", "second"}
    assert notes("where AttachableRef.EntityRef.Type = 'Bill'") == set()
    crossed = f"AttachableRef.EntityRef.Type = 'Customer' and AttachableRef.EntityRef.value = '{invoice}'"
    assert notes(f"where {crossed}") == set()
    assert notes("where AttachableRef.EntityRef.Type like 'Inv%' and Note = 'second'") == {"second"}


def test_an_uploaded_file_is_fetched_over_a_socket_without_a_token() -> None:
    clock = Clock.at(datetime(2026, 3, 2, 17, 0, tzinfo=UTC))
    with open_simulator(company="empty", seed=7, clock=clock) as made, running(made) as address:
        token = granted(made)["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        place = f"{address}/v3/company/{made.realm_id}"
        files = {"file_content_01": ("bill.pdf", b"%PDF-1.4 \x00\xff", "application/pdf")}
        answer = httpx2.post(f"{place}/upload", headers=headers, files=files).json()
        attachable = answer["AttachableResponse"][0]["Attachable"]
        uri = httpx2.get(f"{place}/download/{attachable['Id']}", headers=headers).text
        assert uri.startswith(f"{address}/attachments/")
        file = httpx2.get(uri)
        assert (file.status_code, file.content) == (200, b"%PDF-1.4 \x00\xff")
        assert file.headers["content-type"] == "application/pdf"
        assert httpx2.get(f"{address}/attachments/1/2").status_code == 403
        log = httpx2.get(f"{address}/qbosim/log", params={"bodies": "1", "operation": "upload"}).json()
        assert [entry["status"] for entry in log["entries"]] == [200]


def test_uploads_survive_a_restart_and_are_gone_after_a_reset(tmp_path: Any) -> None:
    def simulator() -> Simulator:
        return Simulator(
            tmp_path / "books.db", company="empty", clock=Clock.at(datetime(2026, 3, 2, tzinfo=UTC))
        )

    with simulator() as first:
        token = granted(first)["access_token"]
        body = body_of("b", ('Content-Disposition: form-data; name="file_content_01"; filename="a"', b"kept"))
        headers = {
            "authorization": f"Bearer {token}",
            "accept": "application/json",
            "content-type": "multipart/form-data; boundary=b",
        }
        answer = ask(first, "POST", f"/v3/company/{first.realm_id}/upload", headers=headers, body=body)
        identity = answer.json()["AttachableResponse"][0]["Attachable"]["Id"]
    with simulator() as second:
        uri = urlsplit(api(second, "GET", f"download/{identity}", bearer=token).body.decode())
        query = dict(parse_qsl(uri.query))
        assert ask(second, "GET", uri.path, query=query).body == b"kept"
        second.reset(keep_connections=True)
        assert ask(second, "GET", uri.path, query=query).status == 404
