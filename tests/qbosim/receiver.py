"""An app that receives webhooks: a real HTTP server on this machine, with as much obedience as a test wants."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from qbosim.certificates import Certificates


@dataclass(frozen=True)
class Told:
    """One message as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[Any]:
        """The events of a CloudEvents message."""
        found: list[Any] = json.loads(self.body)
        return found

    def brief(self) -> list[tuple[str, str]]:
        """Type and id of each event."""
        return [(event["type"], event["intuitentityid"]) for event in self.events]


class Receiver:
    """What came in, and how it is answered."""

    def __init__(self) -> None:
        self.messages: list[Told] = []
        self.status = 200
        self.seconds = 0.0
        self.reaction: Callable[[Told], None] | None = None
        self.url = ""
        self._arrived = threading.Condition()

    def take(self, told: Told) -> int:
        """Keep a message; answers the status to give."""
        time.sleep(self.seconds)
        if self.reaction is not None:
            self.reaction(told)
        with self._arrived:
            self.messages.append(told)
            self._arrived.notify_all()
        return self.status

    def wait(self, count: int, seconds: float = 10) -> None:
        """Wait until that many messages came in."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.messages) >= count, seconds), self.messages

    @property
    def briefs(self) -> list[list[tuple[str, str]]]:
        """Every message in brief."""
        return [told.brief() for told in self.messages]


@contextmanager
def receiving(tls: Certificates | None = None) -> Iterator[Receiver]:
    """A receiver for the length of the block; with `tls` it speaks https."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(Told(headers, body))
            try:
                self.send_response(status)
                if status == 302:
                    self.send_header("location", receiver.url + "elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()
            except ConnectionError:
                self.close_connection = True  # the sender did not wait

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scheme = "http"
    if tls is not None:
        scheme = "https"
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tls.chain, tls.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
