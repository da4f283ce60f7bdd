"""Every recorded exchange, sent again to a company in the state that the recordings show: the same answer to the letter.

The state is made of recorded objects: the customers, vendors, receipts and estimates that the answers hold, the lists of
the loaded sandbox company around them, and for a write the object as it was read just before.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from qbosim.clock import Clock
from qbosim.simulator import Simulator
from qbosim.wire import Request, Response
from tests.qbosim.asking import control, granted
from tests.qbosim.desk import SHARED, shared
from tests.qbosim.test_load import PLACE
from tests.qbosim.test_recorded import body_of, recording

NAMES = sorted(path.stem for path in (SHARED / "fixtures" / "recorded").glob("*.json"))
BEFORE = {
    "update__customer__1": "update__customer__0",
    "void__invoice__1": "void__invoice__0",
}
"""A write, and the read that shows its object as it was before."""

AFTER_UPLOAD = {"attachment__read_attachment__0", "attachment__delete_attachment__0"}
"""Exchanges about the file that attachment__create_for_invoice__0 brought: its bytes are no record that can be loaded."""

LISTS = ("Vendor", "Account", "Item", "Term", "PaymentMethod", "TaxAgency", "TaxRate", "TaxCode", "Employee")


def test_every_recorded_exchange_is_replayed() -> None:
    shared("fixtures/recorded")
    assert len(NAMES) == 33


# -- the recorded company ----------------------------------------------------------------------------------------


def sandbox(entity: str) -> list[Any]:
    """What the sandbox company of 2026 has of an entity, without what its recorder added."""
    found: list[Any] = json.loads((shared(PLACE) / f"{entity}.json").read_text())
    return [each for each in found if each.get("MetaData", {}).get("CreateTime", "") < "2026-05-04"]


def objects_in(answer: Any) -> list[tuple[str, Any]]:
    """The objects of an answer, with their entities; of a batch those that its queries found."""
    if isinstance(answer, list):
        return [pair for entry in answer for pair in objects_in(entry)]
    pairs: list[tuple[str, Any]] = []
    if "bId" in answer and "QueryResponse" not in answer:
        return pairs
    for key, value in answer.items():
        if isinstance(value, dict) and "Id" in value:
            pairs.append((key, value))
        elif isinstance(value, list) and all(isinstance(each, dict) and "Id" in each for each in value):
            pairs += [(key, each) for each in value]
        elif isinstance(value, dict | list):
            pairs += objects_in(value)
    return pairs


def company_for(name: str, folder: Path) -> Path:
    """A folder with the company as it was when the exchange `name` was recorded."""
    held = {entity: {each["Id"]: each for each in sandbox(entity)} for entity in LISTS}
    services = held["Item"]["1"]
    services |= {"Name": "Services", "FullyQualifiedName": "Services"}
    held["Invoice"] = {"264": body_of(recording("void__invoice__0"))["Invoice"]}
    shown = ["all__customers__1", "all__vendors_by_5__2", "all__vendors_by_5__4", "all__vendors_by_5__5"]
    if recording(name)["request"]["method"] == "get" or name in ("deactivate__account__1", "batch__basic__0"):
        shown.append(name)
    shown += [BEFORE[name]] if name in BEFORE else []
    for each in shown:
        for entity, record in objects_in(
            body_of(recording(each)) if "json" in recording(each)["response"] else {}
        ):
            held.setdefault(entity, {})[record["Id"]] = record
    vendors = {each["DisplayName"]: each for each in held["Vendor"].values()}
    del vendors[
        "United States Treasury"
    ]  # there were 26, and only behind the 25 recorded places can one be missing
    held["Vendor"] = {each["Id"]: each for each in vendors.values()}
    if name == "create__customer__0":
        held["Customer"] = {key: each for key, each in held["Customer"].items() if key != "70"}
    if name in AFTER_UPLOAD:
        held.pop("Attachable", None)
    invoice = body_of(recording("delete__invoice__0"))["Invoice"]
    if name.startswith(("attachment__", "get_pdf")):
        held["Invoice"] = {identity: {**invoice, "Id": identity} for identity in ("75", "130")}
    for entity, objects in held.items():
        (folder / f"{entity}.json").write_text(json.dumps(list(objects.values())))
    return folder


# -- asking ------------------------------------------------------------------------------------------------------


def replay(simulator: Simulator, asked: Any, token: str) -> Response:
    """The recorded request, sent to the simulator."""
    url = urlsplit(asked["uri"])
    place = url.path.removeprefix("/v3/").removeprefix("company/-COMPANY_ID-/")
    headers = {
        "accept": "application/pdf" if place.endswith("/pdf") else "application/json",
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
    }
    if place == "upload":
        boundary = asked["body"].partition("\r\n")[0].removeprefix("--")
        headers["content-type"] = f"multipart/form-data; boundary={boundary}"
    query = {key: values[0] for key, values in parse_qs(url.query, keep_blank_values=True).items()}
    path = f"/v3/company/{simulator.realm_id}/{place}"
    return simulator.answer(Request(asked["method"].upper(), path, query, headers, asked["body"].encode()))


# -- comparing ---------------------------------------------------------------------------------------------------

NEW = {"Id", "MetaData", "DocNumber", "TxnDate", "DueDate"}
"""What an object gets from the company's counters and clock when it is made."""

