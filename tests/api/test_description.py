"""The API's description of itself: its OpenAPI document, its reference page, and its examples."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

from tests.api.test_host_records import problem_of


def test_every_operation_has_a_summary_and_a_tag(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("tags"), (method, path)


def test_every_example_of_a_host_record_is_taken_as_it_stands(client: TestClient) -> None:
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    order = ("Client", "Service", "TaxRegion", "Term", "Invoice", "CreditNote", "Payment")
    paths = ("clients", "services", "tax-regions", "terms", "invoices", "credit-notes", "payments")
    for name, path in zip(order, paths, strict=True):
        example: dict[str, Any] = schemas[name]["examples"][0]
        answer = client.put(f"/api/v1/host/{path}/{example['ref']}", json=example)
        assert answer.status_code == 201, (name, answer.text)


def test_the_reference_page_shows_every_operation_and_loads_nothing_from_elsewhere(
    client: TestClient,
) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert f"/api/v1{path}" in page.text
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert loaded
    assert all(address.startswith("/api/v1/") for address in loaded), loaded
    assert client.get("/api/v1/docs.css").headers["content-type"].startswith("text/css")
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_an_address_or_method_that_is_not_offered_is_a_problem(client: TestClient) -> None:
    assert problem_of(client.get("/api/v1/nothing"), 404)["record"] == "/api/v1/nothing"
    problem_of(client.delete("/api/v1/companies"), 405)
