"""The built-in host over REST: put, list, void, whole batches, and what is refused."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tests.world import World

HOST = "/api/v1/host"
CLIENT = {"name": "Blue Heron Ltd", "currency": "USD", "address": {"city": "Dayton"}}
SERVICE = {"name": "Workshop hour", "unit_price": "80.10"}
INVOICE = {
    "number": "1042",
    "client": "C-1",
    "dated": "2026-03-02",
    "currency": "USD",
    "lines": [{"service": "S-1", "quantity": "2.5", "unit_price": "80.10"}],
}


def put_basics(client: TestClient) -> None:
    assert client.put(f"{HOST}/clients/C-1", json=CLIENT).status_code == 201
    assert client.put(f"{HOST}/services/S-1", json=SERVICE).status_code == 201
    assert client.put(f"{HOST}/invoices/I-1", json=INVOICE).status_code == 201


def problem_of(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert said["status"] == status
    assert said["what"] == said["title"]
    assert {"type", "detail", "code", "record", "why", "remedy"} <= said.keys()
    return said


def test_a_record_put_twice_is_made_once_and_then_left_as_it_is(client: TestClient) -> None:
    first = client.put(f"{HOST}/clients/C-1", json=CLIENT)
    again = client.put(f"{HOST}/clients/C-1", json=CLIENT)
    assert (first.status_code, first.json()["outcome"]) == (201, "create")
    assert (again.status_code, again.json()["outcome"]) == (200, "same")
    changed = client.put(f"{HOST}/clients/C-1", json={**CLIENT, "email": "a@blueheron.example"})
    assert (changed.status_code, changed.json()["outcome"]) == (200, "change")
    assert client.get(f"{HOST}/clients/C-1").json()["email"] == "a@blueheron.example"


def test_amounts_go_out_as_decimal_strings_and_a_line_without_amount_is_computed(client: TestClient) -> None:
    put_basics(client)
    kept = client.get(f"{HOST}/invoices/I-1").json()
    assert kept["lines"][0]["amount"] == "200.25"
    assert kept["total"] == "200.25"
    assert client.get(f"{HOST}/invoices/I-1/balance").json() == {
        "amount": "200.25",
        "currency": "USD",
        "standing": "open",
    }


def test_what_was_got_can_be_put_back_unchanged(client: TestClient) -> None:
    put_basics(client)
    kept = client.get(f"{HOST}/invoices/I-1").json()
    assert client.put(f"{HOST}/invoices/I-1", json=kept).json()["outcome"] == "same"


def test_an_amount_sent_as_a_json_float_is_refused_with_the_reason(client: TestClient) -> None:
    said = problem_of(client.put(f"{HOST}/services/S-1", json={"name": "Hour", "unit_price": 80.1}), 422)
    assert said["record"] == "unit_price"
    assert "strings" in said["why"]


def test_an_amount_that_is_no_number_is_refused(client: TestClient) -> None:
    for wrong in ("NaN", "Infinity", "twelve", "1e400", "", "12,50", True):
        said = problem_of(client.put(f"{HOST}/services/S-1", json={"name": "Hour", "unit_price": wrong}), 422)
        assert said["record"] == "unit_price", wrong
    assert client.get(f"{HOST}/services").json()["items"] == []


def test_a_misspelt_field_is_named(client: TestClient) -> None:
    said = problem_of(client.put(f"{HOST}/clients/C-1", json={**CLIENT, "emial": "x"}), 422)
    assert said["errors"] == [{"field": "emial", "what": "there is no such field"}]


def test_a_fault_inside_a_line_is_named_with_its_place(client: TestClient) -> None:
    body = {**INVOICE, "lines": [INVOICE["lines"][0], {"service": "S-1", "quantity": []}]}
    said = problem_of(client.put(f"{HOST}/invoices/I-1", json=body), 422)
    assert said["record"] == "lines[1].quantity"


def test_a_negative_quantity_is_refused_with_record_and_remedy_and_nothing_is_written(
    client: TestClient,
) -> None:
    put_basics(client)
    body = {**INVOICE, "number": "1043", "lines": [{"service": "S-1", "quantity": "-1", "unit_price": "80"}]}
    said = problem_of(client.put(f"{HOST}/invoices/I-2", json=body), 422)
    assert said["record"] == "Invoice 1043"
    assert "credit note" in said["remedy"].lower()
    assert client.get(f"{HOST}/invoices/I-2").status_code == 404


def test_an_unknown_client_is_named_by_its_ref(client: TestClient) -> None:
    put_basics(client)
    said = problem_of(client.put(f"{HOST}/invoices/I-2", json={**INVOICE, "client": "C-404"}), 422)
    assert any("C-404" in error["why"] for error in said["errors"])


def test_address_and_body_that_name_two_records_are_refused(client: TestClient) -> None:
    said = problem_of(client.put(f"{HOST}/clients/C-1", json={**CLIENT, "ref": "C-2"}), 422)
    assert "C-2" in said["why"]


def test_a_batch_is_taken_whole_or_not_at_all(client: TestClient) -> None:
    good = [{"ref": f"C-{number}", "name": f"Firm {number}"} for number in range(5)]
    said = problem_of(
        client.post(f"{HOST}/clients", json={"records": [*good, {"ref": "C-9", "name": " "}]}), 422
    )
    assert said["applied"] is False
    assert said["counts"] == {"create": 5, "refused": 1}
    assert said["refused"][0]["ref"] == "C-9"
    assert client.get(f"{HOST}/clients").json()["items"] == []
    taken = client.post(f"{HOST}/clients", json={"records": good})
    assert taken.json()["counts"] == {"create": 5}


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(client: TestClient) -> None:
    body = {"records": [{"ref": "C-1", "name": "Firm"}, {"ref": "C-2", "name": ""}]}
    told = client.post(f"{HOST}/clients?dry_run=true", json=body)
    assert told.status_code == 200
    assert told.json()["applied"] is False
    assert told.json()["counts"] == {"create": 1, "refused": 1}
    assert client.get(f"{HOST}/clients").json()["items"] == []


def test_records_of_several_kinds_go_in_together_in_any_order(client: TestClient) -> None:
    bundle = {
        "invoices": [{**INVOICE, "ref": "I-1"}],
        "clients": [{**CLIENT, "ref": "C-1"}],
        "services": [{**SERVICE, "ref": "S-1"}],
    }
    assert client.post(f"{HOST}/records", json=bundle).json()["counts"] == {"create": 3}
    assert client.get(f"{HOST}/invoices/I-1").json()["number"] == "1042"


def test_a_list_is_paged_by_its_cursor_without_gap_or_repeat(client: TestClient) -> None:
    records = [{"ref": f"C-{number:02}", "name": f"Firm {number}"} for number in range(7)]
    client.post(f"{HOST}/clients", json={"records": records})
    refs: list[str] = []
    after = ""
    while True:
        page = client.get(f"{HOST}/clients", params={"limit": 3, "after": after}).json()
        refs += [one["ref"] for one in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert refs == [record["ref"] for record in records]


def test_a_page_size_out_of_bounds_is_refused(client: TestClient) -> None:
    for wrong in ("0", "501", "-1", "ten"):
        assert problem_of(client.get(f"{HOST}/clients", params={"limit": wrong}), 422)["record"] == "limit"


def test_a_void_invoice_stays_visible_and_a_client_cannot_be_voided(client: TestClient) -> None:
    put_basics(client)
    voided = client.post(f"{HOST}/invoices/I-1/void", json={"because": "Entered twice"})
    assert voided.json()["status"] == "void"
    assert client.get(f"{HOST}/invoices/I-1").json()["status"] == "void"
    problem_of(client.post(f"{HOST}/clients/C-1/void"), 405)
    problem_of(client.post(f"{HOST}/invoices/I-404/void"), 404)


def test_a_ref_with_slashes_and_blanks_survives_the_address(client: TestClient) -> None:
    assert client.put(f"{HOST}/clients/2026%2F03%20a", json=CLIENT).json()["record"]["ref"] == "2026/03 a"
    assert client.get(f"{HOST}/clients/2026%2F03%20a").status_code == 200


def test_csv_files_are_taken_together_and_a_dry_run_writes_nothing(client: TestClient) -> None:
    def files() -> list[tuple[str, tuple[str, bytes]]]:
        return [("files", ("clients.csv", "ref,name\nC1,Müller & Söhne\nC2,Acme\n".encode()))]

    told = client.post(f"{HOST}/csv?dry_run=true", files=files()).json()
    assert (told["applied"], told["create"]) == (False, 2)
    assert client.get(f"{HOST}/clients").json()["items"] == []
    done = client.post(f"{HOST}/csv", files=files()).json()
    assert (done["applied"], done["create"]) == (True, 2)
    assert client.get(f"{HOST}/clients/C1").json()["name"] == "Müller & Söhne"


def test_a_csv_row_that_cannot_be_used_is_named_by_file_and_row(client: TestClient) -> None:
    body = b"ref,name\nC1,Acme\nC2,\n"
    said = problem_of(client.post(f"{HOST}/csv", files=[("files", ("clients.csv", body))]), 422)
    assert said["record"].startswith("clients.csv row 3")
    assert said["problems"][0]["row"] == 3
    assert client.get(f"{HOST}/clients").json()["items"] == []


def test_a_csv_file_in_another_encoding_is_named_and_can_be_read_when_it_is_said(client: TestClient) -> None:
    body = "ref,name\nC1,Müller\n".encode("windows-1252")
    said = problem_of(client.post(f"{HOST}/csv", files=[("files", ("clients.csv", body))]), 422)
    assert "clients.csv" in said["record"]
    done = client.post(
        f"{HOST}/csv", files=[("files", ("clients.csv", body))], data={"encoding": "windows-1252"}
    )
    assert done.json()["create"] == 1


def test_an_upload_whose_name_climbs_out_of_the_folder_stays_in_it(client: TestClient, world: World) -> None:
    body = b"ref,name\nC1,Acme\n"
    done = client.post(f"{HOST}/csv", files=[("files", ("../../clients.csv", body))])
    assert done.json()["create"] == 1
    assert not (world.folder.parent / "clients.csv").exists()
    problem_of(client.post(f"{HOST}/csv", files=[("files", ("..", body))]), 422)


def test_a_body_that_is_too_large_is_refused_announced_or_not(client: TestClient) -> None:
    huge = b'{"records": [' + b" " * (11 * 1024 * 1024) + b"]}"
    said = problem_of(
        client.post(f"{HOST}/clients", content=huge, headers={"content-type": "application/json"}), 413
    )
    assert "10 MB" in said["why"]

    def chunks() -> Any:
        for _ in range(11):
            yield b" " * (1024 * 1024)

    problem_of(
        client.post(f"{HOST}/clients", content=chunks(), headers={"content-type": "application/json"}), 413
    )


def test_a_body_that_is_no_json_is_a_problem_not_a_crash(client: TestClient) -> None:
    for body in (b"{", b"\xff\xfe", b"[1,", b"null", b'"text"'):
        answer = client.put(f"{HOST}/clients/C-1", content=body, headers={"content-type": "application/json"})
        problem_of(answer, 422)
