"""Intuit's OAuth 2 and OpenID Connect: discovery, consent page, tokens, revocation, userinfo, keys.

Intuit spreads these over four hosts; here every path of theirs lives under one base address. Paths, fields
and error bodies follow Intuit's documentation and its own client libraries.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from qbosim import apps, pages, realms, refusals, signing, tokens
from qbosim.addresses import (
    ACCOUNTS_HOST,
    CONSENT_HOST,
    DEVELOPER_HOST,
    OAUTH_HOST,
    SANDBOX_ACCOUNTS_HOST,
    is_intuit,
)
from qbosim.apps import App
from qbosim.chance import Chance
from qbosim.clock import Clock
from qbosim.rules import Topic, assumed, documented
from qbosim.store import Store
from qbosim.tokens import InvalidGrant, Issued, Standing
from qbosim.wire import Request, Response

RULES = Topic(
    "Signing in",
    documented(
        "oauth.bodies",
        "Tokens, their lifetimes and the refusals of the token endpoint come in Intuit's members and words; credentials "
        "are taken from Basic or from the body.",
        "Intuit's OAuth documentation, its client libraries for Python and JavaScript, and what integrators quote",
    ),
    documented(
        "oauth.rotation",
        "A refresh within a day keeps the refresh token; after it a new value comes and the old one is invalid_grant.",
        "Intuit's OAuth documentation",
    ),
    documented(
        "oauth.lifetimes",
        "A refresh token dies after 100 idle days and after five years however busy; an access token lives an hour.",
        "Intuit's OAuth documentation and its announcement of November 2025",
    ),
    documented(
        "oauth.seconds_left",
        "x_refresh_token_expires_in says 8726400 seconds, 101 days, while the token dies after 100 idle days.",
        "Intuit's own samples and its own text",
    ),
    documented(
        "oauth.revoked",
        "Revoking either token ends both.",
        "Intuit's OAuth documentation",
    ),
    documented(
        "oauth.reuse",
        "A code or rotated refresh token that comes again may end its connection (setting reuse_revokes).",
        "Intuit's support articles; not always seen",
    ),
    assumed(
        "oauth.code_life",
        "A code lives ten minutes.",
        "Intuit says minutes",
    ),
    assumed(
        "oauth.connected_again",
        "Earlier connections of an app stay alive when it is connected again.",
        "Intuit's documentation does not say that they end",
    ),
)

ISSUER = "https://oauth.platform.intuit.com/op/v1"
"""Intuit's own, because a client library of theirs compares with exactly this text; nobody fetches it."""
SCOPES = (
    tokens.ACCOUNTING,
    "com.intuit.quickbooks.payment",
    "openid",
    "profile",
    "email",
    "phone",
    "address",
    "project-management.project",
    "app-foundations.custom-field-definitions",
    "app-foundations.custom-field-definitions.read",
    "indirect-tax.tax-calculation.quickbooks",
    "payroll.compensation.read",
)
_COMPANY_SCOPES = frozenset(SCOPES) - {"openid", "profile", "email", "phone", "address"}
_REFRESH_REFUSED = {
    "error": "invalid_grant",
    "error_description": "Incorrect or invalid refresh token",
}

Handler = Callable[["OAuth", Request], Response]


