"""The callback listener: waits on this machine for the browser that comes back from Intuit, once."""

from __future__ import annotations

import hmac
import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tieout.kit.clock import Clock
from tieout.kit.errors import Invalid, NotAllowed, TieoutError

PATH: Final = "/oauth/callback"
NAMES: Final = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True)
class Answer:
    """What Intuit sent back with the browser."""

    code: str
    realm_id: str


class Listener:
    """A one-shot HTTP server on the loopback address."""

    def __init__(self, port: int) -> None:
        """Listen; port 0 takes a free one. Raises Invalid when the port is taken."""
        self._answer: Answer | None = None
        self._trouble: TieoutError | None = None
        try:
            self._server = HTTPServer(("127.0.0.1", port), self._handler())
        except OSError as error:
            raise Invalid(
                "The port for Intuit's answer cannot be used",
                record=f"127.0.0.1:{port}",
                reason=(error.strerror or "it is taken").lower(),
                remedy="Give another port with --callback-port and register its address with your Intuit app",
            ) from error
        self._state = ""
        self._finish: Callable[[Answer], str] | None = None

    @property
    def redirect_uri(self) -> str:
        """The address that must be registered with the Intuit app."""
        return f"http://localhost:{self._server.server_port}{PATH}"

    def wait(self, *, state: str, clock: Clock, seconds: float, finish: Callable[[Answer], str]) -> None:
        """Wait for the browser that carries this state, and tell it what `finish` says of the end.

        Others that knock are turned away and change nothing. Raises what `finish` raises, NotAllowed when the
        person declined, and Invalid when nobody came in time.
        """
        self._state, self._finish = state, finish
        give_up = clock.now() + timedelta(seconds=seconds)
        self._server.timeout = 0.5
        try:
            while self._answer is None and self._trouble is None:
                if clock.now() >= give_up:
                    raise Invalid(
                        "Nobody came back from Intuit",
                        record=self.redirect_uri,
                        reason=f"no sign-in was finished within {int(seconds)} seconds",
                        remedy="Run the command again and finish in the browser",
                    )
                self._server.handle_request()
        finally:
            self._server.server_close()
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        """Stop listening without waiting."""
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            """Answers the browser."""

            timeout = 10

            def do_GET(self) -> None:
                status, title, text = listener._received(self.path, self.headers.get("Host", ""))
                body = PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", "default-src 'none'")
                self.send_header("Referrer-Policy", "no-referrer")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet: the address holds a code."""

        return Handler

    def _received(self, target: str, host: str) -> tuple[int, str, str]:
        """Take one request: gives the status, the title and the text of the answer."""
        parts = urlsplit(target)
        values = {name: found[0] for name, found in parse_qs(parts.query).items()}
        if host.rsplit(":", 1)[0] not in NAMES or parts.path != PATH:
            return 404, "There is nothing here", "This address only waits for Intuit's answer."
        # Another page on this machine must not be able to end the waiting with a made-up answer.
        if not hmac.compare_digest(values.get("state", "").encode(), self._state.encode()):
            return 403, "This sign-in was not started here", "Use the address that the command printed."
        if "error" in values:
            self._trouble = _declined(values["error"])
            return 200, self._trouble.message, self._trouble.sentence()
        if not values.get("code") or not values.get("realmId"):
            self._trouble = Invalid(
                "Intuit's answer is incomplete",
                record="the browser's return from Intuit",
                reason="it holds no code or no company",
                remedy="Run the command again and choose a company at Intuit",
            )
            return 400, self._trouble.message, self._trouble.sentence()
        answer = Answer(values["code"], values["realmId"])
        assert self._finish is not None, "nobody is waiting"
        try:
            text = self._finish(answer)
        except TieoutError as error:
            self._trouble = error
            return error.status, error.message, error.sentence()
        self._answer = answer
        return 200, "Connected", text


def _declined(error: str) -> TieoutError:
    if error == "access_denied":
        return NotAllowed(
            "The connection was declined",
            record="Intuit's consent page",
            reason="somebody pressed Cancel there, so nothing was connected",
            remedy="Run the command again and press Connect at Intuit",
        )
    return Invalid(
        "Intuit refused the sign-in",
        record="Intuit's consent page",
        reason=f"it answered {error[:100]}",
        remedy="Check the app's redirect addresses and scopes in Intuit's developer portal",
    )


PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p><p>You can close this window and go back to the terminal.</p></body></html>
"""
