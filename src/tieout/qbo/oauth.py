"""Signing in to Intuit: the consent page's address, codes and refresh tokens exchanged, grants revoked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import httpx2
import msgspec
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]
    prepare_grant_uri,
    prepare_token_request,
)

from tieout.kit.errors import (
    Invalid,
    OutcomeUnknown,
    ReconnectNeeded,
    Throttled,
    TieoutError,
    Unreachable,
)
from tieout.qbo.endpoints import Endpoints
from tieout.qbo.faults import RETRY_AFTER_SECONDS
from tieout.qbo.network import AFTER_SENDING, BEFORE_SENDING

SCOPE: Final = "com.intuit.quickbooks.accounting"
"""Reading and writing; Intuit has no scope for reading only."""
TIMEOUT: Final = httpx2.Timeout(20.0, connect=5.0, pool=5.0)
"""Short: the caller holds a lease on the company's tokens meanwhile."""


@dataclass(frozen=True)
class Grant:
    """What Intuit granted. Its text form shows no token."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    """Rotated about once a day: what came last is the only one that surely works."""
    access_expires_at: datetime
    """UTC; an hour from its making."""
    refresh_expires_at: datetime
    """UTC; about 100 days after the last use."""
    hard_expires_at: datetime | None
    """UTC; when Intuit ends the connection whatever is done, if it said so."""


class _Token(msgspec.Struct):
    access_token: str
    refresh_token: str
    expires_in: int
    x_refresh_token_expires_in: int
    x_refresh_token_hard_expires_in: int | None = None


class _Refusal(msgspec.Struct):
    error: str = ""
    error_description: str = ""
    x_error_reason: str = ""


class OAuthApp:
    """The operator's app at Intuit."""

    def __init__(self, http: httpx2.Client, endpoints: Endpoints, client_id: str, client_secret: str) -> None:
        self._http = http
        self._endpoints = endpoints
        self._client_id = client_id
        self._client_secret = client_secret

    @property
    def client_id(self) -> str:
        """The app's client id, which is no secret."""
        return self._client_id

    def __repr__(self) -> str:
        return f"OAuthApp({self._client_id!r} at {self._endpoints.token!r})"

    def authorize_url(self, *, state: str, redirect_uri: str) -> str:
        """Give the address of Intuit's consent page; `redirect_uri` must be registered with the app."""
        return str(
            prepare_grant_uri(
                self._endpoints.authorize,
                client_id=self._client_id,
                response_type="code",
                redirect_uri=redirect_uri,
                scope=SCOPE,
                state=state,
            )
        )

    def exchange(self, code: str, redirect_uri: str, *, now: datetime) -> Grant:
        """Exchange the code of a finished consent, once, within minutes; `now` is when it is asked.

        Raises:
            ReconnectNeeded: the code was used, is too old, or belongs to another app.
            Invalid: the app's credentials are wrong.
            Throttled, Unreachable: nothing happened.
            OutcomeUnknown: the answer was lost, and the code is spent: the consent must be given again.
        """
        return self._token(
            {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}, now=now
        )

    def refresh(self, refresh_token: str, *, now: datetime) -> Grant:
        """Get a new access token, and perhaps a new refresh token: both must be stored before they are used.

        Raises:
            ReconnectNeeded: the refresh token is spent, rotated, revoked or too old.
            Invalid: the app's credentials are wrong.
            Throttled, Unreachable: nothing happened.
            OutcomeUnknown: the answer was lost; a new refresh token may exist that we do not have.
        """
        return self._token({"grant_type": "refresh_token", "refresh_token": refresh_token}, now=now)

    def revoke(self, token: str) -> None:
        """End the connection that an access or refresh token belongs to; both tokens die with it.

        Raises Unreachable or Throttled when it may not have happened, Invalid for wrong credentials or a
        token that Intuit does not know (any more). It may be asked again.
        """
        what = "revoking the connection"
        answer = self._post(
            self._endpoints.revoke, what, lost_matters=False, json=msgspec.json.encode({"token": token})
        )
        if answer.status_code == 200:
            return
        error = self._refused(answer, what, lost_matters=False)
        if isinstance(error, ReconnectNeeded) or answer.status_code == 400:
            error = Invalid(
                "Intuit could not revoke the connection",
                record=what,
                reason="it does not know the token; the connection has probably ended already",
                remedy="Check under Settings, Apps in QuickBooks that it is gone",
                **error.facts,
            )
        raise error

    def _token(self, form: dict[str, str], *, now: datetime) -> Grant:
        what = (
            "renewing the access token"
            if form["grant_type"] == "refresh_token"
            else "finishing the connection"
        )
        answer = self._post(self._endpoints.token, what, lost_matters=True, form=form)
        if answer.status_code != 200:
            raise self._refused(answer, what, lost_matters=True)
        try:
            token = msgspec.json.decode(answer.content, type=_Token)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # The decoder's own error would quote the answer, and with it a token.
            raise _lost(what, "its answer cannot be read", answer, lost_matters=True) from None
        hard = token.x_refresh_token_hard_expires_in
        return Grant(
            access_token=token.access_token,
            refresh_token=token.refresh_token,
            access_expires_at=now + timedelta(seconds=token.expires_in),
            refresh_expires_at=now + timedelta(seconds=token.x_refresh_token_expires_in),
            hard_expires_at=None if hard is None else now + timedelta(seconds=hard),
        )

    def _post(
        self,
        url: str,
        what: str,
        *,
        lost_matters: bool,
        form: dict[str, str] | None = None,
        json: bytes | None = None,
    ) -> httpx2.Response:
        """Send with the app's credentials; nothing in what is raised shows them."""
        headers = {"Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["x-include-refresh-token-hard-expires-in"] = "true"
            content = str(prepare_token_request(**form)).encode()
        else:
            headers["Content-Type"] = "application/json"
            content = json or b""
        try:
            return self._http.post(
                url,
                content=content,
                headers=headers,
                auth=httpx2.BasicAuth(self._client_id, self._client_secret),
                timeout=TIMEOUT,
            )
        except BEFORE_SENDING as error:
            raise Unreachable(
                "Intuit's sign-in could not be reached",
                record=what,
                reason=f"no connection to it could be made ({type(error).__name__})",
                remedy="Check the network; it is tried again by itself",
            ) from None
        except AFTER_SENDING as error:
            raise _lost(
                what,
                f"the connection ended before its answer ({type(error).__name__})",
                None,
                lost_matters=lost_matters,
            ) from None

    def _refused(self, answer: httpx2.Response, what: str, *, lost_matters: bool) -> TieoutError:
        try:
            refusal = msgspec.json.decode(answer.content, type=_Refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            refusal = _Refusal()
        facts: dict[str, object] = {
            "code": refusal.error,
            "tid": answer.headers.get("intuit_tid", ""),
            "element": "",
            "status": answer.status_code,
            "cause": refusal.x_error_reason,
        }
        if answer.status_code == 429:
            return Throttled(
                "Intuit's sign-in asked us to slow down",
                record=what,
                reason="too many sign-in calls were made in a short time",
                remedy="It is tried again by itself in a minute",
                **{**facts, "retry_after": RETRY_AFTER_SECONDS},
            )
        if refusal.error == "invalid_client" or (answer.status_code == 401 and not refusal.error):
            return Invalid(
                "Intuit does not know these app credentials",
                record=f"client id {self._client_id}",
                reason="client id and client secret do not belong together, or the secret was renewed",
                remedy="Copy both for this environment from Keys & credentials in Intuit's developer portal",
                **facts,
            )
        if refusal.error == "invalid_grant":
            return ReconnectNeeded(
                "Intuit no longer accepts this connection",
                record=what,
                reason=refusal.error_description
                or "the sign-in was used already, has run out, or was ended in QuickBooks",
                remedy="Press Connect and sign in to the company again",
                **facts,
            )
        if answer.status_code >= 500 or not refusal.error:
            return _lost(
                what, f"it answered with status {answer.status_code}", answer, lost_matters=lost_matters
            )
        return Invalid(
            "Intuit's sign-in turned the request down",
            record=what,
            reason=refusal.error_description or refusal.error,
            remedy="Check the app's settings in Intuit's developer portal (redirect address, scopes, status)",
            **facts,
        )


def _lost(
    what: str, why: str, answer: httpx2.Response | None, *, lost_matters: bool
) -> OutcomeUnknown | Unreachable:
    facts: dict[str, object] = {
        "code": "",
        "tid": answer.headers.get("intuit_tid", "") if answer is not None else "",
        "element": "",
    }
    if lost_matters:
        return OutcomeUnknown(
            "Intuit's answer was lost",
            record=what,
            reason=why,
            remedy="It is tried again by itself; if that fails, connect again",
            **facts,
        )
    return Unreachable(
        "Intuit's sign-in did not answer",
        record=what,
        reason=why,
        remedy="Try again",
        **facts,
    )
