"""Signing in to Intuit, and how that can end."""

from __future__ import annotations

import json
import traceback
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.qbo.wire import Line, json_answer
from tieout.kit.errors import (
    Invalid,
    OutcomeUnknown,
    ReconnectNeeded,
    Throttled,
    TieoutError,
    Unreachable,
)
from tieout.qbo.endpoints import PRODUCTION, at
from tieout.qbo.oauth import OAuthApp

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
OLD = "AB11Old"
HALF = "eyHalf"
TOKENS = json.dumps(
    {
        "token_type": "bearer",
        "access_token": "eyAccess",
        "expires_in": 3600,
        "refresh_token": "AB11Refresh",
        "x_refresh_token_expires_in": 8726400,
        "x_refresh_token_hard_expires_in": 157680000,
    }
)


def app(line: Line) -> OAuthApp:
    return OAuthApp(line.client(), PRODUCTION, "ABclient", "s3cret-value")


def test_the_consent_page_is_asked_for_a_code_for_the_books_only() -> None:
    url = app(Line([])).authorize_url(state="s-1 &", redirect_uri="https://books.example.com/back")
    assert url.startswith("https://appcenter.intuit.com/connect/oauth2?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["ABclient"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": ["https://books.example.com/back"],
        "state": ["s-1 &"],
    }


def test_a_code_is_exchanged_under_the_apps_credentials() -> None:
    line = Line([json_answer(TOKENS)])
    grant = app(line).exchange("the-code", "https://books.example.com/back", now=NOW)
    (asked,) = line.asked
    assert str(asked.url) == PRODUCTION.token
    assert b64decode(asked.headers["authorization"].split()[1]) == b"ABclient:s3cret-value"
    assert parse_qs(asked.content.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["the-code"],
        "redirect_uri": ["https://books.example.com/back"],
    }
    assert (grant.access_token, grant.refresh_token) == ("eyAccess", "AB11Refresh")
    assert grant.access_expires_at == NOW + timedelta(hours=1)
    assert grant.refresh_expires_at == NOW + timedelta(days=101)
    assert grant.hard_expires_at == NOW + timedelta(days=1825)


def test_a_refresh_sends_the_refresh_token_and_may_lack_the_hard_limit() -> None:
    plain = {name: value for name, value in json.loads(TOKENS).items() if "hard" not in name}
    line = Line([json_answer(json.dumps(plain))])
    grant = app(line).refresh("AB11Old", now=NOW)
    assert parse_qs(line.asked[0].content.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["AB11Old"],
    }
    assert grant.hard_expires_at is None


def test_nothing_that_is_printed_shows_a_secret() -> None:
    line = Line([json_answer(TOKENS)])
    made = app(line)
    shown = f"{made!r} {made} {made.refresh('AB11Old', now=NOW)!r}"
    for secret in ("s3cret-value", "eyAccess", "AB11"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_answer('{"error":"invalid_grant"}', 400), ReconnectNeeded),
        (
            json_answer(
                '{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}', 400
            ),
            ReconnectNeeded,
        ),
        (json_answer('{"error":"invalid_client"}', 401), Invalid),
        (json_answer('{"error":"invalid_client"}', 400), Invalid),
        (json_answer("", 401), Invalid),
        (json_answer('{"error":"invalid_request"}', 400), Invalid),
        (json_answer("slow down", 429), Throttled),
        (json_answer("<html>Bad gateway</html>", 502), OutcomeUnknown),
        (json_answer('{"access_token":"eyHalf', 200), OutcomeUnknown),
        (json_answer('{"access_token":"eyHalf"}', 200), OutcomeUnknown),
        (httpx2.ConnectError("refused"), Unreachable),
        (httpx2.ConnectTimeout("slow"), Unreachable),
        (httpx2.ReadTimeout("slow"), OutcomeUnknown),
        (httpx2.RemoteProtocolError("cut"), OutcomeUnknown),
    ],
)
def test_a_refresh_that_fails_says_what_happens_next_and_shows_no_secret(
    answer: httpx2.Response | Exception, kind: type[TieoutError]
) -> None:
    line = Line([answer])
    with pytest.raises(kind) as failed:
        app(line).refresh(OLD, now=NOW)
    assert type(failed.value) is kind
    assert len(line.asked) == 1
    shown = f"{failed.value.parts()} {failed.value.facts}" + "".join(traceback.format_exception(failed.value))
    for secret in ("s3cret-value", HALF, OLD):
        assert secret not in shown
    assert failed.value.remedy


def test_wrong_credentials_are_named_by_their_client_id() -> None:
    with pytest.raises(Invalid) as failed:
        app(Line([json_answer('{"error":"invalid_client"}', 401)])).refresh("AB11Old", now=NOW)
    assert "ABclient" in failed.value.record


def test_a_revocation_posts_the_token_and_may_be_asked_again_when_its_answer_is_lost() -> None:
    line = Line([json_answer("")])
    app(line).revoke("AB11Old")
    assert str(line.asked[0].url) == PRODUCTION.revoke
    assert json.loads(line.asked[0].content) == {"token": "AB11Old"}
    with pytest.raises(Unreachable):
        app(Line([httpx2.ReadTimeout("slow")])).revoke("AB11Old")


def test_a_token_that_is_gone_cannot_be_revoked_and_that_is_said() -> None:
    with pytest.raises(Invalid, match="could not revoke"):
        app(Line([json_answer("", 400)])).revoke("AB11Old")
    with pytest.raises(Invalid, match="could not revoke"):
        app(Line([json_answer('{"error":"invalid_grant"}', 400)])).revoke("AB11Old")


def test_one_setting_points_every_address_elsewhere() -> None:
    elsewhere = at("http://127.0.0.1:8790/")
    assert elsewhere.token == "http://127.0.0.1:8790/oauth2/v1/tokens/bearer"
    assert elsewhere.authorize == "http://127.0.0.1:8790/connect/oauth2"
    assert elsewhere.revoke == "http://127.0.0.1:8790/v2/oauth2/tokens/revoke"
    assert elsewhere.api == "http://127.0.0.1:8790"


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1:8790", "ftp://x", "https://", "https://x/?a=1", "http://x\n"]
)
def test_an_address_that_cannot_be_used_is_refused_at_once(address: str) -> None:
    with pytest.raises(Invalid, match="address"):
        at(address)
