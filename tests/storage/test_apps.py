"""App credentials: each tenant's own, or the operator's."""

from __future__ import annotations

from tests.storage.sample import NOW
from tieout.kit.crypto import Sealed
from tieout.storage.database import Database


def _save(database: Database, tenant: str, client_id: str) -> None:
    with database.transaction() as work:
        work.apps.save(
            tenant, "sandbox", client_id=client_id, secret=Sealed("k", b"s"), secret_ending="tail", now=NOW
        )


def test_app_credentials_belong_to_a_tenant_and_an_environment(database: Database) -> None:
    for client_id in ("former", "present"):
        _save(database, "shop", client_id)
    with database.reading() as work:
        app = work.apps.get("shop", "sandbox")
        assert app is not None
        assert (app.client_id, app.secret, app.secret_ending) == ("present", Sealed("k", b"s"), "tail")
        assert work.apps.get("shop", "production") is None
        assert work.apps.get("other", "sandbox") is None


def test_the_operators_app_is_used_by_whoever_has_none_and_an_own_one_wins(database: Database) -> None:
    _save(database, "", "the operator's")
    _save(database, "shop", "the shop's")
    with database.transaction() as work:
        used = {tenant: work.apps.used_by(tenant, "sandbox") for tenant in ("shop", "other")}
        assert {tenant: app and app.client_id for tenant, app in used.items()} == {
            "shop": "the shop's",
            "other": "the operator's",
        }
        assert work.apps.used_by("shop", "production") is None
        assert work.apps.remove("shop", "sandbox")
        assert not work.apps.remove("shop", "sandbox")
        left = work.apps.used_by("shop", "sandbox")
        assert left is not None
        assert left.client_id == "the operator's"