class OAuth:
    """Answers every address of Intuit's identity servers from the tokens in a `Store`."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        chance: Chance,
        *,
        base_url: Callable[[Request], str],
        reuse_revokes: Callable[[], bool],
    ) -> None:
        """`base_url` says under which address a client reached us; `reuse_revokes` whether a second use of
        a code or of a rotated refresh token also ends the connection."""
        self._store = store
        self._clock = clock
        self._chance = chance
        self._base_url = base_url
        self._reuse_revokes = reuse_revokes

    def answer(self, request: Request) -> Response | None:
        """Answer a request to one of the identity addresses; None when the path is none of them."""
        door = DOORS.get(request.path.rstrip("/"))
        if door is None:
            return None
        handler = door.get(request.method)
        if handler is None:
            return Response(405, b"", (("Allow", ", ".join(door)),))
        return handler(self, request)

    def discovery(self, request: Request) -> Response:
        """The OpenID configuration, with every endpoint under our base address, or under Intuit's names."""
        base = self._base_url(request)
        if is_intuit(base):  # a program that was led here by Intuit's own names stays with them
            sandbox = "sandbox" in request.path
            consent, token, account, revoking = (
                f"https://{host}"
                for host in (
                    CONSENT_HOST,
                    OAUTH_HOST,
                    SANDBOX_ACCOUNTS_HOST if sandbox else ACCOUNTS_HOST,
                    DEVELOPER_HOST,
                )
            )
        else:
            consent = token = account = revoking = base
        return _json(
            200,
            {
                "issuer": ISSUER,
                "authorization_endpoint": f"{consent}/connect/oauth2",
                "token_endpoint": f"{token}/oauth2/v1/tokens/bearer",
                "userinfo_endpoint": f"{account}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{revoking}/v2/oauth2/tokens/revoke",
                "jwks_uri": f"{token}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "claims_supported": [
                    "aud",
                    "exp",
                    "iat",
                    "iss",
                    "realmid",
                    "sub",
                ],
            },
        )

    def jwks(self, _request: Request) -> Response:
        """The key that signs id_tokens."""
        return _json(200, signing.jwks(self._chance.seed))

    def ask(self, request: Request) -> Response:
        """The consent page (GET)."""
        checked = self._check(request.query)
        if isinstance(checked, Response):
            return checked
        app, scope, redirect_uri = checked
        with self._store.transaction() as db:
            companies = realms.every(db) if _names_a_company(scope) else []
        fields = {
            "client_id": app.client_id,
            "response_type": "code",
            "scope": scope,
            "redirect_uri": redirect_uri,
            "state": request.query.get("state", ""),
        }
        return pages.consent(app.name, companies, scope.split(), fields)

    def decide(self, request: Request) -> Response:
        """What the person answered on the consent page (POST); sends the browser back to the app."""
        form = request.form()
        checked = self._check(form)
        if isinstance(checked, Response):
            return checked
        app, scope, redirect_uri = checked
        state = {"state": form["state"]} if form.get("state") else {}
        if form.get("decision") != "connect":
            return _redirect(redirect_uri, {"error": "access_denied", **state})
        chosen = form.get("realmId") if _names_a_company(scope) else None
        with self._store.transaction() as db:
            if (chosen is not None and realms.find(db, chosen) is None) or (
                chosen is None and _names_a_company(scope)
            ):
                return pages.trouble(
                    400,
                    "No such company",
                    why=f"This simulator has no company with the id {chosen or '(none chosen)'}.",
                    remedy="Go back and choose one of the companies shown.",
                )
            code = tokens.issue_code(
                db,
                self._chance,
                client_id=app.client_id,
                realm=chosen,
                scope=scope,
                redirect_uri=redirect_uri,
                now=self._now(),
            )
        realm = {"realmId": chosen} if chosen is not None else {}
        return _redirect(redirect_uri, {"code": code, **state, **realm})

    def token(self, request: Request) -> Response:
        """Exchange a code, or refresh."""
        form = request.form()
        app = self._authenticated(request, form)
        if app is None:
            return _json(401, {"error": "invalid_client"})
        grant_type = form.get("grant_type", "")
        if grant_type == "authorization_code":
            return self._exchange(request, app, form)
        if grant_type == "refresh_token":
            return self._refresh(request, app, form)
        if not grant_type:
            return _json(400, {"error": "invalid_request"})
        return _json(400, {"error": "unsupported_grant_type"})

    def revoke(self, request: Request) -> Response:
        """End a connection by either of its tokens; the body is JSON or a form."""
        try:
            body = json.loads(request.body)
        except ValueError:
            body = request.form()
        values = body if isinstance(body, dict) else {}
        app = self._authenticated(request, values)
        if app is None:
            return _json(401, {"error": "invalid_client"})
        token = values.get("token")
        with self._store.transaction() as db:
            found = isinstance(token, str) and tokens.revoke_token(
                db, client_id=app.client_id, token=token, now=self._now()
            )
        if not found:
            return _json(400, {"error": "invalid_request"})
        return Response(200, b"", (("Content-Type", "application/json;charset=utf-8"),))

    def userinfo(self, request: Request) -> Response:
        """Who gave the consent, as far as the scopes allow."""
        with self._store.transaction() as db:
            holder = tokens.bearer(db, bearer_token(request) or "", self._now())
        scopes = holder.scope.split()
        if holder.standing is not Standing.GOOD or "openid" not in scopes:
            return refusals.unauthorized("Token is not good for user information", self._clock.now())
        claims: dict[str, Any] = {"sub": self._subject()}
        if "email" in scopes:
            claims |= {"email": "bookkeeper@example.com", "emailVerified": True}
        if "profile" in scopes:
            claims |= {"givenName": "Book", "familyName": "Keeper"}
        if "phone" in scopes:
            claims |= {"phoneNumber": "+1 5555550100", "phoneNumberVerified": True}
        if "address" in scopes:
            claims["address"] = {
                "streetAddress": "1 Example Street",
                "locality": "Springfield",
                "region": "CA",
                "postalCode": "94000",
                "country": "US",
            }
        return _json(200, claims)

    def granted(self, issued: Issued, *, hard: bool = False, openid: bool = True) -> dict[str, Any]:
        """The token endpoint's answer for a pair of tokens; `hard` adds the seconds to the five-year end."""
        answer: dict[str, Any] = {
            "token_type": "bearer",
            "access_token": issued.access_token,
            "expires_in": tokens.ACCESS_LIFE,
            "refresh_token": issued.refresh_token,
            "x_refresh_token_expires_in": issued.refresh_expires_in,
        }
        if hard:
            answer["x_refresh_token_hard_expires_in"] = issued.refresh_hard_expires_in
        if openid and "openid" in issued.scope.split():
            answer["id_token"] = self._id_token(issued)
        return answer

    def _check(self, given: Mapping[str, str]) -> tuple[App, str, str] | Response:
        """Find the app, scope and redirect address, or the page or redirect that says what is wrong.

        As long as the redirect address is not known to belong to the app, the browser is not sent there.
        """
        with self._store.transaction() as db:
            app = apps.find(db, given.get("client_id", ""))
        redirect_uri = given.get("redirect_uri", "")
        if app is None:
            return pages.trouble(
                400,
                "This app is not known here",
                why=f"No app has the client id {given.get('client_id') or '(missing)'}.",
                remedy="Use the client_id that qbosim printed when it started, or register the app "
                "with POST /qbosim/apps.",
            )
        if not app.may_redirect_to(redirect_uri):
            return pages.trouble(
                400,
                "The redirect address is not registered",
                why=f"The app {app.name} asked to be answered at {redirect_uri or '(missing)'}, "
                "which is not one of its registered addresses. They must be equal to the letter.",
                remedy="Register it with POST /qbosim/apps, or use an http address on localhost.",
            )
        state = {"state": given["state"]} if given.get("state") else {}
        if given.get("response_type") != "code":
            return _redirect(redirect_uri, {"error": "unsupported_response_type", **state})
        scopes = given.get("scope", "").split()
        if not scopes or any(scope not in SCOPES for scope in scopes):
            return _redirect(redirect_uri, {"error": "invalid_scope", **state})
        return app, " ".join(scopes), redirect_uri

    def _exchange(self, request: Request, app: App, form: Mapping[str, str]) -> Response:
        if not form.get("code") or not form.get("redirect_uri"):
            return _json(400, {"error": "invalid_request"})
        with self._store.transaction() as db:
            try:
                issued = tokens.redeem_code(
                    db,
                    self._chance,
                    client_id=app.client_id,
                    code=form["code"],
                    redirect_uri=form["redirect_uri"],
                    now=self._now(),
                    reuse_revokes=self._reuse_revokes(),
                )
            except InvalidGrant:  # caught inside, so that a revocation it caused is kept
                return _json(400, {"error": "invalid_grant"})
        return _json(200, self.granted(issued, hard=_wants_hard_expiry(request)))

    def _refresh(self, request: Request, app: App, form: Mapping[str, str]) -> Response:
        if not form.get("refresh_token"):
            return _json(400, {"error": "invalid_request"})
        with self._store.transaction() as db:
            try:
                issued = tokens.refresh(
                    db,
                    self._chance,
                    client_id=app.client_id,
                    refresh_token=form["refresh_token"],
                    now=self._now(),
                    reuse_revokes=self._reuse_revokes(),
                )
            except InvalidGrant:  # caught inside, so that a revocation it caused is kept
                return _json(400, _REFRESH_REFUSED)
        return _json(200, self.granted(issued, hard=_wants_hard_expiry(request), openid=False))

    def _authenticated(self, request: Request, form: Mapping[str, Any]) -> App | None:
        """The app that proved its secret, by Basic authentication or in the body."""
        scheme, _, word = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                client_id, _, secret = b64decode(word, validate=True).decode().partition(":")
            except ValueError:
                return None
        else:
            client_id, secret = str(form.get("client_id", "")), str(form.get("client_secret", ""))
        with self._store.transaction() as db:
            app = apps.find(db, client_id)
        return app if app is not None and app.client_secret == secret else None

    def _id_token(self, issued: Issued) -> str:
        now = int(self._now())
        claims: dict[str, Any] = {
            "sub": self._subject(),
            "aud": [issued.client_id],
            "iss": ISSUER,
            "exp": now + tokens.ACCESS_LIFE,
            "iat": now,
            "auth_time": int(issued.granted_at),
        }
        if issued.realm is not None:
            claims["realmid"] = issued.realm
        return signing.signed(self._chance.seed, claims)

    def _subject(self) -> str:
        return self._chance.uuid("user", 1)

    def _now(self) -> float:
        return self._clock.now().timestamp()


