"""What can go wrong on the way to Intuit, told apart by one question: can the request have arrived?"""

from __future__ import annotations

from typing import Final

import httpx2

BEFORE_SENDING: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
"""The request never left, so nothing was done."""
AFTER_SENDING: Final = (httpx2.TransportError, httpx2.DecodingError)
"""Whatever else happens: the request may have arrived and been carried out."""
