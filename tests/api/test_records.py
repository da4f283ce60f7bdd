"""The mirror over REST: entities, lists of their records, and one record whole."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.test_companies import API, connect
from tests.api.test_host_records import problem_of
from tests.mirror.wire import many
from tests.world import World


def test_every_kind_of_record_is_listed_and_shown_alike(client: TestClient, world: World) -> None:
    many(
        world, "Vendor", [{"DisplayName": name} for name in ("Norton Lumber", "Hall Properties", "Brosnahan")]
    )
    company = connect(client, world)
    records = f"{API}/companies/{company}/records"
    assert client.post(f"{API}/companies/{company}/import").status_code == 200

    told = {one["entity"]: one for one in client.get(records).json()["items"]}
    assert (told["Vendor"]["active"], told["Vendor"]["applied"], told["Invoice"]["applied"]) == (
        3,
        False,
        True,
    )
    assert told["TaxRate"]["followed"] is False
    assert told["Vendor"]["columns"] == ["name", "number", "balance", "currency"]

    first = client.get(f"{records}/vendor", params={"limit": 2}).json()
    assert [one["name"] for one in first["items"]] == ["Brosnahan", "Hall Properties"]
    second = client.get(f"{records}/Vendor", params={"limit": 2, "after": first["next"]}).json()
    assert [one["name"] for one in second["items"]] == ["Norton Lumber"]
    assert second["next"] is None

    norton = second["items"][0]["qbo_id"]
    whole = client.get(f"{records}/Vendor/{norton}").json()
    assert whole["object"]["DisplayName"] == "Norton Lumber"
    assert whole["object"] == next(one for one in world.every("Vendor") if one["Id"] == norton)

    problem_of(client.get(f"{records}/Shoe"), 422)
    problem_of(client.get(f"{records}/Vendor/99999"), 404)
    assert client.get(f"{records}/Bill", params={"dated_from": "never"}).status_code == 422
    assert client.get(f"{records}/Vendor", params={"standing": "lost"}).status_code == 422


def test_what_no_list_could_mean_is_refused_rather_than_answered_with_nothing(
    client: TestClient, world: World
) -> None:
    company = connect(client, world)
    records = f"{API}/companies/{company}/records"
    days = {"dated_from": "2026-05-01", "dated_to": "2026-01-01"}
    assert "after the last" in problem_of(client.get(f"{records}/Invoice", params=days), 422)["detail"]
    strange = client.get(f"{records}/Invoice", params={"after": "no-such-id"})
    assert problem_of(strange, 422)["record"] == "Invoice no-such-id"


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
def test_an_instant_beyond_all_calendars_is_refused(client: TestClient, world: World, at: str) -> None:
    company = connect(client, world)
    for place in ("Customer", "Customer/1"):
        answer = client.get(f"{API}/companies/{company}/as-of/{place}", params={"at": at})
        assert "in UTC" in problem_of(answer, 422)["detail"]
    problem_of(client.get(f"{API}/companies/{company}/history/Customer/1"), 404)