DOORS: dict[str, dict[str, Handler]] = {
    "/.well-known/openid_configuration": {"GET": OAuth.discovery},
    "/.well-known/openid_sandbox_configuration": {"GET": OAuth.discovery},
    "/connect/oauth2": {"GET": OAuth.ask, "POST": OAuth.decide},
    "/oauth2/v1/tokens/bearer": {"POST": OAuth.token},
    "/v2/oauth2/tokens/revoke": {"POST": OAuth.revoke},
    "/v1/openid_connect/userinfo": {"GET": OAuth.userinfo},
    "/op/v1/jwks": {"GET": OAuth.jwks},
}
"""Every address of Intuit's identity servers and what answers there, by method."""


def bearer_token(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header, if there is one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _names_a_company(scope: str) -> bool:
    """Whether a consent to this scope is about a company (then the callback carries realmId)."""
    return any(each in _COMPANY_SCOPES for each in scope.split())


def _wants_hard_expiry(request: Request) -> bool:
    return request.headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true"


def _redirect(address: str, values: Mapping[str, str]) -> Response:
    joint = "&" if "?" in address else "?"
    return Response(
        302, b"", (("Location", f"{address}{joint}{urlencode(values)}"), ("Cache-Control", "no-store"))
    )


def _json(status: int, value: Mapping[str, Any]) -> Response:
    return Response(
        status,
        json.dumps(value, separators=(",", ":")).encode(),
        (
            ("Content-Type", "application/json;charset=utf-8"),
            ("Cache-Control", "no-cache, no-store"),
            ("Pragma", "no-cache"),
        ),
    )