NEWER = {
    "LastModifiedByRef",
    "V4IDPseudonym",
    "IsProject",
    "ClientEntityId",
    "BillRate",
    "CostRate",
    "DeferredRevenue",
    "ShipFromAddr",
    "FreeFormAddress",
    "ItemAccountRef",
    "CustomExtensions",
}
"""Keys that answers of 2020 did not have and those of 2026 do (they are in the loaded sandbox company)."""


def varying_in(name: str) -> set[str]:
    """What hangs on moment and server in the answer to an exchange."""
    varying = {"time", "TempDownloadUri"}
    if name.startswith(("create", "attachment__create")):
        return varying | NEW | NEWER | {"FileAccessUri"}
    if name in AFTER_UPLOAD:
        return varying | {"Id", "CreateTime", "LastUpdatedTime", "FileAccessUri"}
    return varying | NEWER | {"LastUpdatedTime"} if name in BEFORE else varying


def comparable(value: Any, varying: set[str]) -> Any:
    """An answer as it must be, keys in their order; what varies only has to be there, what is newer not even that."""
    if isinstance(value, dict):
        if isinstance(value.get("Vendor"), dict):  # made by a batch
            varying = varying | NEW | NEWER
        return {
            key: "…" if key in varying else comparable(entry, varying)
            for key, entry in value.items()
            if key not in varying & NEWER
        }
    return [comparable(entry, varying) for entry in value] if isinstance(value, list) else value


def as_recorded(answer: Response, simulator: Simulator, token: str) -> Any:
    """An answer with the recorded company's names for itself: its realm, its token, its user."""
    text = answer.body.decode().replace(simulator.realm_id, "-COMPANY_ID-")
    text = text.replace(token, "AB01601390262kxzxOlnHYdhtEVRXISU7piPqQrCmmbDN35Yjd")
    return json.loads(text.replace("Company Owner", "Christian Pelczarski"))


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_exchange_is_answered_to_the_letter(name: str, tmp_path: Path) -> None:
    exchange = recording(name)
    clock = Clock.at(datetime(2020, 9, 29, 13, 0, tzinfo=UTC))
    simulator = Simulator(company=company_for(name, tmp_path), clock=clock)
    assert simulator.load_report is not None
    assert simulator.load_report.refused == ()
    token = granted(simulator)["access_token"]
    if name == "error__401__0":
        control(simulator, "POST", "clock", {"advance": 3601})
    asked = exchange["request"]
    if name in AFTER_UPLOAD:
        made = replay(simulator, recording("attachment__create_for_invoice__0")["request"], token).json()
        identity = made["AttachableResponse"][0]["Attachable"]["Id"]
        asked = json.loads(json.dumps(asked).replace("5000000000000503624", identity))
    answer = replay(simulator, asked, token)
    theirs = exchange["response"]
    assert answer.status == theirs["status"]["code"]
    assert answer.header("content-type") == theirs["headers"]["Content-Type"][0]
    if "json" not in theirs:
        assert answer.body.startswith(b"%PDF-1.")
        return
    ours, varying = as_recorded(answer, simulator, token), varying_in(name)
    assert json.dumps(comparable(ours, varying)) == json.dumps(comparable(body_of(exchange), varying))
